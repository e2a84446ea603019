import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import express from 'express';
import type { Browser, Page } from 'playwright-core';
import { paymentPageUrl } from '../../../lib/providers/ecommpay/index.ts';
import { launchChromium, skipWithoutChromium } from '../../http/card-page-site.ts';
import { listen } from '../../support/hosts.ts';
import {
  callbacksAt,
  callGate,
  type EcommpaySite,
  openSale,
  pageParameters,
  paySale,
  saleBody,
  startEcommpaySite,
} from './ecommpay-site.ts';

/** Another site: what comes back to it is shown as its path. */
async function startShop(t: TestContext, page: string): Promise<string> {
  const shop = express().get('/', (_request, response) => void response.type('html').send(`<!doctype html><title>shop</title>${page}`));
  const host = await listen(shop.use((request, response) => void response.send(`<title>${request.path}</title>`)));
  t.after(() => host.close());
  return host.url;
}

interface Visit {
  readonly page: Page;
  readonly complaints: readonly string[];
}

async function visit(t: TestContext, browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({ locale: 'en', viewport: { width: 360, height: 740 } });
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && !message.text().includes('favicon') && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, complaints };
}

async function assertSound(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    [],
  );
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false);
}

/** A sale whose payer comes back to the shop. */
async function openShopSale(sandbox: EcommpaySite, shop: string): Promise<string> {
  const return_url = { success: `${shop}/paid`, decline: `${shop}/declined`, return: `${shop}/back` };
  await callGate(sandbox, 'wallet/cashu/sale', { ...saleBody(), return_url });
  await sandbox.control.settled();
  const { url, method, body } = callbacksAt(sandbox.site)[0]?.redirect_data ?? assert.fail();
  return `<form method="${method}" action="${url}"><input type="hidden" name="Transaction_Code" value="${body['Transaction_Code']}"><button>go</button></form>`;
}

describe('the payer’s way in a browser', { skip: skipWithoutChromium() }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  test('leads from the Payment Page over CashU back to another site', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const shop = await startShop(t, '');
    const back = { merchant_success_url: `${shop}/back`, redirect_success_url: undefined };
    const { page, complaints } = await visit(t, browser, paymentPageUrl(`${sandbox.url}/payment`, pageParameters(back)));
    await assertSound(page);
    await page.getByRole('button', { name: 'Pay with CashU' }).click();
    await page.getByLabel('Account name').waitFor();
    await assertSound(page);
    await page.getByRole('button', { name: 'Pay $25.00' }).click();
    await page.getByRole('heading', { name: 'Paid' }).waitFor();
    await page.getByRole('link', { name: 'Back to the site' }).click();
    await page.waitForURL(`${shop}/back`);
    assert.deepEqual(complaints, []);
  });

  test('goes back by itself where the site asks for it', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const shop = await startShop(t, '');
    const parameters = pageParameters({ redirect_success_url: `${shop}/thanks` });
    const { page, complaints } = await visit(t, browser, paymentPageUrl(`${sandbox.url}/payment`, parameters));
    await page.getByRole('button', { name: 'Pay with CashU' }).click();
    await page.getByRole('button', { name: 'Pay $25.00' }).click();
    await page.waitForURL(`${shop}/thanks`);
    assert.deepEqual(complaints, []);
  });

  test('can be gone with the keyboard alone, from a form of the site', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const shop = await startShop(t, '');
    const entry = await startShop(t, await openShopSale(sandbox, shop));
    const { page, complaints } = await visit(t, browser, entry);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const account = page.getByLabel('Account name');
    await account.focus();
    for (let step = 0; step < 3; step++) await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Not enough money');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${shop}/declined`);
    assert.deepEqual(complaints, []);
    assert.equal(sandbox.control.payment('order-1').status, 'decline');
  });

  test('can be left in the middle, and the payment stays open', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const shop = await startShop(t, '');
    const entry = await startShop(t, await openShopSale(sandbox, shop));
    const { page } = await visit(t, browser, entry);
    await page.getByRole('button').click();
    await page.getByRole('link', { name: 'Leave without doing anything' }).click();
    await page.waitForURL(`${shop}/back`);
    assert.equal(sandbox.control.payment('order-1').status, 'awaiting redirect result');
  });

  test('ends on a page for the developer where the parameters are wrong', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const { page } = await visit(t, browser, `${sandbox.url}/payment?project_id=112`);
    assert.match((await page.getByRole('alert').textContent()) ?? '', /^3262 Empty signature/);
  });

  test('is steered by the control page, which follows without being reloaded', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const { page, complaints } = await visit(t, browser, `${sandbox.url}/?lang=en`);
    await page.getByRole('button', { name: 'CashU refuses' }).click();
    await page.locator('#next-refusal[aria-pressed=true]').waitFor();
    await paySale(sandbox, 'order-1');
    await openSale(sandbox, 'order-2');
    await page.locator('.badge', { hasText: 'declined' }).waitFor();
    await page.getByRole('button', { name: 'Pay', exact: true }).click();
    await page.locator('.badge', { hasText: /^paid$/ }).waitFor();
    await page.getByRole('textbox', { name: 'Amount' }).fill('5');
    await page.getByRole('button', { name: 'Refund from the Dashboard' }).click();
    await page.getByText('partly refunded').waitFor();
    assert.equal(sandbox.control.payment('order-2').rest, '20.00');
    await page.locator('summary').first().click();
    await assertSound(page);
    assert.deepEqual(complaints, []);
  });
});
