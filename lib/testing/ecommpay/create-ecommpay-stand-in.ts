import express, { type ErrorRequestHandler } from 'express';
import { errorText, PaymentsError } from '../../domain/errors.ts';
import { refuseProduction } from '../refuse-production.ts';
import type { StandIn } from '../stand-in.ts';
import { Agenda } from './agenda.ts';
import { CallbackDesk } from './callback-desk.ts';
import { CallbackSender } from './callback-sender.ts';
import { CashuDesk } from './cashu-desk.ts';
import { createControl, type EcommpayControl } from './control.ts';
import { controlRoutes } from './control-routes.ts';
import { dataApiRoutes } from './data-api-routes.ts';
import { gateRoutes } from './gate-routes.ts';
import { Plans } from './outcomes.ts';
import { payerRoutes } from './payer-routes.ts';
import { PaymentLedger } from './payment-ledger.ts';
import { PaymentPage } from './payment-page.ts';
import { PaymentPageDesk } from './payment-page-desk.ts';
import { Platform } from './platform.ts';
import { RefundDesk } from './refund-desk.ts';
import { type EcommpayStandInOptions, parseStandInOptions } from './stand-in-options.ts';
import { Whereabouts } from './whereabouts.ts';

/**
 * ECommPay with CashU, played on the own machine: Payment Page, Gate, CashU's wallet page, signed and repeated callbacks, refunds, status
 * and Data API. Payments are kept in memory.
 * Below the address where its router is mounted: the Payment Page is `/payment`, the Gate the address itself (`/v2/payment/…` is below it),
 * the Data API `/v1`, and the control page for people `/`.
 * Throws `PaymentsError` with NODE_ENV=production and for unusable options.
 *
 * @example
 * const ecommpay = createEcommpayStandIn({ projectId: 112, secret: 'test', callbackUrl: 'http://127.0.0.1:3000/_cloudpayments_/cashu/callback' });
 * app.use('/_sandbox_/ecommpay', ecommpay.router);
 */
export function createEcommpayStandIn(options: EcommpayStandInOptions): StandIn<EcommpayControl> {
  refuseProduction('createEcommpayStandIn');
  const config = parseStandInOptions(options);
  const agenda = new Agenda();
  const sender = new CallbackSender(config, agenda);
  const ledger = new PaymentLedger();
  const whereabouts = new Whereabouts(config.publicUrl);
  const parts = { config, agenda, ledger, whereabouts, plans: new Plans(), desk: new CallbackDesk(config, sender) };
  const platform = new Platform(parts);
  const refunds = new RefundDesk(parts);
  const page = new PaymentPage(parts, platform);
  const control = createControl({ ...parts, sender, platform, refunds, page });
  const router = express.Router();
  router.use((request, _response, next) => {
    whereabouts.learnFrom(request);
    next();
  });
  router.use('/v2', gateRoutes(parts, platform, refunds));
  router.use('/v1', dataApiRoutes(config, ledger));
  router.use(payerRoutes(new PaymentPageDesk(page, ledger), new CashuDesk(platform, ledger)));
  router.use(controlRoutes(control));
  router.use(answerError);
  return { router, control, close: () => agenda.close() };
}

const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof PaymentsError)) return next(error);
  response
    .status(error.code === 'ERR_PAYMENTS_NOT_FOUND' ? 404 : 409)
    .type('text')
    .send(errorText(error));
};
