import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cashuMessages } from '../../lib/http/cashu-messages.ts';
import { messages } from '../../lib/http/messages.ts';
import { type CashuProgressModel, renderPage, type SendOnPageModel } from '../../lib/http/render-page.ts';
import { CASHU, CASHU_STATES, EVERY_CASHU_STATE, HOSTILE, PROGRESS, SEND_ON } from '../support/cashu-pages-data.ts';

const LANGUAGES = ['ru', 'en'] as const;
const OPEN: CashuProgressModel = { ...PROGRESS, statusUrl: 'p1/status', reloadUrl: 'p1?back=1', continueUrl: 'p1/go' };
const SITE = { successUrl: 'https://shop.example/thanks?a=1&b=2', failUrl: 'https://shop.example/sorry' };
const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&#34;': '"', '&#39;': "'", '&amp;': '&' };

/** Every sentence with the path to it. */
function sentences(value: unknown, path = ''): [path: string, sentence: string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(Object(value)).flatMap(([key, inner]) => sentences(inner, `${path}.${key}`));
}

function unescaped(text = ''): string {
  return text.replace(/&(?:lt|gt|amp|#34|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** The hidden fields of a page's form, in their order. */
function hiddenFields(html: string): [name: string, value: string][] {
  return [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [
    unescaped(name),
    unescaped(value),
  ]);
}

function formOf(html: string): { readonly method?: string | undefined; readonly action: string } {
  const [, method, action] = /<form [^>]*method="([^"]*)" action="([^"]*)"/.exec(html) ?? [];
  return { method, action: unescaped(action) };
}

/** The data for the page's script. */
function dataIsland(html: string): string {
  return /<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
}

/** The page without the style and scripts that are ours. */
function withoutAssets(html: string): string {
  return html.replace(/(<(?:style|script) nonce="bm9uY2U=">).*?(<\/(?:style|script)>)/gs, '$1$2');
}

function refreshOf(html: string): string | undefined {
  const [, content] = /<noscript><meta http-equiv="refresh" content="([^"]*)"><\/noscript>/.exec(html) ?? [];
  return content === undefined ? undefined : unescaped(content);
}

/** The address that the link of an id leads to. */
function linkOf(html: string, id: string): string | undefined {
  const [, address] = new RegExp(`<a [^>]*id="${id}" href="([^"]*)"`).exec(html) ?? [];
  return address === undefined ? undefined : unescaped(address);
}

describe('the sentences of the CashU pages', () => {
  const english = sentences(cashuMessages.en);
  const russian = sentences(cashuMessages.ru);

  test('are there in both languages', () => {
    assert.deepEqual(
      russian.map(([path]) => path),
      english.map(([path]) => path),
    );
    for (const [path, sentence] of [...english, ...russian]) assert.notEqual(sentence.trim(), '', path);
    for (const [path, sentence] of russian) assert.match(sentence, /[а-яё]/i, path);
    for (const [path, sentence] of english) assert.doesNotMatch(sentence, /[а-яё]/i, path);
  });

  test('name the place for the host in both languages', () => {
    for (const lang of LANGUAGES) {
      const withHost = sentences(cashuMessages[lang]).filter(([, sentence]) => sentence.includes('{'));
      assert.deepEqual(
        withHost.map(([path]) => path),
        ['.sendOn.leadsTo'],
      );
      assert.match(cashuMessages[lang].sendOn.leadsTo, /\{host\}/);
    }
  });

  test('tell in each failure what became of the money', () => {
    const failed = EVERY_CASHU_STATE.filter((state) => CASHU_STATES[state] === 'failed');
    for (const state of failed) assert.match(cashuMessages.en.states[state].text, /money/, state);
    for (const state of failed) assert.match(cashuMessages.ru.states[state].text, /Деньги/, state);
    for (const [reason, text] of Object.entries(cashuMessages.en.reasons))
      assert.match(text, /No money|Nothing was taken|If money/, reason);
    for (const [reason, text] of Object.entries(cashuMessages.ru.reasons)) assert.match(text, /не списаны|не списано|Если деньги/, reason);
  });

  test('tell whoever may have paid not to pay again', () => {
    assert.match(cashuMessages.en.states.returned.text, /do not pay again/);
    assert.match(cashuMessages.ru.states.returned.text, /не платите повторно/);
    assert.match(cashuMessages.en.states.review.text, /no need to pay again/);
    assert.match(cashuMessages.ru.states.review.text, /Платить ещё раз не нужно/);
  });
});

describe('every CashU page', () => {
  const pages: readonly (readonly [name: string, html: string])[] = [
    ['cashu', renderPage('cashu', CASHU)],
    ['send-on', renderPage('send-on', SEND_ON)],
    ['cashu-progress', renderPage('cashu-progress', { ...OPEN, ...SITE })],
    ['cashu-progress, paid', renderPage('cashu-progress', { ...PROGRESS, ...SITE, state: 'paid' })],
  ];
  for (const [name, html] of pages) {
    test(`shows sum, purpose and account: ${name}`, () => {
      for (const text of ['<html lang="en">', '$25.00', 'USD', 'Top-up', '123456']) assert.ok(html.includes(text), text);
    });

    test(`gives each script and style the nonce, and no element an event handler or a style: ${name}`, () => {
      for (const [tag] of withoutAssets(html).matchAll(/<(?:script|style)\b[^>]*>/g)) {
        if (!tag.includes('application/json')) assert.ok(tag.includes('nonce="bm9uY2U="'), tag);
      }
      assert.doesNotMatch(withoutAssets(html), /<[^>]+\son\w+=/);
      assert.doesNotMatch(withoutAssets(html), /\sstyle=/);
    });

    test(`is small and told to nobody: ${name}`, () => {
      assert.ok(Buffer.byteLength(html) < 16_384, `${Buffer.byteLength(html)} bytes`);
      assert.match(html, /<meta name="robots" content="noindex/);
      assert.match(html, /<meta name="referrer" content="strict-origin">/);
    });
  }

  const hostileShown = { account: HOSTILE, description: HOSTILE, sum: HOSTILE, currency: HOSTILE };
  const onlyShows = (tame: string, hostile: string): void => {
    const html = withoutAssets(hostile);
    assert.equal(html.match(/<script/g)?.length, withoutAssets(tame).match(/<script/g)?.length);
    assert.doesNotMatch(html, /<img|<!--/);
    assert.doesNotMatch(dataIsland(html), /[<>&\u2028]/);
    for (const [tag] of html.matchAll(/<[a-z][^>]*>/g)) assert.doesNotMatch(tag.replace(/"[^"]*"/g, ''), /['"]|\son/, tag);
  };
  const failUrl = SITE.failUrl + HOSTILE;

  test('only shows hostile text: cashu', () => {
    const fields = { account: HOSTILE, [HOSTILE]: '1' };
    onlyShows(renderPage('cashu', CASHU), renderPage('cashu', { ...CASHU, ...hostileShown, action: HOSTILE, fields, failUrl }));
  });

  test('only shows hostile text: send-on', () => {
    for (const method of ['GET', 'POST'] as const) {
      const fields = { Transaction_Code: HOSTILE, [HOSTILE]: '1' };
      const url = `https://wallet.example/?${HOSTILE}=${HOSTILE}#${HOSTILE}`;
      onlyShows(renderPage('send-on', SEND_ON), renderPage('send-on', { ...SEND_ON, ...hostileShown, method, url, fields }));
    }
  });

  test('only shows hostile text: cashu-progress', () => {
    const addresses = { statusUrl: HOSTILE, reloadUrl: HOSTILE, retryUrl: HOSTILE, continueUrl: HOSTILE, failUrl, successUrl: failUrl };
    for (const state of EVERY_CASHU_STATE) {
      const hostile = { ...PROGRESS, ...hostileShown, ...addresses, state, reason: HOSTILE };
      onlyShows(renderPage('cashu-progress', PROGRESS), renderPage('cashu-progress', hostile));
    }
  });
});

describe('the page on which a CashU payment begins', () => {
  test('has one plain form with what the payer asked for', () => {
    const html = renderPage('cashu', CASHU);
    assert.deepEqual(formOf(html), { method: 'post', action: 'cashu' });
    assert.deepEqual(hiddenFields(html), Object.entries(CASHU.fields));
    assert.equal(html.match(/<button/g)?.length, 1);
    assert.ok(!/pp-back/.test(withoutAssets(html)));
  });

  test('says in both languages that the payer goes to another site and comes back', () => {
    for (const lang of LANGUAGES) {
      const html = renderPage('cashu', { ...CASHU, lang });
      const { start, pay, passwordNote } = cashuMessages[lang];
      for (const text of [start.title, start.text, pay, passwordNote]) assert.ok(html.includes(text), text);
    }
  });

  test('carries hidden fields unchanged, whatever is in them', () => {
    const fields = { description: HOSTILE, [HOSTILE]: 'مرحبا 💳', submit: 'named as a method', empty: '' };
    assert.deepEqual(hiddenFields(renderPage('cashu', { ...CASHU, fields })), Object.entries(fields));
  });

  test('leads back to web addresses only, and sends its form nowhere else either', () => {
    assert.equal(linkOf(renderPage('cashu', { ...CASHU, failUrl: SITE.failUrl }), 'pp-back'), SITE.failUrl);
    const html = renderPage('cashu', { ...CASHU, action: 'javascript:alert(1)', failUrl: ' java\tscript:alert(1)' });
    assert.doesNotMatch(withoutAssets(html), /script:/);
    assert.deepEqual(formOf(html), { method: 'post', action: '' });
  });
});

describe('the page that sends on', () => {
  const sent = (model: Partial<SendOnPageModel>): string => renderPage('send-on', { ...SEND_ON, ...model });

  test('posts the fields, and leaves the address as it is', () => {
    const html = sent({ url: 'https://wallet.example/cgi-bin/pay.cgi?a=1&b=%20#top' });
    assert.deepEqual(formOf(html), { method: 'post', action: 'https://wallet.example/cgi-bin/pay.cgi?a=1&b=%20#top' });
    assert.deepEqual(hiddenFields(html), [['Transaction_Code', 'test123']]);
  });

  test('makes fields of what the query has when it sends with GET', () => {
    const html = sent({
      method: 'GET',
      url: 'https://wallet.example/pay?lang=ar&x=1&x=2&text=%D8%B3+%26&flag#top',
      fields: { code: 'a&b' },
    });
    assert.deepEqual(formOf(html), { method: 'get', action: 'https://wallet.example/pay#top' });
    assert.deepEqual(hiddenFields(html), [
      ['lang', 'ar'],
      ['x', '1'],
      ['x', '2'],
      ['text', 'س &'],
      ['flag', ''],
      ['code', 'a&b'],
    ]);
  });

  test('lets a field stand for a member of the query of the same name', () => {
    const html = sent({ method: 'GET', url: 'https://wallet.example/pay?code=old&toString=1', fields: { code: 'new' } });
    assert.deepEqual(hiddenFields(html), [
      ['toString', '1'],
      ['code', 'new'],
    ]);
  });

  test('without fields and query it is still a form', () => {
    const html = sent({ method: 'GET', fields: {} });
    assert.deepEqual(formOf(html), { method: 'get', action: 'https://wallet.example/pay' });
    assert.deepEqual(hiddenFields(html), []);
  });

  test('shows the button and says where it leads, before any script has run', () => {
    for (const lang of LANGUAGES) {
      const html = sent({ lang });
      const { ready, button, leadsTo } = cashuMessages[lang].sendOn;
      for (const text of [ready.title, ready.text, button, leadsTo.replace('{host}', 'wallet.example')])
        assert.ok(html.includes(text), text);
      assert.deepEqual(JSON.parse(dataIsland(html)).going, cashuMessages[lang].sendOn.going);
      assert.doesNotMatch(withoutAssets(html), /pp-needs-script"/);
    }
  });

  test('sends to web addresses only', () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,1', '/relative', '']) {
      assert.throws(() => sent({ url }), /http\(s\) addresses only/, url);
    }
  });
});

