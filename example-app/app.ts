import express, { type ErrorRequestHandler, type Express } from 'express';
import { createPaymentsRouter, databaseConfig } from 'express-cloudpayments';
import knex from 'knex';
import { AccountBook } from './backend/account-book.ts';
import { backendRoutes } from './backend/backend-routes.ts';
import { chooseBackend } from './choose-backend.ts';
import { refuse } from './environment.ts';
import { paymentsOptions } from './payments-options.ts';
import { createSandbox, SANDBOX_PATH } from './sandbox.ts';
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
  const sandbox = settings.cloudpayments === undefined ? createSandbox({ localUrl, publicUrl: settings.publicUrl ?? localUrl }) : undefined;
  const backend = chooseBackend(settings, localUrl);
  // One pool for both: SQLite has one writer at a time, and within one process two pools would wait for each other.
  const database = backend.isOwn ? knex(databaseConfig(settings.databaseUrl)) : undefined;
  const payments = createPaymentsRouter({
    database: database ?? settings.databaseUrl,
    ...paymentsOptions(settings, backend, sandbox?.options),
  });
  const book = database && new AccountBook(database);

  if (sandbox !== undefined) app.use(SANDBOX_PATH, sandbox.cloudpayments.router);
  if (book !== undefined) app.use('/backend', backendRoutes(book, backend.secret ?? ''));
  const { publicUrl, timezone } = settings;
  app.use(shopRoutes({ payments, book, publicUrl, timezone, controlsPath: sandbox && SANDBOX_PATH }));
  app.use(payments);
  app.use(answerError);
  return {
    app,
    isSandbox: sandbox !== undefined,
    ready: async () => {
      await payments.ready();
      await book?.prepare(DEMO_ACCOUNT);
    },
    close: async (drainTimeoutMs) => {
      sandbox?.cloudpayments.close();
      await payments.close({ drainTimeoutMs });
      await database?.destroy();
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
