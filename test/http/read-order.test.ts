import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bindingOf } from '../support/card-page-data.ts';
import { forEachDatabase, type TestDatabase } from '../support/databases.ts';
import { expressVersions } from '../support/hosts.ts';
import { errorCode, type Site, sqliteFile, startSite } from '../support/site.ts';

const GOOD = { account: '123456', sum: '25.00', currency: 'RUB', description: 'Top-up' } as const;

function address(overrides: Readonly<Record<string, string | undefined>> = {}): string {
  const entries = Object.entries({ ...GOOD, ...overrides }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return `/pub/card?${new URLSearchParams(entries)}`;
}

/** What is wrong with an address, as a program is told. */
async function problemsOf(site: Site, path: string): Promise<string[]> {
  const answer = await site.fetch(path, { headers: { accept: 'application/json' } });
  assert.equal(answer.status, 400, `${path}: ${answer.text.slice(0, 200)}`);
  assert.equal(errorCode(answer), 'ERR_PAYMENTS_PAGE_PARAMETERS');
  const { problems }: { problems: { parameter: string; reason: string; message: string }[] } = JSON.parse(answer.text).error;
  assert.ok(problems.every(({ message }) => message !== ''));
  return problems.map(({ parameter, reason }) => `${parameter} ${reason}`);
}

describe('the address of the card page', () => {
  const cases: readonly (readonly [overrides: Readonly<Record<string, string | undefined>>, ...problems: string[]])[] = [
    [{ account: undefined }, 'account missing'],
    [{ account: '' }, 'account missing'],
    [{ account: '  ' }, 'account missing'],
    [{ sum: undefined }, 'sum missing'],
    [{ description: undefined }, 'description missing'],
    [{ currency: undefined }, 'currency missing'],
    [
      { account: undefined, sum: '', currency: 'XYZ', description: '' },
      'account missing',
      'currency unknown-currency',
      'sum missing',
      'description missing',
    ],
    [{ account: 'a'.repeat(255) }, 'account too-long'],
    [{ description: 'd'.repeat(1_001) }, 'description too-long'],
    ...['abc', '1e3', '-5', '+5', ' 5', '5,00', '0x10', '٥', '5.', '.5', '1 000', 'NaN', 'Infinity', '1..0'].map(
      (sum) => [{ sum }, 'sum not-a-sum'] as const,
    ),
    ...['0', '0.00', '000'].map((sum) => [{ sum }, 'sum not-positive'] as const),
    ...['1.001', '1.00001', '0.001'].map((sum) => [{ sum }, 'sum too-many-decimals'] as const),
    ...['9999999999999999', '99999999999999.99', '1'.repeat(400)].map((sum) => [{ sum }, 'sum sum-too-large'] as const),
    ...['XXX', 'RU', 'RUBL', '643', '__proto__', 'constructor'].map((currency) => [{ currency }, 'currency unknown-currency'] as const),
    ...[
      'javascript:alert(1)',
      'JavaScript:alert(1)',
      ' javascript:alert(1)',
      'java\nscript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'ftp://a/b',
      'file:///etc/passwd',
      'blob:http://a/b',
    ].map((url) => [{ success_url: url }, 'success_url url-scheme'] as const),
    ...['/thanks', 'shop.example/thanks', '//shop.example', 'http:shop.example', 'http:/shop.example', 'https://', 'nonsense'].map(
      (url) => [{ fail_url: url }, 'fail_url not-a-url'] as const,
    ),
    ...[
      'https://user@shop.example/',
      'https://user:pw@shop.example/',
      'https://shop.example:x@evil.example/',
      'https://:pw@evil.example/',
    ].map((url) => [{ success_url: url }, 'success_url url-user-info'] as const),
    [{ success_url: `https://shop.example/${'x'.repeat(2_048)}` }, 'success_url too-long'],
    [{ order: 'A-1' }, 'signature signature-missing'],
    [{ expires: '99999999999' }, 'signature signature-missing'],
    [{ signature: 'x' }, 'signature signature-wrong'],
    [{ signature: 'A'.repeat(43) }, 'signature signature-wrong'],
  ];

  test('is answered with each thing that is wrong with it', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    for (const [overrides, ...problems] of cases)
      assert.deepEqual((await problemsOf(site, address(overrides))).sort(), [...problems].sort(), JSON.stringify(overrides).slice(0, 100));
    for (const repeated of ['&sum=1', '&sum[]=1', '&account=2', '&currency[]=RUB']) {
      const name = /[a-z]+/.exec(repeated)?.[0];
      assert.deepEqual(await problemsOf(site, `${address()}${repeated}`), [`${name} repeated`]);
    }
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_http_log WHERE response_status = 400'), cases.length + 4);
  });

  test('is named wrong in a page for people, in their language', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    const english = await site.fetch(address({ sum: '0' }), { headers: { accept: 'text/html', 'accept-language': 'en' } });
    assert.equal(english.status, 400);
    assert.match(english.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(english.text, /sum[\s\S]*must be greater than zero/);
    const russian = await site.fetch(address({ sum: '0', lang: 'ru' }));
    assert.match(russian.text, /lang="ru"/);
    assert.match(russian.text, /[а-я]{5}/);
  });

  test('is taken with a currency in any case, a slash at the end, and odd but honest values', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t), cloudpayments: { currencies: { jpy: 0, BHD: 3 } } });
    for (const currency of ['rub', 'Rub', 'RUB', 'usd', 'Eur'])
      assert.equal((await bindingOf(site, address({ currency }))).intent['currency'], currency.toUpperCase());
    for (const sum of ['1', '1.5', '0.01', '0025.00', '9999999999999.99', '25.10000'.slice(0, 7)])
      assert.equal((await bindingOf(site, address({ sum }))).intent['amount'], Number(sum));
    const page = await bindingOf(site, address().replace('/card?', '/card/?'));
    assert.deepEqual(JSON.parse(await (await fetch(page.statusUrl)).text()), { status: 'pending' });
    await bindingOf(site, address({ currency: 'JPY', sum: '100' }));
    await bindingOf(site, address({ currency: 'BHD', sum: '1.005' }));
    assert.deepEqual(await problemsOf(site, address({ currency: 'JPY', sum: '100.5' })), ['sum too-many-decimals']);
    for (const url of ['https://shop.example/a?b=1#c', 'http://127.0.0.1:3000/', 'HTTPS://Shop.Example', 'https://магазин.рф/'])
      await bindingOf(site, address({ success_url: url, fail_url: url }));
  });

  test('may hold a question mark that nobody escaped', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    const page = await bindingOf(
      site,
      '/pub/card?success_url=https://shop.example/?done=1&account=7&sum=25&currency=RUB&description=What?',
    );
    assert.equal(page.intent['description'], 'What?');
    assert.match(page.html, /https:\/\/shop\.example\/\?done=1/);
  });

  test('may send the payer back only to the origins that are listed', async (t) => {
    const site = await startSite(t, {
      database: sqliteFile(t),
      options: { returnUrlOrigins: ['https://shop.example', 'http://127.0.0.1:3000/'] },
    });
    for (const good of ['https://shop.example/x', 'https://SHOP.example:443', 'http://127.0.0.1:3000/y'])
      await bindingOf(site, address({ success_url: good }));
    for (const bad of [
      'http://shop.example',
      'https://shop.example:8443',
      'https://shop.example.evil.example',
      'https://evil.example/https://shop.example',
    ])
      assert.deepEqual(await problemsOf(site, address({ fail_url: bad })), ['fail_url url-origin'], bad);
  });

  test('with script in every parameter shows it as text', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    const attack = `"'><script>alert(1)</script><img src=x onerror=alert(1)><!--`;
    const url = `https://shop.example/?q=${attack}`;
    const pages = [
      await site.fetch(address({ account: attack, description: attack, success_url: url, fail_url: url, lang: attack })),
      ...(await Promise.all(
        ['account', 'sum', 'currency', 'description', 'success_url', 'fail_url', 'lang', 'order', 'expires', 'signature'].map((name) =>
          site.fetch(address({ [name]: attack, sum: name === 'sum' ? attack : '0' })),
        ),
      )),
    ];
    for (const { text } of pages) {
      assert.doesNotMatch(text, /<script>alert|<img src=x|onerror=alert\(1\)>/);
      const scripts = [...text.matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes ?? '');
      assert.ok(
        scripts.every((attributes) => /nonce="[^"]+"|type="application\/json"/.test(attributes)),
        scripts.join(),
      );
    }
    assert.equal(pages[0]?.status, 200);
    const json = await site.fetch(address({ sum: attack }), { headers: { accept: 'application/json' } });
    assert.match(json.headers.get('content-type') ?? '', /^application\/json/);
  });
});

