import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, skipWithoutChromium } from '../http/card-page-site.ts';
import { startExample } from './example-process.ts';

/** Names what assistive technology would stumble over, in the page and its frames. */
async function obstacles(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${page.url()} ${id}: ${target.join(' ')}`));
}

describe('a newcomer with a browser and a card', { skip: skipWithoutChromium() }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  for (const [lang, width, balance] of [
    ['ru', 360, '500,00 ₽'],
    ['en', 1280, 'RUB 500.00'],
  ] as const) {
    test(`tops the account up and sees the money arrive (${lang}, ${width} px)`, async (t) => {
      const example = await startExample(t);
      const context = await browser.newContext({ locale: lang, viewport: { width, height: 780 } });
      t.after(() => context.close());
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));

      await page.goto(example.url);
      await page.locator('form.card [data-sum="500"]').click();
      await page.locator('form.card .pay').click();
      const frame = page.frameLocator('iframe');
      await frame.locator('[data-card="4242 4242 4242 4242"]').click();
      await frame.locator('[data-pay]').click();
      await frame.locator('input[name=code]').fill('1234');
      await frame.locator('button[value=confirm]').click();
      await frame.locator('main [data-close]').click();
      await page.waitForURL(/\/\?outcome=paid/);
      await page.locator('.money', { hasText: balance }).waitFor();
      await page.locator('.state.credited').waitFor();
      assert.deepEqual(complaints, []);
      const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      assert.equal(isTooWide, false);
    });
  }

  test('is told when the card has too little money, and pays with another', async (t) => {
    const example = await startExample(t);
    const context = await browser.newContext({ locale: 'en' });
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(example.url);
    await page.locator('form.card .pay').click();
    const frame = page.frameLocator('iframe');
    await frame.locator('[data-card="4000 0566 5566 5556"]').click();
    await frame.locator('[data-pay]').click();
    await frame.getByText('Not enough money on the card').waitFor();
    await frame.getByRole('button', { name: 'Try again' }).click();
    await frame.locator('[data-card="4000 0000 0000 3055"]').click();
    await frame.locator('[data-pay]').click();
    await frame.locator('main [data-close]').click();
    await page.waitForURL(/\/\?outcome=paid/);
    await page.locator('.money', { hasText: 'RUB 300.00' }).waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`finds no obstacle on the way to the money (${colorScheme})`, async (t) => {
      const { url } = await startExample(t);
      const context = await browser.newContext({ locale: 'en', colorScheme });
      t.after(() => context.close());
      const page = await context.newPage();
      await page.goto(url);
      assert.deepEqual(await obstacles(page), []);
      await page.locator('form.card .pay').click();
      const frame = page.frameLocator('iframe');
      await frame.locator('[data-card="4242 4242 4242 4242"]').click();
      assert.deepEqual(await obstacles(page), []);
      await frame.locator('[data-pay]').click();
      await frame.locator('input[name=code]').fill('1234');
      assert.deepEqual(await obstacles(page), []);
      await frame.locator('button[value=confirm]').click();
      await frame.locator('.mark.good').waitFor();
      assert.deepEqual(await obstacles(page), []);
      await page.goto(`${url}/_sandbox_/cloudpayments/`);
      await page.locator('summary').first().click();
      assert.deepEqual(await obstacles(page), []);
    });
  }
});
