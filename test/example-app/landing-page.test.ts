import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type LandingModel, landingLive, landingPage } from '../../example-app/pages/landing-page.ts';
import { paymentMethods } from '../../example-app/payment-methods.ts';

const CLOUDPAYMENTS = { publicId: 'pk_1', apiSecret: 'secret' };
const CASHU = { projectId: 112, secret: 'secret' };
const CARDS_CURRENCIES = ['RUB', 'KZT', 'BYN', 'USD', 'EUR'];
/** The contract's list, 2.3. */
const CASHU_CURRENCIES = 'AED BHD DZD EGP EUR GBP JOD KWD LBP MAD OMR QAR SAR TRY USD'.split(' ');

function model(more: Partial<LandingModel> = {}): LandingModel {
  return {
    ...{ language: 'en', account: 'maple-1024', balances: [], payments: [], timezone: 'UTC', origin: 'https://shop.example' },
    ...{ outcome: undefined, method: undefined, controls: undefined },
    methods: paymentMethods({ cloudpayments: CLOUDPAYMENTS, cashu: CASHU }, false),
    ...more,
  };
}

/** What each form offers. */
function formsOf(page: string): readonly { kind: string | undefined; action: string | undefined; currencies: readonly string[] }[] {
  const forms = page.matchAll(/<form class="([^"]*)" action="([^"]*)" method="get"[\s\S]*?<\/form>/g);
  return [...forms].map(([markup, kind, action]) => {
    const currencies = [...markup.matchAll(/<option>([A-Z]{3})</g)].map(([, currency = '']) => currency);
    return { kind, action, currencies };
  });
}

function chosen(page: string): string | undefined {
  return /name="method" value="([^"]*)" checked/.exec(page)?.[1];
}

describe('the landing page', () => {
  test('offers each method with the currencies that it takes', () => {
    const [card, cashu, ...others] = formsOf(landingPage(model()));
    assert.deepEqual(card, { kind: 'card', action: '/_cloudpayments_/pub/card', currencies: CARDS_CURRENCIES });
    assert.equal(cashu?.kind, 'payment-page');
    assert.equal(cashu?.action, '/_cloudpayments_/pub/cashu');
    assert.deepEqual(cashu?.currencies.toSorted(), CASHU_CURRENCIES);
    assert.deepEqual(others, []);
  });

  for (const [name, options, kind, balance] of [
    ['cards', { cloudpayments: CLOUDPAYMENTS }, 'card', 'RUB 0.00'],
    ['CashU by the Payment Page', { cashu: CASHU }, 'payment-page', 'US$0.00'],
    ['CashU by the Gate', { cashu: { ...CASHU, flow: 'gate' } }, 'gate', 'US$0.00'],
  ] as const) {
    test(`gives nothing to choose where there is only ${name}`, () => {
      const page = landingPage(model({ methods: paymentMethods(options, false) }));
      assert.deepEqual(
        formsOf(page).map((form) => form.kind),
        [kind],
      );
      assert.doesNotMatch(page, /type="radio"/);
      assert.ok(page.replaceAll(/\s/g, ' ').includes(`>${balance}<`));
    });
  }

  for (const [flow, kinds] of [
    ['payment-page', ['card', 'payment-page', 'gate']],
    ['gate', ['card', 'gate', 'payment-page']],
  ] as const) {
    test(`shows the flow of the sandbox first, ${flow}, then the other`, () => {
      const forms = formsOf(
        landingPage(model({ methods: paymentMethods({ cloudpayments: CLOUDPAYMENTS, cashu: { ...CASHU, flow } }, true) })),
      );
      assert.deepEqual(
        forms.map((form) => form.kind),
        kinds,
      );
      assert.equal(forms[1]?.action, '/_cloudpayments_/pub/cashu');
      assert.equal(forms[2]?.action, '/_sandbox_/other-flow/pub/cashu');
    });
  }

  test('proposes the first method, and to who comes back the one they came with', () => {
    assert.equal(chosen(landingPage(model())), 'card');
    assert.equal(chosen(landingPage(model({ method: 'payment-page' }))), 'payment-page');
    assert.equal(chosen(landingPage(model({ method: 'no such' }))), 'card');
    assert.match(
      landingPage(model()),
      /name="fail_url" value="https:\/\/shop\.example\/\?outcome=failed&amp;lang=en&amp;method=payment-page"/,
    );
  });

  for (const [kind, sum, isTaken] of [
    ['card', '300.50', true],
    ['card', '300.505', false],
    ['payment-page', '1.005', true],
    ['payment-page', '1.0005', false],
    ['payment-page', '-1', false],
  ] as const) {
    test(`${isTaken ? 'takes' : 'does not take'} ${sum} into the form "${kind}"`, () => {
      const [, pattern = ''] = new RegExp(`<form class="${kind}"[\\s\\S]*? pattern="([^"]*)"`).exec(landingPage(model())) ?? [];
      assert.equal(new RegExp(`^(?:${pattern})$`, 'v').test(sum), isTaken);
    });
  }

  test('names the account once where the balance is kept elsewhere', () => {
    const { text } = landingLive(model({ balances: undefined }));
    assert.equal(text.split('>Account<').length, 2);
    assert.doesNotMatch(text, /data-balance/);
  });

  test('has every balance, each in its own currency', () => {
    const balances = [
      { currency: 'KWD', amount: '0.005' },
      { currency: 'LBP', amount: '10.50' },
      { currency: 'USD', amount: '-1.00' },
    ];
    const shown = landingLive(model({ balances })).text.matchAll(/data-balance="([A-Z]{3})">([^<]*)</g);
    assert.deepEqual(
      [...shown].map(([, currency, amount = '']) => [currency, amount.replaceAll(/\s/g, ' ')]),
      [
        ['KWD', 'KWD 0.005'],
        ['LBP', 'LBP 10.50'],
        ['USD', '-US$1.00'],
      ],
    );
  });

  test('shows where the stand-ins are steered, in the sandbox only', () => {
    const controls = { cloudpayments: '/sandbox/cards', ecommpay: '/sandbox/wallet' };
    const page = landingPage(model({ controls, language: 'ru' }));
    assert.match(page, /href="\/sandbox\/cards\/\?lang=ru"/);
    assert.match(page, /href="\/sandbox\/wallet\/\?lang=ru"/);
    assert.doesNotMatch(landingPage(model()), /class="sandbox"/);
  });

  test('says of each payment how it was made and what became of it', () => {
    const payment = { sum: '1.005', currency: 'KWD', refundedSum: '0.00', createdAt: new Date('2026-01-02T10:00:00Z') };
    const { text } = landingLive(
      model({
        payments: [
          { ...payment, provider: 'cashu', state: 'credited' },
          { ...payment, provider: 'cloudpayments', sum: '300.00', currency: 'RUB', state: 'partially_refunded', refundedSum: '100.50' },
        ],
      }),
    );
    assert.match(
      text.replaceAll(/\s/g, ' '),
      /CashU · <span class="state credited">credited<.*KWD 1\.005.*card · .*partly refunded: RUB 100\.50<.*RUB 300\.00/,
    );
  });
});
