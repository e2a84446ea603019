import express, { type Router } from 'express';
import type { CashuDesk } from './cashu-desk.ts';
import { takeForm } from './form-of.ts';
import { PAYER_STYLE } from './pages/payer-style.ts';
import type { PaymentPageDesk } from './payment-page-desk.ts';
import { CASHU_PATH } from './whereabouts.ts';

/** What payers see: the Payment Page, and CashU's own page. */
export function payerRoutes(page: PaymentPageDesk, cashu: CashuDesk): Router {
  const router = express.Router();
  router.get('/payment/style.css', (_request, response) => void response.type('css').send(PAYER_STYLE));
  router.get('/payment', (request, response) => page.showOrder(request, response));
  router.post('/payment', takeForm, (request, response) => page.showOrder(request, response));
  router.post('/payment/confirm', takeForm, (request, response) => page.confirmOrder(request, response));
  router.get('/payment/result', (request, response) => page.showResult(request, response));
  router.get(CASHU_PATH, (_request, response) => {
    response.status(405).set('allow', 'POST').type('text').send('CashU’s page is opened with the method of redirect_data: POST.');
  });
  router.post(CASHU_PATH, takeForm, (request, response) => cashu.enter(request, response));
  router.get('/cashu/wallet', (request, response) => cashu.showWallet(request, response));
  router.post('/cashu/wallet', takeForm, (request, response) => cashu.takeAction(request, response));
  return router;
}
