import { createHash } from 'node:crypto';
import { Dispatcher } from './dispatcher/dispatcher.ts';
import { createHandlerSender } from './dispatcher/handler-sender.ts';
import { createHttpSender } from './dispatcher/http-sender.ts';
import { Maintenance, type MaintenanceJob } from './dispatcher/maintenance.ts';
import { PaymentsEmitter } from './domain/events.ts';
import { RequestLog } from './http/request-log.ts';
import { deriveKeys } from './payments/binding.ts';
import type { CashuContext } from './payments/cashu-context.ts';
import { createDeliveryPlan } from './payments/plan-delivery.ts';
import { reportConfirmedWithoutPay, type SettlingContext, settleLeftovers } from './payments/settle-payment.ts';
import { watchCashuPayments } from './payments/watch-cashu-payments.ts';
import type { PaymentsConfig, WebhookConfig } from './payments-config.ts';
import { CloudPaymentsApi } from './providers/cloudpayments/index.ts';
import { EcommpayGate } from './providers/ecommpay/index.ts';
import { CashuStore } from './storage/cashu-store.ts';
import { DatabaseGate } from './storage/database-gate.ts';
import { DeliveryStore } from './storage/delivery-store.ts';
import { EndpointStore } from './storage/endpoint-store.ts';
import { type Database, openDatabase } from './storage/open-database.ts';
import { pruneLog } from './storage/prune-logs.ts';
import { Recorder } from './storage/recorder.ts';
import { TransactionStore } from './storage/transaction-store.ts';

/** Everything that one payments router is made of, wired together. */
export interface Parts {
  readonly emitter: PaymentsEmitter;
  readonly database: Database;
  readonly gate: DatabaseGate;
  readonly recorder: Recorder;
  readonly transactions: TransactionStore;
  readonly deliveries: DeliveryStore;
  readonly requestLog: RequestLog;
  readonly settling: SettlingContext;
  readonly api: CloudPaymentsApi | undefined;
  readonly linkKeys: LinkKeys;
  /** Undefined without option `cashu`. */
  readonly cashu: CashuContext | undefined;
  /** Undefined where this process hands nothing over. */
  readonly dispatcher: Dispatcher | undefined;
  readonly maintenance: Maintenance;
}

/** Keys of signed pay links; empty where there is no such page. */
export interface LinkKeys {
  readonly card: readonly Uint8Array[];
  readonly cashu: readonly Uint8Array[];
}

const SWEEP_INTERVAL_MS = 30_000;
const REPORT_INTERVAL_MS = 3_600_000;
const PRUNE_INTERVAL_MS = 600_000;
const WATCH_INTERVAL_MS = 5_000;
const WATCHER = 'watch CashU payments';

/** Opens nothing yet. Throws `OptionsError` or `DatabaseError` for a database that cannot work. */
export function assembleParts(config: PaymentsConfig): Parts {
  const { logger } = config;
  const emitter = new PaymentsEmitter(logger);
  const database = openDatabase(config.database);
  const gate = new DatabaseGate(database.dialect, emitter, logger);
  const recorder = new Recorder(database, gate, config.limits);
  const deliveries = new DeliveryStore(database, gate);
  const dispatcher = createDispatcher(config, { database, gate, deliveries, emitter });
  const settling: SettlingContext = {
    ...{ database, emitter },
    rules: {
      keys: deriveKeys(keyMaterial(config), 'binding'),
      links: config.links,
      testPayments: config.cloudpayments?.testPayments ?? 'refuse',
    },
    plan: createDeliveryPlan(config.webhook?.events ?? [], config.timezone),
    wake: () => dispatcher?.wake(),
  };
  const cashu = createCashu(config, { database, gate, emitter, settling, wakeWatcher: () => maintenance.wake(WATCHER) });
  const maintenance = new Maintenance(maintenanceJobs(config, { database, settling, cashu }), logger);
  return {
    ...{ emitter, database, gate, recorder, deliveries, settling, dispatcher, cashu, maintenance },
    transactions: new TransactionStore(database, gate),
    requestLog: new RequestLog(recorder),
    api: createApi(config),
    linkKeys: { card: deriveKeys(keyMaterial(config), 'card-link'), cashu: deriveKeys(config.cashu?.secrets ?? [], 'cashu-link') },
  };
}

