import { isIP } from 'node:net';
import type { GateFields } from './gate-fields.ts';
import type { SaleOrder } from './new-payment.ts';
import { requireBestBefore, requireCurrency, requirePaymentId, requireUnits } from './order-rules.ts';
import type { WayBack } from './payment.ts';
import type { RefundOrder } from './refund-desk.ts';
import { invalidValue, RefusalError } from './refusal-error.ts';

/** `/v2/payment/wallet/cashu/sale`. Throws `RefusalError`. */
export function readSale(fields: GateFields): SaleOrder {
  const id = requirePaymentId('general.payment_id', fields.requiredText('general.payment_id'));
  const customerId = fields.requiredText('customer.id');
  requireAddress(fields);
  for (const name of ['first_name', 'last_name', 'email', 'phone']) fields.text(`customer.${name}`);
  const units = fields.requiredNumber('payment.amount');
  const currency = requireCurrency('payment.currency', fields.requiredText('payment.currency'));
  const bestBefore = fields.text('payment.best_before');
  return {
    ...{ id, via: 'gate', customerId, currency, language: undefined },
    amount: requireUnits('payment.amount', units, currency),
    description: fields.text('payment.description') ?? '',
    bestBefore: bestBefore === undefined ? undefined : requireBestBefore('payment.best_before', bestBefore),
    callbackUrl: fields.url('general.merchant_callback_url'),
    waysBack: {
      success: wayBack(fields.url('return_url.success') ?? fields.url('return_url.return')),
      decline: wayBack(fields.url('return_url.decline') ?? fields.url('return_url.return')),
      open: wayBack(fields.url('return_url.return') ?? fields.url('return_url.success')),
    },
  };
}

/** `/v2/payment/wallet/cashu/refund`. Throws `RefusalError`. */
export function readRefund(fields: GateFields): RefundOrder {
  const paymentId = requirePaymentId('general.payment_id', fields.requiredText('general.payment_id'));
  requireAddress(fields);
  const units = fields.number('payment.amount');
  const currency = fields.text('payment.currency');
  if (units !== undefined && currency === undefined) throw new RefusalError('3284', { field: 'payment.currency' });
  return {
    paymentId,
    currency,
    amount: units === undefined || currency === undefined ? undefined : requireUnits('payment.amount', units, currency),
    description: fields.requiredText('payment.description'),
    merchantRefundId: fields.text('payment.merchant_refund_id'),
    callbackUrl: fields.url('general.merchant_callback_url'),
  };
}

function requireAddress(fields: GateFields): void {
  const address = fields.requiredText('customer.ip_address');
  if (isIP(address) === 0) throw invalidValue('customer.ip_address', 'an IP address');
}

/** From CashU's page the payer goes straight on. */
function wayBack(address: string | undefined): WayBack {
  return { address, isAutomatic: true };
}
