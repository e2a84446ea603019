import express, { type ErrorRequestHandler, type Router } from 'express';
import { isSignatureGenuine, signData } from '../../providers/ecommpay/index.ts';
import { DataApiError } from './data-api-error.ts';
import { operationRows } from './operation-rows.ts';
import type { PaymentLedger } from './payment-ledger.ts';
import { readBody } from './read-gate-request.ts';
import { readOperationsQuery } from './read-operations-query.ts';
import { RefusalError } from './refusal-error.ts';
import type { EcommpayConfig } from './stand-in-options.ts';

/** The Data API: which operations have ended, for reconciliation. Source: https://api-data.ecommpay.com */
export function dataApiRoutes({ projectId, dataApi }: EcommpayConfig, ledger: PaymentLedger): Router {
  const router = express.Router();
  router.use(express.text({ type: () => true, limit: '1mb' }));
  router.post('/operations/get', (request, response) => {
    const data = readBody(request);
    const { token } = data;
    if (dataApi === undefined || token !== dataApi.token) throw new DataApiError(401, 'The token is unknown.');
    // Here it stands at top level, and nowhere else.
    const isGenuine = Object.hasOwn(data, 'signature') && isSignatureGenuine(data, [dataApi.secret]);
    if (!isGenuine) throw new DataApiError(401, 'The signature is missing or wrong: it is made with the secret of the token.');
    const query = readOperationsQuery(data);
    if (query.projectIds?.some((id) => id !== String(projectId)))
      throw new DataApiError(403, 'The token does not belong to one of the projects.');
    const answer = { operations: operationRows(ledger.list(), projectId, query) };
    response.json({ ...answer, signature: signData(answer, dataApi.secret) });
  });
  router.use(answerError);
  return router;
}

const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const refusal = error instanceof RefusalError ? new DataApiError(400, error.message) : error;
  if (refusal instanceof DataApiError) response.status(refusal.status).json(refusal.body);
  else next(error);
};
