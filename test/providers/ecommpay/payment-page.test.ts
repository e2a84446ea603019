import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isSignatureGenuine, type PaymentPageOrder, paymentPageParameters, paymentPageUrl } from '../../../lib/providers/ecommpay/index.ts';
import { signingVectors } from '../../support/vectors.ts';

const PROJECT = { projectId: 112, secret: 'secret' } as const;
const ORDER: PaymentPageOrder = {
  paymentId: 'a'.repeat(32),
  amount: 12_345,
  currency: 'KWD',
  description: 'Top-up № 1 & more',
  language: 'ru',
  customer: { customer_id: 'Ada Lovelace', customer_email: 'ada@shop.example' },
  returnUrl: 'https://shop.example/pub/cashu/aaaa?returned=1',
  callbackUrl: 'https://shop.example/cashu/callback',
  bestBefore: '2026-01-01T00:30:00+00:00',
};

describe('the parameters of the Payment Page', () => {
  test('are those of the protocol, with CashU chosen', () => {
    const { signature, ...parameters } = paymentPageParameters(ORDER, PROJECT);
    assert.equal(signature?.length, 88);
    assert.deepEqual(parameters, {
      project_id: '112',
      payment_id: 'a'.repeat(32),
      payment_amount: '12345',
      payment_currency: 'KWD',
      payment_description: 'Top-up № 1 & more',
      customer_id: 'Ada Lovelace',
      customer_email: 'ada@shop.example',
      force_payment_method: 'cashu',
      language_code: 'ru',
      best_before: '2026-01-01T00:30:00+00:00',
      merchant_success_url: ORDER.returnUrl,
      merchant_fail_url: ORDER.returnUrl,
      merchant_return_url: ORDER.returnUrl,
      redirect_success_url: ORDER.returnUrl,
      merchant_callback_url: ORDER.callbackUrl,
    });
  });

  test('have no address for callbacks where the project has one of its own', () => {
    const parameters = paymentPageParameters({ ...ORDER, callbackUrl: undefined }, PROJECT);
    assert.equal(Object.hasOwn(parameters, 'merchant_callback_url'), false);
    assert.equal(isSignatureGenuine(parameters, ['secret']), true);
  });

  test('are signed, each of them', () => {
    const parameters = paymentPageParameters(ORDER, PROJECT);
    assert.equal(isSignatureGenuine(parameters, ['secret']), true);
    for (const name of Object.keys(parameters)) {
      assert.equal(isSignatureGenuine({ ...parameters, [name]: `${parameters[name]}0` }, ['secret']), false, name);
      const { [name]: _, ...others } = parameters;
      assert.equal(isSignatureGenuine(others, ['secret']), false, name);
    }
  });

  test('are text, so that nothing is signed in another way than it is sent', () => {
    for (const value of Object.values(paymentPageParameters(ORDER, PROJECT))) assert.equal(typeof value, 'string');
  });

  test('are refused when a payer could write a callback into them', () => {
    const text = 'c1;payment:id:ORDER_9;payment:status:success';
    for (const order of [
      { description: text },
      { customer: { customer_id: text } },
      { returnUrl: 'https://a.example/;b' },
      { language: ';' },
    ])
      assert.throws(() => paymentPageParameters({ ...ORDER, ...order }, PROJECT), { code: 'ERR_PAYMENTS_INTERNAL' }, JSON.stringify(order));
  });
});

describe('the address of the Payment Page', () => {
  const BASE = 'https://paymentpage.ecommpay.com/payment';

  for (const { id, params, signature, url } of signingVectors()) {
    if (url === undefined) continue;
    test(`${id} is the one that ECommPay’s own library makes`, () => {
      const values = Object.fromEntries(Object.entries({ ...params, signature }).map(([name, value]) => [name, String(value)]));
      const { origin, pathname, searchParams } = new URL(paymentPageUrl(url.split('?', 1)[0] ?? '', values));
      const expected = new URL(url);
      assert.equal(`${origin}${pathname}`, `${expected.origin}${expected.pathname}`);
      assert.deepEqual([...searchParams].sort(), [...expected.searchParams].sort());
    });
  }

  test('gives every parameter back as it was signed, whatever it holds', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !value.includes(';'));
    fc.assert(
      fc.property(text, text, (description, account) => {
        const parameters = paymentPageParameters({ ...ORDER, description, customer: { customer_id: account } }, PROJECT);
        const url = new URL(paymentPageUrl(BASE, parameters));
        assert.deepEqual(Object.fromEntries(url.searchParams), parameters);
        assert.equal(isSignatureGenuine(Object.fromEntries(url.searchParams), ['secret']), true);
        assert.equal(url.origin, 'https://paymentpage.ecommpay.com');
      }),
    );
  });

  test('keeps the query that a base has', () => {
    const url = new URL(paymentPageUrl(`${BASE}?brand=x`, { payment_id: 'a+b/c=' }));
    assert.equal(url.search, '?brand=x&payment_id=a%2Bb%2Fc%3D');
  });
});
