import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium, skipWithoutChromium } from '../http/card-page-site.ts';
import { type Example, startExample, waitForBalance } from './example-process.ts';

const FLOWS = ['payment-page', 'gate'] as const;

/** Names what assistive technology would stumble over. */
async function obstacles(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${page.url()} ${id}: ${target.join(' ')}`));
}

async function isTooWide(page: Page): Promise<boolean> {
  return await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}

/** Presses the shop's button, then the payment page's, then the one on ECommPay's page where the flow goes over it. */
async function goToCashu(page: Page, flow: (typeof FLOWS)[number]): Promise<void> {
  await page.locator(`form.${flow} .pay`).click();
  await page.locator('#pp-pay').click();
  if (flow === 'payment-page') await page.locator('form[action$="/payment/confirm"] button').click();
  await page.waitForURL(/\/cashu\/wallet\?/);
}

describe('a newcomer with a browser and a CashU wallet', { skip: skipWithoutChromium() }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  async function visit(t: TestContext, options: BrowserContextOptions): Promise<{ example: Example; page: Page; complaints: string[] }> {
    const example = await startExample(t);
    const context = await browser.newContext(options);
    t.after(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(example.url);
    return { example, page, complaints };
  }

  for (const [lang, width, colorScheme, balances] of [
    ['ru', 360, 'light', { 'payment-page': '25,00 $', gate: '1,005 KWD' }],
    ['en', 1280, 'dark', { 'payment-page': 'US$25.00', gate: 'KWD 1.005' }],
  ] as const) {
    test(`tops the account up in both flows and sees the money arrive (${lang}, ${width} px, ${colorScheme})`, async (t) => {
      const { page, complaints } = await visit(t, { locale: lang, viewport: { width, height: 780 }, colorScheme });
      for (const flow of FLOWS) {
        await page.locator(`input[value="${flow}"]`).check();
        assert.deepEqual(await obstacles(page), []);
        if (flow === 'payment-page') await page.locator(`form.${flow} [data-sum="25"]`).click();
        else {
          await page.locator(`form.${flow} input[name=sum]`).fill('1,005');
          await page.locator(`form.${flow} select`).selectOption('KWD');
        }
        await goToCashu(page, flow);
        assert.deepEqual(await obstacles(page), []);
        await page.locator('button[value=pay]').click();
        await page.waitForURL(/\/\?outcome=paid/);
        await page.locator('.money', { hasText: balances[flow] }).waitFor();
        await page.locator('.state.credited').first().waitFor();
        assert.equal(await isTooWide(page), false);
        assert.equal(await page.locator(`input[value="${flow}"]`).isChecked(), true);
      }
      assert.equal(await page.locator('.state.credited').count(), 2);
      assert.deepEqual(await obstacles(page), []);
      assert.deepEqual(complaints, []);
    });
  }

  for (const [lang, flow, reason, again] of [
    ['ru', 'payment-page', 'CashU сейчас недоступен', 'Попробовать ещё раз'],
    ['en', 'gate', 'CashU is not available at the moment', 'Try again'],
  ] as const) {
    test(`is told why CashU refused, and pays with the second try (${lang}, ${flow})`, async (t) => {
      const { example, page } = await visit(t, { locale: lang });
      await page.locator(`input[value="${flow}"]`).check();
      await goToCashu(page, flow);
      await page.locator('button[value=refuse]').click();
      // ECommPay's own page shows the result first, where the payer came over it.
      if (flow === 'payment-page') await page.locator('main a.primary').click();
      await page.getByText(reason).waitFor();
      assert.deepEqual(await obstacles(page), []);
      await page.getByRole('link', { name: again }).click();
      await page.locator('#pp-pay').click();
      if (flow === 'payment-page') await page.locator('form[action$="/payment/confirm"] button').click();
      await page.locator('button[value=pay]').click();
      await page.waitForURL(/\/\?outcome=paid/);
      await waitForBalance(example, 'US$10.00');
    });
  }

  test('comes back to the shop after a refusal, and finds the method chosen', async (t) => {
    const { page } = await visit(t, { locale: 'en' });
    await page.locator('input[value=gate]').check();
    await goToCashu(page, 'gate');
    await page.locator('button[value=cancel]').click();
    await page.locator('#pp-main[data-state=declined]').waitFor();
    await page.locator('#pp-back').click();
    await page.locator('.notice.failed').waitFor();
    assert.equal(await page.locator('input[value=gate]').isChecked(), true);
  });

  test('needs no mouse', async (t) => {
    const { example, page } = await visit(t, { locale: 'en' });
    await page.locator('input[value=card]').focus();
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.locator('form.card').isVisible(), false);
    assert.equal(await page.locator('form.payment-page').isVisible(), true);
    const focused = page.locator(':focus');
    for (let tabs = 0; tabs < 10 && (await focused.getAttribute('name')) !== 'sum'; tabs += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('7,50');
    await page.keyboard.press('Enter');
    for (const name of ['#pp-pay', 'form[action$="/payment/confirm"] button', 'button[value=pay]']) {
      await page.locator(name).focus();
      await page.keyboard.press('Enter');
    }
    await page.waitForURL(/\/\?outcome=paid/);
    await waitForBalance(example, 'US$7.50');
  });

  test('needs no JavaScript', async (t) => {
    const { example, page } = await visit(t, { locale: 'en', javaScriptEnabled: false });
    assert.equal(await page.locator('form.gate').isVisible(), false);
    await page.locator('input[value=gate]').check();
    assert.equal(await page.locator('form.card').isVisible(), false);
    assert.equal(await page.locator('form.gate .sums').isVisible(), false);
    await page.locator('form.gate select').selectOption('SAR');
    await page.locator('form.gate .pay').click();
    await page.locator('#pp-pay').click();
    await page.locator('#pp-go').click();
    await page.locator('button[value=pay]').click();
    await page.waitForURL(/\/\?outcome=paid/);
    await waitForBalance(example, 'SAR 10.00');
    await page.reload();
    await page.locator('.money', { hasText: 'SAR 10.00' }).waitFor();
  });

  test('is led to the controls of both stand-ins, and gives money back there', async (t) => {
    const { example, page } = await visit(t, { locale: 'en' });
    assert.deepEqual(await page.locator('a.controls').evaluateAll((links) => links.map((link) => link.getAttribute('href'))), [
      '/_sandbox_/cloudpayments/?lang=en',
      '/_sandbox_/ecommpay/?lang=en',
    ]);
    await page.locator('input[value=payment-page]').check();
    await goToCashu(page, 'payment-page');
    await page.locator('button[value=pay]').click();
    await waitForBalance(example, 'US$10.00');
    await page.goto(`${example.url}/_sandbox_/ecommpay/?lang=en`);
    const refund = page.locator('form[action$="/control/refund"]');
    await refund.locator('input[name=amount]').fill('2.50');
    await refund.locator('button').click();
    await waitForBalance(example, 'US$7.50');
  });
});
