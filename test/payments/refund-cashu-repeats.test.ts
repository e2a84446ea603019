import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operation, refundCallback, statusReport } from '../support/callbacks.ts';
import { type CashuSite, openGate, startCashuSite } from '../support/cashu-site.ts';
import { forEachDatabase, query } from '../support/databases.ts';
import { CUT_OFF, type GateAnswer, refuse } from '../support/gate.ts';
import { sqliteFile } from '../support/site.ts';
import { waitUntil } from '../support/wait.ts';

/** Looks often, so that what is due is looked after at once. */
const WATCH = { watch: { firstCheckMs: 100 } } as const;

/** The answer to the first request is lost; that to each further one is given. */
function lostThen(answer: GateAnswer): () => GateAnswer {
  let count = 0;
  return () => (count++ === 0 ? CUT_OFF : answer);
}

/** Looks after the refund again and again until it has ended that way. */
async function ended(shop: CashuSite, paymentId: string, status: string): Promise<void> {
  const look = async () => {
    if ((await shop.payment(paymentId)).refunds[0]?.status === status) return true;
    await shop.makeDue('refund', paymentId);
    return false;
  };
  await waitUntil(look, { everyMs: 50, timeoutMs: 20_000, describe: `a refund that is ${status}` });
}

test('a refund that was made though its answer was lost is no refusal when its repeat is refused', async (t) => {
  const shop = await startCashuSite(t, { database: sqliteFile(t), cashu: WATCH });
  const paymentId = await shop.pay();
  shop.gate.answerRefunds(lostThen(refuse('3283', 'Refund above the initial sum')));
  const refunded = operation({ id: 1_026, type: 'refund', requestId: 'r1', amount: 1_000 });
  // Before the repeat nobody may learn of it by another question.
  shop.gate.answerStatus(() =>
    shop.gate.asked('refund').length < 2 ? undefined : statusReport(paymentId, { status: 'refunded', amount: 0 }, [operation(), refunded]),
  );
  await shop.payments.cashu.refund({ paymentId });
  await ended(shop, paymentId, 'success');
  assert.equal((await shop.payment(paymentId)).status, 'refunded');
  assert.ok(shop.gate.asked('refund').length >= 2);
});

test('a refund whose repeat is refused, and of which ECommPay knows nothing, was not made', async (t) => {
  const shop = await startCashuSite(t, { database: sqliteFile(t), cashu: WATCH });
  const paymentId = await shop.pay();
  shop.gate.answerRefunds(lostThen(refuse('3028', 'Balance is too low')));
  shop.gate.answerStatus(() => statusReport(paymentId));
  const { refundId } = await shop.payments.cashu.refund({ paymentId, amount: '4.00' });
  await ended(shop, paymentId, 'decline');
  const [refund] = (await shop.payment(paymentId)).refunds;
  assert.equal(refund?.operationCode, '3028');
  assert.deepEqual(shop.site.seen('cashu.refund'), [{ paymentId, refundId, amount: '4.00', status: 'decline' }]);
  shop.gate.answerRefunds({ kind: 'accept' });
  assert.equal((await shop.payments.cashu.refund({ paymentId })).amount, '10.00');
});

test('a refund whose repeat is refused stays open while ECommPay does not say what became of it', async (t) => {
  const shop = await startCashuSite(t, { database: sqliteFile(t), cashu: WATCH });
  const paymentId = await shop.pay();
  shop.gate.answerRefunds(lostThen(refuse('3060', 'Not now')));
  await shop.payments.cashu.refund({ paymentId });
  await waitUntil(
    async () => {
      await shop.makeDue('refund', paymentId);
      return shop.gate.asked('status', paymentId).length > 2;
    },
    { everyMs: 50, timeoutMs: 20_000, describe: 'questions' },
  );
  assert.equal((await shop.payment(paymentId)).refunds[0]?.status, 'pending');
});

test('a refund whose number ECommPay has had before is on its way', async (t) => {
  const shop = await startCashuSite(t, { database: sqliteFile(t) });
  const paymentId = await shop.pay();
  shop.gate.answerRefunds(refuse('3230', 'Duplicate'));
  const refund = await shop.payments.cashu.refund({ paymentId });
  assert.equal(refund.status, 'pending');
  await shop.callback(refundCallback(paymentId, { amount: 1_000, merchantRefundId: refund.refundId }));
  assert.equal((await shop.payment(paymentId)).status, 'refunded');
});

