import { randomUUID } from 'node:crypto';
import type { Acquirer } from './acquirer.ts';
import { type ApiRequest, findByInvoice, listDay, listPage } from './api-list.ts';
import { transactionModel } from './api-model.ts';
import type { StandInPayment } from './payment.ts';
import type { PaymentLedger } from './payment-ledger.ts';

/** What a method of the API answers; always with HTTP 200. */
export type ApiAnswer = Readonly<Record<string, unknown>> & { readonly Success: boolean };

/** The methods of the API by path. What they throw is a request that makes no sense. */
export function apiMethods(
  ledger: PaymentLedger,
  acquirer: Acquirer,
  testMode: boolean,
): Readonly<Record<string, (request: ApiRequest) => ApiAnswer>> {
  const model = (payment: StandInPayment) => transactionModel(payment, testMode);
  const find = ({ InvoiceId }: ApiRequest, withRefunds: boolean) => shown(findByInvoice(ledger.list(), InvoiceId, withRefunds), model);
  return {
    '/test': () => ({ Success: true, Message: randomUUID() }),
    '/payments/get': ({ TransactionId }) => shown(ledger.get(Number(TransactionId)), model),
    '/payments/find': (request) => find(request, false),
    '/v2/payments/find': (request) => find(request, true),
    '/payments/list': (request) => done({ Model: listDay(ledger.list(), request).map(model) }),
    '/v2/payments/list': (request) => done({ Model: listPage(ledger.list(), request).map(model) }),
    '/payments/confirm': ({ TransactionId, Amount }) => {
      acquirer.confirm(Number(TransactionId), optionalText(Amount));
      return done();
    },
    '/payments/void': ({ TransactionId }) => {
      acquirer.cancel(Number(TransactionId));
      return done();
    },
    '/payments/refund': ({ TransactionId, Amount }) => {
      const { transactionId } = acquirer.refund(Number(TransactionId), optionalText(Amount));
      return done({ Model: { TransactionId: transactionId } });
    },
  };
}

/** `Success` speaks of the payment here: a declined one is shown with `Success: false`. */
function shown(payment: StandInPayment | undefined, model: (payment: StandInPayment) => unknown): ApiAnswer {
  if (payment === undefined) return { Success: false, Message: 'Not found' };
  const isGood = payment.status !== 'Declined' && payment.status !== 'AwaitingAuthentication';
  return { Model: model(payment), Success: isGood, Message: null };
}

function done(more: Readonly<Record<string, unknown>> = {}): ApiAnswer {
  return { ...more, Success: true, Message: null };
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? String(value) : undefined;
}
