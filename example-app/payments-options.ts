import type { CashuOptions, CloudPaymentsOptions, PaymentsOptions } from 'express-cloudpayments';
import type { Backend } from './choose-backend.ts';
import type { Settings } from './settings.ts';

/** Milliseconds for which deliveries may go on when the server closes. */
export const DRAIN_TIMEOUT_MS = 7_000;

/** The providers' parts of the options, as the stand-ins want them. */
export interface SandboxOptions {
  readonly cloudpayments: CloudPaymentsOptions;
  readonly cashu: CashuOptions;
}

/** The settings in the words of the package. In the sandbox the providers' parts come from the stand-ins. */
export function paymentsOptions(
  settings: Settings,
  backend: Backend,
  sandbox: SandboxOptions | undefined,
): Omit<PaymentsOptions, 'database'> {
  const { timezone, publicUrl, httpAuth } = settings;
  const { webhook, secret, takesRefunds } = backend;
  const cloudpayments = cloudPaymentsOptions(settings, backend, sandbox?.cloudpayments);
  const cashu = sandbox?.cashu ?? cashuOptions(settings);
  return {
    ...(cloudpayments !== undefined && { cloudpayments }),
    ...(cashu !== undefined && { cashu }),
    ...(httpAuth !== undefined && { httpAuth }),
    ...(webhook !== undefined && {
      webhook: {
        url: webhook,
        ...(secret !== undefined && { secret }),
        ...(takesRefunds && { events: ['payment', 'refund'] as const }),
      },
    }),
    // The addresses of the original image.
    basePath: ['/', '/_cloudpayments_'],
    timezone,
    ...(publicUrl !== undefined && { publicUrl }),
    dispatcher: { drainTimeoutMs: DRAIN_TIMEOUT_MS },
  };
}

function cloudPaymentsOptions(
  { cloudpayments, testPayments, allowUnsigned }: Settings,
  { check }: Backend,
  sandbox: CloudPaymentsOptions | undefined,
): CloudPaymentsOptions | undefined {
  const account = sandbox ?? cloudpayments;
  if (account === undefined) return undefined;
  return {
    publicId: account.publicId,
    ...(account.apiSecret !== undefined && { apiSecret: account.apiSecret }),
    ...(account.apiUrl !== undefined && { apiUrl: account.apiUrl }),
    ...(account.widgetUrl !== undefined && { widgetUrl: account.widgetUrl }),
    allowUnsigned,
    ...(check !== undefined && { check }),
    ...(testPayments !== undefined && { testPayments }),
  };
}

function cashuOptions({ ecommpay }: Settings): CashuOptions | undefined {
  if (ecommpay === undefined) return undefined;
  const { projectId, secret, flow, paymentPageUrl, gateUrl, dataApi } = ecommpay;
  return {
    ...{ projectId, secret, flow },
    ...(paymentPageUrl !== undefined && { paymentPageUrl }),
    ...(gateUrl !== undefined && { gateUrl }),
    ...(dataApi !== undefined && { dataApi }),
  };
}
