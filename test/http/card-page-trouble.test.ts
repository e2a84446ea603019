import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { calls, launchChromium, skipWithoutChromium, startSite, steer, visit, waitForState } from './card-page-site.ts';

const SUCCESS = { type: 'payment', status: 'success' };

describe('the card page when something is unusual', { skip: skipWithoutChromium() }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  test('a widget that cannot be loaded is said to be so, and can be loaded again', async (t) => {
    const site = await startSite(t, { widget: 'missing' });
    const { page } = await visit(t, browser, site);
    await waitForState(page, 'unavailable');
    await page.getByRole('button', { name: 'Try again' }).click();
    await waitForState(page, 'unavailable');
    site.widget = 'current';
    await page.getByRole('button', { name: 'Try again' }).click();
    await waitForState(page, 'open');
  });

  test('a script that brings no widget is a widget that could not be loaded', async (t) => {
    const site = await startSite(t, { widget: 'empty' });
    const { page } = await visit(t, browser, site);
    await waitForState(page, 'unavailable');
  });

  test('a widget that throws can be tried again', async (t) => {
    const site = await startSite(t, { widget: 'broken' });
    const { page } = await visit(t, browser, site);
    await waitForState(page, 'interrupted');
    assert.equal(await page.getByRole('button', { name: 'Try again' }).isEnabled(), true);
  });

  test('a widget that rejects can be tried again', async (t) => {
    const site = await startSite(t);
    const { page } = await visit(t, browser, site);
    await steer(page, 'fail');
    await waitForState(page, 'interrupted');
  });

  test('the other brand’s widget opens too', async (t) => {
    const site = await startSite(t, { widget: 'tiptop' });
    const { page } = await visit(t, browser, site);
    await waitForState(page, 'open');
    assert.equal((await calls(page)).length, 1);
  });

  test('a widget of the pay() generation is given its own parameters and believed as little', async (t) => {
    const site = await startSite(t, { widget: 'pay' });
    site.model = { successUrl: `${site.origin}/thanks` };
    const { page } = await visit(t, browser, site);
    await waitForState(page, 'open');
    assert.deepEqual(await calls(page), [['pay', 'charge', { publicId: 'pk_test', amount: 1234.5, currency: 'RUB' }]]);
    await steer(page, 'callbacks.onFail', 'User has cancelled');
    await waitForState(page, 'cancelled');
    await page.getByRole('button', { name: 'Pay RUB' }).click();
    await steer(page, 'callbacks.onComplete', { success: true });
    await steer(page, 'callbacks.onSuccess', 'https://elsewhere.example/?status=cancelled');
    await waitForState(page, 'confirming');
    site.status = 'paid';
    await page.waitForURL(`${site.origin}/thanks`);
  });

  test('a widget of the charge() generation works as well', async (t) => {
    const legacy = { method: 'auth', options: { publicId: 'pk_test' } } as const;
    const site = await startSite(t, { widget: 'charge', model: { legacy } });
    const { page } = await visit(t, browser, site);
    await waitForState(page, 'open');
    assert.deepEqual(await calls(page), [['auth', { publicId: 'pk_test' }]]);
    await steer(page, 'callbacks.onFail', 'https://elsewhere.example/cancel');
    await waitForState(page, 'declined');
  });

  test('a result that says nothing leaves the answer to the server, and later the payer may start again', async (t) => {
    const site = await startSite(t);
    const { page } = await visit(t, browser, site);
    await waitForState(page, 'open');
    await page.clock.install();
    await steer(page, 'end', 'https://elsewhere.example/');
    await waitForState(page, 'confirming');
    await page.clock.fastForward(16_000);
    await waitForState(page, 'unclear');
    assert.equal(await page.getByRole('button', { name: 'Try again' }).isVisible(), true);
    site.status = 'paid';
    await page.clock.fastForward(6_000);
    await waitForState(page, 'paid');
  });

  test('a success that the server does not confirm is waited for, never paid again', async (t) => {
    const site = await startSite(t, { status: 503 });
    const { page, complaints } = await visit(t, browser, site);
    await waitForState(page, 'open');
    await page.clock.install();
    await steer(page, 'end', SUCCESS);
    await waitForState(page, 'confirming');
    await page.clock.fastForward(31_000);
    await waitForState(page, 'waiting');
    assert.equal(await page.locator('#pp-pay').isVisible(), false);
    assert.deepEqual(
      complaints.filter((complaint) => !complaint.includes('503')),
      [],
    );
    await page.context().setOffline(true);
    await page.clock.fastForward(10_000);
    await waitForState(page, 'waiting');
    await page.context().setOffline(false);
    site.status = 'paid';
    await page.clock.fastForward(10_000);
    await waitForState(page, 'paid');
  });

  test('a reload after the payment does not ask for a second one', async (t) => {
    const site = await startSite(t);
    const { page } = await visit(t, browser, site);
    await steer(page, 'end', SUCCESS);
    await waitForState(page, 'confirming');
    site.model = { statusUrl: '/status?payment=2' };
    await page.reload();
    await waitForState(page, 'confirming');
    site.status = 'paid';
    await waitForState(page, 'paid');
    await page.reload();
    await waitForState(page, 'paid');
    await page.goto(`${site.origin}/thanks`);
    await page.goBack();
    await waitForState(page, 'paid');
    assert.equal(await page.evaluate('window.fakeWidget?.calls.length ?? 0'), 0);
  });

  test('a link that was paid before leads straight on', async (t) => {
    const site = await startSite(t, { status: 'paid' });
    const { page } = await visit(t, browser, site);
    await waitForState(page, 'paid');
    await page.waitForTimeout(500);
    assert.equal(await page.evaluate('window.fakeWidget?.calls.length ?? 0'), 0);
  });
});
