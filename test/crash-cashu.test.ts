import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CashuOptions } from '../lib/index.ts';
import { type Message, refundCallback, saleCallback, signed, statusReport } from './support/callbacks.ts';
import { basicAuth, cashuOptions, HTTP_AUTH, ORDER, openGate } from './support/cashu-site.ts';
import { forEachDatabase, query, type TestDatabase } from './support/databases.ts';
import type { Gate } from './support/gate.ts';
import { startProcess, type TestProcess } from './support/processes.ts';
import { reply } from './support/receiver.ts';
import { waitUntil } from './support/wait.ts';

const KILLS = 3;
const DUE = { sqlite: '1', postgres: "now() - interval '1 second'", mysql: 'UTC_TIMESTAMP(3)' } as const;

/** A shop in a process of its own that is killed, and comes back. */
class MortalShop {
  readonly gate: Gate;
  readonly #database: TestDatabase;
  readonly #address: string;
  readonly #cashu: CashuOptions;
  #process: TestProcess | undefined;
  #url = '';

  constructor(database: TestDatabase, address: string, gate: Gate) {
    this.#database = database;
    this.#address = address;
    this.gate = gate;
    this.#cashu = cashuOptions(gate.url, { flow: 'gate', watch: { firstCheckMs: 300 } });
  }

