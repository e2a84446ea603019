import assert from 'node:assert/strict';
import { test } from 'node:test';
import express from 'express';
import type { CashuCustomer, CashuOptions } from '../../lib/index.ts';
import { paymentIdOf, startCashuSite } from '../support/cashu-site.ts';
import { forEachDatabase } from '../support/databases.ts';
import { sqliteFile } from '../support/site.ts';

/** What ECommPay is told of a payer, in both flows. */
const DETAILS: CashuCustomer = { email: 'ada@example.com', firstName: 'Ada;', lastName: 'Lovelace', phone: '97150000000' };

test('details of the payer go along, by the names of either flow', async (t) => {
  const customer: CashuOptions['customer'] = (account) => ({ ...DETAILS, lastName: account });
  const page = await startCashuSite(t, { database: sqliteFile(t), cashu: { customer } });
  const address = new URL((await page.press()).headers.get('location') ?? '');
  const shown = ['customer_email', 'customer_first_name', 'customer_last_name', 'customer_phone'].map((name) =>
    address.searchParams.get(name),
  );
  assert.deepEqual(shown, ['ada@example.com', 'Ada,', 'user-1', '97150000000']);
  const gate = await startCashuSite(t, { database: sqliteFile(t), cashu: { flow: 'gate', customer } });
  await gate.begin();
  const [sale] = gate.gate.asked('sale');
  assert.deepEqual(sale?.body['customer'], {
    ...{ id: 'user-1', ip_address: '127.0.0.1', email: 'ada@example.com', first_name: 'Ada,', last_name: 'user-1', phone: '97150000000' },
  });
});

const failures: Readonly<Record<string, NonNullable<CashuOptions['customer']>>> = {
  'throws at once': () => {
    throw new Error('no such account');
  },
  rejects: async () => await Promise.reject(new Error('the back-end is away')),
  'gives nothing': () => undefined as unknown as CashuCustomer,
};

for (const [what, customer] of Object.entries(failures)) {
  test(`a payment goes on without the details of a payer when the function for them ${what}`, async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t), cashu: { customer } });
    const address = new URL((await shop.press()).headers.get('location') ?? '');
    assert.equal(address.searchParams.get('customer_id'), 'user-1');
    assert.equal(address.searchParams.get('customer_email'), null);
    // A promise that nobody waits for would end the process a turn later.
    await new Promise(setImmediate);
    assert.equal((await shop.press()).status, 303);
  });
}

test('what stands in a forwarding header is told to ECommPay only if it is an address', async (t) => {
  for (const [header, told] of [
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['a;payment:status:success', '127.0.0.1'],
    ['not-an-address', '127.0.0.1'],
  ] as const) {
    const make = Object.assign(() => express().set('trust proxy', true), express);
    const shop = await startCashuSite(t, { database: sqliteFile(t), cashu: { flow: 'gate' }, express: make });
    const answer = await shop.press({}, { headers: { 'x-forwarded-for': header } });
    assert.equal(answer.status, 303, header);
    const [sale] = shop.gate.asked('sale', paymentIdOf(answer));
    assert.deepEqual(Object(sale?.body['customer'])['ip_address'], told, header);
  }
});

forEachDatabase((database) => {
  test('a form with a field that nobody asked for, and with bytes that no database takes, is no trouble', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create() });
    const answer = await shop.press({ 'utm\0source': 'a\0b', x: '\ud800' });
    assert.equal(answer.status, 303, answer.text);
    assert.deepEqual(shop.site.seen('error'), []);
  });
});
