import { assembleParts, type Parts } from './assemble-parts.ts';
import { createCashuVerbs } from './cashu-verbs.ts';
import { waitAtMost } from './dispatcher/wait-at-most.ts';
import type { CurrencyTable } from './domain/currencies.ts';
import { DatabaseError, PaymentsError } from './domain/errors.ts';
import { holdProcess } from './domain/hold-process.ts';
import { createHealth } from './health.ts';
import { createRoutes, type RoutesContext } from './http/routes.ts';
import { Lifecycle } from './lifecycle.ts';
import { parseOptions } from './options.ts';
import { askMerchant } from './payments/ask-merchant.ts';
import { makePayLink } from './payments/pay-links.ts';
import { settlePayment } from './payments/settle-payment.ts';
import type { CloudPaymentsConfig, PaymentsConfig } from './payments-config.ts';
import type { PaymentsOptions } from './payments-options.ts';
import type { PayLinkOptions, PaymentsRouter } from './payments-router.ts';
import { migrate, migrationError, requireMigrated } from './storage/migrate.ts';
import { reopenDatabase } from './storage/open-database.ts';
import { createDeliveryVerbs, createRun, createTransactionVerbs } from './verbs.ts';

/** A request that is being stored, a sweep under way: the database answers, or it does not. */
const OTHERS_STOP_TIMEOUT_MS = 6_000;

/**
 * An Express router that takes payments: notifications, payment page, tables, hand-over to the merchant's back-end. Mount it with
 * `app.use(createPaymentsRouter({ … }))`, before body parsers.
 * Throws `OptionsError` or `DatabaseError` at once for options that cannot work.
 *
 * @example
 * const payments = createPaymentsRouter({
 *   database: 'postgres://shop@localhost/shop',
 *   cloudpayments: { publicId: 'pk_…', apiSecret: process.env.CLOUDPAYMENTS_API_SECRET },
 *   webhook: { url: 'http://my-backend/my-webhook-endpoint', secret: 'whsec_…' },
 * });
 * app.use(payments);
 */
export function createPaymentsRouter(options: PaymentsOptions): PaymentsRouter {
  const config = parseOptions(options);
  const parts = assembleParts(config);
  const lifecycle = createLifecycle(config, parts);
  const health = createHealth(parts, config.limits.queue);
  const router = createRoutes(routesContext(config, parts, { health, admit: (request) => lifecycle.admit(request) }));
  const { emitter, settling, transactions, deliveries, linkKeys, api, gate } = parts;
  const ready = () => lifecycle.ready();
  const run = createRun(ready);
  const members: { [Name in keyof PaymentsRouter]: PaymentsRouter[Name] } = {
    ready,
    close: async (closeOptions) => await lifecycle.close(closeOptions?.drainTimeoutMs),
    on(event, listener) {
      emitter.on(event, listener);
      return payments;
    },
    off(event, listener) {
      emitter.off(event, listener);
      return payments;
    },
    health: async () => await holdProcess(health()),
    links: {
      card: (link) => payLink('card', link, { config, keys: linkKeys.card, currencies: config.cloudpayments?.currencies }),
      cashu: (link) => payLink('cashu', link, { config, keys: linkKeys.cashu, currencies: config.cashu?.currencies }),
    },
    transactions: createTransactionVerbs({ store: transactions, settling, api, gate }, run),
    deliveries: createDeliveryVerbs(deliveries, settling.wake, run),
    cashu: createCashuVerbs(parts.cashu, run),
  };
  // The router's own types are those of one major version of Express; what is promised fits both.
  const payments = Object.assign(router, members) as unknown as PaymentsRouter;
  return payments;
}

