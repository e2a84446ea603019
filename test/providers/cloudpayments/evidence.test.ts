import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOTIFICATION_TYPES, type Notification, type NotificationType } from '../../../lib/domain/notification.ts';
import {
  hasEvidenceOfAuthorisation,
  parseNotification,
  readFields,
  refuseOtherTypesAtCancel,
  refuseWhatIsNoPayment,
} from '../../../lib/providers/cloudpayments/index.ts';
import { buildNotification, encodeNotification, type NotificationOverrides } from '../../../lib/testing/index.ts';
import { notificationVectors, vectorBody } from '../../support/vectors.ts';

/** The body of one type, sent to the address of another. */
function sent(type: NotificationType, to: NotificationType, overrides: NotificationOverrides = {}): Notification {
  const sample = { PaymentTransactionId: undefined, ...buildNotification(type), ...overrides };
  const fields = Object.fromEntries(
    Object.entries(sample).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
  return parseNotification(to, readFields(Buffer.from(encodeNotification(fields)), 'form'));
}

const NOTHING = { GatewayName: '', AuthCode: '', Token: '', TotalFee: '', Rrn: '' };

test('every captured Pay and Confirm is one, and shows it, but for the one that its source cut short', () => {
  for (const vector of notificationVectors()) {
    const type = NOTIFICATION_TYPES.find((known) => known === vector.type.toLowerCase()) ?? assert.fail();
    if (type !== 'pay' && type !== 'confirm') continue;
    const notification = parseNotification(type, readFields(Buffer.from(vectorBody(vector)), 'form'));
    refuseWhatIsNoPayment(notification);
    assert.equal(hasEvidenceOfAuthorisation(notification), vector.id !== '2018-pay-recurrent-next-no-data', vector.id);
  }
});

test('each field that only a Pay has is evidence; empty ones are none', () => {
  assert.equal(hasEvidenceOfAuthorisation(sent('pay', 'pay', NOTHING)), false);
  for (const name of Object.keys(NOTHING))
    assert.equal(hasEvidenceOfAuthorisation(sent('pay', 'pay', { ...NOTHING, [name]: '1' })), true, name);
});

test('a Check shows nothing that a payment would', () => {
  assert.equal(hasEvidenceOfAuthorisation(sent('check', 'check')), false);
  assert.equal(hasEvidenceOfAuthorisation(sent('check', 'pay', { TokenRecipient: 'x', CardProduct: 'x', PaymentMethod: 'Sbp' })), false);
});

test('what is not about money that was taken or reserved is refused at Pay and Confirm, with the field', () => {
  const cases: readonly (readonly [overrides: NotificationOverrides, field: string])[] = [
    [{ Status: '' }, 'Status'],
    [{ Status: 'Declined' }, 'Status'],
    [{ Status: 'Cancelled' }, 'Status'],
    [{ Status: 'AwaitingAuthentication' }, 'Status'],
    [{ Status: 'completed' }, 'Status'],
    [{ Reason: 'InsufficientFunds' }, 'Reason'],
    [{ ReasonCode: '5051' }, 'ReasonCode'],
    [{ OperationType: 'Refund' }, 'OperationType'],
    [{ OperationType: 'CardPayout' }, 'OperationType'],
  ];
  for (const type of ['pay', 'confirm'] as const)
    for (const [overrides, field] of cases)
      assert.throws(
        () => refuseWhatIsNoPayment(sent('pay', type, overrides)),
        { status: 400, field, message: /merchant cabinet/ },
        `${type} ${field}`,
      );
  assert.throws(() => refuseWhatIsNoPayment(sent('fail', 'pay')), { field: 'Status' });
  assert.throws(() => refuseWhatIsNoPayment(sent('pay', 'confirm', { Status: 'Authorized' })), { field: 'Status' });
  for (const fine of [{}, { Status: 'Authorized' }, { OperationType: '' }, { Reason: 'Approved', ReasonCode: '0' }])
    refuseWhatIsNoPayment(sent('pay', 'pay', fine));
});

test('only a Cancel is taken at the address of Cancel', () => {
  refuseOtherTypesAtCancel(sent('cancel', 'cancel'));
  for (const type of ['check', 'pay', 'fail', 'confirm', 'refund'] as const)
    assert.throws(
      () => refuseOtherTypesAtCancel(sent(type, 'cancel', type === 'refund' ? { PaymentTransactionId: 1 } : {})),
      { status: 400 },
      type,
    );
});