  async live(): Promise<void> {
    // Where nothing listens: what is owed to the merchant stays in the table.
    const webhook = { url: 'http://127.0.0.1:9/', events: ['payment', 'refund'] };
    const options = { database: this.#address, cashu: this.#cashu, httpAuth: HTTP_AUTH, webhook };
    this.#process = startProcess('test/support/fixtures/shop-process.ts', { env: { SHOP: JSON.stringify(options) } });
    const [, url = ''] = await this.#process.waitForLine(/^listening on (\S+)$/, 30_000);
    await this.#process.waitForLine(/^ready$/, 30_000);
    this.#url = `${url}/_cloudpayments_`;
  }

  async die(): Promise<void> {
    await this.#process?.end('SIGKILL');
  }

  /** Status and text of the answer; undefined where none came. */
  async post(path: string, body: string | URLSearchParams): Promise<{ status: number; text: string } | undefined> {
    const json = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
    try {
      const answer = await fetch(`${this.#url}${path}`, {
        ...{ method: 'POST', body, redirect: 'manual', headers: { ...json, authorization: basicAuth() } },
        signal: AbortSignal.timeout(20_000),
      });
      return { status: answer.status, text: await answer.text() };
    } catch {
      return undefined;
    }
  }

  async press(): Promise<{ status: number } | undefined> {
    return await this.post('/pub/cashu', new URLSearchParams(ORDER));
  }

  /** Sends a callback until it is answered 200, as ECommPay does. Gives how often it got no answer. */
  async callBack(data: Message): Promise<number> {
    const body = JSON.stringify(signed(data));
    for (let lost = 0; ; lost++) {
      const answer = await this.post('/cashu/callback', body);
      if (answer?.status === 200) return lost;
      await sleep(100);
    }
  }

  async rows(sql: string): Promise<Record<string, unknown>[]> {
    return await query(this.#address, sql);
  }

  async statuses(): Promise<string[]> {
    const rows = await this.rows('SELECT payment_id, status FROM cloudpayments_cashu_payment');
    return rows.map(({ payment_id, status }) => `${payment_id} ${status}`).sort();
  }

  /** What a process that is gone has claimed would be due again after a minute. */
  async endLeases(): Promise<void> {
    for (const table of ['payment', 'refund'])
      await this.rows(`UPDATE cloudpayments_cashu_${table} SET check_at = ${DUE[this.#database.client]} WHERE check_at IS NOT NULL`);
  }

  /** Each payment is one transaction, and each transaction and each refund is owed to the merchant once. */
  async assertOnce(paymentIds: readonly string[], refunds: number): Promise<void> {
    const transactions = await this.rows('SELECT code FROM cloudpayments_transaction');
    assert.deepEqual(transactions.map(({ code }) => String(code)).sort(), [...paymentIds].sort());
    const deliveries = await this.rows('SELECT event, transaction_id, event_key FROM cloudpayments_delivery');
    assert.equal(deliveries.length, paymentIds.length + refunds);
    assert.equal(new Set(deliveries.map((row) => JSON.stringify(Object.values(row).map(String)))).size, deliveries.length);
  }
}

async function startMortalShop(t: TestContext, database: TestDatabase): Promise<MortalShop> {
  const shop = new MortalShop(database, await database.create(), await openGate(t));
  t.after(() => shop.die());
  await shop.live();
  return shop;
}

describe('kill -9', () => {
  forEachDatabase((database) => {
    if (database.name === 'MariaDB') return;

    test('between the Gate’s acceptance and its answer, and between a refund’s request and its answer: nothing is lost or doubled', {
      timeout: 90_000,
    }, async (t) => {
      const shop = await startMortalShop(t, database);
      const { gate } = shop;
      const dieInstead = () => {
        void shop.die();
        return reply(503, { delayMs: 60_000 });
      };
      gate.answerSales(dieInstead);
      assert.equal(await shop.press(), undefined);
      const [paymentId = ''] = gate.asked('sale').map((request) => request.paymentId);
      assert.deepEqual(await shop.statuses(), [`${paymentId} created`]);
      gate.answerSales({ kind: 'accept' });
      // ECommPay went on with it; its callback found nobody.
      gate.answerStatus(() => statusReport(paymentId));
      await shop.live();
      await waitUntil(async () => (await shop.statuses())[0] === `${paymentId} success`, { timeoutMs: 20_000 });
      assert.equal(await shop.callBack(saleCallback(paymentId)), 0);
      await shop.assertOnce([paymentId], 0);

      gate.answerRefunds(dieInstead);
      const body = JSON.stringify({ payment_id: paymentId, amount: '4.00', refund_id: 'R-1' });
      assert.equal(await shop.post('/cashu/refund', body), undefined);
      assert.equal(gate.asked('refund').length, 1);
      const [stored] = await shop.rows('SELECT refund_id, status, is_accepted FROM cloudpayments_cashu_refund');
      assert.deepEqual([stored?.['refund_id'], stored?.['status'], Number(stored?.['is_accepted'])], ['R-1', 'pending', 0]);
      gate.answerRefunds({ kind: 'accept' });
      await shop.live();
      // The merchant asks again, and so does whoever watches.
      const again = await shop.post('/cashu/refund', body);
      assert.deepEqual(again, { status: 202, text: '{"refund_id":"R-1","status":"pending"}' });
      await shop.endLeases();
      await waitUntil(() => gate.asked('refund').length > 1, { timeoutMs: 20_000 });
      assert.equal(new Set(gate.asked('refund').map(({ text }) => text)).size, 1);
      assert.deepEqual(gate.refundIds, ['R-1']);
      await shop.callBack(refundCallback(paymentId, { amount: 400, left: 600, merchantRefundId: 'R-1' }));
      assert.deepEqual(await shop.statuses(), [`${paymentId} partially_refunded`]);
      await shop.assertOnce([paymentId], 1);
    });

    test('at any moment: what ECommPay was told of is there, and what was paid is credited once', { timeout: 120_000 }, async (t) => {
      const shop = await startMortalShop(t, database);
      const { gate } = shop;
      // Of some the callback is lost for good.
      const isLost = (paymentId: string) => /[0-4]$/.test(paymentId);
      gate.answerStatus(({ paymentId }) =>
        isLost(paymentId) && gate.asked('sale', paymentId).length > 0 ? statusReport(paymentId) : undefined,
      );
      const callbacks: Promise<number>[] = [];
      gate.answerSales(({ paymentId }) => {
        if (!isLost(paymentId)) callbacks.push(sleep(randomInt(60)).then(() => shop.callBack(saleCallback(paymentId))));
        return { kind: 'accept' };
      });
      let isOver = false;
      const payers = Array.from({ length: 4 }, async () => {
        while (!isOver) if ((await shop.press()) === undefined) await sleep(100);
      });
      for (let kill = 0; kill < KILLS; kill++) {
        const before = gate.asked('sale').length;
        await waitUntil(() => gate.asked('sale').length >= before + 10, { timeoutMs: 20_000, everyMs: 2 });
        await sleep(randomInt(100));
        await shop.die();
        await shop.live();
      }
      isOver = true;
      await Promise.all(payers);
      const lost = (await Promise.all(callbacks)).reduce((sum, count) => sum + count, 0);
      const paid = gate.asked('sale').map(({ paymentId }) => paymentId);
      await waitUntil(
        async () => {
          await shop.endLeases();
          return (await shop.statuses()).filter((line) => line.endsWith(' success')).length >= paid.length;
        },
        { timeoutMs: 60_000, everyMs: 500 },
      );
      await shop.assertOnce(paid, 0);
      // A payment that the Gate never heard of stays open, and credits nobody.
      const open = (await shop.statuses()).filter((line) => !line.endsWith(' success'));
      for (const line of open) assert.match(line, / created$/);
      t.diagnostic(`${paid.length} payments, ${open.length} not begun, ${KILLS} kills, callbacks found nobody ${lost} times`);
    });
  });
});
