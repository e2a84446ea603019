import { signData } from './signature.ts';

/** What the Payment Page needs to know; the amount in minor units. */
export interface PaymentPageOrder {
  readonly paymentId: string;
  readonly amount: number;
  readonly currency: string;
  readonly description: string;
  readonly language: string;
  /** By their names on the Payment Page: `customer_id`, `customer_email`, … */
  readonly customer: Readonly<Record<string, string>>;
  readonly returnUrl: string;
  readonly callbackUrl: string | undefined;
  /** `YYYY-MM-DDThh:mm:ss+00:00` */
  readonly bestBefore: string;
}

/**
 * The signed parameters with which a payer is sent to ECommPay's Payment Page, with CashU chosen already.
 * Source: https://developers.ecommpay.com/en/en_PP_Parameters.html
 */
export function paymentPageParameters(
  order: PaymentPageOrder,
  { projectId, secret }: { readonly projectId: number; readonly secret: string },
): Readonly<Record<string, string>> {
  const { paymentId, amount, currency, description, language, customer, returnUrl, callbackUrl, bestBefore } = order;
  const parameters = {
    project_id: String(projectId),
    payment_id: paymentId,
    payment_amount: String(amount),
    payment_currency: currency,
    payment_description: description,
    ...customer,
    force_payment_method: 'cashu',
    language_code: language,
    best_before: bestBefore,
    merchant_success_url: returnUrl,
    merchant_fail_url: returnUrl,
    merchant_return_url: returnUrl,
    redirect_success_url: returnUrl,
    ...(callbackUrl !== undefined && { merchant_callback_url: callbackUrl }),
  };
  return { ...parameters, signature: signData(parameters, secret) };
}

/** The same as an address. */
export function paymentPageUrl(base: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(base);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
