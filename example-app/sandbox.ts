import { randomBytes } from 'node:crypto';
import { Router as createRouter, type Router } from 'express';
import { createCloudPaymentsStandIn, createEcommpayStandIn } from 'express-cloudpayments/testing';
import type { SandboxOptions } from './payments-options.ts';

/** Where the stand-ins are mounted. */
export const SANDBOX_PATHS = { cloudpayments: '/_sandbox_/cloudpayments', ecommpay: '/_sandbox_/ecommpay' } as const;

/** Minutes between repeats become tenths of seconds. */
const SPEED = 600;
/** CashU's time limit is not shortened with the rest: a person needs it. */
const LIMIT_MS = 30 * 60_000;
const PROJECT_ID = 112;

/** The other side of every payment, in this process. */
export interface Sandbox {
  readonly router: Router;
  /** What the payments router needs to know to talk to it. */
  readonly options: SandboxOptions;
  close(): void;
}

export interface SandboxAddresses {
  /** Where this process itself reaches the site. */
  readonly localUrl: string;
  /** Where browsers reach it. */
  readonly publicUrl: string;
  readonly flow: 'payment-page' | 'gate' | undefined;
}

/** The keys are new with each start: nothing that was signed for one sandbox counts in another. */
export function createSandbox({ localUrl, publicUrl, flow }: SandboxAddresses): Sandbox {
  const keys = { publicId: 'pk_sandbox', apiSecret: randomKey() };
  const project = { projectId: PROJECT_ID, secret: randomKey(), dataApi: { token: randomKey(), secret: randomKey() } };
  const site = `${localUrl}/_cloudpayments_`;
  const cloudpayments = createCloudPaymentsStandIn({ ...keys, notificationsUrl: site, speed: SPEED });
  const ecommpay = createEcommpayStandIn({
    ...{ ...project, callbackUrl: `${site}/cashu/callback`, speed: SPEED, limitMs: LIMIT_MS },
    publicUrl: `${publicUrl}${SANDBOX_PATHS.ecommpay}`,
  });
  const gateUrl = `${localUrl}${SANDBOX_PATHS.ecommpay}`;
  return {
    router: createRouter().use(SANDBOX_PATHS.cloudpayments, cloudpayments.router).use(SANDBOX_PATHS.ecommpay, ecommpay.router),
    options: {
      cloudpayments: {
        ...keys,
        apiUrl: `${localUrl}${SANDBOX_PATHS.cloudpayments}/api`,
        widgetUrl: `${publicUrl}${SANDBOX_PATHS.cloudpayments}/bundles/cloudpayments.js`,
      },
      cashu: {
        ...{ ...project, gateUrl, dataApi: { ...project.dataApi, url: `${gateUrl}/v1` } },
        paymentPageUrl: `${publicUrl}${SANDBOX_PATHS.ecommpay}/payment`,
        ...(flow !== undefined && { flow }),
        // A callback that is lost is missed after seconds.
        watch: { firstCheckMs: 5_000 },
      },
    },
    close: () => {
      cloudpayments.close();
      ecommpay.close();
    },
  };
}

function randomKey(): string {
  return randomBytes(24).toString('base64url');
}
