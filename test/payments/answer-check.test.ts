import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { NotificationOverrides } from '../../lib/testing/index.ts';
import { bindingOf, type PageData } from '../support/card-page-data.ts';
import { forEachDatabase, type TestDatabase } from '../support/databases.ts';
import { type Site, sqliteFile, startSite } from '../support/site.ts';

const LINK = { account: 'user-1', sum: '25.00', currency: 'RUB', description: 'Top-up' } as const;

forEachDatabase((database: TestDatabase) => {
  test('what our page promised is accepted, whether or not the page was edited decides', async (t) => {
    const site = await startSite(t, { database: await database.create() });
    const page = await bindingOf(site, '/pub/card?account=user-1&sum=25&currency=rub&description=Top-up');
    await expectCodes(site, page, [
      [{}, 0],
      [{ Amount: '25' }, 0],
      [{ Amount: '24.99' }, 12],
      [{ Amount: '25.01' }, 12],
      [{ Amount: '0.01' }, 12],
      [{ Currency: 'USD' }, 12],
      [{ AccountId: 'user-2' }, 12],
      [{ AccountId: undefined }, 12],
      [{ Data: page.data.replace('"v1.', '"v2.') }, 12],
      [{ Data: page.data.replace(/.{3}"}$/, 'AAA"}') }, 12],
      [{ PaymentAmount: '1.00', PaymentCurrency: 'USD' }, 0],
    ]);
  });
});

async function expectCodes(site: Site, page: PageData, cases: readonly (readonly [NotificationOverrides, number])[]): Promise<void> {
  for (const [overrides, code] of cases) {
    const answer = await site.send('check', { Data: page.data, InvoiceId: page.invoiceId, ...overrides });
    assert.equal(answer.text, `{"code":${code}}`, JSON.stringify(overrides));
  }
}

/** A site whose own back-end would accept everything, and counts how often it was asked. */
async function openSite(
  t: TestContext,
  settings: Partial<Parameters<typeof startSite>[1]> = {},
): Promise<{ site: Site; asked: () => number }> {
  let count = 0;
  const check = (): boolean => {
    count += 1;
    return true;
  };
  const site = await startSite(t, { database: sqliteFile(t), ...settings, cloudpayments: { check, ...settings.cloudpayments } });
  return { site, asked: () => count };
}

test('an expired link is answered 20 at Check, but money that was taken all the same is credited', async (t) => {
  const { site, asked } = await openSite(t);
  const expiresAt = new Date(Date.now() + 1_500);
  const page = await bindingOf(site, site.payments.links.card({ ...LINK, expiresAt }));
  await expectCodes(site, page, [[{}, 0]]);
  assert.equal(asked(), 1);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, expiresAt.getTime() - Date.now()) + 20));
  await expectCodes(site, page, [[{}, 20]]);
  assert.equal(asked(), 1);
  assert.equal((await site.send('pay', { TransactionId: 1, Data: page.data, InvoiceId: page.invoiceId })).text, '{"code":0}');
  assert.equal((await site.payments.transactions.find({ code: '1' }))?.review, undefined);
});

test('an order that is paid is answered 20, another number than the order’s 10', async (t) => {
  const { site, asked } = await openSite(t);
  const page = await bindingOf(site, site.payments.links.card({ ...LINK, orderId: 'A-1' }));
  await expectCodes(site, page, [
    [{}, 0],
    [{ InvoiceId: 'A-2' }, 10],
    [{ InvoiceId: undefined }, 10],
  ]);
  await site.send('pay', { TransactionId: 1, Data: page.data, InvoiceId: 'A-1' });
  await expectCodes(site, page, [[{}, 20]]);
  assert.equal(asked(), 1);
});

test('with signed links what was not started on our page is answered 10, and the merchant is not asked', async (t) => {
  const { site, asked } = await openSite(t, { options: { links: 'signed' } });
  assert.equal((await site.send('check')).text, '{"code":10}');
  assert.equal((await site.send('check', { Data: '{"anything":1}' })).text, '{"code":10}');
  assert.equal((await site.send('check', { Data: 'not JSON' })).text, '{"code":10}');
  assert.equal(asked(), 0);
  const page = await bindingOf(site, site.payments.links.card(LINK));
  await expectCodes(site, page, [[{}, 0]]);
});

test('with open links what was not started on our page is for the merchant to judge', async (t) => {
  const { site, asked } = await openSite(t);
  assert.equal((await site.send('check')).text, '{"code":0}');
  assert.equal((await site.send('check', { Data: '{"express_cloudpayments":null}' })).text, '{"code":12}');
  assert.equal(asked(), 1);
});

test('a test payment is answered 13 where those are refused', async (t) => {
  const { site, asked } = await openSite(t, { cloudpayments: { testPayments: 'refuse' } });
  assert.equal((await site.send('check', { TestMode: 1 })).text, '{"code":13}');
  assert.equal((await site.send('check', { TestMode: 'true' })).text, '{"code":13}');
  assert.equal((await site.send('check', { TestMode: 0 })).text, '{"code":0}');
  assert.equal((await site.send('check', { TestMode: undefined })).text, '{"code":0}');
  assert.equal(asked(), 2);
});

test('a promise outlives a change of the API secret', async (t) => {
  const database = sqliteFile(t);
  const before = await startSite(t, { database, cloudpayments: { apiSecret: 'old' } });
  const page = await bindingOf(before, before.payments.links.card(LINK));
  const after = await startSite(t, { database, cloudpayments: { apiSecret: ['new', 'old'] } });
  assert.equal((await after.send('check', { Data: page.data }, { secret: 'new' })).text, '{"code":0}');
  const stranger = await startSite(t, { database, cloudpayments: { apiSecret: 'other' } });
  assert.equal((await stranger.send('check', { Data: page.data }, { secret: 'other' })).text, '{"code":12}');
});
