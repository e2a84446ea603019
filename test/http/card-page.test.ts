import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { calls, launchChromium, skipWithoutChromium, startSite, steer, visit, waitForState } from './card-page-site.ts';

const SUCCESS = { type: 'payment', status: 'success', data: { transactionId: 1 } };
const FAIL = { type: 'payment', status: 'fail', data: { ReasonCode: 5051 } };
const CANCEL = { type: 'cancel' };

describe('the card page in a browser', { skip: skipWithoutChromium() }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  test('the widget opens once by itself, with the parameters from the server and the language of the page', async (t) => {
    const site = await startSite(t, { model: { lang: 'ru' } });
    const { page, complaints } = await visit(t, browser, site);
    await waitForState(page, 'open');
    await page.locator('#pp-pay').dispatchEvent('click');
    const start = ['start', { publicTerminalId: 'pk_test', amount: 1234.5, currency: 'RUB', metadata: { bound: 'signed' } }];
    assert.deepEqual(await calls(page), [start]);
    assert.deepEqual(await page.evaluate('fakeWidget.constructedWith'), { language: 'ru-RU' });
    assert.equal(await page.evaluate('fakeWidget.isStyled'), true);
    assert.deepEqual(complaints, []);
  });

  test('a payment that the server knows of leads to success_url, not before', async (t) => {
    const site = await startSite(t);
    site.model = { successUrl: `${site.origin}/thanks?order=1&x=%D1%8F` };
    const { page, complaints } = await visit(t, browser, site);
    await steer(page, 'end', SUCCESS);
    await waitForState(page, 'confirming');
    assert.equal(await page.locator('#pp-pay').isVisible(), false);
    assert.equal(new URL(page.url()).pathname, '/card');
    site.status = 'paid';
    await page.waitForURL(`${site.origin}/thanks?order=1&x=%D1%8F`);
    assert.deepEqual(complaints, []);
  });

  test('without success_url the page shows the result and offers no second payment', async (t) => {
    const site = await startSite(t);
    site.model = { failUrl: `${site.origin}/sorry` };
    const { page } = await visit(t, browser, site);
    await steer(page, 'end', SUCCESS);
    site.status = 'paid';
    await waitForState(page, 'paid');
    assert.equal(await page.locator('button, a').filter({ visible: true }).count(), 0);
  });

  test('a two-stage payment is shown as reserved', async (t) => {
    const site = await startSite(t);
    const { page } = await visit(t, browser, site);
    await steer(page, 'end', SUCCESS);
    site.status = 'authorized';
    await waitForState(page, 'reserved');
  });

  test('a payment that went to review is not offered again', async (t) => {
    const site = await startSite(t);
    const { page } = await visit(t, browser, site);
    await steer(page, 'end', SUCCESS);
    site.status = 'review';
    await waitForState(page, 'review');
    assert.equal(await page.locator('#pp-pay').isVisible(), false);
    site.status = 'paid';
    await waitForState(page, 'paid', 12_000);
  });

  test('after a decline the payer can try again, and then pay', async (t) => {
    const site = await startSite(t);
    const { page } = await visit(t, browser, site);
    await steer(page, 'end', FAIL);
    await waitForState(page, 'declined');
    await page.getByRole('button', { name: 'Try again' }).click();
    await waitForState(page, 'open');
    assert.equal((await calls(page)).length, 2);
    // The first attempt's Fail is still the last thing that the server knows.
    site.status = 'declined';
    await steer(page, 'end', SUCCESS);
    await page.waitForTimeout(2500);
    await waitForState(page, 'confirming');
    site.status = 'paid';
    await waitForState(page, 'paid');
  });

  test('a decline leads to fail_url after a while, unless the payer tries again', async (t) => {
    const site = await startSite(t);
    site.model = { failUrl: `${site.origin}/sorry` };
    const { page } = await visit(t, browser, site);
    await steer(page, 'end', FAIL);
    await waitForState(page, 'declined');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForTimeout(6000);
    await waitForState(page, 'open');
    await steer(page, 'end', FAIL);
    await page.waitForURL(`${site.origin}/sorry`);
  });

  test('a decline that the server contradicts does not lead to fail_url', async (t) => {
    const site = await startSite(t);
    site.model = { failUrl: `${site.origin}/sorry`, successUrl: `${site.origin}/thanks` };
    const { page } = await visit(t, browser, site);
    await waitForState(page, 'open');
    await steer(page, 'end', FAIL);
    site.status = 'paid';
    await page.waitForURL(`${site.origin}/thanks`);
  });

  test('whoever closes the widget can pay later or go back', async (t) => {
    const site = await startSite(t);
    site.model = { failUrl: `${site.origin}/sorry` };
    const { page } = await visit(t, browser, site);
    await steer(page, 'end', CANCEL);
    await waitForState(page, 'cancelled');
    await page.getByRole('button', { name: 'Pay RUB' }).click();
    await waitForState(page, 'open');
    await steer(page, 'end', CANCEL);
    await page.getByRole('link', { name: 'Return to the site' }).click();
    await page.waitForURL(`${site.origin}/sorry`);
  });

  test('whoever closes the widget after a decline in it goes to fail_url', async (t) => {
    const site = await startSite(t);
    site.model = { failUrl: `${site.origin}/sorry` };
    const { page } = await visit(t, browser, site);
    await steer(page, 'complete', FAIL);
    await steer(page, 'complete', CANCEL);
    await waitForState(page, 'open');
    await steer(page, 'end', CANCEL);
    await page.waitForURL(`${site.origin}/sorry`);
  });

  test('a payment is noticed although the widget never says a word, and its own result stays readable', async (t) => {
    const site = await startSite(t);
    site.model = { successUrl: `${site.origin}/thanks` };
    const { page } = await visit(t, browser, site);
    await waitForState(page, 'open');
    site.status = 'paid';
    const asked = site.asked;
    while (site.asked === asked) await page.waitForTimeout(100);
    await page.waitForTimeout(4000);
    assert.equal(new URL(page.url()).pathname, '/card');
    await page.waitForURL(`${site.origin}/thanks`);
  });
});
