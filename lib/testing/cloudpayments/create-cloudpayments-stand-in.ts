import express, { type ErrorRequestHandler } from 'express';
import { errorText, PaymentsError } from '../../domain/errors.ts';
import { refuseProduction } from '../refuse-production.ts';
import type { StandIn } from '../stand-in.ts';
import { Acquirer } from './acquirer.ts';
import { apiRoutes } from './api-routes.ts';
import { type CloudPaymentsControl, createControl } from './control.ts';
import { controlRoutes } from './control-routes.ts';
import { Notifier } from './notifier.ts';
import { PaymentLedger } from './payment-ledger.ts';
import { type CloudPaymentsStandInOptions, parseStandInOptions } from './stand-in-options.ts';
import { WidgetDesk } from './widget-desk.ts';
import { widgetRoutes } from './widget-routes.ts';

/**
 * CloudPayments, played on the own machine: widget, card form, 3-D Secure, signed and repeated notifications, and the API. Payments are kept in memory.
 * Below the address where its router is mounted: the widget's script is `/bundles/cloudpayments.js` (option `cloudpayments.widgetUrl`),
 * the API `/api` (option `cloudpayments.apiUrl`), and the control page for people `/`.
 * Throws `PaymentsError` with NODE_ENV=production and for unusable options.
 *
 * @example
 * const cloudpayments = createCloudPaymentsStandIn({ publicId: 'pk_test', apiSecret: 'test', notificationsUrl: 'http://127.0.0.1:3000/_cloudpayments_' });
 * app.use('/_sandbox_/cloudpayments', cloudpayments.router);
 */
export function createCloudPaymentsStandIn(options: CloudPaymentsStandInOptions): StandIn<CloudPaymentsControl> {
  refuseProduction('createCloudPaymentsStandIn');
  const config = parseStandInOptions(options);
  const ledger = new PaymentLedger();
  const notifier = new Notifier(config);
  const acquirer = new Acquirer(ledger, notifier);
  const control = createControl(ledger, acquirer, notifier);
  const router = express.Router();
  router.use('/api', apiRoutes(config, ledger, acquirer));
  router.use(widgetRoutes(new WidgetDesk(config.publicId, ledger, acquirer)));
  router.use(controlRoutes(control));
  router.use(answerError);
  return { router, control, close: () => notifier.close() };
}

const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof PaymentsError)) return next(error);
  response
    .status(error.code === 'ERR_PAYMENTS_NOT_FOUND' ? 404 : 409)
    .type('text')
    .send(errorText(error));
};
