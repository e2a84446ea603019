import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import express, { type Express } from 'express';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { CashuState } from '../../lib/http/cashu-messages.ts';
import type { Language } from '../../lib/http/choose-language.ts';
import { type CashuProgressModel, renderPage, type SendOnPageModel, type ShownPayment } from '../../lib/http/render-page.ts';
import { pageNonce, securityHeaders } from '../../lib/http/security-headers.ts';
import { CASHU, PROGRESS, SEND_ON } from './cashu-pages-data.ts';

/** A shop's site with the CashU pages, and on another origin the wallet to which they lead. */
export interface CashuSite {
  readonly origin: string;
  readonly wallet: string;
  lang: Language;
  /** What `/pay/p1` shows, and its status route says; "go" is the page that sends on. */
  state: CashuState | 'go';
  /** Of the status route; anything but 200 comes without a state, and 0 is a broken connection. */
  httpStatus: number;
  /** What the wallet answers; with 204 a browser stays where it is. */
  walletStatus: number;
  /** What the form of the first page is answered; 303 goes on to `/pay/p1`, and with 204 a browser stays where it is. */
  beginStatus: number;
  /** Waited for before the answer to the form of the first page. */
  held: Promise<unknown>;
  shown: Partial<ShownPayment>;
  progress: Partial<CashuProgressModel>;
  sendOn: Partial<SendOnPageModel>;
  /** Everything asked of the site and the wallet so far, `GET /pay/p1`. */
  readonly requests: string[];
  /** What the forms brought to the wallet. */
  readonly brought: { readonly method: string; readonly members: Record<string, unknown> }[];
}

export function count(site: CashuSite, request: string): number {
  return site.requests.filter((one) => one === request).length;
}

async function listen(t: TestContext, app: Express): Promise<string> {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  const { port } = server.address() as AddressInfo; // A TCP server's address is never a string.
  return `http://127.0.0.1:${port}`;
}

export async function startCashuSite(t: TestContext, settings: Partial<CashuSite> = {}): Promise<CashuSite> {
  const app = express();
  const walletApp = express();
  const site: CashuSite = {
    ...{
      origin: await listen(t, app),
      wallet: await listen(t, walletApp),
      lang: 'en',
      state: 'waiting',
      httpStatus: 200,
      walletStatus: 200,
    },
    ...{ beginStatus: 303, held: Promise.resolve(), shown: {}, progress: {}, sendOn: {}, requests: [], brought: [] },
    ...settings,
  };
  addPages(app, site);
  addWallet(walletApp, site);
  return site;
}

function addPages(app: Express, site: CashuSite): void {
  app.use(express.urlencoded(), (request, _response, next) => {
    site.requests.push(`${request.method} ${request.path}`);
    next();
  });
  app.get('/pay/p1/status', (request, response) => {
    if (site.httpStatus === 0) request.socket.destroy();
    else if (site.httpStatus !== 200 || request.get('accept') !== 'application/json') response.status(site.httpStatus).json({});
    else response.json(site.state === 'go' ? { state: 'waiting', go: true } : { state: site.state });
  });
  app.get('/shop', (_request, response) => {
    response.send('<link rel="icon" href="data:,"><title>shop</title><a id="link" href="/pay/p1">pay</a>');
  });
  app.get(['/thanks', '/sorry'], (request, response) => {
    response.send(`<link rel="icon" href="data:,"><title>${request.path}</title>`);
  });
  app.use(securityHeaders({ extraSources: { 'form-action': [site.wallet] } }));
  app.get('/cashu', (_request, response) => {
    const model = { ...CASHU, ...site.shown, lang: site.lang, nonce: pageNonce(response), failUrl: `${site.origin}/sorry` };
    response.send(renderPage('cashu', model));
  });
  app.post('/cashu', async (_request, response) => {
    await site.held;
    response.status(site.beginStatus).location('/pay/p1').end();
  });
  app.get('/pay/p1', (_request, response) => {
    const common = { ...site.shown, lang: site.lang, nonce: pageNonce(response) };
    if (site.state === 'go') {
      response.send(renderPage('send-on', { ...SEND_ON, ...common, url: `${site.wallet}/wallet`, ...site.sendOn }));
      return;
    }
    const { state } = site;
    const statusUrl = state === 'waiting' || state === 'returned' ? 'p1/status' : undefined;
    const addresses = { statusUrl, reloadUrl: 'p1', continueUrl: 'p1', retryUrl: '../cashu', failUrl: `${site.origin}/sorry` };
    response.send(renderPage('cashu-progress', { ...PROGRESS, ...common, state, ...addresses, ...site.progress }));
  });
}

function addWallet(app: Express, site: CashuSite): void {
  app.all('/wallet', express.urlencoded(), (request, response) => {
    site.requests.push(`${request.method} /wallet`);
    site.brought.push({ method: request.method, members: { ...(request.method === 'GET' ? request.query : request.body) } });
    response
      .status(site.walletStatus)
      .send(`<link rel="icon" href="data:,"><title>wallet</title><a id="link" href="${site.origin}/pay/p1">back</a>`);
  });
}

/** A page with everything it complained about: policy violations, errors. */
export interface CashuVisit {
  readonly page: Page;
  readonly complaints: string[];
}

/** Opens an address of the site in a context of its own, which is closed when the test is over. With a clock, the test can move time on. */
export async function visitCashu(
  t: TestContext,
  { browser, site, path }: { readonly browser: Browser; readonly site: CashuSite; readonly path: string },
  options: BrowserContextOptions & { readonly hasClock?: boolean } = {},
): Promise<CashuVisit> {
  const { hasClock = false, ...contextOptions } = options;
  const context = await browser.newContext({ locale: 'en', ...contextOptions });
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
  if (hasClock) await page.clock.install();
  await page.goto(`${site.origin}${path}`);
  return { page, complaints };
}
