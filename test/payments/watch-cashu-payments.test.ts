import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { operation, refundCallback, saleCallback, signed, statusReport } from '../support/callbacks.ts';
import { type CashuSite, openGate, startCashuSite } from '../support/cashu-site.ts';
import { forEachDatabase, type TestDatabase } from '../support/databases.ts';
import { type Gate, type GateAnswer, refuse, SILENCE } from '../support/gate.ts';
import { reply } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';

/** Milliseconds at which ECommPay was asked about payments. */
function timesOf(gate: Gate): number[] {
  return gate.receiver.requests.filter(({ url }) => url === '/v2/payment/status').map(({ startedAt }) => startedAt);
}

function answer(body: unknown): GateAnswer {
  return reply(200, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

async function checksOf(shop: CashuSite, paymentId: string): Promise<number> {
  return await shop.site.count(`SELECT checks FROM cloudpayments_cashu_payment WHERE payment_id = '${paymentId}'`);
}

forEachDatabase((database: TestDatabase) => {
  test('ECommPay is asked from the first check on, more and more seldom, and nobody is refused for not being known', async (t) => {
    const shop = await startCashuSite(t, {
      database: await database.create(),
      cashu: { watch: { firstCheckMs: 150, maxIntervalMs: 300, expireAfterMs: 1_200 } },
    });
    const begun = performance.timeOrigin + performance.now();
    // Not known yet, and not known at all.
    shop.gate.answerStatus(() =>
      shop.gate.asked('status').length % 2 === 0 ? undefined : refuse('3062', 'Details are not received yet', 200),
    );
    const paymentId = await shop.beginPayment();
    await shop.waitForStatus(paymentId, 'expired');
    const times = timesOf(shop.gate);
    const pauses = times.map((time, index) => time - (times[index - 1] ?? begun));
    assert.ok(times.length > 1, `${pauses}`);
    // Never sooner, later whenever the machine has something else to do; the last one waits for the end. A timer may fire a little early.
    for (const [index, pause] of pauses.slice(0, -1).entries()) assert.ok(pause >= (index < 2 ? 150 : 300) - 5, `${pauses}`);
    assert.ok((times.at(-1) ?? 0) - begun >= 1_200 - 5, `${pauses}`);
    const statuses = shop.site.seen('cashu.status').map(({ status }) => status);
    assert.equal(statuses.at(-1), 'expired');
    assert.ok(!statuses.includes('decline'), `${statuses}`);
    // A late result is still looked for.
    assert.equal(await shop.count('cashu_payment', 'check_at IS NOT NULL'), 1);
    await shop.assertNothingCredited();
    assert.deepEqual(shop.site.seen('error'), []);
  });

  test('what a lost callback would have told is found by asking', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create(), cashu: { watch: { firstCheckMs: 100 } } });
    const words = {
      success: {},
      decline: { status: 'decline', code: '20105' },
      review: { amount: 999 },
      redirect: { status: 'awaiting redirect result' },
      pending: { status: 'external processing' },
    } as const;
    const ids = new Map<string, string>();
    for (const status of Object.keys(words)) ids.set(await shop.beginPayment(), status);
    shop.gate.answerStatus(({ paymentId }) => {
      const status = ids.get(paymentId) as keyof typeof words;
      const report = statusReport(paymentId, words[status], [operation(words[status])]);
      return status === 'redirect' ? { ...report, redirect_data: { method: 'GET', body: [], url: 'https://example.cashu.com/' } } : report;
    });
    for (const [paymentId, status] of ids) await shop.waitForStatus(paymentId, status);
    assert.equal(await shop.count('transaction'), 1);
    assert.equal(shop.site.seen('payment').length, 1);
    // The callback comes after all.
    for (const [paymentId, status] of ids) if (status === 'success') await shop.callback(saleCallback(paymentId));
    assert.equal(await shop.count('transaction'), 1);
    // What has ended is not asked about any more, what has not is.
    assert.equal(await shop.count('cashu_payment', 'check_at IS NULL'), 3);
    assert.deepEqual(shop.site.seen('cashu.conflict'), []);
  });

  test('nothing is closed while ECommPay does not answer, or gives answers of no use', async (t) => {
    const watch = { firstCheckMs: 50, maxIntervalMs: 50, expireAfterMs: 100 };
    const shop = await startCashuSite(t, { database: await database.create(), cashu: { watch } });
    await shop.gate.receiver.goDown();
    const [paid, unpaid] = [await shop.beginPayment(), await shop.beginPayment()];
    await waitUntil(async () => (await checksOf(shop, paid)) > 3 && (await checksOf(shop, unpaid)) > 3);
    const useless: readonly ((paymentId: string) => GateAnswer)[] = [
      () => reply(503),
      () => reply(200, { body: '<html>' }),
      () => refuse('3261', 'Wrong signature'),
      (paymentId) => answer(signed(statusReport(paymentId), { secret: 'forged' })),
      (paymentId) => answer(statusReport(paymentId)),
      () => answer(signed(statusReport('0'.repeat(32)))),
      (paymentId) => answer(signed({ ...statusReport(paymentId), project_id: 1362 })),
      (paymentId) => answer(signed({ ...statusReport(paymentId), payment: { id: paymentId, status: ['success'] } })),
    ];
    await shop.gate.receiver.comeBack();
    for (const misbehave of useless) {
      const before = shop.gate.asked('status', paid).length;
      shop.gate.answerStatus(({ paymentId }) => misbehave(paymentId));
      await waitUntil(async () => shop.gate.asked('status', paid).length > before + 1, { timeoutMs: 20_000 });
    }
    assert.deepEqual([(await shop.payment(paid)).status, (await shop.payment(unpaid)).status], ['created', 'created']);
    // That the set-up is wrong is told; that nobody is there is not a matter for alarms.
    assert.ok(shop.site.seen('error').length > 0);
    assert.ok(shop.site.seen('error').every(({ context }) => context.startsWith('status of CashU payment ')));
    shop.gate.answerStatus(({ paymentId }) => (paymentId === paid ? statusReport(paymentId) : undefined));
    await shop.waitForStatus(paid, 'success');
    await shop.waitForStatus(unpaid, 'expired');
    assert.equal(await shop.count('transaction'), 1);
  });

  test('several instances ask once for each time that is due, and never two at once about one payment', async (t) => {
    const gate = await openGate(t);
    const watch = { firstCheckMs: 50, maxIntervalMs: 60 };
    const settings = { database: await database.create(), gate, cashu: { watch } };
    const shops = [await startCashuSite(t, settings), await startCashuSite(t, settings), await startCashuSite(t, settings)] as const;
    const [first] = shops;
    const underWay = new Set<string>();
    const overlaps: string[] = [];
    let isOver = false;
    gate.answerStatus(async ({ paymentId }) => {
      if (underWay.has(paymentId)) overlaps.push(paymentId);
      underWay.add(paymentId);
      await sleep(10);
      underWay.delete(paymentId);
      return isOver ? statusReport(paymentId, { status: 'decline' }, [operation({ status: 'decline' })]) : undefined;
    });
    const ids = await Promise.all(Array.from({ length: 25 }, () => first.beginPayment()));
    await waitUntil(() => ids.every((paymentId) => gate.asked('status', paymentId).length >= 3), { timeoutMs: 30_000 });
    isOver = true;
    for (const paymentId of ids) await first.waitForStatus(paymentId, 'decline');
    for (const paymentId of ids) assert.equal(await checksOf(first, paymentId), gate.asked('status', paymentId).length);
    assert.deepEqual(overlaps, []);
    const told = shops.flatMap(({ site }) => site.seen('cashu.status')).map(({ paymentId }) => paymentId);
    assert.deepEqual(told.sort(), [...ids].sort());
  });

  test('what was begun before a restart is asked about after it', async (t) => {
    const gate = await openGate(t);
    const settings = { database: await database.create(), gate, cashu: { watch: { firstCheckMs: 100 } } };
    const before = await startCashuSite(t, settings);
    const paymentId = await before.beginPayment();
    await before.site.close();
    gate.answerStatus(() => statusReport(paymentId));
    const after = await startCashuSite(t, settings);
    await after.waitForStatus(paymentId, 'success');
    assert.equal(await after.count('transaction'), 1);
  });

  test('a question that hangs holds up neither the end of the host nor who comes after it', async (t) => {
    const gate = await openGate(t);
    const settings = { database: await database.create(), gate, cashu: { watch: { firstCheckMs: 100 } } };
    const shop = await startCashuSite(t, settings);
    gate.answerStatus(() => SILENCE);
    const paymentId = await shop.beginPayment();
    await waitUntil(() => gate.asked('status', paymentId).length > 0);
    const startedAt = performance.now();
    await shop.payments.close();
    assert.ok(performance.now() - startedAt < 4_000, `it took ${performance.now() - startedAt} ms`);
    await shop.site.close();
    // The lease would last a minute.
    gate.answerStatus((request) => statusReport(request.paymentId));
    const next = await startCashuSite(t, settings);
    await next.waitForStatus(paymentId, 'success');
  });

  test('a payment that expired while ECommPay was at work on it is asked about late, and credited', async (t) => {
    const watch = { firstCheckMs: 50, expireAfterMs: 150 };
    const shop = await startCashuSite(t, { database: await database.create(), cashu: { watch, flow: 'gate' } });
    const paymentId = await shop.beginPayment();
    const pending = statusReport(paymentId, { status: 'processing' }, [operation({ status: 'processing' })]);
    shop.gate.answerStatus(() => pending);
    await shop.waitForStatus(paymentId, 'expired');
    assert.equal(await shop.count('cashu_payment', 'check_at IS NOT NULL'), 1);
    const asked = shop.gate.asked('status').length;
    await shop.makeDue('payment', paymentId);
    await waitUntil(() => shop.gate.asked('status').length > asked);
    await waitUntil(async () => (await shop.count('cashu_payment', 'checks > 0')) === 1);
    assert.equal((await shop.payment(paymentId)).status, 'expired');
    shop.gate.answerStatus(() => statusReport(paymentId));
    await waitUntil(async () => {
      await shop.makeDue('payment', paymentId);
      return (await shop.payment(paymentId)).status === 'success';
    });
    assert.equal(await shop.count('transaction'), 1);
    assert.deepEqual(
      shop.site.seen('cashu.status').map(({ status }) => status),
      ['pending', 'expired', 'success'],
    );
    assert.deepEqual(shop.site.seen('cashu.conflict'), []);
  });

  test('a question that was asked for while another was under way is asked too', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create(), cashu: { watch: { firstCheckMs: 100 } } });
    const paymentId = await shop.pay();
    const refunds = [1, 2].map((id) => operation({ type: 'refund', id, requestId: `r${id}`, amount: 100 }));
    // Told without a sum, so that it has to be asked about.
    const untold = (id: number) => refundCallback(paymentId, { id, requestId: `r${id}`, amount: null, left: 1_000 - id * 100 });
    let answers = 0;
    shop.gate.answerStatus(async () => {
      const known = refunds.slice(0, ++answers);
      if (answers === 1) {
        await shop.callback(untold(2));
        await sleep(50);
      }
      return statusReport(paymentId, { status: 'partially refunded', amount: 1_000 - known.length * 100 }, [operation(), ...known]);
    });
    await shop.callback(untold(1));
    await waitUntil(async () => (await shop.payment(paymentId)).refundedSum === '2.00', { describe: 'both refunds' });
    assert.deepEqual(shop.site.seen('cashu.conflict'), []);
  });

  test('a question about a refund is not forgotten when the payment’s own callback comes before it is asked', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create(), cashu: { watch: { firstCheckMs: 3_600_000 } } });
    const [busy, paymentId] = [await shop.beginPayment(), await shop.beginPayment()];
    const refund = { id: 7, requestId: 'd7', amount: 400 };
    let release: () => void = () => undefined;
    const isReleased = new Promise<void>((resolve) => {
      release = resolve;
    });
    shop.gate.answerStatus(async (request) => {
      if (request.paymentId === busy) await isReleased;
      if (request.paymentId === busy) return undefined;
      return statusReport(paymentId, { status: 'partially refunded', amount: 600 }, [
        operation(),
        operation({ ...refund, type: 'refund' }),
      ]);
    });
    // Whoever watches is busy with another payment.
    await shop.callback(saleCallback(busy, { description: 'a;b' }));
    await waitUntil(() => shop.gate.asked('status', busy).length > 0);
    await shop.callback(refundCallback(paymentId, { ...refund, left: 600 }));
    await shop.callback(saleCallback(paymentId));
    assert.equal((await shop.payment(paymentId)).status, 'success');
    release();
    await shop.waitForStatus(paymentId, 'partially_refunded');
  });

  test('a question about a refund is not forgotten when it fails while the payment’s own callback comes', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create(), cashu: { watch: { firstCheckMs: 200 } } });
    const paymentId = await shop.beginPayment();
    const refund = { id: 7, requestId: 'd7', amount: 400 };
    let isPaid = false;
    shop.gate.answerStatus(async () => {
      if (isPaid)
        return statusReport(paymentId, { status: 'partially refunded', amount: 600 }, [
          operation(),
          operation({ ...refund, type: 'refund' }),
        ]);
      await shop.callback(saleCallback(paymentId));
      isPaid = true;
      return reply(503);
    });
    await shop.callback(refundCallback(paymentId, { ...refund, left: 600 }));
    await shop.waitForStatus(paymentId, 'partially_refunded');
    assert.equal(await shop.count('transaction'), 1);
  });
});
