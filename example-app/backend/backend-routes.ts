import express, { type Request, type Response, type Router } from 'express';
import { PaymentsError, verifyWebhook } from 'express-cloudpayments';
import type { AccountBook, Entry } from './account-book.ts';
import { toMinorUnits } from './minor-units.ts';

/** The two routes that a shop's back-end needs: one says which accounts exist, the other takes payments over. */
export function backendRoutes(book: AccountBook, webhookSecret: string): Router {
  const router = express.Router();
  router.get('/check', async (request, response) => {
    const isKnown = await book.isKnown(String(request.query['account'] ?? ''));
    response.status(isKnown ? 200 : 404).json({ known: isKnown });
  });
  // The signature covers the bytes, so they must not be parsed before.
  router.post('/webhook', express.raw({ type: () => true }), async (request, response) => {
    const payload = verify(request, response, webhookSecret);
    if (payload === undefined) return;
    const entry = readEntry(request, payload);
    if (entry === undefined) {
      response.status(422).json({ error: 'not a payment' });
      return;
    }
    const isNew = await book.book(entry);
    response.json({ booked: isNew });
  });
  return router;
}

/** Undefined when the signature is wrong; that is answered then. */
function verify(request: Request, response: Response, secret: string): unknown {
  try {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    return verifyWebhook({ body, headers: request.headers, secret });
  } catch (error) {
    if (!(error instanceof PaymentsError)) throw error;
    response.status(400).json({ error: error.message });
    return undefined;
  }
}

function readEntry(request: Request, payload: unknown): Entry | undefined {
  const { account, amount, currency, type }: Readonly<Record<string, unknown>> = Object(payload);
  const webhookId = request.get('webhook-id');
  if (webhookId === undefined || typeof account !== 'string' || typeof amount !== 'string' || typeof currency !== 'string')
    return undefined;
  const minor = toMinorUnits(amount, currency);
  return minor === undefined ? undefined : { webhookId, account, currency, minor: type === 'refund' ? -minor : minor };
}
