import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import express from 'express';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { formatSum } from '../../lib/http/format-sum.ts';
import { type CardPageModel, renderPage } from '../../lib/http/render-page.ts';
import { pageNonce, securityHeaders } from '../../lib/http/security-headers.ts';

const CHROMIUM = '/usr/bin/chromium';
const CHROMIUM_ARGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

/** The reason to skip, or false; with REQUIRE_CHROMIUM a missing browser is a failure, not a reason. */
export function skipWithoutChromium(): string | false {
  const { REQUIRE_CHROMIUM } = process.env;
  return existsSync(CHROMIUM) || REQUIRE_CHROMIUM !== undefined ? false : `${CHROMIUM} is not installed`;
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS.split(' ') });
}

/** How the stand-in for the widget's script is to behave. */
export type WidgetKind = 'current' | 'pay' | 'charge' | 'tiptop' | 'missing' | 'empty' | 'broken';

/**
 * `fakeWidget` in the page: `end(result)`, `fail()`, `complete(result)` and `callbacks` steer it, `calls` says what it was given.
 * Its dialog covers the page, as the real one does, with a style element and style attributes of its own.
 */
const WIDGET = `
const fake = (window.fakeWidget = { calls: [] });
const draw = () => {
  const style = document.createElement('style');
  style.textContent = '.fake { position: fixed; inset: 0; background: rgb(0 0 0 / 60%) }';
  const dialog = document.createElement('div');
  dialog.className = 'fake';
  dialog.setAttribute('style', 'z-index: 9');
  document.body.append(style, dialog);
  fake.isStyled = getComputedStyle(dialog).position === 'fixed' && getComputedStyle(dialog).zIndex === '9';
  fake.close = () => { dialog.remove(); style.remove(); };
};
class Widget {
  constructor(options) { fake.constructedWith = options; }
}
const current = function start(intent) {
  fake.calls.push(['start', intent]);
  draw();
  fake.complete = (result) => this.oncomplete?.(result);
  return new Promise((resolve, reject) => {
    fake.end = (result) => { fake.close(); resolve(result); };
    fake.fail = () => { fake.close(); reject(new Error('broken')); };
  });
};
const legacy = (name) => function (...args) {
  const callbacks = name === 'pay' ? args[2] : { onSuccess: args[1], onFail: args[2] };
  fake.calls.push([name, ...args.filter((arg) => typeof arg !== 'function' && arg !== callbacks)]);
  draw();
  const closeFirst = (callback) => (reason) => { fake.close(); callback(reason); };
  fake.callbacks = { ...callbacks, onSuccess: closeFirst(callbacks.onSuccess), onFail: closeFirst(callbacks.onFail) };
};
`;

const WIDGET_END: Readonly<Record<WidgetKind, string>> = {
  current: 'Widget.prototype.start = current; window.cp = { CloudPayments: Widget };',
  pay: 'Widget.prototype.pay = legacy("pay"); window.cp = { CloudPayments: Widget };',
  charge: 'Widget.prototype.charge = legacy("charge"); Widget.prototype.auth = legacy("auth"); window.cp = { CloudPayments: Widget };',
  tiptop: 'Widget.prototype.start = current; window.tiptop = { Widget };',
  broken: 'Widget.prototype.start = () => { throw new Error("no terminal") }; window.cp = { CloudPayments: Widget };',
  empty: '',
  missing: '',
};

/** A shop's site with one payment page, and everything the page talks to. */
export interface Site {
  readonly origin: string;
  widget: WidgetKind;
  /** What the status route answers; a number is an HTTP status. */
  status: string | number;
  /** Questions to the status route so far. */
  asked: number;
  /** Anything of the page's model that a test wants otherwise. */
  model: Partial<CardPageModel>;
}

function cardModel(site: Site, nonce: string): CardPageModel {
  return {
    lang: 'en',
    nonce,
    account: '123456',
    description: 'Top-up of account 123456',
    sum: formatSum('1234.50', 'RUB', 2, site.model.lang ?? 'en'),
    currency: 'RUB',
    widgetUrl: '/widget.js',
    intent: { publicTerminalId: 'pk_test', amount: 1234.5, currency: 'RUB', metadata: { bound: 'signed' } },
    legacy: { method: 'charge', options: { publicId: 'pk_test', amount: 1234.5, currency: 'RUB' } },
    statusUrl: '/status?payment=1',
    ...site.model,
  };
}

/** Starts the site; it is gone when the test is over. */
export async function startSite(t: TestContext, settings: Partial<Site> = {}): Promise<Site> {
  const app = express();
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  const { port } = server.address() as AddressInfo; // A TCP server's address is never a string.
  const site: Site = { origin: `http://127.0.0.1:${port}`, widget: 'current', status: 'pending', asked: 0, model: {}, ...settings };
  app.get('/card', securityHeaders({ widgetUrl: '/widget.js' }), (_request, response) => {
    response.send(renderPage('card', cardModel(site, pageNonce(response))));
  });
  app.get('/widget.js', (_request, response) => {
    if (site.widget === 'missing') response.status(404).end();
    else response.type('js').send(`(() => { ${WIDGET} ${WIDGET_END[site.widget]} })();`);
  });
  app.get('/status', (_request, response) => {
    site.asked += 1;
    if (typeof site.status === 'number') response.status(site.status).json({});
    else response.json({ status: site.status });
  });
  app.get(['/thanks', '/sorry'], (request, response) => {
    response.send(`<title>${request.path}</title>`);
  });
  return site;
}

/** A page with everything it complained about: policy violations, errors, failed look-ups of its own. */
export interface Visit {
  readonly page: Page;
  readonly complaints: string[];
}

/** Opens the payment page in a context of its own; both are closed when the test is over. */
export async function visit(t: TestContext, browser: Browser, site: Site, options: BrowserContextOptions = {}): Promise<Visit> {
  const context: BrowserContext = await browser.newContext({ locale: 'en', ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  await page.goto(`${site.origin}/card`);
  return { page, complaints };
}

/** Waits until the payment page is in a state. */
export async function waitForState(page: Page, state: string, timeout = 10_000): Promise<void> {
  await page.locator(`#pp-main[data-state="${state}"]`).waitFor({ timeout });
}

/** Calls a member of the stand-in widget, once the page has opened it. */
export async function steer(page: Page, member: string, result?: unknown): Promise<void> {
  await page.waitForFunction(() => 'fakeWidget' in window && Reflect.get(Object(window.fakeWidget), 'calls').length > 0);
  await page.evaluate(
    ([path, value]) => {
      const steps = String(path).split('.');
      const call = steps.reduce<unknown>((owner, step) => Reflect.get(Object(owner), step), Reflect.get(window, 'fakeWidget'));
      if (typeof call === 'function') call(value);
    },
    [member, result] as const,
  );
}

/** What the stand-in widget was called with. */
export function calls(page: Page): Promise<unknown[]> {
  return page.evaluate(() => Reflect.get(Object(Reflect.get(window, 'fakeWidget')), 'calls'));
}
