import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { messages } from '../../lib/http/messages.ts';
import { launchChromium, type Site, skipWithoutChromium, startSite, steer, visit, waitForState } from './card-page-site.ts';

const HOSTILE = `"'><script>document.title='hacked'</script><img src=x onerror="document.title='hacked'">{{7*7}}<%= 1 %>`;
const LONG = `${'Очень длинное назначение '.repeat(8)}${'ъ'.repeat(100)} مرحبا بالعالم`;

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, help }) => `${id}: ${help}`);
}

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Takes the page through its states, as a payer would, and stops at each. */
async function tour(page: Page, site: Site, stop: (state: string) => Promise<void>): Promise<void> {
  await waitForState(page, 'open');
  await steer(page, 'close');
  await stop('open');
  await steer(page, 'end', { type: 'payment', status: 'fail' });
  await waitForState(page, 'declined');
  await stop('declined');
  await page.locator('#pp-pay').click();
  await steer(page, 'end', { type: 'cancel' });
  await waitForState(page, 'cancelled');
  await stop('cancelled');
  await page.locator('#pp-pay').click();
  await steer(page, 'end', { type: 'payment', status: 'success' });
  await waitForState(page, 'confirming');
  await stop('confirming');
  site.status = 'paid';
  await waitForState(page, 'paid');
  await stop('paid');
}

describe('the look of the card page', { skip: skipWithoutChromium() }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  for (const lang of ['ru', 'en'] as const) {
    for (const width of [360, 1280]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        test(`in ${lang}, ${width} px wide and ${colorScheme}, it is accessible in each state`, async (t) => {
          const site = await startSite(t, { model: { lang } });
          const { page, complaints } = await visit(t, browser, site, { viewport: { width, height: 720 }, colorScheme });
          await tour(page, site, async (state) => {
            const { title } = messages[lang].states[state as keyof (typeof messages)['en']['states']]; // Named by the tour above.
            assert.ok((await page.getByRole('status').innerText()).startsWith(title), state);
            assert.deepEqual(await barriers(page), [], state);
            assert.equal(await overflow(page), 0, state);
          });
          assert.deepEqual(complaints, []);
        });
      }
    }
  }

  test('hostile text in any place is only shown', async (t) => {
    const site = await startSite(t, {
      model: {
        account: HOSTILE,
        description: HOSTILE,
        sum: HOSTILE,
        currency: HOSTILE,
        intent: { description: HOSTILE, metadata: { [HOSTILE]: '</script><!--\u2028' } },
        legacy: { method: 'charge', options: { description: HOSTILE } },
        successUrl: 'javascript:document.title="hacked"',
        failUrl: `https://shop.example/"><script>document.title='hacked'</script>`,
      },
    });
    const { page, complaints } = await visit(t, browser, site);
    await waitForState(page, 'open');
    assert.equal(await page.locator('dd').first().innerText(), HOSTILE);
    assert.equal(await page.locator('img').count(), 0);
    assert.ok(!(await page.title()).startsWith('hacked'));
    await steer(page, 'end', { type: 'payment', status: 'success' });
    site.status = 'paid';
    await waitForState(page, 'paid');
    assert.ok(!(await page.title()).startsWith('hacked'));
    assert.deepEqual(complaints, []);
  });

  test('a script that got into the page all the same does not run', async (t) => {
    const { page, complaints } = await visit(t, browser, await startSite(t));
    await waitForState(page, 'open');
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "hacked"';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="document.title = \'hacked\'">');
    });
    await page.waitForTimeout(200);
    assert.notEqual(await page.title(), 'hacked');
    assert.ok(complaints.some((complaint) => complaint.startsWith('policy: script-src')));
  });

  test('long and foreign text stays inside the page at 320 px', async (t) => {
    const site = await startSite(t, { model: { description: LONG, account: LONG.repeat(2), sum: '123 456 789 012 345,00 ₽' } });
    const { page } = await visit(t, browser, site, { viewport: { width: 320, height: 640 } });
    await waitForState(page, 'open');
    assert.equal(await overflow(page), 0);
  });

  test('the keyboard is enough', async (t) => {
    const site = await startSite(t);
    site.model = { failUrl: `${site.origin}/sorry` };
    const { page } = await visit(t, browser, site);
    await steer(page, 'end', { type: 'cancel' });
    await waitForState(page, 'cancelled');
    assert.equal(await page.evaluate('document.activeElement.id'), 'pp-pay');
    await page.keyboard.press('Enter');
    await waitForState(page, 'open');
    await steer(page, 'end', { type: 'cancel' });
    await waitForState(page, 'cancelled');
    await page.keyboard.press('Tab');
    assert.notEqual(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'none');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${site.origin}/sorry`);
  });

  test('without JavaScript the payer is told what to do, and sees no dead button', async (t) => {
    const { page } = await visit(t, browser, await startSite(t), { javaScriptEnabled: false });
    assert.ok((await page.locator('.pp-noscript').innerText()).startsWith('The payment form needs JavaScript'));
    assert.equal(await page.locator('#pp-pay').isVisible(), false);
  });
});
