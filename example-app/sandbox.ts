import { randomBytes } from 'node:crypto';
import type { CloudPaymentsOptions } from 'express-cloudpayments';
import { type CloudPaymentsControl, createCloudPaymentsStandIn, type StandIn } from 'express-cloudpayments/testing';

/** Where CloudPayments' stand-in is mounted. */
export const SANDBOX_PATH = '/_sandbox_/cloudpayments';

/** Minutes between repeats become tenths of seconds. */
const SPEED = 600;

/** The other side of every payment, in this process. */
export interface Sandbox {
  readonly cloudpayments: StandIn<CloudPaymentsControl>;
  /** What the payments router needs to know to talk to it. */
  readonly options: CloudPaymentsOptions;
}

/** The keys are new with each start: nothing that was signed for one sandbox counts in another. */
export function createSandbox({ localUrl, publicUrl }: { readonly localUrl: string; readonly publicUrl: string }): Sandbox {
  const keys = { publicId: 'pk_sandbox', apiSecret: randomBytes(24).toString('base64url') };
  return {
    cloudpayments: createCloudPaymentsStandIn({ ...keys, notificationsUrl: `${localUrl}/_cloudpayments_`, speed: SPEED }),
    options: {
      ...keys,
      apiUrl: `${localUrl}${SANDBOX_PATH}/api`,
      widgetUrl: `${publicUrl}${SANDBOX_PATH}/bundles/cloudpayments.js`,
    },
  };
}