forEachDatabase((database) => {
  test('what cannot be stored after ECommPay took a refund is no reason to ask for another', async (t) => {
    const url = await database.create();
    const shop = await startCashuSite(t, { database: url });
    const paymentId = await shop.pay();
    await query(url, 'ALTER TABLE cloudpayments_cashu_refund RENAME COLUMN request_id TO request_number');
    shop.gate.answerRefunds({ kind: 'accept' });
    const failed = await shop.refund({ payment_id: paymentId, amount: '4.00' });
    // Nothing can be stored at all: then nothing is asked for either.
    assert.equal(failed.status, 503);
    assert.equal(shop.gate.asked('refund').length, 0);
    assert.ok(!/request_id|insert|select/i.test(failed.text), failed.text);
    await query(url, 'ALTER TABLE cloudpayments_cashu_refund RENAME COLUMN request_number TO request_id');

    shop.gate.answerRefunds(() => {
      // The answer is on its way, and cannot be written down.
      broken = query(url, 'ALTER TABLE cloudpayments_cashu_refund RENAME COLUMN is_accepted TO was_accepted');
      return {
        kind: 'reply',
        status: 200,
        delayMs: 1_500,
        body: JSON.stringify({ status: 'success', request_id: 'r1', project_id: 112, payment_id: paymentId }),
      };
    });
    let broken: Promise<unknown> = Promise.resolve();
    const answer = await shop.refund({ payment_id: paymentId, amount: '4.00' });
    await broken;
    assert.equal(answer.status, 202, answer.text);
    const { refund_id: refundId, status } = JSON.parse(answer.text);
    assert.equal(status, 'pending');
    await query(url, 'ALTER TABLE cloudpayments_cashu_refund RENAME COLUMN was_accepted TO is_accepted');
    assert.deepEqual(
      (await shop.payment(paymentId)).refunds.map((refund) => refund.refundId),
      [refundId],
    );
  });

  test('what no database takes in ECommPay’s words, and words without end, are no trouble', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create() });
    const paymentId = await shop.pay();
    shop.gate.answerRefunds(refuse('3028\0', `too low\0${'x'.repeat(100_000)}`));
    const answer = await shop.refund({ payment_id: paymentId, amount: '4.00' });
    assert.equal(answer.status, 409, answer.text);
    assert.ok(answer.text.length < 2_000);
    assert.equal((await shop.payment(paymentId)).refunds[0]?.status, 'decline');
  });

  test('a refund that a callback says succeeded is not reported as refused by an answer that comes after it', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create() });
    const paymentId = await shop.pay();
    const told: Promise<unknown>[] = [];
    shop.gate.answerRefunds(({ payment }) => {
      told.push(shop.callback(refundCallback(paymentId, { amount: 1_000, merchantRefundId: String(payment['merchant_refund_id']) })));
      return { kind: 'reply', status: 400, delayMs: 1_500, body: JSON.stringify({ status: 'error', code: '3060', message: 'not now' }) };
    });
    const answer = await shop.refund({ payment_id: paymentId });
    await Promise.all(told);
    assert.deepEqual([answer.status, JSON.parse(answer.text).status], [202, 'success']);
    assert.equal((await shop.payment(paymentId)).status, 'refunded');
  });

  if (database.client !== 'postgres') return;
  test('refunds are never more than the rest, whatever isolation the database has by default', async (t) => {
    const url = await database.create();
    await query(url, `ALTER DATABASE "${new URL(url).pathname.slice(1)}" SET default_transaction_isolation = 'repeatable read'`);
    const gate = await openGate(t);
    const shops = [await startCashuSite(t, { database: url, gate }), await startCashuSite(t, { database: url, gate })] as const;
    const paymentId = await shops[0].pay();
    const asked = Array.from({ length: 16 }, (_, index) =>
      shops[index % 2 === 0 ? 0 : 1].refund({ payment_id: paymentId, amount: '4.00' }),
    );
    const statuses = (await Promise.all(asked)).map(({ status }) => status).sort();
    assert.deepEqual(statuses, [202, 202, ...Array.from({ length: 14 }, () => 409)]);
    assert.equal(gate.refundIds.length, 2);
  });
});
