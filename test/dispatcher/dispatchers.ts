import type { TestContext } from 'node:test';
import { Dispatcher, type DispatcherContext } from '../../lib/dispatcher/dispatcher.ts';
import { createHttpSender } from '../../lib/dispatcher/http-sender.ts';
import { PaymentsEmitter } from '../../lib/domain/events.ts';
import { silentLogger } from '../../lib/domain/logger.ts';
import { payItem, type Stores } from '../storage/stores.ts';
import type { Receiver } from '../support/receiver.ts';
import { codes } from '../support/shop.ts';

/** Far above what a loaded machine needs for an answer: a late one would be a second hand-over. */
const TIMEOUT_MS = 8_000;

export interface TestDispatcher {
  readonly dispatcher: Dispatcher;
  readonly emitter: PaymentsEmitter;
}

/** A dispatcher of its own, not started. Stopped after the test. */
export function createDispatcher(
  t: TestContext,
  { deliveries, endpoint }: Stores,
  receiver: Receiver,
  overrides: Partial<DispatcherContext['config']> = {},
): TestDispatcher {
  const emitter = new PaymentsEmitter(silentLogger);
  const dispatcher = new Dispatcher({
    ...{ deliveries, endpoint, emitter, logger: silentLogger },
    config: { slots: 20, leaseMs: 60_000, drainTimeoutMs: 5_000, keepProcessAlive: false, ...overrides },
    createSender: () => createHttpSender({ url: receiver.url, secrets: [], timeoutMs: TIMEOUT_MS, connections: 20 }),
  });
  t.after(() => dispatcher.stop(0));
  return { dispatcher, emitter };
}

/** Stores payments whose deliveries are due; gives their `webhook-id`s. */
export async function owe(stores: Stores, count: number, first = 1): Promise<string[]> {
  const list = codes(count, first);
  await Promise.all(list.map((code) => stores.recorder.record(payItem(code))));
  return list.map((code) => `payment_${code}`);
}
