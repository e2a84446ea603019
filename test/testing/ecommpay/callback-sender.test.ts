import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { reply } from '../../support/receiver.ts';
import { waitUntil } from '../../support/wait.ts';
import { callbacksAt, callGate, type EcommpaySite, openSale, paySale, saleBody, startEcommpaySite, subjectsAt } from './ecommpay-site.ts';

interface SeedExample {
  readonly id: string;
  readonly data: object;
}

const { examples }: { readonly examples: readonly SeedExample[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../vectors/ecommpay/seed-examples.json'), 'utf8'),
);

/** Names and kinds of all members, in their order. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.entries(value).map(([name, item]) => [name, shapeOf(item)]);
}

function exampleShape(id: string): unknown {
  const example = examples.find((each) => each.id === id) ?? assert.fail(`no example ${id}`);
  return shapeOf({ ...example.data, signature: '' });
}

function bodiesAt({ site }: EcommpaySite): readonly string[] {
  return site.requests.map(({ body }) => String(body));
}

describe('a callback', () => {
  test('has the shape of ECommPay’s examples', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await paySale(sandbox);
    sandbox.control.refundFromDashboard('order-1');
    await sandbox.control.settled();
    const [, sale, refund] = callbacksAt(sandbox.site);
    assert.deepEqual(shapeOf(sale), exampleShape('callback-sale-success'));
    assert.deepEqual(shapeOf(refund), exampleShape('callback-refund-success'));
    assert.match(sale?.operation.date ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/);
  });

  for (const [name, answer] of [
    ['an error', reply(500)],
    ['a redirect', reply(302, { headers: { location: '/' } })],
    ['201, which is not 200', reply(201)],
    ['a broken connection', { kind: 'close', within: 'request' }],
    ['nothing in time', { kind: 'silence' }],
  ] as const) {
    test(`is repeated byte for byte after ${name}`, async (t) => {
      const sandbox = await startEcommpaySite(t, answer.kind === 'silence' ? { answerTimeoutMs: 300 } : {});
      sandbox.site.answerNext(answer, answer, reply(200));
      await openSale(sandbox);
      assert.equal(sandbox.site.requests.length, 3);
      assert.equal(new Set(bodiesAt(sandbox)).size, 1);
      const [callback] = sandbox.control.callbacks('order-1');
      assert.deepEqual([callback?.state, callback?.attempts.length], ['delivered', 3]);
    });
  }

  test('is given up after 120 attempts', async (t) => {
    const sandbox = await startEcommpaySite(t, { speed: 1e9 });
    sandbox.site.answerWith(reply(500, { body: 'down' }));
    await openSale(sandbox);
    assert.equal(sandbox.site.requests.length, 120);
    const [callback] = sandbox.control.callbacks();
    assert.equal(callback?.state, 'given-up');
    assert.deepEqual([callback?.attempts.at(-1)?.status, callback?.attempts.at(-1)?.text], [500, 'down']);
  });

  test('waits for the first attempt of the one before it, and not for its repeats', async (t) => {
    const sandbox = await startEcommpaySite(t, { speed: 0.01 });
    let release = () => {};
    const answered = new Promise<void>((resolve) => {
      release = resolve;
    });
    sandbox.site.answerWith(async ({ index }) => {
      if (index > 0) return reply(200);
      await answered;
      return reply(500);
    });
    await callGate(sandbox, 'wallet/cashu/sale', saleBody());
    await sandbox.site.waitFor(({ requests }) => requests.length === 1);
    sandbox.control.act('order-1', 'pay');
    sandbox.control.sendProcessing('order-1');
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(sandbox.site.requests.length, 1);
    release();
    await sandbox.site.waitFor(({ requests }) => requests.length === 3);
    assert.equal(sandbox.control.callbacks()[0]?.state, 'waiting');
  });

  test('can be sent again, byte for byte', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await paySale(sandbox);
    sandbox.control.resend('ORDER-1');
    await sandbox.control.settled();
    const bodies = bodiesAt(sandbox);
    assert.equal(bodies.length, 3);
    assert.equal(bodies[2], bodies[1]);
    assert.equal(sandbox.control.callbacks().at(-1)?.isRepeat, true);
    assert.throws(() => sandbox.control.resend('order-2'), { code: 'ERR_PAYMENTS_NOT_FOUND' });
  });

  test('of an intermediate state can come after its time', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await paySale(sandbox);
    sandbox.control.sendProcessing('order-1');
    await sandbox.control.settled();
    assert.equal(subjectsAt(sandbox.site).at(-1), 'sale processing (processing)');
    assert.equal(sandbox.control.payment('order-1').status, 'success');
  });

  test('is not sent any more once the stand-in is closed', async (t) => {
    const sandbox = await startEcommpaySite(t, { speed: 50 });
    sandbox.site.answerWith(reply(500));
    await callGate(sandbox, 'wallet/cashu/sale', saleBody());
    await waitUntil(() => sandbox.control.callbacks()[0]?.state === 'waiting');
    sandbox.close();
    await sandbox.control.settled();
    const sent = sandbox.site.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(sandbox.site.requests.length, sent);
  });
});
