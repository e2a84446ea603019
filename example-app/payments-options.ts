import type { CloudPaymentsOptions, PaymentsOptions } from 'express-cloudpayments';
import type { Backend } from './choose-backend.ts';
import type { Settings } from './settings.ts';

/** Milliseconds for which deliveries may go on when the server closes. */
export const DRAIN_TIMEOUT_MS = 7_000;

/** The settings in the words of the package. In the sandbox the provider's part comes from the stand-in. */
export function paymentsOptions(
  settings: Settings,
  { check, webhook, secret }: Backend,
  sandbox: CloudPaymentsOptions | undefined,
): Omit<PaymentsOptions, 'database'> {
  const { timezone, publicUrl, testPayments, allowUnsigned, cloudpayments } = settings;
  const provider = sandbox ?? {
    publicId: cloudpayments?.publicId ?? '',
    ...(cloudpayments?.apiSecret !== undefined && { apiSecret: cloudpayments.apiSecret }),
    ...(cloudpayments?.apiUrl !== undefined && { apiUrl: cloudpayments.apiUrl }),
    ...(cloudpayments?.widgetUrl !== undefined && { widgetUrl: cloudpayments.widgetUrl }),
  };
  return {
    cloudpayments: {
      ...provider,
      allowUnsigned,
      ...(check !== undefined && { check }),
      ...(testPayments !== undefined && { testPayments }),
    },
    ...(webhook !== undefined && {
      webhook: {
        url: webhook,
        ...(secret !== undefined && { secret }),
        ...(sandbox !== undefined && { events: ['payment', 'refund'] as const }),
      },
    }),
    // The addresses of the original image.
    basePath: ['/', '/_cloudpayments_'],
    timezone,
    ...(publicUrl !== undefined && { publicUrl }),
    dispatcher: { drainTimeoutMs: DRAIN_TIMEOUT_MS },
  };
}
