import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messages } from '../../lib/http/messages.ts';
import { type CardPageModel, type ProblemPageModel, renderPage } from '../../lib/http/render-page.ts';

const CARD: CardPageModel = {
  lang: 'en',
  nonce: 'bm9uY2U=',
  account: '123456',
  description: 'Top-up',
  sum: '$25.00',
  currency: 'USD',
  widgetUrl: 'https://widget.example/w.js',
  intent: { amount: 25, metadata: { bound: 'signed' } },
  legacy: { method: 'auth', options: { amount: 25 } },
  statusUrl: 'card/status?payment=1',
};

const PROBLEM: ProblemPageModel = {
  lang: 'ru',
  nonce: 'bm9uY2U=',
  title: messages.ru.errors['wrong-link'].title,
  lead: messages.ru.errors['wrong-link'].text,
  problems: [{ parameter: 'sum', message: messages.ru.problems.missing }],
};

const HOSTILE = `"'><script>alert(1)</script><!--\u2028</script><img src=x onerror=alert(1)>&amp;`;

function dataIsland(html: string): string {
  return /<script type="application\/json" id="payment-data">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
}

/** The page without the style and scripts that are ours. */
function withoutAssets(html: string): string {
  return html.replace(/(<(?:style|script) nonce="bm9uY2U=">).*?(<\/(?:style|script)>)/gs, '$1$2');
}

test('the card page shows sum, purpose and account', () => {
  const html = renderPage('card', CARD);
  for (const text of ['<html lang="en">', '$25.00', 'USD', 'Top-up', '123456', 'Pay $25.00']) assert.ok(html.includes(text), text);
});

test('a currency that the sum names itself is not named twice', () => {
  assert.ok(!withoutAssets(renderPage('card', { ...CARD, sum: 'KGS 25.00', currency: 'KGS' })).includes('pp-currency'));
});

test("the widget's script comes from its address, with the nonce and without integrity", () => {
  const tag = /<script[^>]*src=[^>]*>/.exec(renderPage('card', CARD))?.[0];
  assert.equal(tag, '<script nonce="bm9uY2U=" id="pp-widget" src="https://widget.example/w.js" async>');
});

test('every style and script carries the nonce, and no element an event handler', () => {
  const html = withoutAssets(renderPage('card', CARD));
  for (const [tag] of html.matchAll(/<(?:script|style)\b[^>]*>/g)) {
    if (!tag.includes('application/json')) assert.ok(tag.includes('nonce="bm9uY2U="'), tag);
  }
  assert.doesNotMatch(html, /<[^>]+\son\w+=/);
  assert.doesNotMatch(html, /\sstyle=/);
});

test('search engines and referrers learn nothing, and without JavaScript the payer is told so', () => {
  const html = renderPage('card', CARD);
  assert.match(html, /<meta name="robots" content="noindex/);
  assert.match(html, /<meta name="referrer" content="strict-origin">/);
  assert.ok(html.includes(messages.en.scriptNeeded));
});

test("the data for the page's script arrives as it was given", () => {
  const island = JSON.parse(dataIsland(renderPage('card', CARD)));
  assert.deepEqual(island.intent, CARD.intent);
  assert.deepEqual(island.legacy, CARD.legacy);
  assert.equal(island.statusUrl, CARD.statusUrl);
});

test('hostile text ends neither an attribute nor a script', () => {
  const html = renderPage('card', {
    ...CARD,
    account: HOSTILE,
    description: HOSTILE,
    sum: HOSTILE,
    currency: HOSTILE,
    intent: { [HOSTILE]: HOSTILE },
    statusUrl: HOSTILE,
  });
  assert.equal(html.match(/<script/g)?.length, renderPage('card', CARD).match(/<script/g)?.length);
  assert.doesNotMatch(html, /<img|<!--/);
  assert.doesNotMatch(dataIsland(html), /[<>&\u2028]/);
  assert.equal(JSON.parse(dataIsland(html)).intent[HOSTILE], HOSTILE);
});

test('a "$&" in the sum is text, not a pattern', () => {
  assert.ok(renderPage('card', { ...CARD, sum: "$& $'" }).includes('Pay $&amp; $&#39;'));
});

test('only web addresses are led to', () => {
  const html = renderPage('card', { ...CARD, successUrl: 'javascript:alert(1)', failUrl: 'data:text/html,1' });
  assert.doesNotMatch(withoutAssets(html), /javascript:|data:text/);
  const island = JSON.parse(dataIsland(renderPage('card', { ...CARD, successUrl: 'https://shop.example/?a=1&b=2' })));
  assert.equal(island.successUrl, 'https://shop.example/?a=1&b=2');
});

test('the problem page names each parameter and what is wrong with it', () => {
  const html = renderPage('problem', PROBLEM);
  for (const text of ['<html lang="ru">', PROBLEM.title, PROBLEM.lead, '>sum<', messages.ru.problems.missing]) {
    assert.ok(html.includes(text), text);
  }
  assert.ok(!html.includes(messages.ru.backToSite));
});

test('the problem page escapes what it is given, and leads back where that is known', () => {
  const html = renderPage('problem', {
    ...PROBLEM,
    title: HOSTILE,
    problems: [{ parameter: HOSTILE, message: HOSTILE }],
    backUrl: 'https://shop.example/',
  });
  assert.doesNotMatch(html, /<script|<img/);
  assert.ok(html.includes('href="https://shop.example/"'));
});