describe('the card page', () => {
  for (const version of expressVersions) {
    test(`carries the headers that keep it safe, with a nonce of its own for each load (${version.name})`, async (t) => {
      const site = await startSite(t, { database: sqliteFile(t), express: version.express });
      const loads = [await site.fetch(address()), await site.fetch(address()), await site.fetch(address({ sum: '0' }))];
      const nonces = loads.map(({ headers, text }) => {
        const policy = headers.get('content-security-policy') ?? '';
        const script = /script-src ([^;]+)/.exec(policy)?.[1] ?? '';
        assert.doesNotMatch(script, /unsafe-inline|unsafe-eval|\*(?!\.)/);
        assert.match(script, /https:\/\/\*\.cloudpayments\.ru/);
        assert.match(policy, /default-src 'none'/);
        assert.equal(headers.get('cache-control'), 'no-store');
        assert.equal(headers.get('x-content-type-options'), 'nosniff');
        assert.ok(headers.get('referrer-policy'));
        assert.equal(headers.get('x-powered-by') ?? 'Express', 'Express');
        const [, nonce] = /'nonce-([^']+)'/.exec(script) ?? [];
        assert.ok(nonce !== undefined && nonce.length >= 20);
        assert.doesNotMatch(text, /<script(?![^>]*(nonce=|application\/json))/);
        assert.ok(text.includes(`nonce="${nonce}"`) || !text.includes('<script nonce'));
        return nonce;
      });
      assert.equal(new Set(nonces).size, 3);
    });
  }

  test('gives the widget what the payer was shown', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t), cloudpayments: { publicId: 'pk_live' } });
    const { intent, invoiceId } = await bindingOf(site, address({ lang: 'ru' }));
    const { metadata, ...rest } = intent;
    assert.deepEqual(rest, {
      ...{ publicTerminalId: 'pk_live', amount: 25, currency: 'RUB', culture: 'ru-RU', description: 'Top-up', paymentSchema: 'Single' },
      ...{ externalId: invoiceId, userInfo: { accountId: '123456' } },
    });
    assert.deepEqual(Object.keys(Object(metadata)), ['express_cloudpayments']);
    const dual = await startSite(t, { database: sqliteFile(t), cloudpayments: { paymentSchema: 'dual' } });
    assert.equal((await bindingOf(dual, address())).intent['paymentSchema'], 'Dual');
  });

  test('has a status that nobody can guess, and only for payments that exist', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    for (const path of ['/pub/card/x', `/pub/card/${'a'.repeat(23)}`, '/pub/card/%00', '/pub/card/%zz', "/pub/card/'or'1'='1"]) {
      const answer = await site.fetch(path);
      assert.equal(answer.status, 404, path);
      errorCode(answer);
    }
    const unknown = await site.fetch(`/pub/card/${'a'.repeat(22)}`);
    assert.deepEqual([unknown.status, unknown.text, unknown.headers.get('cache-control')], [200, '{"status":"pending"}', 'no-store']);
    assert.equal((await site.fetch('/pub/card', { method: 'POST' })).status, 405);
    assert.equal((await site.fetch(address(), { method: 'HEAD' })).status, 200);
  });
});

