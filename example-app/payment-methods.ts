import type { CashuOptions, PaymentsOptions } from 'express-cloudpayments';

/** A way to pay: by card, or with CashU in one of its two flows. */
export interface PaymentMethod {
  readonly kind: 'card' | 'payment-page' | 'gate';
  /** Path of the payment page. */
  readonly action: string;
}

/** Where the sandbox shows the flow of CashU that the site itself does not use. */
const OTHER_FLOW_PATH = '/_sandbox_/other-flow';

/** One router has one flow: the options that a second router needs for the other. */
export function otherFlow(cashu: CashuOptions): Pick<PaymentsOptions, 'basePath' | 'cashu'> {
  return { basePath: OTHER_FLOW_PATH, cashu: { ...cashu, flow: cashu.flow === 'gate' ? 'payment-page' : 'gate' } };
}

/** What the site can be paid with, by what is configured. */
export function paymentMethods(
  { cloudpayments, cashu }: Pick<PaymentsOptions, 'cloudpayments' | 'cashu'>,
  hasOtherFlow: boolean,
): readonly PaymentMethod[] {
  const methods: PaymentMethod[] = [];
  if (cloudpayments !== undefined) methods.push({ kind: 'card', action: '/_cloudpayments_/pub/card' });
  if (cashu !== undefined) methods.push({ kind: cashu.flow ?? 'payment-page', action: '/_cloudpayments_/pub/cashu' });
  if (hasOtherFlow) methods.push({ kind: cashu?.flow === 'gate' ? 'payment-page' : 'gate', action: `${OTHER_FLOW_PATH}/pub/cashu` });
  return methods;
}
