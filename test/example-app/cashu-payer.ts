import assert from 'node:assert/strict';
import { formOf } from '../support/html-form.ts';
import { waitUntil } from '../support/wait.ts';
import type { Example } from './example-process.ts';

/** A page as the payer has it before them. */
export interface ShownPage {
  readonly url: string;
  readonly html: string;
}

export type Flow = 'payment-page' | 'gate';

interface StandInState {
  readonly payments: readonly { readonly id: string; readonly status: string; readonly via: Flow; readonly rest: string }[];
}

const CONTROLS = '/_sandbox_/ecommpay';

/** From the shop's page to CashU's, by forms and redirects, without a browser. */
export async function goToCashu({ url }: Example, flow: Flow, order: Readonly<Record<string, string>> = {}): Promise<ShownPage> {
  const shop = await open(`${url}/?lang=en`);
  const [, action = ''] = new RegExp(`<form class="${flow}" action="([^"]*)"`).exec(shop.html) ?? [];
  assert.notEqual(action, '', `the shop offers no "${flow}"`);
  const query = new URLSearchParams({ account: 'maple-1024', sum: '10', currency: 'usd', description: 'Top-up', lang: 'en', ...order });
  const next = await press(await open(`${url}${action}?${query}`));
  const wallet = flow === 'gate' ? await press(await waitForButton(next)) : await press(next);
  assert.match(wallet.url, /\/cashu\/wallet\?/);
  return wallet;
}

/** What happens on CashU's page; resolves with the page on which the payer ends up. */
export async function decide(wallet: ShownPage, action: 'pay' | 'refuse' | 'cancel'): Promise<ShownPage> {
  return await press(wallet, { action });
}

/** Pays what was ordered. */
export async function payByCashu(example: Example, flow: Flow, order: Readonly<Record<string, string>> = {}): Promise<ShownPage> {
  return await decide(await goToCashu(example, flow, order), 'pay');
}

/** Presses a button of the stand-in's control page. */
export async function control({ url }: Example, act: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const headers = { accept: 'application/json' };
  const response = await fetch(`${url}${CONTROLS}/control/${act}`, { method: 'POST', body: new URLSearchParams(fields), headers });
  assert.equal(response.status, 200, await response.text());
}

/** The newest payment in ECommPay's books. */
export async function newestPayment({ url }: Example): Promise<StandInState['payments'][number]> {
  const state: StandInState = await (await fetch(`${url}${CONTROLS}/control/state`)).json();
  return state.payments.at(-1) ?? assert.fail('ECommPay has no payment');
}

/** Waits until a page that reloads itself says so. */
export async function waitForText({ url }: ShownPage, text: string): Promise<ShownPage> {
  return await waitUntil(
    async () => {
      const page = await open(url);
      return page.html.includes(text) && page;
    },
    { timeoutMs: 20_000, everyMs: 50, describe: `"${text}" on ${url}` },
  );
}

async function open(url: string, init: RequestInit = {}): Promise<ShownPage> {
  const response = await fetch(url, init);
  const html = await response.text();
  assert.equal(response.status, 200, html);
  return { url: response.url, html };
}

/** Sends the only form of a page, and follows where it leads. */
async function press({ url, html }: ShownPage, button: Readonly<Record<string, string>> = {}): Promise<ShownPage> {
  const { method, action, fields } = formOf(html) ?? assert.fail(html);
  assert.equal(method, 'post');
  const body = new URLSearchParams([...fields.map(([name, value]) => [name, value]), ...Object.entries(button)]);
  return await open(new URL(action, url).href, { method, body });
}

/** The Gate tells a little later where the payer is to go. */
async function waitForButton(page: ShownPage): Promise<ShownPage> {
  return await waitForText(page, 'id="pp-go"');
}
