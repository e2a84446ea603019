import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { forEachDatabase, query, type TestDatabase } from './support/databases.ts';
import { startProcess, type TestProcess } from './support/processes.ts';
import { type Receiver, reply, startReceiver } from './support/receiver.ts';
import { codes, payAll, type ShopOptions, sendPay, TAKEN, webhookIdOf } from './support/shop.ts';

const SLOTS = 10;
const seed = Number(process.env['TEST_SEED'] ?? randomInt(2 ** 31));

/** Numbers from 0 to 1 that a seed gives again (mulberry32). */
function randomNumbers(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A shop that is killed again and again, and comes back each time. */
class MortalShop {
  readonly #options: ShopOptions;
  #process: TestProcess | undefined;
  url = '';
  kills = 0;

  constructor(options: ShopOptions) {
    this.#options = options;
  }

  async live(): Promise<void> {
    this.#process = startProcess('test/support/fixtures/shop-process.ts', { env: { SHOP: JSON.stringify(this.#options) } });
    const [, url = ''] = await this.#process.waitForLine(/^listening on (\S+)$/);
    await this.#process.waitForLine(/^ready$/);
    this.url = url;
  }

  async die(): Promise<void> {
    this.kills++;
    await this.#process?.end('SIGKILL');
  }
}

async function startMortalShop(t: TestContext, database: TestDatabase, receiver: Receiver): Promise<{ shop: MortalShop; address: string }> {
  const address = await database.create();
  const shop = new MortalShop({
    database: address,
    webhook: { url: receiver.url, timeoutMs: 1_000 },
    // The shortest lease that these attempts allow: what a killed process held is due again after it.
    dispatcher: { slots: SLOTS, leaseMs: 17_000 },
  });
  t.after(() => shop.die());
  await shop.live();
  return { shop, address };
}

/** Repeats one Pay until it is answered with success, as CloudPayments does. Gives how often a kill came in the middle. */
async function payUntilTaken(shop: MortalShop, code: string): Promise<number> {
  for (let interrupted = 0; ; ) {
    const answer = await sendPay(shop.url, code);
    if (answer === TAKEN) return interrupted;
    if (!answer.includes('ECONNREFUSED')) interrupted++;
    await sleep(20);
  }
}

async function storedCodes(address: string): Promise<string[]> {
  const rows = await query(address, 'SELECT code FROM cloudpayments_transaction');
  return rows.map((row) => String(row['code'])).sort();
}

async function unfinished(address: string): Promise<number> {
  const sql = `SELECT (SELECT count(*) FROM cloudpayments_delivery WHERE status <> 1) + (SELECT count(*) FROM cloudpayments_transaction WHERE status <> 1) AS open`;
  const [row] = await query(address, sql);
  return Number(row?.['open']);
}

function countDuplicates(receiver: Receiver): number {
  return [...receiver.taken().values()].reduce((sum, count) => sum + count - 1, 0);
}

async function handedOver(address: string, receiver: Receiver, expected: readonly string[]): Promise<void> {
  await receiver.waitFor(() => expected.every((code) => receiver.taken().has(webhookIdOf(code))), 30_000);
  for (let left = await unfinished(address); left > 0; left = await unfinished(address)) await sleep(50);
}

describe(`kill -9 (seed ${seed})`, () => {
  forEachDatabase((database) => {
    if (database.name === 'MariaDB') return;
    test('in the middle of ingest: every Pay answered 0 is in the table once and handed over', { timeout: 90_000 }, async (t) => {
      const random = randomNumbers(seed);
      const receiver = await startReceiver();
      t.after(() => receiver.close());
      const { shop, address } = await startMortalShop(t, database, receiver);
      const answered: string[] = [];
      let interrupted = 0;
      let next = 0;
      let isOver = false;
      const all = codes(2_000);
      const send = async () => {
        while (!isOver) {
          const code = all[next++];
          if (code === undefined) return;
          interrupted += await payUntilTaken(shop, code);
          answered.push(code);
        }
      };
      const senders = Array.from({ length: 12 }, send);
      for (let kill = 0; kill < 10; kill++) {
        await sleep(100 + random() * 400);
        await shop.die();
        await shop.live();
      }
      isOver = true;
      await Promise.all(senders);
      assert.deepEqual(await storedCodes(address), answered.toSorted());
      await handedOver(address, receiver, answered);
      const [count] = await query(address, 'SELECT count(*) AS deliveries FROM cloudpayments_delivery');
      assert.equal(Number(count?.['deliveries']), answered.length);
      assert.deepEqual([...receiver.taken().keys()].sort(), answered.map(webhookIdOf).sort());
      assert.deepEqual(receiver.overlaps, []);
      const duplicates = countDuplicates(receiver);
      assert.ok(duplicates <= shop.kills * SLOTS, `${duplicates} duplicates of ${shop.kills} kills`);
      assert.ok(interrupted > 0, 'no kill came in the middle of a request');
      t.diagnostic(
        `${answered.length} payments, ${shop.kills} kills, ${interrupted} requests interrupted, ${duplicates} handed over twice`,
      );
    });

    test('in the middle of hand-over: every payment is handed over', { timeout: 90_000 }, async (t) => {
      const random = randomNumbers(seed + 1);
      const receiver = await startReceiver(reply(503, { headers: { 'retry-after': '1' } }));
      t.after(() => receiver.close());
      const { shop, address } = await startMortalShop(t, database, receiver);
      receiver.answerWith(() => reply(200, { delayMs: 20 + random() * 80 }));
      const expected = codes(300);
      await payAll(shop.url, expected);
      for (let kill = 0; kill < 10; kill++) {
        const before = receiver.requests.length;
        const isDone = receiver.taken().size === expected.length;
        if (!isDone) await receiver.waitFor(() => receiver.requests.length >= before + 5 || receiver.taken().size === expected.length);
        await sleep(random() * 50);
        await shop.die();
        await shop.live();
      }
      await handedOver(address, receiver, expected);
      assert.deepEqual(await storedCodes(address), expected);
      assert.deepEqual(receiver.overlaps, []);
      const duplicates = countDuplicates(receiver);
      assert.ok(duplicates <= shop.kills * SLOTS, `${duplicates} duplicates of ${shop.kills} kills`);
      t.diagnostic(
        `${expected.length} payments, ${shop.kills} kills, ${receiver.requests.length} requests, ${duplicates} handed over twice`,
      );
    });
  });
});
