import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { runCommand } from '../../lib/cli/run-command.ts';
import { CASHU_DATA_API, type CashuShop, locationOf, startCashuShop } from '../support/cashu-shop.ts';
import { query } from '../support/databases.ts';
import { sqliteFile } from '../support/site.ts';
import { waitUntil } from '../support/wait.ts';

const DAY_MS = 86_400_000;

async function payOne(shop: CashuShop): Promise<string> {
  const address = locationOf(await shop.begin());
  const paymentId = address.searchParams.get('payment_id') ?? '';
  shop.ecommpay.confirmPaymentPage(address.href);
  shop.ecommpay.act(paymentId, 'pay');
  await waitUntil(async () => (await shop.payments.cashu.get(paymentId))?.status === 'success', { describe: 'the payment' });
  return paymentId;
}

function span(): { from: Date; to: Date } {
  return { from: new Date(Date.now() - DAY_MS), to: new Date(Date.now() + DAY_MS) };
}

async function command(shop: CashuShop, database: string, format: string): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const { from, to } = span();
  const args = ['reconcile', '--from', from.toISOString(), '--to', to.toISOString(), '--format', format];
  const variables = {
    ...{ DATABASE_URL: database, ECOMMPAY_PROJECT_ID: '112', ECOMMPAY_DATA_URL: `${shop.standInUrl}/v1` },
    ...{ ECOMMPAY_DATA_TOKEN: CASHU_DATA_API.token, ECOMMPAY_DATA_SECRET: CASHU_DATA_API.secret },
  };
  const code = await runCommand(args, variables, {
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
  });
  return { code, ...written };
}

async function shopWithDifferences(t: TestContext): Promise<{ shop: CashuShop; database: string; ids: readonly string[] }> {
  const database = sqliteFile(t);
  const shop = await startCashuShop(t, { database });
  const ids = [await payOne(shop), await payOne(shop), await payOne(shop), await payOne(shop)];
  const [, gone, changed, unpaid] = ids;
  await query(database, `DELETE FROM cloudpayments_cashu_payment WHERE payment_id = '${gone}'`);
  await query(database, `UPDATE cloudpayments_cashu_payment SET paid_sum = 9 WHERE payment_id = '${changed}'`);
  await query(database, `UPDATE cloudpayments_cashu_payment SET status = 'expired', paid_at = NULL WHERE payment_id = '${unpaid}'`);
  await query(
    database,
    `INSERT INTO cloudpayments_cashu_payment (payment_id, account, sum, currency, description, status, flow, paid_sum, paid_currency, ip, language, page_query,
      created_at, paid_at) SELECT 'ffffffffffffffffffffffffffffffff', account, sum, currency, description, status, flow, paid_sum, paid_currency, ip, language,
      page_query, created_at, paid_at FROM cloudpayments_cashu_payment WHERE payment_id = '${ids[0]}'`,
  );
  return { shop, database, ids };
}

test('a report names what is missing here, missing there, and differs in amount or status, and nothing is changed by it', async (t) => {
  const { shop, ids } = await shopWithDifferences(t);
  const before = await shop.payments.cashu.list();
  const report = await shop.payments.cashu.reconcile(span());
  const found = report.differences.map(({ kind, type, paymentId }) => `${kind} ${type} ${paymentId}`);
  assert.deepEqual(found.sort(), [
    `amount sale ${ids[2]}`,
    `missing_here sale ${ids[1]}`,
    'missing_there sale ffffffffffffffffffffffffffffffff',
    `status sale ${ids[3]}`,
  ]);
  assert.equal(report.matched, 1);
  const amount = report.differences.find(({ kind }) => kind === 'amount');
  assert.deepEqual([amount?.here?.amount, amount?.there?.amount], ['9.00', '10.00']);
  assert.deepEqual(await shop.payments.cashu.list(), before);
});

test('refunds are compared too, those of the Dashboard as well', async (t) => {
  const database = sqliteFile(t);
  const shop = await startCashuShop(t, { database });
  const paymentId = await payOne(shop);
  await shop.payments.cashu.refund({ paymentId, amount: 2 });
  shop.ecommpay.refundFromDashboard(paymentId, '3.00');
  await waitUntil(async () => (await shop.payments.cashu.get(paymentId))?.refundedSum === '5.00', { describe: 'both refunds' });
  const same = await shop.payments.cashu.reconcile(span());
  assert.deepEqual([same.matched, same.differences], [3, []]);

  await query(database, 'DELETE FROM cloudpayments_cashu_refund WHERE amount = 3');
  const [difference] = (await shop.payments.cashu.reconcile(span())).differences;
  assert.deepEqual([difference?.kind, difference?.type, difference?.there?.amount], ['missing_here', 'refund', '3.00']);
});