forEachDatabase((database: TestDatabase) => {
  test('the page is told how its payment went', async (t) => {
    const site = await startSite(t, { database: await database.create() });
    const steps: readonly (readonly [status: string, act: (data: string, id: number) => Promise<unknown>])[] = [
      ['pending', (Data, TransactionId) => site.send('check', { Data, TransactionId, AccountId: '123456' })],
      ['pending', (Data, TransactionId) => site.send('fail', { Data, TransactionId, AccountId: '123456' })],
      ['paid', (Data, TransactionId) => site.send('pay', { Data, TransactionId, AccountId: '123456' })],
      ['review', (Data, TransactionId) => site.send('pay', { Data, TransactionId, AccountId: '123456', Amount: '1.00' })],
      ['authorized', (Data, TransactionId) => site.send('pay', { Data, TransactionId, AccountId: '123456', Status: 'Authorized' })],
    ];
    for (const [index, [status, act]] of steps.entries()) {
      const page = await bindingOf(site, address());
      await act(page.data, index + 1);
      assert.equal(await (await fetch(page.statusUrl)).text(), JSON.stringify({ status }), String(index));
    }
    const page = await bindingOf(site, address());
    const same = { Data: page.data, TransactionId: 50, AccountId: '123456' };
    await site.send('pay', { ...same, Status: 'Authorized' });
    await site.send('cancel', { TransactionId: 50, Amount: '25.00' });
    assert.equal(await (await fetch(page.statusUrl)).text(), '{"status":"declined"}');
    const captured = await bindingOf(site, address());
    await site.send('pay', { Data: captured.data, TransactionId: 51, AccountId: '123456', Status: 'Authorized' });
    await site.send('confirm', { Data: captured.data, TransactionId: 51, AccountId: '123456' });
    assert.equal(await (await fetch(captured.statusUrl)).text(), '{"status":"paid"}');
    await site.send('refund', { PaymentTransactionId: 51, TransactionId: 52 });
    assert.equal(await (await fetch(captured.statusUrl)).text(), '{"status":"paid"}');
  });
});

