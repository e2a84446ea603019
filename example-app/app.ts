import express, { type ErrorRequestHandler, type Express } from 'express';
import { createPaymentsRouter, databaseConfig } from 'express-cloudpayments';
import knex from 'knex';
import { AccountBook } from './backend/account-book.ts';
import { backendRoutes } from './backend/backend-routes.ts';
import { chooseBackend } from './choose-backend.ts';
import { refuse } from './environment.ts';
import { otherFlow, paymentMethods } from './payment-methods.ts';
import { paymentsOptions } from './payments-options.ts';
import { createSandbox, SANDBOX_PATHS } from './sandbox.ts';
import type { Settings } from './settings.ts';
import { DEMO_ACCOUNT, shopRoutes } from './shop-routes.ts';

/** The whole site. */
export interface Site {
  readonly app: Express;
  readonly isSandbox: boolean;
  /** Resolves when payments can be taken. */
  ready(): Promise<void>;
  /** Hands over what is under way, for so long, and closes every database. */
  close(drainTimeoutMs: number): Promise<void>;
}

/** Puts the site together. `localUrl` is where this process itself reaches it. */
export function createSite(settings: Settings, localUrl: string): Site {
  const app = express().disable('x-powered-by');
  trustProxy(app, settings.trustProxy);
  const addresses = { localUrl, publicUrl: settings.publicUrl ?? localUrl, flow: settings.sandboxFlow };
  const sandbox = settings.isSandbox ? createSandbox(addresses) : undefined;
  const backend = chooseBackend(settings, localUrl);
  // One pool for all: SQLite has one writer at a time, and within one process two pools would wait for each other.
  const pool = backend.isOwn || sandbox !== undefined ? knex(databaseConfig(settings.databaseUrl)) : undefined;
  const options = { database: pool ?? settings.databaseUrl, ...paymentsOptions(settings, backend, sandbox?.options) };
  const payments = createPaymentsRouter(options);
  // One router has one flow of CashU: in the sandbox a second router, on the same tables, shows the other.
  const other = sandbox && createPaymentsRouter({ ...options, ...otherFlow(sandbox.options.cashu), dispatcher: false });
  const book = pool !== undefined && backend.isOwn ? new AccountBook(pool) : undefined;

  if (sandbox !== undefined) app.use(sandbox.router);
  if (book !== undefined) app.use('/backend', backendRoutes(book, backend.secret ?? ''));
  const { publicUrl, timezone } = settings;
  const methods = paymentMethods(options, other !== undefined);
  app.use(shopRoutes({ payments, book, publicUrl, timezone, methods, controls: sandbox && SANDBOX_PATHS }));
  app.use(payments);
  if (other !== undefined) app.use(other);
  app.use(answerError);
  return {
    app,
    isSandbox: sandbox !== undefined,
    ready: async () => {
      await payments.ready();
      await other?.ready();
      await book?.prepare(DEMO_ACCOUNT);
    },
    close: async (drainTimeoutMs) => {
      sandbox?.close();
      await Promise.all([payments.close({ drainTimeoutMs }), other?.close()]);
      await pool?.destroy();
    },
  };
}

function trustProxy(app: Express, value: Settings['trustProxy']): void {
  try {
    app.set('trust proxy', value);
  } catch {
    refuse(`TRUST_PROXY has to be true, false, a number of proxies, or a list of addresses and networks, not "${value}".`);
  }
}

const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  console.error(error instanceof Error ? error.message : error);
  response.status(503).json({ error: { code: 'ERR_EXAMPLE', message: 'The site cannot answer now. Try again.' } });
};