describe('the page that follows a CashU payment', () => {
  const shown = (model: Partial<CashuProgressModel>): string => renderPage('cashu-progress', { ...PROGRESS, ...SITE, ...model });

  for (const state of EVERY_CASHU_STATE) {
    test(`says in both languages that it is ${state}, in its title too`, () => {
      for (const lang of LANGUAGES) {
        const html = shown({ lang, state });
        const { title, text } = cashuMessages[lang].states[state];
        assert.ok(html.includes(`<title>${title} · $25.00</title>`));
        assert.ok(html.includes(`<p class="pp-state-title" id="pp-state-title">${title}</p>`));
        assert.ok(html.includes(`<p id="pp-state-text">${text}</p>`));
        assert.match(html, /role="status" aria-live="polite" aria-atomic="true"/);
      }
    });

    test(`leads only where it makes sense to go when it is ${state}`, () => {
      const html = shown({ state, retryUrl: 'cashu?a=1&b=2', continueUrl: 'p1/go' });
      const isFailed = CASHU_STATES[state] === 'failed';
      assert.equal(linkOf(html, 'pp-retry'), isFailed ? 'cashu?a=1&b=2' : undefined);
      const isOpen = CASHU_STATES[state] === 'open';
      assert.equal(linkOf(html, 'pp-back'), isFailed || isOpen ? SITE.failUrl : state === 'paid' ? SITE.successUrl : undefined);
      assert.equal(linkOf(html, 'pp-continue'), isOpen ? 'p1/go' : undefined);
      assert.equal(JSON.parse(dataIsland(html)).successUrl, state === 'paid' ? SITE.successUrl : undefined);
    });
  }

  test('asks again without script only while something may change', () => {
    assert.equal(refreshOf(shown(OPEN)), '5; url=p1?back=1');
    assert.equal(refreshOf(shown({ statusUrl: 'p1/status' })), '5');
    assert.equal(refreshOf(shown({ reloadUrl: 'p1' })), undefined);
    assert.equal(refreshOf(shown({ state: 'declined' })), undefined);
  });

  test('goes on to the site after the payment without script too, and stays where there is none', () => {
    assert.equal(refreshOf(shown({ state: 'paid' })), `3; url=${SITE.successUrl}`);
    assert.ok(shown({ state: 'paid' }).includes(messages.en.returning));
    const alone = shown({ state: 'paid', successUrl: undefined });
    assert.equal(refreshOf(alone), undefined);
    assert.ok(!alone.includes(messages.en.returning));
  });

  test("tells the page's script what to ask", () => {
    const { state, statusUrl, reloadUrl } = JSON.parse(dataIsland(shown(OPEN)));
    assert.deepEqual({ state, statusUrl, reloadUrl }, { state: 'waiting', statusUrl: 'p1/status', reloadUrl: 'p1?back=1' });
  });

  test('gives the reason of a failure in the place of the general text, and of nothing else', () => {
    const { reasons, states } = cashuMessages.ru;
    const declined = shown({ lang: 'ru', state: 'declined', reason: reasons.unavailable });
    assert.ok(declined.includes(reasons.unavailable));
    assert.ok(!declined.includes(states.declined.text));
    assert.ok(!shown({ lang: 'ru', state: 'paid', reason: reasons.unavailable }).includes(reasons.unavailable));
  });

  test('leads to web addresses only', () => {
    const bad = 'javascript:alert(1)';
    const addresses = { statusUrl: bad, reloadUrl: bad, continueUrl: bad, retryUrl: bad, successUrl: bad, failUrl: 'data:text/html,1' };
    for (const state of EVERY_CASHU_STATE) {
      const html = withoutAssets(shown({ ...addresses, state }));
      assert.doesNotMatch(html, /javascript:|data:text/, state);
      assert.equal(refreshOf(html), undefined, state);
    }
  });
});
