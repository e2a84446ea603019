import express, { type ErrorRequestHandler, type Response, type Router } from 'express';
import { signData } from '../../providers/ecommpay/index.ts';
import { readRefund, readSale } from './gate-orders.ts';
import { type EcommpayPayment, isPaid, saleOf } from './payment.ts';
import { operationPart, paymentPart, type WirePart } from './payment-parts.ts';
import type { Platform, PlatformParts } from './platform.ts';
import { readGateRequest } from './read-gate-request.ts';
import type { RefundDesk } from './refund-desk.ts';
import { RefusalError } from './refusal-error.ts';

/** The Gate: sale, refund, status. Source: https://api-developers.ecommpay.com */
export function gateRoutes(parts: PlatformParts, platform: Platform, refunds: RefundDesk): Router {
  const { config, plans, ledger } = parts;
  const router = express.Router();
  router.use(express.text({ type: () => true, limit: '1mb' }));
  router.post('/payment/wallet/cashu/sale', (request, response) => {
    if (plans.takeUnavailable('payment')) return sendUnavailable(response);
    const payment = platform.register(readSale(readGateRequest(request, config)));
    if (payment.outcome === 'unanswered') request.socket.destroy();
    else response.json(acceptance(config.projectId, payment.id, saleOf(payment).requestId));
  });
  router.post('/payment/wallet/cashu/refund', (request, response) => {
    if (plans.takeUnavailable('refund')) return sendUnavailable(response);
    const order = readRefund(readGateRequest(request, config));
    const outcome = plans.refund;
    const { requestId } = refunds.open(order, outcome);
    plans.takeRefund();
    if (outcome === 'unanswered') request.socket.destroy();
    else response.json(acceptance(config.projectId, order.paymentId, requestId));
  });
  router.post('/payment/status', (request, response) => {
    const id = readGateRequest(request, config).requiredText('general.payment_id');
    const payment = ledger.find(id);
    const answer = payment === undefined ? unknownAnswer(config.projectId, id) : statusAnswer(config.projectId, payment);
    response.json({ ...answer, signature: signData(answer, config.secret) });
  });
  router.use(answerRefusal);
  return router;
}

function sendUnavailable(response: Response): void {
  response.status(503).type('html').send('<h1>503 Service Temporarily Unavailable</h1>');
}

function acceptance(projectId: number, paymentId: string, requestId: string): WirePart {
  return { status: 'success', request_id: requestId, project_id: projectId, payment_id: paymentId };
}

function unknownAnswer(projectId: number, paymentId: string): WirePart {
  const { operationCode: code, message } = new RefusalError('3061');
  return { status: 'error', code, message, project_id: projectId, payment_id: paymentId };
}

function statusAnswer(projectId: number, payment: EcommpayPayment): WirePart {
  const sale = saleOf(payment);
  return {
    project_id: projectId,
    payment: paymentPart(payment, payment.description),
    operations: payment.operations.map((operation) => operationPart(operation, payment.currency)),
    customer: { id: payment.customerId },
    ...(isPaid(payment) && { account: { number: 'cashu-test-wallet' } }),
    errors: payment.status === 'error' ? [{ code: sale.code, message: 'The data of the payment did not pass the checks' }] : [],
  };
}

/** `errors` where a field is missing, else one code: both shapes occur. */
const answerRefusal: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof RefusalError)) return next(error);
  const { operationCode: code, message, field, httpStatus } = error;
  const missing = { status: 'error', errors: [{ code: Number(code), message, field, constraint: 'required' }] };
  response.status(httpStatus).json(code === '2004' ? missing : { status: 'error', code, message });
};