function createLifecycle(config: PaymentsConfig, { database, dispatcher, maintenance, recorder, emitter, gate }: Parts): Lifecycle {
  const { dialect, knex, isOwned } = database;
  return new Lifecycle({
    ...{ logger: config.logger, emitter, keepsProcessAlive: config.dispatcher?.keepProcessAlive === true },
    open: async () => {
      reopenDatabase(database);
      try {
        await (config.migrate ? migrate(database) : requireMigrated(database));
        gate.reached();
      } catch (error) {
        throw error instanceof DatabaseError ? error : migrationError(error);
      }
    },
    isPassing: (error) => dialect.isUnavailable(error instanceof DatabaseError ? error.cause : error),
    start: () => {
      dispatcher?.start();
      maintenance.start();
    },
    stop: async (drainTimeoutMs) => {
      const others = waitAtMost(Promise.all([maintenance.stop(), recorder.flush()]), OTHERS_STOP_TIMEOUT_MS);
      const [report] = await Promise.all([dispatcher?.stop(drainTimeoutMs), others]);
      return report ?? { finished: 0, givenBack: 0 };
    },
    closeDatabase: async () => {
      if (isOwned) await knex.destroy();
    },
  });
}

function routesContext(config: PaymentsConfig, parts: Parts, doors: Pick<RoutesContext, 'health' | 'admit'>): RoutesContext {
  const { logger, basePaths, httpAuth, cloudpayments } = config;
  const { requestLog, transactions, linkKeys, cashu } = parts;
  const common = { requestLog, maxBodyBytes: config.httpLog.maxBodyBytes };
  const rules = { returnUrlOrigins: config.returnUrlOrigins, links: config.links };
  return {
    ...{ ...doors, ...common, basePaths, logger },
    cards: cloudpayments && cardsContext({ ...config, cloudpayments }, parts),
    cashu: cashu && {
      httpAuth,
      page: {
        ...{ ...common, cashu, basePaths, publicUrl: config.publicUrl },
        rules: { ...rules, currencies: cashu.currencies, linkKeys: linkKeys.cashu },
        isOrderPaid: (orderId) => transactions.isOrderPaid(orderId),
      },
    },
  };
}

type CardsConfig = PaymentsConfig & { readonly cloudpayments: CloudPaymentsConfig };

function cardsContext({ cloudpayments, logger, ...config }: CardsConfig, parts: Parts): NonNullable<RoutesContext['cards']> {
  const { settling, recorder, requestLog, emitter, gate, transactions, api, linkKeys } = parts;
  const { rules, plan, wake } = settling;
  const common = { requestLog, logger, maxBodyBytes: config.httpLog.maxBodyBytes };
  return {
    receiving: {
      ...{ ...common, emitter, secrets: cloudpayments.apiSecrets, allowUnsigned: cloudpayments.allowUnsigned },
      checkRules: {
        ...rules,
        isOrderPaid: (orderId) => transactions.isOrderPaid(orderId),
        ask: (notification) => askMerchant(notification, { check: cloudpayments.check, timeoutMs: cloudpayments.checkTimeoutMs, logger }),
      },
      recording: { recorder, api, rules, plan, emitter, wake, settle: (key) => gate.run(() => settlePayment(key, settling)) },
    },
    page: {
      ...{ ...common, cloudpayments, bindingKey: first(rules.keys) },
      rules: {
        ...{ currencies: cloudpayments.currencies, returnUrlOrigins: config.returnUrlOrigins },
        ...{ links: config.links, linkKeys: linkKeys.card },
      },
      findByReference: (reference) => transactions.findByReference(reference),
    },
  };
}

interface PayLinkContext {
  readonly config: PaymentsConfig;
  readonly keys: readonly Uint8Array[];
  /** Undefined: there is no such provider. */
  readonly currencies: CurrencyTable | undefined;
}

function payLink(page: 'card' | 'cashu', link: PayLinkOptions, { config, keys, currencies }: PayLinkContext): string {
  const option = page === 'card' ? 'cloudpayments' : 'cashu';
  if (currencies === undefined) throw new PaymentsError('ERR_PAYMENTS_NOT_CONFIGURED', `links.${page} needs option "${option}".`);
  const { publicUrl = '', returnUrlOrigins } = config;
  return `${publicUrl}${linkBase(config)}/pub/${page}?${makePayLink(link, { key: first(keys), currencies, returnUrlOrigins })}`;
}

/** The base path that is most our own. */
function linkBase({ basePaths }: PaymentsConfig): string {
  return basePaths.find((path) => path !== '') ?? '';
}

function first(keys: readonly Uint8Array[]): Uint8Array {
  const [key] = keys;
  if (key === undefined) throw new Error('there is always a key');
  return key;
}