/** Where forged notifications are taken anyway there may be no secret; the page's promises then only catch mistakes. */
function keyMaterial({ cloudpayments }: PaymentsConfig): readonly string[] {
  if (cloudpayments === undefined) return [];
  return cloudpayments.apiSecrets.length > 0 ? cloudpayments.apiSecrets : [cloudpayments.publicId];
}

function createApi({ cloudpayments }: PaymentsConfig): CloudPaymentsApi | undefined {
  const [apiSecret] = cloudpayments?.apiSecrets ?? [];
  return apiSecret === undefined || cloudpayments === undefined
    ? undefined
    : new CloudPaymentsApi({ baseUrl: cloudpayments.apiUrl, publicId: cloudpayments.publicId, apiSecret });
}

function createDispatcher(
  config: PaymentsConfig,
  { database, gate, deliveries, emitter }: Pick<Parts, 'database' | 'gate' | 'deliveries' | 'emitter'>,
): Dispatcher | undefined {
  const { webhook, dispatcher, logger } = config;
  if (webhook === undefined || dispatcher === undefined) return undefined;
  return new Dispatcher({
    ...{ config: dispatcher, deliveries, emitter, logger },
    endpoint: new EndpointStore(database, gate, endpointName(webhook)),
    createSender: () =>
      'url' in webhook.target
        ? createHttpSender({ ...webhook.target, timeoutMs: webhook.timeoutMs, connections: dispatcher.slots })
        : createHandlerSender(webhook.target.handler, webhook.timeoutMs),
  });
}

function endpointName({ target }: WebhookConfig): string {
  return createHash('sha256')
    .update('url' in target ? target.url : 'handler:')
    .digest('hex');
}

function createCashu(
  { cashu: config, logger }: PaymentsConfig,
  { settling, ...parts }: Pick<Parts, 'database' | 'gate' | 'emitter' | 'settling'> & Pick<CashuContext, 'wakeWatcher'>,
): CashuContext | undefined {
  if (config === undefined) return undefined;
  const { projectId, secrets, gateUrl: baseUrl, currencies } = config;
  return {
    ...{ ...parts, config, currencies, logger, plan: settling.plan, wake: () => settling.wake() },
    store: new CashuStore(parts.database, parts.gate),
    api: new EcommpayGate({ baseUrl, projectId, secrets }),
  };
}

function maintenanceJobs(
  config: PaymentsConfig,
  { database, settling, cashu }: Pick<Parts, 'database' | 'settling' | 'cashu'>,
): readonly MaintenanceJob[] {
  // A process that only receives may not know whom to tell: what money is owed is worked out where it is handed over.
  const jobs: MaintenanceJob[] = config.hasBackgroundWork ? backgroundJobs(settling, cashu) : [];
  const logs = [
    { table: 'cloudpayments_http_log', retentionDays: config.httpLog.retentionDays },
    { table: 'cloudpayments_webhook_log', retentionDays: config.webhookLog.retentionDays },
  ] as const;
  for (const { table, retentionDays } of logs) {
    if (retentionDays === undefined) continue;
    jobs.push({ name: `prune ${table}`, everyMs: PRUNE_INTERVAL_MS, run: () => pruneLog(database, table, retentionDays) });
  }
  return jobs;
}

function backgroundJobs(settling: SettlingContext, cashu: CashuContext | undefined): MaintenanceJob[] {
  const jobs: MaintenanceJob[] = [
    { name: 'settle leftovers', everyMs: SWEEP_INTERVAL_MS, run: () => settleLeftovers(settling) },
    { name: 'report what was confirmed without a Pay', everyMs: REPORT_INTERVAL_MS, run: () => reportConfirmedWithoutPay(settling) },
  ];
  if (cashu !== undefined) jobs.push({ name: WATCHER, everyMs: watchInterval(cashu), run: (signal) => watchCashuPayments(cashu, signal) });
  return jobs;
}

/** Short times to watch, as tests set them, need short looks. */
function watchInterval({ config: { watch } }: CashuContext): number {
  return Math.min(WATCH_INTERVAL_MS, watch.firstCheckMs);
}
