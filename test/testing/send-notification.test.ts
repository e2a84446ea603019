import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { buildNotification, encodeNotification, sendNotification } from '../../lib/testing/index.ts';
import { type Receiver, redirect, reply, startReceiver } from '../support/receiver.ts';

const SECRET = 'secret';

async function receiver(t: TestContext): Promise<Receiver> {
  const started = await startReceiver();
  t.after(() => started.close());
  return started;
}

function hmac(text: string | Buffer): string {
  return createHmac('sha256', SECRET).update(text).digest('base64');
}

describe('a notification', () => {
  const fields = buildNotification('pay', { Description: 'счёт №1' });

  test('goes as a signed form', async (t) => {
    const site = await receiver(t);
    site.answerNext(reply(200, { body: '{"code":0}' }));
    const answer = await sendNotification({ url: `${site.url}/pay`, fields, secret: SECRET });
    assert.deepEqual(answer, { status: 200, body: '{"code":0}' });
    const [request] = site.requests;
    assert.equal(request?.method, 'POST');
    assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(String(request.body), encodeNotification(fields));
    assert.equal(request.headers['content-hmac'], hmac(request.body));
  });

  test('goes as JSON, with two equal signatures', async (t) => {
    const site = await receiver(t);
    await sendNotification({ url: `${site.url}/pay`, format: 'json', fields, secret: SECRET });
    const [request] = site.requests;
    assert.match(String(request?.headers['content-type']), /^application\/json/);
    assert.equal(JSON.parse(String(request?.body)).Description, 'счёт №1');
    assert.equal(request?.headers['content-hmac'], hmac(request?.body ?? ''));
    assert.equal(request?.headers['x-content-hmac'], request?.headers['content-hmac']);
  });

  test('goes as a query, whose bytes are what is signed', async (t) => {
    const site = await receiver(t);
    await sendNotification({ url: `${site.url}/pay`, method: 'GET', fields, secret: SECRET });
    const [request] = site.requests;
    assert.equal(request?.url, `/pay?${encodeNotification(fields)}`);
    assert.equal(request.headers['content-hmac'], hmac(encodeNotification(fields)));
    assert.equal(request.body.length, 0);
  });

  test('goes without a signature where no secret is given', async (t) => {
    const site = await receiver(t);
    await sendNotification({ url: `${site.url}/pay`, fields });
    assert.equal(site.requests[0]?.headers['content-hmac'], undefined);
  });

  test('does not follow a redirect', async (t) => {
    const site = await receiver(t);
    site.answerNext(redirect(`${site.url}/elsewhere`, 301));
    const answer = await sendNotification({ url: `${site.url}/pay`, fields, secret: SECRET });
    assert.equal(answer.status, 301);
    assert.equal(site.requests.length, 1);
  });
});