describe('a signed link', () => {
  const LINK = { account: 'user-1', sum: 25, currency: 'rub', description: 'Счёт & co' } as const;

  test('is served, also where nothing else is', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t), options: { links: 'signed', publicUrl: 'https://shop.example/' } });
    const link = site.payments.links.card({
      ...LINK,
      lang: 'ru',
      successUrl: 'https://shop.example/ok',
      failUrl: 'https://shop.example/no',
    });
    assert.ok(link.startsWith('https://shop.example/_cloudpayments_/pub/card?'));
    const page = await bindingOf(site, link.slice('https://shop.example'.length));
    assert.equal(page.intent['description'], 'Счёт & co');
    assert.deepEqual(await problemsOf(site, address()), ['signature signature-missing']);
  });

  test('that was edited in any place is refused', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    const link = site.payments.links.card({
      ...LINK,
      orderId: 'A-1',
      expiresAt: new Date(Date.now() + 60_000),
      successUrl: 'https://shop.example/ok',
    });
    const url = new URL(link, site.host.url);
    assert.equal((await fetch(url)).status, 200);
    for (const name of url.searchParams.keys()) {
      const changed = new URL(url);
      changed.searchParams.set(
        name,
        name === 'sum' ? '24.00' : name === 'currency' ? 'USD' : name === 'success_url' ? 'https://evil.example/' : '9999999999',
      );
      assert.equal((await fetch(changed)).status, 400, name);
      const shortened = new URL(url);
      shortened.searchParams.delete(name);
      assert.equal((await fetch(shortened)).status, 400, `without ${name}`);
    }
    for (const name of ['fail_url', 'lang']) {
      const longer = new URL(url);
      longer.searchParams.set(name, name === 'lang' ? 'ru' : 'https://evil.example/');
      assert.equal((await fetch(longer)).status, 400, `with ${name}`);
    }
    const other = await startSite(t, { database: sqliteFile(t), cloudpayments: { apiSecret: 'another' } });
    assert.equal((await fetch(new URL(link, other.host.url))).status, 400);
    const rotated = await startSite(t, { database: sqliteFile(t), cloudpayments: { apiSecret: ['another', 'notification_test_secret'] } });
    assert.equal((await fetch(new URL(link, rotated.host.url))).status, 200);
  });

  test('that has expired is 410', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    const link = site.payments.links.card({ ...LINK, expiresAt: new Date(Date.now() - 1_000) });
    const page = await fetch(new URL(link, site.host.url));
    assert.equal(page.status, 410);
    assert.match(await page.text(), /expired/);
    const json = await fetch(new URL(link, site.host.url), { headers: { accept: 'application/json' } });
    assert.equal((await json.json()).error.code, 'ERR_PAYMENTS_LINK_EXPIRED');
  });

  test('is not made of what the page would refuse', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t), options: { returnUrlOrigins: ['https://shop.example'] } });
    const bad: readonly Parameters<typeof site.payments.links.card>[0][] = [
      { ...LINK, sum: 0 },
      { ...LINK, sum: -1 },
      { ...LINK, sum: '1e3' },
      { ...LINK, sum: 1e21 },
      { ...LINK, sum: Number.NaN },
      { ...LINK, sum: '1.001' },
      { ...LINK, currency: 'XXX' },
      { ...LINK, account: '' },
      { ...LINK, account: '  ' },
      { ...LINK, account: 'a'.repeat(255) },
      { ...LINK, description: '' },
      { ...LINK, description: 'd'.repeat(1_001) },
      { ...LINK, orderId: '' },
      { ...LINK, orderId: 'o'.repeat(129) },
      { ...LINK, expiresAt: new Date(Number.NaN) },
      { ...LINK, successUrl: 'javascript:alert(1)' },
      { ...LINK, successUrl: '/relative' },
      { ...LINK, failUrl: 'https://user:pw@shop.example/' },
      { ...LINK, failUrl: 'https://evil.example/' },
    ];
    for (const link of bad)
      assert.throws(
        () => site.payments.links.card(link),
        { name: 'OptionsError', code: 'ERR_PAYMENTS_OPTIONS' },
        JSON.stringify(link).slice(0, 200),
      );
  });
});
