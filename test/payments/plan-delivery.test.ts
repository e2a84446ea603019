import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createDeliveryPlan, paymentDelivery, refundDelivery, remainingDelivery } from '../../lib/payments/plan-delivery.ts';

const PAYMENT = {
  ...({ provider: 'cloudpayments', code: '563456456745', account: '123456', sum: '45.00', currency: 'RUB', isTest: false } as const),
  ...{ invoiceId: undefined, subscriptionId: undefined, description: undefined, createdAt: Date.UTC(2022, 1, 10, 12) },
};

test('the webhook has the bytes that the contract names: these keys first, in this order, then ours', () => {
  const plan = createDeliveryPlan(['payment'], 'UTC');
  const delivery = paymentDelivery({ ...PAYMENT, invoiceId: '7', subscriptionId: 'sc_1', description: 'Счёт "1"\n' }, plan);
  assert.deepEqual(delivery, {
    event: 'payment',
    eventKey: '',
    webhookId: 'payment_cloudpayments_563456456745',
    bodyTail:
      ',"account":"123456","code":"563456456745","sum":45,"created_at":"2022-02-10 12:00:00","type":"payment","provider":"cloudpayments","currency":"RUB","amount":"45.00","test":false,"invoice_id":"7","subscription_id":"sc_1","description":"Счёт \\"1\\"\\n"}',
  });
});

test('a refund is told with its own number, sum and time', () => {
  const plan = createDeliveryPlan(['refund'], 'UTC');
  const delivery = refundDelivery(PAYMENT, { code: '9', amount: '10.10', createdAt: Date.UTC(2022, 1, 11) }, plan);
  assert.equal(delivery?.webhookId, 'refund_cloudpayments_9');
  assert.equal(delivery?.eventKey, '9');
  const body = JSON.parse(`{"id":"1"${delivery?.bodyTail}`);
  assert.deepEqual(
    [body.type, body.code, body.sum, body.amount, body.created_at, body.refund_code],
    ['refund', '563456456745', 10.1, '10.10', '2022-02-11 00:00:00', '9'],
  );
  assert.equal(paymentDelivery(PAYMENT, plan), undefined);
  assert.equal(refundDelivery(PAYMENT, { code: '9', amount: '1.00', createdAt: 0 }, createDeliveryPlan(['payment'], 'UTC')), undefined);
});

test('a sum is written digit for digit', () => {
  const plan = createDeliveryPlan(['payment'], 'UTC');
  for (const [sum, literal] of [
    ['45.50', '45.5'],
    ['0.01', '0.01'],
    ['100.00', '100'],
    ['9999999999999.99', '9999999999999.99'],
    ['1.005', '1.005'],
  ] as const)
    assert.match(paymentDelivery({ ...PAYMENT, sum }, plan)?.bodyTail ?? '', new RegExp(`"sum":${literal.replace('.', '\\.')},`));
});

test('what went back before anybody was told is told where refunds are, and is left out where they are not', () => {
  const amountOf = (events: readonly ('payment' | 'refund')[], refunded: string) => {
    const delivery = remainingDelivery({ ...PAYMENT, sum: '10.00' }, refunded, createDeliveryPlan(events, 'UTC'));
    return delivery && JSON.parse(`{"id":"1"${delivery.bodyTail}`).amount;
  };
  assert.equal(amountOf(['payment', 'refund'], '4.00'), '10.00');
  assert.equal(amountOf(['payment'], '0.00'), '10.00');
  assert.equal(amountOf(['payment'], '4.00'), '6.00');
  assert.equal(amountOf(['payment'], '10.00'), undefined);
  assert.equal(amountOf([], '4.00'), undefined);
});

describe('the time of a payment', () => {
  const cases: readonly (readonly [zone: string, utc: string, local: string])[] = [
    ['UTC', '2022-02-10T12:00:00Z', '2022-02-10 12:00:00'],
    ['Asia/Dubai', '2022-12-31T20:00:00Z', '2023-01-01 00:00:00'],
    ['Europe/Moscow', '2024-02-29T21:30:00Z', '2024-03-01 00:30:00'],
    ['America/New_York', '2023-01-01T04:59:59Z', '2022-12-31 23:59:59'],
    ['Asia/Kathmandu', '2022-02-10T18:15:00Z', '2022-02-11 00:00:00'],
    ['Europe/Berlin', '2026-03-29T00:59:59Z', '2026-03-29 01:59:59'],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', '2026-03-29 03:00:00'],
    ['Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25 02:30:00'],
    ['Europe/Berlin', '2026-10-25T01:30:00Z', '2026-10-25 02:30:00'],
    ['America/Sao_Paulo', '2022-06-15T03:00:00Z', '2022-06-15 00:00:00'],
    ['Pacific/Kiritimati', '2022-12-31T10:00:00Z', '2023-01-01 00:00:00'],
  ];
  for (const [zone, utc, local] of cases)
    test(`${utc} is ${local} in ${zone}`, () => assert.equal(createDeliveryPlan([], zone).formatTime(Date.parse(utc)), local));
});
