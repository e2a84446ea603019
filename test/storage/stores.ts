import type { TestContext } from 'node:test';
import { PaymentsEmitter } from '../../lib/domain/events.ts';
import { silentLogger } from '../../lib/domain/logger.ts';
import { parseAmount } from '../../lib/domain/money.ts';
import type { NewCashuPayment, NewCashuRefund } from '../../lib/storage/cashu-rows.ts';
import { CashuStore } from '../../lib/storage/cashu-store.ts';
import { DatabaseGate } from '../../lib/storage/database-gate.ts';
import { DeliveryStore } from '../../lib/storage/delivery-store.ts';
import { EndpointStore } from '../../lib/storage/endpoint-store.ts';
import { migrate } from '../../lib/storage/migrate.ts';
import { type Database, openDatabase } from '../../lib/storage/open-database.ts';
import type { RecordItem } from '../../lib/storage/record-item.ts';
import { Recorder } from '../../lib/storage/recorder.ts';
import type { AttemptRow, ClaimedDelivery, DeliveryOutcome, HttpLogRow } from '../../lib/storage/rows.ts';

/** The owners of the tables, over one database. */
export interface Stores {
  readonly address: string;
  readonly database: Database;
  readonly gate: DatabaseGate;
  readonly recorder: Recorder;
  readonly deliveries: DeliveryStore;
  readonly endpoint: EndpointStore;
  readonly cashu: CashuStore;
}

export const NOW: number = Date.UTC(2026, 0, 31, 23, 59, 58);

/** Opens a database a second time, as another instance does. Closed after the test. */
export function openStores(t: TestContext, address: string, limits = { queue: 1_000, batch: 128 }): Stores {
  const database = openDatabase(address);
  // The connections alone keep no process alive.
  const hold = setInterval(() => undefined, 60_000);
  t.after(async () => {
    await database.knex.destroy();
    clearInterval(hold);
  });
  const gate = new DatabaseGate(database.dialect, new PaymentsEmitter(silentLogger), silentLogger);
  return {
    address,
    database,
    gate,
    recorder: new Recorder(database, gate, limits),
    deliveries: new DeliveryStore(database, gate),
    endpoint: new EndpointStore(database, gate, 'endpoint'),
    cashu: new CashuStore(database, gate),
  };
}

/** Opens and migrates. */
export async function createStores(t: TestContext, address: string, limits?: { queue: number; batch: number }): Promise<Stores> {
  const stores = openStores(t, address, limits);
  await migrate(stores.database);
  return stores;
}

export function httpLog(overrides: Partial<HttpLogRow> = {}): HttpLogRow {
  const row = { ip: '203.0.113.7', url: '/pay', method: 'POST', headers: '{}', body: '', responseStatus: 200, error: null, createdAt: NOW };
  return { ...row, ...overrides };
}

export interface PayValues {
  readonly account?: string;
  readonly sum?: string;
  readonly description?: string;
  readonly createdAt?: number;
  readonly state?: 'paid' | 'authorized';
  readonly digest?: string;
  /** False: nobody has to be told. */
  readonly isHandedOver?: boolean;
  readonly log?: Partial<HttpLogRow>;
}

/** What a Pay stores: log, notification, transaction and delivery. */
export function payItem(code: string, values: PayValues = {}): RecordItem {
  const { account = 'user-1', sum = '25.00', description, createdAt = NOW, state = 'paid', digest = 'same', isHandedOver = true } = values;
  const transaction = {
    ...({ provider: 'cloudpayments', code, account, sum: parseAmount(sum) ?? '', currency: 'RUB', state, isTest: false } as const),
    ...{
      review: undefined,
      invoiceId: undefined,
      subscriptionId: undefined,
      description,
      reference: undefined,
      createdAt,
      receivedAt: NOW,
    },
  };
  const delivery = { event: 'payment', eventKey: '', webhookId: `payment_${code}`, bodyTail: `,"code":"${code}"}` } as const;
  return {
    log: httpLog(values.log),
    notification: {
      ...{ provider: 'cloudpayments', type: 'pay', externalId: code, paymentCode: code, digest, fields: '{"Amount":"25.00"}' },
      ...{ isTest: false, isApplied: true, outcome: null, receivedAt: NOW },
    },
    transaction: { transaction, isCompleted: !isHandedOver, delivery: isHandedOver && state === 'paid' ? delivery : undefined },
  };
}

/** What a CashU payment begins with; its number has 32 digits, made of a small one. */
export function newCashuPayment(number: number, overrides: Partial<NewCashuPayment> = {}): NewCashuPayment {
  return {
    ...{ paymentId: cashuPaymentId(number), account: 'user-1', sum: '10.00', currency: 'USD', description: 'Top-up' },
    ...({ flow: 'payment-page', orderId: undefined, ip: '203.0.113.7', language: 'en' } as const),
    ...{ successUrl: undefined, failUrl: undefined, pageQuery: 'account=user-1', createdAt: NOW },
    ...overrides,
  };
}

export function cashuPaymentId(number: number): string {
  return String(number).padStart(32, '0');
}

export function newCashuRefund(refundId: string, payment: number, overrides: Partial<NewCashuRefund> = {}): NewCashuRefund {
  return {
    ...({ refundId, paymentId: cashuPaymentId(payment), amount: '1.00', status: 'pending', description: 'back' } as const),
    ...{ isOurs: true, isAccepted: false, requestId: undefined, operationId: undefined, operationCode: undefined },
    ...{ operationMessage: undefined, createdAt: NOW, finishedAt: undefined, checkInMs: undefined },
    ...overrides,
  };
}

export function attemptOf(claimed: ClaimedDelivery, overrides: Partial<AttemptRow> = {}): AttemptRow {
  return {
    ...{ deliveryId: claimed.id, transactionId: claimed.transactionId, lease: claimed.lease, requestBody: claimed.body },
    ...{ url: 'http://merchant.example/', requestHeaders: '{}', responseStatus: 200, responseHeaders: '{}', responseBody: 'thanks' },
    ...{ error: null, durationMs: 12, createdAt: NOW },
    ...overrides,
  };
}

export function outcomeOf(
  claimed: ClaimedDelivery,
  kind: DeliveryOutcome['kind'],
  overrides: Partial<DeliveryOutcome> = {},
): DeliveryOutcome {
  const { id, transactionId, lease } = claimed;
  const isDelivered = kind === 'delivered';
  return {
    ...{ id, transactionId, lease, kind, delayMs: isDelivered ? 0 : 10_000, lastStatus: isDelivered ? 200 : 500 },
    ...{ lastError: isDelivered ? null : 'HTTP 500', completesTransaction: isDelivered },
    ...overrides,
  };
}

/** The only one of a list. */
export function only<T>(list: readonly T[]): T {
  const [first, ...others] = list;
  if (first === undefined || others.length > 0) throw new Error(`one was expected, not ${list.length}`);
  return first;
}
