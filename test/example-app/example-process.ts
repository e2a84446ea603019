import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startProcess, type TestProcess } from '../support/processes.ts';
import { waitUntil } from '../support/wait.ts';

const MAIN = join(import.meta.dirname, '../../dist/example-app/main.js');

/** Variables of the machine that runs the tests must not reach the example. */
const OWN_VARIABLES = /^(?:CLOUDPAYMENTS_|ECOMMPAY_|HTTP_AUTH_|DATABASE_URL$|HOST$|PORT$|MS_TIMEZONE$|PUBLIC_URL$|TRUST_PROXY$|NODE_ENV$)/;

export interface Example {
  readonly url: string;
  readonly process: TestProcess;
}

/** Starts the built example in an empty folder, on any free port unless told otherwise, without waiting. */
export function runExample(t: TestContext, env: Readonly<Record<string, string>> = {}): TestProcess {
  assert.ok(existsSync(MAIN), 'the example is not built: npm run build');
  const folder = mkdtempSync(join(tmpdir(), 'payments-example-'));
  const cleared = Object.fromEntries(Object.keys(process.env).flatMap((name) => (OWN_VARIABLES.test(name) ? [[name, undefined]] : [])));
  const example = startProcess(MAIN, { cwd: folder, env: { ...cleared, PORT: '0', ...env } });
  t.after(async () => {
    await example.end();
    rmSync(folder, { recursive: true, force: true });
  });
  return example;
}

/** Starts the built example and waits until it listens. */
export async function startExample(t: TestContext, env: Readonly<Record<string, string>> = {}): Promise<Example> {
  const example = runExample(t, env);
  const [, url = ''] = await example.waitForLine(/^listening on (http:\/\/\S+)$/, 30_000);
  return { url, process: example };
}

/** Waits until the landing page shows this balance; of several currencies as in `readBalance`. */
export async function waitForBalance({ url }: Example, balance: string, timeoutMs = 20_000): Promise<void> {
  let shown: string | undefined;
  const look = async () => {
    shown = await readBalance(url);
    return shown === balance;
  };
  await waitUntil(look, { timeoutMs, everyMs: 50, describe: () => `a balance of ${balance}, the page shows ${shown}` });
}

/** The balance as the landing page shows it in English, "RUB 300.00"; of several currencies "KWD 1.005, US$10.00". */
export async function readBalance(url: string): Promise<string | undefined> {
  const text = await (await fetch(`${url}/shop/live?lang=en`)).text();
  const balances = [...text.matchAll(/data-balance="[A-Z]{3}">([^<]*)</g)].map(([, balance = '']) => balance.replaceAll(/\s/g, ' '));
  return balances.length === 0 ? undefined : balances.join(', ');
}

/** The latest payments as the landing page shows them in English, newest first: "US$10.00 CashU credited". */
export async function readPayments(url: string): Promise<readonly string[]> {
  const text = await (await fetch(`${url}/shop/live?lang=en`)).text();
  const payments = text.matchAll(/class="how">(\w+) · <span class="state \w+">([^<]*)<[\s\S]*?<b>([^<]*)</g);
  return [...payments].map(([, provider, state, sum]) => `${sum} ${provider} ${state}`.replaceAll(/\s/g, ' '));
}
