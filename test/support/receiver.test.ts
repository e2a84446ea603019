import assert from 'node:assert/strict';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { type TestContext, test } from 'node:test';
import { type Answer, type Receiver, redirect, reply, type Script, startPaymentsApi, startReceiver } from './receiver.ts';
import { waitUntil } from './wait.ts';

async function receiverFor(t: TestContext, answer?: Answer | Script): Promise<Receiver> {
  const receiver = await startReceiver(answer);
  t.after(() => receiver.close());
  return receiver;
}

function post(receiver: Receiver, webhookId = 'msg_1', body = '{}'): Promise<Response> {
  return fetch(`${receiver.url}/hook?a=1`, { method: 'POST', headers: { 'webhook-id': webhookId }, body, redirect: 'manual' });
}

/** A request at the level of bytes, for answers that never end. */
function open(receiver: Receiver): { readonly request: ClientRequest; readonly closed: Promise<unknown> } {
  const request = httpRequest(receiver.url, { method: 'POST', headers: { 'webhook-id': 'msg_slow' } });
  const closed = new Promise((resolve) => request.once('close', resolve));
  request.on('error', () => undefined).end('{}');
  return { request, closed };
}

test('requests are recorded with their bytes, and answered from the queue before the script', async (t) => {
  const receiver = await receiverFor(t, reply(201));
  receiver.answerNext(reply(500, { body: 'no' }), redirect('https://example.com/'));
  assert.equal((await post(receiver, 'msg_1', '{"sum": 1.50}')).status, 500);
  assert.equal((await post(receiver)).headers.get('location'), 'https://example.com/');
  assert.equal((await post(receiver)).status, 201);
  await receiver.waitFor(({ underWay }) => underWay === 0);
  const [first] = receiver.requests;
  assert.deepEqual([first?.method, first?.url, first?.body.toString(), first?.attempt], ['POST', '/hook?a=1', '{"sum": 1.50}', 1]);
  assert.deepEqual(
    receiver.requests.map(({ answered, attempt }) => [answered, attempt]),
    [
      [500, 1],
      [302, 2],
      [201, 3],
    ],
  );
  assert.deepEqual([...receiver.taken()], [['msg_1', 1]]);
  assert.equal(receiver.byWebhookId().get('msg_1')?.length, 3);
});

test('two requests with one id at the same moment are an overlap, one after the other are not', async (t) => {
  const receiver = await receiverFor(t, reply(200, { delayMs: 50 }));
  await post(receiver, 'msg_a');
  await post(receiver, 'msg_a');
  assert.equal(receiver.overlaps.length, 0);
  await Promise.all([post(receiver, 'msg_b'), post(receiver, 'msg_b'), post(receiver, 'msg_c')]);
  assert.deepEqual(
    receiver.overlaps.map(({ webhookId }) => webhookId),
    ['msg_b'],
  );
  assert.equal(receiver.mostAtOnce, 3);
});

test('a receiver that is down refuses connections and comes back on the same address', async (t) => {
  const receiver = await receiverFor(t);
  const { url } = receiver;
  await receiver.goDown();
  await assert.rejects(post(receiver));
  await receiver.comeBack();
  assert.equal(receiver.url, url);
  assert.equal((await post(receiver)).status, 200);
});

test('headers that drip never become an answer', async (t) => {
  const receiver = await receiverFor(t, { kind: 'drip-headers', everyMs: 5 });
  const { request, closed } = open(receiver);
  let isAnswered = false;
  request.on('response', () => {
    isAnswered = true;
  });
  const socket = await new Promise<import('node:net').Socket>((resolve) => request.once('socket', resolve));
  await waitUntil(() => socket.bytesRead > 40, { describe: 'some dripped bytes' });
  assert.equal(isAnswered, false);
  assert.equal(receiver.underWay, 1);
  request.destroy();
  await closed;
  await receiver.waitFor(({ underWay }) => underWay === 0);
  assert.equal(receiver.requests[0]?.answered, undefined);
});

test('a body that drips comes byte by byte', async (t) => {
  const receiver = await receiverFor(t, { kind: 'drip-body', everyMs: 5 });
  const { request } = open(receiver);
  const response = await new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes >= 5) break;
  }
  await receiver.waitFor(({ underWay }) => underWay === 0);
  assert.ok(receiver.bytesSent >= 5 && receiver.bytesSent < 100, String(receiver.bytesSent));
});

test('an endless body waits for its reader', async (t) => {
  const receiver = await receiverFor(t, { kind: 'endless-body' });
  const { request } = open(receiver);
  const response = await new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > 1_000_000) break;
  }
  await receiver.waitFor(({ underWay }) => underWay === 0);
  assert.ok(receiver.bytesSent > 1_000_000, String(receiver.bytesSent));
});

for (const within of ['request', 'headers', 'body'] as const) {
  test(`a connection that breaks within the ${within} is no answer`, async (t) => {
    const receiver = await receiverFor(t, { kind: 'close', within });
    await assert.rejects(post(receiver).then((response) => response.text()));
    await receiver.waitFor(({ underWay }) => underWay === 0);
    assert.equal(receiver.requests[0]?.answered, undefined);
  });
}

test('silence lasts until the other side hangs up', async (t) => {
  const receiver = await receiverFor(t, { kind: 'silence' });
  await assert.rejects(fetch(receiver.url, { signal: AbortSignal.timeout(50) }), /timeout/);
  await receiver.waitFor(({ underWay }) => underWay === 0);
  const [request] = receiver.requests;
  assert.ok((request?.endedAt ?? 0) - (request?.startedAt ?? 0) >= 20);
});

test('the stand-in of the API knows the transactions that it was given', async (t) => {
  const api = await startPaymentsApi(new Map([['42', { TransactionId: 42, Amount: 10 }]]));
  t.after(() => api.close());
  const ask = async (body: string, type: string) =>
    (await fetch(`${api.url}/payments/get`, { method: 'POST', headers: { 'content-type': type }, body })).json();
  const known = { Success: true, Message: null, Model: { TransactionId: 42, Amount: 10 } };
  assert.deepEqual(await ask('{"TransactionId":42}', 'application/json'), known);
  assert.deepEqual(await ask('TransactionId=42', 'application/x-www-form-urlencoded'), known);
  assert.deepEqual(await ask('{"TransactionId":43}', 'application/json'), { Success: false, Message: 'Not found' });
});