test('operations are what ECommPay lists, page after page', async (t) => {
  const shop = await startCashuShop(t, { database: sqliteFile(t) });
  const paymentId = await payOne(shop);
  const [operation] = await shop.payments.cashu.operations(span());
  assert.deepEqual(
    [operation?.paymentId, operation?.type, operation?.status, operation?.amount, operation?.currency],
    [paymentId, 'sale', 'success', '10.00', 'USD'],
  );
  assert.ok(operation?.completedAt instanceof Date);
});

test('without access to the Data API, and without CashU, the verbs say what is missing', async (t) => {
  const shop = await startCashuShop(t, { database: sqliteFile(t), cashu: { dataApi: undefined } });
  await assert.rejects(shop.payments.cashu.reconcile(span()), { code: 'ERR_PAYMENTS_NOT_CONFIGURED', message: /cashu\.dataApi/ });
  await assert.rejects(shop.payments.cashu.operations({ from: new Date(1), to: new Date(0) }), { code: 'ERR_PAYMENTS_REQUEST' });
});

test('the command line ends with 0 where both sides agree', async (t) => {
  const database = sqliteFile(t);
  const shop = await startCashuShop(t, { database });
  await payOne(shop);
  const { code, out, err } = await command(shop, database, 'text');
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /1 agree, 0 differ/);
});

test('the command line ends with 1 where they differ, as text, CSV and JSON', async (t) => {
  const { shop, database, ids } = await shopWithDifferences(t);
  const text = await command(shop, database, 'text');
  assert.equal(text.code, 1, text.err);
  assert.match(text.out, new RegExp(`amount differs: sale of ${ids[2]}.*here 9.00 USD success; there 10.00 USD success`));
  const csv = await command(shop, database, 'csv');
  const lines = csv.out.split('\r\n');
  assert.equal(
    lines[0],
    'kind,type,payment_id,operation_id,refund_id,amount_here,currency_here,status_here,amount_there,currency_there,status_there',
  );
  assert.equal(lines.length, 6);
  const json = JSON.parse((await command(shop, database, 'json')).out);
  assert.equal(json.matched, 1);
  assert.equal(json.differences.length, 4);
});

test('the command line ends with 2 and names the cause where nothing could be compared', async (t) => {
  const written: string[] = [];
  const output = { out: () => undefined, err: (text: string) => void written.push(text) };
  const args = ['reconcile', '--from', '2026-01-01', '--to', '2026-01-02'];
  assert.equal(await runCommand(args, {}, output), 2);
  assert.match(written.join(''), /DATABASE_URL is missing/);
  const empty = sqliteFile(t);
  const variables = {
    DATABASE_URL: empty,
    ECOMMPAY_PROJECT_ID: '112',
    ECOMMPAY_DATA_TOKEN: 'token',
    ECOMMPAY_DATA_SECRET: 'secret',
  };
  assert.equal(await runCommand(args, variables, output), 2);
  assert.match(written.join(''), /there is no database at/);
  await query(empty, 'CREATE TABLE something (id integer)');
  assert.equal(await runCommand(args, variables, output), 2);
  assert.match(written.join(''), /tables are not up to date/);
  assert.equal(await runCommand(['reconcile', '--from', '2026-02-30', '--to', '2026-03-05'], variables, output), 2);
  assert.match(written.join(''), /--from has to be a date/);
  for (const [wrong, message] of [
    [['reconcile', '--from', 'yesterday', '--to', '2026-01-02'], /--from has to be a date/],
    [['reconcile', '--from', '2026-01-02', '--to', '2026-01-02'], /earlier/],
    [['reconcile', '--since', '2026-01-02'], /Unknown option/],
    [['reconcile', ...args.slice(1), '--format', 'xml'], /text, csv or json/],
    [['recon'], /no command "recon"/],
  ] as const) {
    written.length = 0;
    assert.equal(await runCommand(wrong, variables, output), 2);
    assert.match(written.join(''), message);
  }
});
