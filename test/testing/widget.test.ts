import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import express from 'express';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { launchChromium, skipWithoutChromium } from '../http/card-page-site.ts';
import { listen } from '../support/hosts.ts';
import { intent, NO_MONEY, type SandboxSite, SUCCESS, startSandboxSite, THREE_DS, typesOf } from './sandbox-site.ts';

/** A shop whose page forbids inline styles and everything else that the widget could get along without. */
async function startShop(t: TestContext, sandbox: SandboxSite, script: string): Promise<string> {
  const origin = new URL(sandbox.url).origin;
  const shop = express().get('/', (_request, response) => {
    response.set('content-security-policy', `default-src 'none'; script-src 'nonce-n' ${origin}; frame-src ${origin}`);
    response.type('html').send(`<!doctype html><title>shop</title><button>pay</button>
<script nonce="n" src="${sandbox.url}/bundles/cloudpayments.js"></script><script nonce="n">${script}</script>`);
  });
  const host = await listen(shop);
  t.after(() => host.close());
  return host.url;
}

function startScript(overrides: Readonly<Record<string, unknown>> = {}): string {
  return `window.results = []; const widget = new cp.CloudPayments(); widget.oncomplete = (result) => results.push(result);
document.querySelector('button').onclick = () => widget.start(${JSON.stringify(intent(overrides))}).then((result) => { window.ended = result; });`;
}

interface Visit {
  readonly page: Page;
  readonly frame: FrameLocator;
  readonly complaints: readonly string[];
}

async function visit(t: TestContext, browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  await page.click('button');
  return { page, frame: page.frameLocator('iframe'), complaints };
}

function grouped(number: string): string {
  return number.replace(/(.{4})(?=.)/g, '$1 ');
}

async function ended(page: Page): Promise<unknown> {
  await page.waitForFunction(() => 'ended' in window);
  assert.equal(await page.locator('iframe').count(), 0);
  return page.evaluate(() => Reflect.get(window, 'ended'));
}

describe('the widget in a browser', { skip: skipWithoutChromium() }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  test('takes a payment with one click on a test card, under a strict policy', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { page, frame, complaints } = await visit(t, browser, await startShop(t, sandbox, startScript()));
    await frame.locator(`[data-card="${grouped(SUCCESS)}"]`).click();
    await frame.locator('[data-pay]').click();
    await frame.locator('.mark.good').waitFor();
    await frame.locator('main [data-close]').click();
    const { transactionId } = sandbox.control.list()[0] ?? assert.fail();
    const result = { type: 'payment', status: 'success', data: { transactionId, ReasonCode: 0 } };
    assert.deepEqual(await ended(page), result);
    assert.deepEqual(await page.evaluate(() => Reflect.get(window, 'results')), [result]);
    assert.deepEqual(
      complaints.filter((text) => !text.includes('favicon')),
      [],
    );
  });

  test('can be used with the keyboard alone, 3-D Secure included', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { page, frame } = await visit(t, browser, await startShop(t, sandbox, startScript()));
    await frame.locator('input[name=cardNumber]:focus').waitFor();
    await page.keyboard.type(THREE_DS);
    await page.keyboard.press('Tab');
    await page.keyboard.type('1239');
    await page.keyboard.press('Tab');
    await page.keyboard.type('123');
    await page.keyboard.press('Enter');
    await frame.locator('input[name=code]:focus').waitFor();
    await page.keyboard.type('1234');
    await page.keyboard.press('Enter');
    await frame.locator('.mark.good').waitFor();
    await page.keyboard.press('Enter');
    assert.match(JSON.stringify(await ended(page)), /"success"/);
  });

  test('lets the payer try again after a decline, and tells the page of both', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { page, frame } = await visit(t, browser, await startShop(t, sandbox, startScript()));
    await frame.locator(`[data-card="${grouped(NO_MONEY)}"]`).click();
    await frame.locator('[data-pay]').click();
    await frame.locator('.mark.bad').waitFor();
    await frame.locator('form button').click();
    await frame.locator(`[data-card="${grouped(SUCCESS)}"]`).click();
    await frame.locator('[data-pay]').click();
    await frame.locator('.mark.good').waitFor();
    await frame.locator('main [data-close]').click();
    await ended(page);
    const results = await page.evaluate(() => JSON.stringify(Reflect.get(window, 'results')));
    assert.match(results, /"fail".*5051.*"success"/);
    await sandbox.control.settled();
    assert.deepEqual(typesOf(sandbox.site), ['check', 'fail', 'check', 'pay']);
  });

  test('ends as cancelled when it is left with Escape before a payment', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { page, frame } = await visit(t, browser, await startShop(t, sandbox, startScript()));
    await frame.locator('[data-pay]').waitFor();
    await page.keyboard.press('Escape');
    assert.deepEqual(await ended(page), { type: 'cancel' });
    assert.equal(sandbox.site.requests.length, 0);
  });

  test('closes by itself where the page asks for it', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { page, frame } = await visit(t, browser, await startShop(t, sandbox, startScript({ autoClose: 3 })));
    await frame.locator(`[data-card="${grouped(SUCCESS)}"]`).click();
    await frame.locator('[data-pay]').click();
    assert.match(JSON.stringify(await ended(page)), /"success"/);
  });

  test('goes to the address that the page names for success', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { page, frame } = await visit(t, browser, await startShop(t, sandbox, startScript({ successRedirectUrl: '/?paid' })));
    await frame.locator(`[data-card="${grouped(SUCCESS)}"]`).click();
    await frame.locator('[data-pay]').click();
    await frame.locator('main [data-close]').click();
    await page.waitForURL('**/?paid');
  });

  test('still knows the older charge and auth', async (t) => {
    const sandbox = await startSandboxSite(t);
    const options = { publicId: 'pk_test', amount: 10, currency: 'RUB', invoiceId: 'old-1', accountId: 'user-1', data: { a: 1 } };
    const script = `const widget = new cp.CloudPayments();
document.querySelector('button').onclick = () => widget.auth(${JSON.stringify(options)}, () => { window.ended = 'paid'; }, (reason) => { window.ended = reason; });`;
    const { page, frame } = await visit(t, browser, await startShop(t, sandbox, script));
    await frame.locator(`[data-card="${grouped(SUCCESS)}"]`).click();
    await frame.locator('[data-pay]').click();
    await frame.locator('main [data-close]').click();
    assert.equal(await ended(page), 'paid');
    const [payment] = sandbox.control.list();
    assert.deepEqual([payment?.status, payment?.invoiceId, payment?.data], ['Authorized', 'old-1', '{"a":1}']);
  });

  test('shows the control page, which acts and follows without being reloaded', async (t) => {
    const sandbox = await startSandboxSite(t);
    const context = await browser.newContext();
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(`${sandbox.url}/?lang=en`);
    const { transactionId } = await sandbox.control.pay({ intent: intent() });
    await page.locator(`#refund-${transactionId}`).fill('5');
    await page.locator('form[action$=refund] button').click();
    await page.getByText('refunded RUB').waitFor();
    assert.equal(sandbox.control.list()[0]?.refunded, '5.00');
    await page.locator('form[action$=lose] button').click();
    await page.locator('.plan.armed').waitFor();
  });
});
