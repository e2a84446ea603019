import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CASHU_CURRENCIES, EcommpayDataApi, isSignatureGenuine, signData } from '../../../lib/providers/ecommpay/index.ts';
import {
  DATA_API,
  type EcommpaySite,
  type GateReply,
  type Json,
  openSale,
  PROJECT_ID,
  paySale,
  SECRET,
  sendText,
  startEcommpaySite,
} from './ecommpay-site.ts';

const YEARS = { from: '2020-01-01 00:00:00', to: '2126-01-01 00:00:00' };

function ask({ url }: EcommpaySite, query: Json, secret: string = DATA_API.secret): Promise<GateReply> {
  const body = { token: DATA_API.token, interval: YEARS, ...query };
  return sendText(`${url}/v1/operations/get`, JSON.stringify({ ...body, signature: signData(body, secret) }));
}

async function rows(sandbox: EcommpaySite, query: Json): Promise<readonly Json[]> {
  const { status, body } = await ask(sandbox, query);
  assert.equal(status, 200, JSON.stringify(body));
  assert.ok(isSignatureGenuine(body, [DATA_API.secret]));
  assert.equal(isSignatureGenuine(body, [SECRET]), false);
  return Object(body).operations;
}

describe('the Data API', () => {
  test('lists what has ended', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await paySale(sandbox, 'order-1');
    await openSale(sandbox, 'order-2');
    sandbox.control.refundFromDashboard('order-1', '10');
    await sandbox.control.settled();
    const [sale, refund, ...rest] = await rows(sandbox, { project_id: [PROJECT_ID], tz: '+03:00' });
    assert.equal(rest.length, 0);
    assert.deepEqual(
      [sale?.['project_id'], sale?.['payment_id'], sale?.['operation_type'], sale?.['operation_status'], sale?.['sum_initial']],
      ['112', 'order-1', 'sale', 'success', { amount: 2500, currency: 'USD' }],
    );
    assert.deepEqual([refund?.['operation_type'], refund?.['sum_initial']], ['refund', { amount: 1000, currency: 'USD' }]);
    assert.equal(sale?.['operation_id'], String(sandbox.control.payment('order-1').operations[0]?.id));
    assert.match(String(sale?.['operation_completed_at']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+03:00$/);
  });

  test('gives it page by page', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await paySale(sandbox);
    for (let refund = 0; refund < 11; refund++) sandbox.control.refundFromDashboard('order-1', '1');
    await sandbox.control.settled();
    const all = await rows(sandbox, {});
    const pages = [await rows(sandbox, { limit: 11 }), await rows(sandbox, { limit: 11, offset: 11 }), await rows(sandbox, { offset: 12 })];
    assert.equal(all.length, 12);
    assert.deepEqual(pages.flat(), all);
    assert.deepEqual(
      pages.map(({ length }) => length),
      [11, 1, 0],
    );
    assert.deepEqual(await rows(sandbox, { limit: 0 }), []);
  });

  test('knows the interval, in any time zone', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await paySale(sandbox);
    const { changedAt } = sandbox.control.payment('order-1').operations[0] ?? assert.fail();
    const inRiyadh = new Date(changedAt + 3 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    const second = { from: inRiyadh, to: inRiyadh };
    for (const tz of ['Asia/Riyadh', '+03:00']) assert.equal((await rows(sandbox, { interval: second, tz })).length, 1);
    assert.equal((await rows(sandbox, { interval: second })).length, 0);
  });

  test('filters, and leaves out what nobody asks for', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await paySale(sandbox);
    sandbox.control.refundFromDashboard('order-1', '10');
    await sandbox.control.settled();
    const fields = ['payment_id', 'sum_initial.amount'];
    assert.deepEqual(await rows(sandbox, { operation_type: 'refund', fields }), [{ payment_id: 'order-1', sum_initial: { amount: 1000 } }]);
    assert.equal((await rows(sandbox, { operation_type: ['sale', 'refund'], operation_status: 'success' })).length, 2);
    assert.equal((await rows(sandbox, { customer_id: ['user-2'] })).length, 0);
  });

  test('is understood by the package’s own client', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await paySale(sandbox);
    const client = new EcommpayDataApi({ ...DATA_API, url: `${sandbox.url}/v1`, projectId: PROJECT_ID, currencies: CASHU_CURRENCIES });
    const [sale, ...rest] = await client.operations({ from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 3_600_000) });
    assert.equal(rest.length, 0);
    assert.deepEqual(
      [sale?.paymentId, sale?.type, sale?.status, sale?.amount, sale?.currency],
      ['order-1', 'sale', 'success', '25.00', 'USD'],
    );
  });

  const wrong: readonly (readonly [name: string, query: Json, secret: string, status: number])[] = [
    ['another token', { token: 'x' }, DATA_API.secret, 401],
    ['the secret of the project', {}, SECRET, 401],
    ['another project', { project_id: [PROJECT_ID, 7] }, DATA_API.secret, 403],
    ['no interval', { interval: undefined }, DATA_API.secret, 400],
    ['an interval in another form', { interval: { from: '2020-01-01T00:00:00', to: YEARS.to } }, DATA_API.secret, 400],
    ['a time zone that nobody knows', { tz: 'Mars/North' }, DATA_API.secret, 400],
    ['a limit that is too high', { limit: 1001 }, DATA_API.secret, 400],
  ];
  for (const [name, query, secret, status] of wrong) {
    test(`refuses ${name}`, async (t) => {
      const answer = await ask(await startEcommpaySite(t), query, secret);
      assert.equal(answer.status, status);
      assert.equal(answer.body['status'], status);
      assert.equal(typeof answer.body['message'], 'string');
    });
  }

  test('knows no token where it was given none, and takes JSON only', async (t) => {
    const { url } = await startEcommpaySite(t);
    assert.equal((await sendText(`${url}/v1/operations/get`, '{}')).status, 401);
    assert.equal((await sendText(`${url}/v1/operations/get`, 'x')).status, 400);
  });
});
