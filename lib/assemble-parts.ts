import { createHash } from 'node:crypto';
import { Dispatcher } from './dispatcher/dispatcher.ts';
import { createHandlerSender } from './dispatcher/handler-sender.ts';
import { createHttpSender } from './dispatcher/http-sender.ts';
import { Maintenance, type MaintenanceJob } from './dispatcher/maintenance.ts';
import { PaymentsEmitter } from './domain/events.ts';
import { RequestLog } from './http/request-log.ts';
import { deriveKeys } from './payments/binding.ts';
import { createDeliveryPlan } from './payments/plan-delivery.ts';
import { reportConfirmedWithoutPay, type SettlingContext, settleLeftovers } from './payments/settle-payment.ts';
import type { PaymentsConfig, WebhookConfig } from './payments-config.ts';
import { CloudPaymentsApi } from './providers/cloudpayments/index.ts';
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
  readonly linkKeys: readonly Uint8Array[];
  /** Undefined where this process hands nothing over. */
  readonly dispatcher: Dispatcher | undefined;
  readonly maintenance: Maintenance;
}

const SWEEP_INTERVAL_MS = 30_000;
const REPORT_INTERVAL_MS = 3_600_000;
const PRUNE_INTERVAL_MS = 600_000;

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
      testPayments: config.cloudpayments.testPayments,
    },
    plan: createDeliveryPlan(config.webhook?.events ?? [], config.timezone),
    wake: () => dispatcher?.wake(),
  };
  return {
    ...{ emitter, database, gate, recorder, deliveries, settling, dispatcher },
    transactions: new TransactionStore(database, gate),
    requestLog: new RequestLog(recorder),
    api: createApi(config),
    linkKeys: deriveKeys(keyMaterial(config), 'card-link'),
    maintenance: new Maintenance(maintenanceJobs(config, database, settling), logger),
  };
}

/** Where forged notifications are taken anyway there may be no secret; the page's promises then only catch mistakes. */
function keyMaterial({ cloudpayments }: PaymentsConfig): readonly string[] {
  return cloudpayments.apiSecrets.length > 0 ? cloudpayments.apiSecrets : [cloudpayments.publicId];
}

function createApi({ cloudpayments }: PaymentsConfig): CloudPaymentsApi | undefined {
  const [apiSecret] = cloudpayments.apiSecrets;
  return apiSecret === undefined
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

function maintenanceJobs(config: PaymentsConfig, database: Database, settling: SettlingContext): readonly MaintenanceJob[] {
  const jobs: MaintenanceJob[] = [{ name: 'settle leftovers', everyMs: SWEEP_INTERVAL_MS, run: () => settleLeftovers(settling) }];
  jobs.push({
    name: 'report what was confirmed without a Pay',
    everyMs: REPORT_INTERVAL_MS,
    run: () => reportConfirmedWithoutPay(settling),
  });
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
