import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { cashuMessages } from '../../lib/http/cashu-messages.ts';
import { EVERY_CASHU_STATE, HOSTILE } from '../support/cashu-pages-data.ts';
import { type CashuSite, count, startCashuSite, visitCashu } from '../support/cashu-pages-site.ts';
import { waitUntil } from '../support/wait.ts';
import { launchChromium, skipWithoutChromium } from './card-page-site.ts';

const LONG = `${'Очень длинное назначение '.repeat(8)}${'ъ'.repeat(100)} مرحبا بالعالم`;

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, help }) => `${id}: ${help}`);
}

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

async function waitForState(page: Page, state: string): Promise<void> {
  await page.locator(`#pp-main[data-state="${state}"]`).waitFor({ timeout: 20_000 });
}

/** Opens the page that sends on, of which nothing comes as long as the wallet answers 204; nor does the browser report it as loaded. */
async function openSendOn(page: Page, site: CashuSite): Promise<void> {
  site.state = 'go';
  await page.goto(`${site.origin}/pay/p1`, { waitUntil: 'commit' });
  await waitForState(page, 'going');
  await waitUntil(() => site.brought.length === 1);
}

describe('the CashU pages in a browser', { skip: skipWithoutChromium() }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  const looks = [
    ['ru', 360, 'light'],
    ['ru', 1280, 'dark'],
    ['en', 360, 'dark'],
    ['en', 1280, 'light'],
  ] as const;
  for (const [lang, width, colorScheme] of looks) {
    test(`in ${lang}, ${width} px wide and ${colorScheme}, each is accessible in each state`, async (t) => {
      const site = await startCashuSite(t, { lang, walletStatus: 204 });
      const options = { viewport: { width, height: 720 }, colorScheme };
      const { page, complaints } = await visitCashu(t, { browser, site, path: '/cashu' }, options);
      assert.deepEqual(await barriers(page), []);
      assert.equal(await overflow(page), 0);
      for (const state of EVERY_CASHU_STATE) {
        site.state = state;
        await page.goto(`${site.origin}/pay/p1`);
        assert.ok((await page.getByRole('status').innerText()).startsWith(cashuMessages[lang].states[state].title), state);
        assert.deepEqual(await barriers(page), [], state);
        assert.equal(await overflow(page), 0, state);
      }
      await openSendOn(page, site);
      assert.ok((await page.getByRole('status').innerText()).startsWith(cashuMessages[lang].sendOn.going.title));
      assert.deepEqual(await barriers(page), []);
      assert.equal(await overflow(page), 0);
      assert.deepEqual(complaints, []);
    });
  }

  test('long and foreign text stays inside the pages at 320 px, and Arabic runs its own way', async (t) => {
    const shown = { description: LONG, account: 'مرحبا بالعالم 123', sum: '123 456 789 012 345,00 $' };
    const site = await startCashuSite(t, { shown, walletStatus: 204 });
    const { page } = await visitCashu(t, { browser, site, path: '/cashu' }, { viewport: { width: 320, height: 640 } });
    assert.equal(await overflow(page), 0);
    assert.equal(
      await page
        .locator('dd')
        .last()
        .evaluate((element) => getComputedStyle(element).direction),
      'rtl',
    );
    for (const state of EVERY_CASHU_STATE) {
      site.state = state;
      await page.goto(`${site.origin}/pay/p1`);
      assert.equal(await overflow(page), 0, state);
    }
    await openSendOn(page, site);
    assert.equal(await overflow(page), 0);
  });

  test('hostile text in any place is only shown, and sent on as it is', async (t) => {
    const shown = { account: HOSTILE, description: HOSTILE, sum: HOSTILE, currency: HOSTILE };
    const site = await startCashuSite(t, {
      shown,
      state: 'declined',
      progress: { reason: HOSTILE, retryUrl: 'javascript:document.title="hacked"' },
    });
    const { page, complaints } = await visitCashu(t, { browser, site, path: '/pay/p1' });
    assert.equal(await page.locator('dd').first().innerText(), HOSTILE);
    assert.equal(await page.locator('#pp-state-text').innerText(), HOSTILE);
    assert.equal(await page.locator('img, #pp-retry').count(), 0);
    assert.ok(!(await page.title()).startsWith('hacked'));
    site.state = 'go';
    site.sendOn = { fields: { Transaction_Code: HOSTILE, [HOSTILE]: 'مرحبا', submit: 'a name that forms have', addEventListener: '1' } };
    await page.goto(`${site.origin}/pay/p1`);
    await page.waitForURL(`${site.wallet}/wallet`);
    assert.deepEqual(site.brought, [{ method: 'POST', members: site.sendOn.fields }]);
    assert.deepEqual(complaints, []);
  });

  describe('the first one', () => {
    test('needs nothing but the keyboard', async (t) => {
      const site = await startCashuSite(t, { state: 'declined' });
      const { page } = await visitCashu(t, { browser, site, path: '/cashu' });
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate('document.activeElement.id'), 'pp-pay');
      assert.notEqual(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'none');
      await page.keyboard.press('Enter');
      await waitForState(page, 'declined');
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate('document.activeElement.id'), 'pp-retry');
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate('document.activeElement.id'), 'pp-back');
      assert.notEqual(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'none');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${site.origin}/sorry`);
    });

    test('begins one payment when its button is pressed twice, and can begin another after "back"', async (t) => {
      let release = (_: unknown): void => {};
      const site = await startCashuSite(t, { state: 'declined' });
      site.held = new Promise((resolve) => {
        release = resolve;
      });
      const { page } = await visitCashu(t, { browser, site, path: '/cashu' });
      // By the mouse: what looks at elements waits for the answer to the form.
      const { x = 0, y = 0 } = (await page.locator('#pp-pay').boundingBox()) ?? {};
      await page.mouse.click(x + 10, y + 10);
      await waitUntil(() => count(site, 'POST /cashu') > 0);
      await page.mouse.click(x + 10, y + 10);
      release(undefined);
      await waitForState(page, 'declined');
      assert.equal(count(site, 'POST /cashu'), 1);
      await page.goBack();
      await page.locator('#pp-pay').click();
      await waitForState(page, 'declined');
      assert.equal(count(site, 'POST /cashu'), 2);
    });

    test('gives its button back when nothing came of it', async (t) => {
      const site = await startCashuSite(t, { beginStatus: 204 });
      const { page } = await visitCashu(t, { browser, site, path: '/cashu' }, { hasClock: true });
      const button = page.locator('#pp-pay');
      await button.press('Enter');
      await waitUntil(() => count(site, 'POST /cashu') > 0);
      assert.equal(await button.innerText(), cashuMessages.en.oneMoment);
      assert.equal(await button.getAttribute('aria-disabled'), 'true');
      assert.deepEqual(await barriers(page), []);
      await page.clock.runFor(20_000);
      assert.equal(await button.innerText(), cashuMessages.en.pay);
      await button.press('Enter');
      await waitUntil(() => count(site, 'POST /cashu') === 2);
    });
  });

  describe('the one that sends on', () => {
    test('does so by itself, and leaves nothing to come back to', async (t) => {
      const site = await startCashuSite(t, { state: 'go' });
      const { page, complaints } = await visitCashu(t, { browser, site, path: '/cashu' });
      await page.locator('#pp-pay').click();
      await page.waitForURL(`${site.wallet}/wallet`);
      assert.deepEqual(site.brought, [{ method: 'POST', members: { Transaction_Code: 'test123' } }]);
      await page.goBack();
      await page.waitForURL(`${site.origin}/cashu`);
      assert.equal(site.brought.length, 1);
      assert.deepEqual(complaints, []);
    });

    test('brings what the address has and the fields when it sends with GET', async (t) => {
      const site = await startCashuSite(t, { state: 'go' });
      site.sendOn = { method: 'GET', url: `${site.wallet}/wallet?lang=ar&text=%D8%B3+%26`, fields: { code: 'a&b=c d' } };
      const { page } = await visitCashu(t, { browser, site, path: '/pay/p1' });
      await page.waitForURL(`${site.wallet}/wallet?*`);
      assert.deepEqual(site.brought, [{ method: 'GET', members: { lang: 'ar', text: 'س &', code: 'a&b=c d' } }]);
    });

    test('leaves it to whoever comes back by "back", and still has its button', async (t) => {
      const site = await startCashuSite(t, { state: 'go', walletStatus: 204 });
      const { page } = await visitCashu(t, { browser, site, path: '/shop' });
      await page.locator('#link').click({ noWaitAfter: true });
      await waitForState(page, 'going');
      await waitUntil(() => site.brought.length === 1);
      site.walletStatus = 200;
      await page.locator('#pp-go').click();
      await page.waitForURL(`${site.wallet}/wallet`);
      await page.goBack();
      await page.waitForURL(`${site.origin}/pay/p1`);
      await waitForState(page, 'ready');
      assert.equal(await page.locator('#pp-state-title').innerText(), cashuMessages.en.sendOn.ready.title);
      assert.equal(site.brought.length, 2);
      await page.locator('#pp-go').press('Enter');
      await page.waitForURL(`${site.wallet}/wallet`);
      assert.equal(site.brought.length, 3);
    });

    test('leaves it to whoever reloads it', async (t) => {
      const site = await startCashuSite(t, { walletStatus: 204 });
      const { page } = await visitCashu(t, { browser, site, path: '/shop' });
      await openSendOn(page, site);
      await page.reload();
      await waitForState(page, 'ready');
      assert.equal(site.brought.length, 1);
    });

    test('is no trap when the wallet leads back to it, and goes on again when the site does', async (t) => {
      const site = await startCashuSite(t, { state: 'go' });
      const { page } = await visitCashu(t, { browser, site, path: '/shop' });
      await page.locator('#link').click();
      await page.waitForURL(`${site.wallet}/wallet`);
      await page.locator('#link').click();
      await page.waitForURL(`${site.origin}/pay/p1`);
      await waitForState(page, 'ready');
      assert.equal(site.brought.length, 1);
      await page.goto(`${site.origin}/shop`);
      await page.locator('#link').click();
      await page.waitForURL(`${site.wallet}/wallet`);
      assert.equal(site.brought.length, 2);
    });

    test('does without JavaScript what its button says', async (t) => {
      const site = await startCashuSite(t, { state: 'go' });
      const { page } = await visitCashu(t, { browser, site, path: '/cashu' }, { javaScriptEnabled: false });
      await page.locator('#pp-pay').click();
      await page.locator('#pp-go').click();
      await page.waitForURL(`${site.wallet}/wallet`);
      assert.deepEqual(site.brought, [{ method: 'POST', members: { Transaction_Code: 'test123' } }]);
    });
  });

  describe('the one that follows the payment', () => {
    test('goes on by itself: to the wallet, to the result, and back to the site', async (t) => {
      const site = await startCashuSite(t);
      site.progress = { successUrl: `${site.origin}/thanks` };
      const { page, complaints } = await visitCashu(t, { browser, site, path: '/shop' });
      await page.locator('#link').click();
      await waitForState(page, 'waiting');
      await waitUntil(() => count(site, 'GET /pay/p1/status') > 0);
      site.state = 'go';
      await page.waitForURL(`${site.wallet}/wallet`);
      site.state = 'returned';
      await page.locator('#link').click();
      await waitForState(page, 'returned');
      site.state = 'paid';
      await waitForState(page, 'paid');
      assert.equal(await page.locator('#pp-back').getAttribute('href'), `${site.origin}/thanks`);
      await page.waitForURL(`${site.origin}/thanks`);
      assert.deepEqual(complaints, []);
    });

    test('stays where it is while nothing new is known', async (t) => {
      const site = await startCashuSite(t, { state: 'returned' });
      const { page } = await visitCashu(t, { browser, site, path: '/pay/p1' }, { hasClock: true });
      await waitForState(page, 'returned');
      for (const state of ['returned', 'waiting', 'go'] as const) {
        site.state = state;
        const asked = count(site, 'GET /pay/p1/status');
        await waitUntil(async () => {
          await page.clock.runFor(2_000);
          return count(site, 'GET /pay/p1/status') > asked + 2;
        });
      }
      assert.equal(count(site, 'GET /pay/p1'), 1);
      site.state = 'declined';
      await page.clock.runFor(10_000);
      await waitForState(page, 'declined');
      assert.equal(count(site, 'GET /pay/p1'), 2);
    });

    test('outlives broken connections and errors, says so, and takes it back', async (t) => {
      const site = await startCashuSite(t, { httpStatus: 0 });
      const { page } = await visitCashu(t, { browser, site, path: '/pay/p1' }, { hasClock: true });
      const more = page.locator('#pp-state-more');
      const ask = (isDone: () => Promise<boolean>): Promise<true> =>
        waitUntil(async () => {
          await page.clock.runFor(2_000);
          return isDone();
        });
      await ask(async () => (await more.innerText()) === cashuMessages.en.offline);
      site.httpStatus = 503;
      const asked = count(site, 'GET /pay/p1/status');
      await ask(async () => count(site, 'GET /pay/p1/status') > asked + 1);
      assert.equal(await more.innerText(), cashuMessages.en.offline);
      site.httpStatus = 200;
      await ask(async () => (await more.textContent()) !== cashuMessages.en.offline);
      site.state = 'paid';
      await page.clock.runFor(10_000);
      await waitForState(page, 'paid');
    });

    test('says when it takes long', async (t) => {
      const site = await startCashuSite(t);
      const { page } = await visitCashu(t, { browser, site, path: '/pay/p1' }, { hasClock: true });
      await waitUntil(async () => {
        await page.clock.runFor(5_000);
        return (await page.getByRole('status').innerText()).includes(cashuMessages.en.slow);
      });
    });

    test('asks nothing while its tab is hidden, and at once when it is not any more', async (t) => {
      const site = await startCashuSite(t);
      const { page } = await visitCashu(t, { browser, site, path: '/shop' }, { hasClock: true });
      await page.addInitScript(() => Object.defineProperty(document, 'hidden', { configurable: true, value: true }));
      await page.goto(`${site.origin}/pay/p1`);
      await page.clock.runFor(60_000);
      assert.equal(count(site, 'GET /pay/p1/status'), 0);
      site.state = 'review';
      await page.evaluate(() => {
        Object.defineProperty(document, 'hidden', { value: false });
        document.dispatchEvent(new Event('visibilitychange'));
      });
      await waitForState(page, 'review');
    });

    test('takes nobody to the site who comes back to the thanks', async (t) => {
      const site = await startCashuSite(t, { state: 'paid' });
      const { page } = await visitCashu(t, { browser, site, path: '/pay/p1' });
      await page.goto(`${site.origin}/thanks`);
      site.progress = { successUrl: `${site.origin}/thanks` };
      await page.goBack();
      await waitForState(page, 'paid');
      assert.equal(await page.locator('#pp-state-more').isVisible(), false);
      // Longer than the thanks are shown to others.
      await page.waitForTimeout(4_000);
      assert.equal(count(site, 'GET /thanks'), 1);
      await page.locator('#pp-back').click();
      await page.waitForURL(`${site.origin}/thanks`);
    });

    test('leads on without JavaScript too', async (t) => {
      const site = await startCashuSite(t);
      site.progress = { successUrl: `${site.origin}/thanks` };
      const { page } = await visitCashu(t, { browser, site, path: '/pay/p1' }, { javaScriptEnabled: false });
      await waitForState(page, 'waiting');
      site.state = 'paid';
      await waitForState(page, 'paid');
      await page.waitForURL(`${site.origin}/thanks`);
    });
  });
});
