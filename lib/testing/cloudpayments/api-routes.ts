import { timingSafeEqual } from 'node:crypto';
import express, { type RequestHandler, type Router } from 'express';
import { errorText, PaymentsError } from '../../domain/errors.ts';
import type { Acquirer } from './acquirer.ts';
import { idempotent } from './api-idempotency.ts';
import type { ApiRequest } from './api-list.ts';
import { type ApiAnswer, apiMethods } from './api-methods.ts';
import { notificationSettingRoutes } from './notification-setting-routes.ts';
import type { PaymentLedger } from './payment-ledger.ts';
import type { StandInConfig } from './stand-in-options.ts';

/** The REST API with HTTP Basic. Source: https://developers.cloudpayments.ru/#printsip-raboty */
export function apiRoutes(config: StandInConfig, ledger: PaymentLedger, acquirer: Acquirer): Router {
  const router = express.Router();
  router.use(requireBasic(config), express.json(), express.urlencoded({ extended: false }), idempotent());
  for (const [path, method] of Object.entries(apiMethods(ledger, acquirer, config.testMode))) router.post(path, answer(method));
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
