import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { AttemptResult } from '../../lib/dispatcher/attempt.ts';
import { deliver } from '../../lib/dispatcher/deliver.ts';
import { createHttpSender } from '../../lib/dispatcher/http-sender.ts';
import { decodeWebhookSecret } from '../../lib/dispatcher/sign-webhook.ts';
import type { ClaimedDelivery } from '../../lib/storage/rows.ts';
import { type Answer, type Receiver, redirect, reply, startReceiver } from '../support/receiver.ts';

const TIMEOUT_MS = 600;
const SECRETS = [7, 8].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`);
const DELIVERY: ClaimedDelivery = {
  ...{ id: '1', transactionId: '2', event: 'payment', lease: 'lease', failures: 0, lostLeases: 0 },
  ...{ webhookId: 'payment_cloudpayments_1', body: '{"id":"2","account":"Счёт ✅","sum":45.1}' },
};
const NEVER = new AbortController().signal;

async function start(t: TestContext, answer: Answer, secrets: readonly string[] = []) {
  const receiver = await startReceiver(answer);
  const sender = createHttpSender({ url: receiver.url, secrets: secrets.map(decodeWebhookSecret), timeoutMs: TIMEOUT_MS, connections: 4 });
  t.after(async () => {
    await sender.close();
    await receiver.close();
  });
  return { receiver, sender };
}

async function attempt(t: TestContext, answer: Answer): Promise<{ result: AttemptResult; receiver: Receiver; tookMs: number }> {
  const { receiver, sender } = await start(t, answer);
  const startedOn = performance.now();
  const result = await sender.attempt(DELIVERY, NEVER);
  return { result, receiver, tookMs: performance.now() - startedOn };
}

for (const status of [200, 201]) {
  test(`HTTP ${status} means taken`, async (t) => {
    const { result, receiver } = await attempt(t, reply(status, { body: 'thanks' }));
    assert.deepEqual([result.isTaken, result.status, result.error, result.responseBody], [true, status, null, 'thanks']);
    const [request] = receiver.requests;
    assert.deepEqual([request?.method, request?.headers['content-type']], ['POST', 'application/json']);
    assert.equal(request?.body.toString(), DELIVERY.body);
  });
}

for (const status of [202, 203, 204, 206, 300, 304, 400, 401, 404, 409, 410, 422, 429, 500, 501, 502, 503, 504, 511]) {
  test(`HTTP ${status} does not mean taken`, async (t) => {
    const { result } = await attempt(t, reply(status));
    assert.deepEqual([result.isTaken, result.status, result.error], [false, status, `HTTP ${status}`]);
    assert.equal(result.isQuickRetry, [502, 503, 504].includes(status));
    assert.equal(result.isEndpointFault, status >= 500 || status === 429);
  });
}

for (const status of [301, 302, 303, 307, 308]) {
  test(`a redirect (${status}) is not followed`, async (t) => {
    const target = await startReceiver();
    t.after(() => target.close());
    const { result } = await attempt(t, redirect(target.url, status));
    assert.deepEqual([result.isTaken, result.status, target.requests.length], [false, status, 0]);
  });
}

const slow: readonly (readonly [string, Answer])[] = [
  ['says nothing', { kind: 'silence' }],
  ['drips headers', { kind: 'drip-headers', everyMs: 20 }],
  ['drips a body', { kind: 'drip-body', everyMs: 20 }],
  ['answers too late', reply(200, { delayMs: TIMEOUT_MS + 1_000 })],
];
for (const [name, answer] of slow) {
  test(`a back-end that ${name} is cut off at the deadline`, async (t) => {
    const { result, tookMs, receiver } = await attempt(t, answer);
    assert.ok(Math.abs(tookMs - TIMEOUT_MS) <= 250, `it took ${tookMs} ms`);
    assert.deepEqual([result.isTaken, result.isQuickRetry, result.isEndpointFault], [false, false, true]);
    assert.match(result.error ?? '', /no complete answer within 600 ms/);
    await receiver.waitFor(({ underWay }) => underWay === 0 || answer.kind === 'reply');
  });
}

test('of an answer without an end the first 64 kB are read and 2 kB kept, then the connection is broken', async (t) => {
  const { result, receiver, tookMs } = await attempt(t, { kind: 'endless-body', status: 500 });
  assert.deepEqual([result.isTaken, result.status, result.responseBody], [false, 500, 'a'.repeat(2_048)]);
  assert.ok(tookMs < TIMEOUT_MS);
  await receiver.waitFor(({ underWay }) => underWay === 0);
  // What both kernels hold in their buffers was sent, but never read.
  assert.ok(receiver.bytesSent < 16_000_000, `${receiver.bytesSent} bytes`);
});

for (const within of ['request', 'headers', 'body'] as const) {
  test(`a connection that breaks within the ${within} is a fault worth a quick retry`, async (t) => {
    const { result, tookMs } = await attempt(t, { kind: 'close', within });
    assert.deepEqual([result.isTaken, result.isQuickRetry, result.isEndpointFault, result.status], [false, true, true, null]);
    assert.ok(result.error);
    assert.ok(tookMs < TIMEOUT_MS);
  });
}

test('a refused connection is a fault worth a quick retry', async (t) => {
  const { receiver, sender } = await start(t, reply(200));
  await receiver.goDown();
  const result = await sender.attempt(DELIVERY, NEVER);
  assert.deepEqual([result.isTaken, result.isQuickRetry, result.isEndpointFault], [false, true, true]);
  assert.match(result.error ?? '', /ECONNREFUSED/);
});

test('what is kept of an answer is short, storable and without its secrets', async (t) => {
  const body = `\0${'я'.repeat(2_000)}`;
  const { result } = await attempt(t, reply(400, { body, headers: { 'set-cookie': 'session=1', 'x-long': 'x'.repeat(6_000) } }));
  assert.ok(Buffer.byteLength(result.responseBody ?? '') <= 2_048 + 4);
  assert.doesNotMatch(result.responseBody ?? '', /\0/);
  assert.match(result.responseBody ?? '', /^\uFFFDяяя/);
  assert.ok((result.responseHeaders ?? '').length <= 2_048);
  assert.match(result.responseHeaders ?? '', /"set-cookie":"\[redacted\]"/);
});

test('a stop cuts the attempt off', async (t) => {
  const { sender } = await start(t, { kind: 'silence' });
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  const startedOn = performance.now();
  const { outcome, attempts } = await deliver(DELIVERY, sender, stop.signal);
  assert.ok(performance.now() - startedOn < 400);
  assert.deepEqual([outcome.kind, outcome.delayMs, attempts.length], ['returned', 0, 1]);
});

test('each attempt has the same body and webhook-id, and a time and signatures of its own', async (t) => {
  const { receiver, sender } = await start(t, reply(500), SECRETS);
  await sender.attempt(DELIVERY, NEVER);
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  await sender.attempt(DELIVERY, NEVER);
  const [first, second] = receiver.requests;
  assert.ok(first && second);
  assert.ok(first.body.equals(second.body));
  assert.deepEqual([first.webhookId, second.webhookId], [DELIVERY.webhookId, DELIVERY.webhookId]);
  assert.notEqual(first.headers['webhook-timestamp'], second.headers['webhook-timestamp']);
  assert.notEqual(first.headers['webhook-signature'], second.headers['webhook-signature']);
  for (const { body, headers } of [first, second]) {
    assert.equal(String(headers['webhook-signature']).split(' ').length, 2);
    const received = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    for (const secret of SECRETS) assert.deepEqual(new Webhook(secret).verify(body.toString(), received), JSON.parse(DELIVERY.body));
  }
});

test('without a secret nothing is signed', async (t) => {
  const { receiver } = await attempt(t, reply(200));
  assert.equal(receiver.requests[0]?.headers['webhook-signature'], undefined);
  assert.equal(receiver.requests[0]?.webhookId, DELIVERY.webhookId);
});

for (const answer of [reply(502), reply(503), reply(504), { kind: 'close', within: 'request' } as const]) {
  test(`${answer.kind === 'reply' ? `HTTP ${answer.status}` : 'a broken connection'} is tried again twice within one claim, each a row of its own`, async (t) => {
    const { receiver, sender } = await start(t, answer, SECRETS);
    const { outcome, attempts } = await deliver(DELIVERY, sender, NEVER);
    assert.deepEqual([receiver.requests.length, attempts.length, outcome.kind], [3, 3, 'failed']);
    assert.ok(attempts.every((row) => row.requestBody === DELIVERY.body && row.lease === DELIVERY.lease && row.error !== null));
    assert.ok(attempts.every((row) => row.requestHeaders.includes('"webhook-signature":"[redacted]"')));
    assert.deepEqual(receiver.overlaps, []);
  });
}

test('a quick retry that is taken ends well', async (t) => {
  const { receiver, sender } = await start(t, reply(200));
  receiver.answerNext(reply(503), { kind: 'close', within: 'headers' });
  const { outcome, attempts } = await deliver(DELIVERY, sender, NEVER);
  assert.deepEqual(
    [outcome.kind, outcome.completesTransaction, attempts.map((row) => row.responseStatus)],
    ['delivered', true, [503, null, 200]],
  );
});

for (const answer of [{ kind: 'silence' } as const, reply(500), reply(410), reply(429), reply(503, { headers: { 'retry-after': '1' } })]) {
  test(`${answer.kind === 'reply' ? `HTTP ${answer.status}${answer.headers ? ' with Retry-After' : ''}` : 'a time-out'} is not tried again within the claim`, async (t) => {
    const { receiver, sender } = await start(t, answer);
    const { outcome, attempts } = await deliver(DELIVERY, sender, NEVER);
    assert.deepEqual([receiver.requests.length, attempts.length, outcome.kind], [1, 1, 'failed']);
    assert.ok(outcome.delayMs >= 8_000 && outcome.delayMs <= 12_000);
  });
}

test('Retry-After puts the next attempt off', async (t) => {
  const { sender } = await start(t, reply(429, { headers: { 'retry-after': '7200' } }));
  assert.equal((await deliver(DELIVERY, sender, NEVER)).outcome.delayMs, 7_200_000);
});

test('twenty that hang at once all end at their deadline, also while garbage is collected', async (t) => {
  const { sender } = await start(t, { kind: 'silence' });
  const startedOn = performance.now();
  const many = Array.from({ length: 20 }, () => sender.attempt(DELIVERY, NEVER));
  let garbage: object[] = [];
  const collect = setInterval(() => {
    garbage = Array.from({ length: 200_000 }, () => ({}));
  }, 20);
  const results = await Promise.all(many);
  clearInterval(collect);
  assert.ok(garbage.length > 0);
  assert.ok(results.every(({ error }) => error?.includes('no complete answer')));
  assert.ok(performance.now() - startedOn < TIMEOUT_MS + 1_000);
});
