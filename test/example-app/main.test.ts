import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { buildNotification, sendNotification } from '../../lib/testing/index.ts';
import { reply, startReceiver } from '../support/receiver.ts';
import { runExample, startExample } from './example-process.ts';

const KEYS = { CLOUDPAYMENTS_PUBLIC_ID: 'pk_test', CLOUDPAYMENTS_API_SECRET: 'test-secret' };

describe('the start', () => {
  for (const [name, env, sentence] of [
    ['without the API secret', { CLOUDPAYMENTS_PUBLIC_ID: 'pk_1' }, /^CLOUDPAYMENTS_API_SECRET is missing: .*\n$/],
    ['of a sandbox in production', { NODE_ENV: 'production' }, /^CLOUDPAYMENTS_PUBLIC_ID and CLOUDPAYMENTS_API_SECRET are missing: .*\n$/],
    ['with a proxy list of no use', { TRUST_PROXY: 'everybody' }, /^TRUST_PROXY .*\n$/],
    ['with a host of no use', { HOST: '203.0.113.300' }, /^HOST, PORT: .*\n$/],
  ] as const) {
    test(`${name} fails with one line`, async (t) => {
      const example = runExample(t, env);
      assert.equal((await example.exit()).code, 1);
      assert.match(example.output, sentence);
    });
  }

  test('on a port that is taken fails with one line', async (t) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const address = server.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const example = runExample(t, { PORT: port });
    assert.equal((await example.exit()).code, 1);
    assert.match(example.output, /^PORT \d+ is taken by another program\.\n$/);
  });

  test('takes a few seconds at most', async (t) => {
    const before = performance.now();
    await startExample(t);
    assert.ok(performance.now() - before < 5_000);
  });

  test('says where it listens, as it was told', async (t) => {
    const example = runExample(t, { HOST: '0.0.0.0' });
    await example.waitForLine(/^listening on http:\/\/0\.0\.0\.0:\d+$/);
  });
});

describe('SIGTERM', () => {
  test('ends an idle site at once, open connections or not', async (t) => {
    const example = await startExample(t);
    const agent = new Agent({ keepAlive: true });
    t.after(() => agent.destroy());
    await new Promise<void>((resolve) => get(`${example.url}/`, { agent }, (response) => response.resume().once('end', resolve)));
    const before = performance.now();
    assert.deepEqual(await example.process.end('SIGTERM'), { code: 0, signal: null });
    assert.ok(performance.now() - before < 3_000);
  });

  test('lets a Check finish that waits for the back-end', async (t) => {
    const merchant = await startReceiver();
    t.after(() => merchant.close());
    merchant.answerWith(reply(200, { delayMs: 1_500 }));
    const example = await startExample(t, { ...KEYS, CLOUDPAYMENTS_CHECK_URL: `${merchant.url}/check` });
    const answer = sendNotification({
      url: `${example.url}/check`,
      fields: buildNotification('check'),
      secret: KEYS.CLOUDPAYMENTS_API_SECRET,
    });
    await merchant.waitFor(({ requests }) => requests.length === 1);
    const exit = example.process.end('SIGTERM');
    assert.deepEqual(await answer, { status: 200, body: '{"code":0}' });
    assert.equal((await exit).code, 0);
  });

  test('ends within ten seconds though the back-end never answers, and the payment is handed over after the next start', async (t) => {
    const merchant = await startReceiver();
    t.after(() => merchant.close());
    merchant.answerWith({ kind: 'silence' });
    const folder = mkdtempSync(join(tmpdir(), 'payments-example-data-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const env = { ...KEYS, CLOUDPAYMENTS_WEBHOOK_URL: `${merchant.url}/webhook`, DATABASE_URL: `sqlite:${folder}/payments.sqlite` };
    const first = await startExample(t, env);
    await sendNotification({ url: `${first.url}/pay`, fields: buildNotification('pay'), secret: KEYS.CLOUDPAYMENTS_API_SECRET });
    await merchant.waitFor(({ requests }) => requests.length === 1);
    const before = performance.now();
    assert.deepEqual(await first.process.end('SIGTERM'), { code: 0, signal: null });
    assert.ok(performance.now() - before < 10_000);
    merchant.answerWith(reply(200));
    await startExample(t, env);
    await merchant.waitFor(({ requests }) => requests.length === 2);
    assert.equal(merchant.requests[0]?.webhookId, merchant.requests[1]?.webhookId);
  });
});
