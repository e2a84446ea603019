import { randomUUID, timingSafeEqual } from 'node:crypto';
import express, { type RequestHandler, type Router } from 'express';
import { errorText, PaymentsError } from '../../domain/errors.ts';
import type { Acquirer } from './acquirer.ts';
import { idempotent } from './api-idempotency.ts';
import { type ApiRequest, findByInvoice, listDay, listPage } from './api-list.ts';
import { transactionModel } from './api-model.ts';
import { notificationSettingRoutes } from './notification-setting-routes.ts';
import type { StandInPayment } from './payment.ts';
import type { PaymentLedger } from './payment-ledger.ts';
import type { StandInConfig } from './stand-in-options.ts';

/** What an API method answers; always with HTTP 200. */
type ApiAnswer = Readonly<Record<string, unknown>> & { readonly Success: boolean };

/** The REST API with HTTP Basic. Source: https://developers.cloudpayments.ru/#printsip-raboty */
export function apiRoutes(config: StandInConfig, ledger: PaymentLedger, acquirer: Acquirer): Router {
  const router = express.Router();
  const model = (payment: StandInPayment) => transactionModel(payment, config.testMode);
  const all = () => ledger.list();
  router.use(requireBasic(config), express.json(), express.urlencoded({ extended: false }), idempotent());
  router.post(
    '/test',
    answer(() => ({ Success: true, Message: randomUUID() })),
  );
  router.post(
    '/payments/get',
    answer(({ TransactionId }) => shown(ledger.get(Number(TransactionId)), model)),
  );
  router.post(
    '/payments/find',
    answer(({ InvoiceId }) => shown(findByInvoice(all(), InvoiceId, false), model)),
  );
  router.post(
    '/v2/payments/find',
    answer(({ InvoiceId }) => shown(findByInvoice(all(), InvoiceId, true), model)),
  );
  router.post(
    '/payments/list',
    answer((request) => ({ Success: true, Message: null, Model: listDay(all(), request).map(model) })),
  );
  router.post(
    '/v2/payments/list',
    answer((request) => ({ Success: true, Message: null, Model: listPage(all(), request).map(model) })),
  );
  router.post(
    '/payments/confirm',
    answer(({ TransactionId, Amount }) => done(acquirer.confirm(Number(TransactionId), optionalText(Amount)))),
  );
  router.post(
    '/payments/void',
    answer(({ TransactionId }) => done(acquirer.cancel(Number(TransactionId)))),
  );
  router.post(
    '/payments/refund',
    answer(({ TransactionId, Amount }) => refunded(acquirer.refund(Number(TransactionId), optionalText(Amount)))),
  );
  router.use('/site/notifications', notificationSettingRoutes(config));
  return router;
}

function requireBasic({ publicId, apiSecret }: StandInConfig): RequestHandler {
  const expected = Buffer.from(`Basic ${Buffer.from(`${publicId}:${apiSecret}`).toString('base64')}`);
  return function requireCredentials(request, response, next) {
    const given = Buffer.from(request.get('authorization') ?? '');
    if (given.length === expected.length && timingSafeEqual(given, expected)) return next();
    response.status(401).set('www-authenticate', 'Basic').end();
  };
}

/** A request that makes no sense is answered `Success: false` with a sentence. */
function answer(method: (request: ApiRequest) => ApiAnswer): RequestHandler {
  return function answerMethod(request, response) {
    const body: ApiRequest = typeof request.body === 'object' && request.body !== null ? request.body : {};
    try {
      response.json(method(body));
    } catch (error) {
      const message = error instanceof PaymentsError && error.code === 'ERR_PAYMENTS_NOT_FOUND' ? 'Not found' : errorText(error);
      response.json({ Success: false, Message: message });
    }
  };
}

/** `Success` speaks of the payment here: a declined one is shown with `Success: false`. */
function shown(payment: StandInPayment | undefined, model: (payment: StandInPayment) => unknown): ApiAnswer {
  if (payment === undefined) return { Success: false, Message: 'Not found' };
  const isGood = payment.status !== 'Declined' && payment.status !== 'AwaitingAuthentication';
  return { Model: model(payment), Success: isGood, Message: null };
}

function done(_payment: StandInPayment): ApiAnswer {
  return { Success: true, Message: null };
}

function refunded(refund: StandInPayment): ApiAnswer {
  return { Model: { TransactionId: refund.transactionId }, Success: true, Message: null };
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? String(value) : undefined;
}
