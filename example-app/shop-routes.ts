import express, { type Request, type Response, type Router } from 'express';
import type { PaymentsRouter } from 'express-cloudpayments';
import type { AccountBook } from './backend/account-book.ts';
import { latestPayments } from './latest-payments.ts';
import { ICON } from './pages/icon.ts';
import { type LandingModel, landingLive, landingPage } from './pages/landing-page.ts';
import { LANDING_SCRIPT } from './pages/landing-script.ts';
import { LANDING_STYLE } from './pages/landing-style.ts';
import type { Language } from './pages/messages.ts';
import type { PaymentMethod } from './payment-methods.ts';

/** The one account of this shop. */
export const DEMO_ACCOUNT = 'maple-1024';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const SHOWN_PAYMENTS = 8;

interface ShopContext {
  readonly payments: PaymentsRouter;
  /** Where the balance is kept, if it is here. */
  readonly book: AccountBook | undefined;
  readonly publicUrl: string | undefined;
  readonly timezone: string;
  readonly methods: readonly PaymentMethod[];
  /** Of the stand-ins; undefined outside of the sandbox. */
  readonly controls: LandingModel['controls'];
}

/** The shop's own page. */
export function shopRoutes(context: ShopContext): Router {
  const router = express.Router();
  router.get('/', async (request, response) => sendPage(response, landingPage(await readModel(request, context))));
  router.get('/shop/live', async (request, response) => sendPage(response, landingLive(await readModel(request, context)).text));
  router.get('/shop/landing.js', (_request, response) => void response.type('js').send(LANDING_SCRIPT));
  router.get('/shop/style.css', (_request, response) => void response.type('css').send(LANDING_STYLE));
  router.get('/shop/icon.svg', (_request, response) => void response.type('svg').send(ICON));
  return router;
}

async function readModel(request: Request, { payments, book, publicUrl, timezone, methods, controls }: ShopContext): Promise<LandingModel> {
  const account = DEMO_ACCOUNT;
  const hasCashu = methods.some(({ kind }) => kind !== 'card');
  const [balances, latest] = await Promise.all([
    book?.balances(account),
    latestPayments(payments, { account, limit: SHOWN_PAYMENTS, hasCashu }),
  ]);
  const { outcome, method } = request.query;
  return {
    ...{ account, balances, timezone, methods, controls },
    payments: latest,
    language: chooseLanguage(request),
    origin: publicUrl ?? `${request.protocol}://${request.get('host')}`,
    outcome: outcome === 'paid' || outcome === 'failed' ? outcome : undefined,
    method: typeof method === 'string' ? method : undefined,
  };
}

function chooseLanguage(request: Request): Language {
  const { lang } = request.query;
  if (lang === 'ru' || lang === 'en') return lang;
  return request.acceptsLanguages(['en', 'ru']) === 'ru' ? 'ru' : 'en';
}

function sendPage(response: Response, page: string): void {
  response.set({
    'content-security-policy': POLICY,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
  });
  response.type('html').send(page);
}
