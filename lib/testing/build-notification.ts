import { formatUtc } from '../domain/format-utc.ts';
import type { NotificationType } from '../domain/notification.ts';
import { type NotificationFields, type NotificationOverrides, overrideFields } from './notification-fields.ts';
import { nextTransactionNumber } from './transaction-number.ts';

/**
 * A realistic notification: names, order and empty values as they arrive, of a test payment of 25.00 RUB for the account `user-1`,
 * made now, with a TransactionId of its own. Everything can be overridden; `undefined` leaves a parameter out.
 * `Data` and `Rrn` are sent only when they are given.
 * Source: https://developers.cloudpayments.ru/#tipy-uvedomleniy; order and emptiness from captured notifications.
 *
 * @example buildNotification('pay', { Amount: '100.00', AccountId: 'user-7' })
 */
export function buildNotification(type: NotificationType, overrides: NotificationOverrides = {}): NotificationFields {
  return overrideFields(SAMPLES[type](), overrides);
}

const SAMPLES: Readonly<Record<NotificationType, () => NotificationOverrides>> = {
  check: () => ({ ...operation(), ...payer(), TestMode: '1', Status: 'Completed', Data: undefined, CardProduct: '', PaymentMethod: '' }),
  pay: () => ({
    ...operation(),
    ...payer(),
    AuthCode: 'A1B2C3',
    Token: 'tk_00000000000000000000000000001',
    TestMode: '1',
    Status: 'Completed',
    GatewayName: 'Test',
    Data: undefined,
    TotalFee: '0.00',
    CardProduct: '',
    ...trailer(),
  }),
  fail: () => ({
    ...operation(),
    ...payer(),
    Token: undefined,
    TestMode: '1',
    Status: 'Declined',
    StatusCode: '5',
    Reason: 'InsufficientFunds',
    ReasonCode: '5051',
    Data: undefined,
    ...trailer(),
  }),
  confirm: confirmation,
  refund: () => ({
    TransactionId: nextTransactionNumber(),
    PaymentTransactionId: nextTransactionNumber(),
    Amount: '25.00',
    DateTime: formatUtc(Date.now()),
    OperationType: 'Refund',
    ...buyer(),
    CustomFields: '',
  }),
  cancel: () => ({ TransactionId: nextTransactionNumber(), Amount: '25.00', DateTime: formatUtc(Date.now()), ...buyer() }),
  recurrent: subscription,
  receipt: fiscalReceipt,
};

function money(): NotificationOverrides {
  return { Amount: '25.00', Currency: 'RUB', PaymentAmount: '25.00', PaymentCurrency: 'RUB' };
}

function operation(): NotificationOverrides {
  return { TransactionId: nextTransactionNumber(), ...money(), OperationType: 'Payment' };
}

function payer(): NotificationOverrides {
  return {
    InvoiceId: '',
    AccountId: 'user-1',
    SubscriptionId: '',
    Name: '',
    Email: 'user@example.com',
    DateTime: formatUtc(Date.now()),
    IpAddress: '203.0.113.7',
    IpCountry: 'RU',
    IpCity: 'Санкт-Петербург',
    IpRegion: 'Санкт-Петербург',
    IpDistrict: 'Северо-Западный федеральный округ',
    IpLatitude: '59.939000',
    IpLongitude: '30.315800',
    CardId: '000000000000000000000001',
    CardFirstSix: '424242',
    CardLastFour: '4242',
    CardType: 'Visa',
    CardExpDate: '12/39',
    Issuer: '',
    IssuerBankCountry: '',
    Description: 'Пополнение счёта',
  };
}

function trailer(): NotificationOverrides {
  return { PaymentMethod: '', Rrn: undefined, InstallmentTerm: '', InstallmentMonthlyPayment: '', CustomFields: '' };
}

function buyer(): NotificationOverrides {
  return { InvoiceId: '', AccountId: 'user-1', Email: 'user@example.com', Data: undefined, Rrn: undefined };
}

function confirmation(): NotificationOverrides {
  return {
    TransactionId: nextTransactionNumber(),
    ...money(),
    DateTime: formatUtc(Date.now()),
    CardFirstSix: '424242',
    CardLastFour: '4242',
    CardType: 'Visa',
    CardExpDate: '12/39',
    TestMode: '1',
    Status: 'Completed',
    InvoiceId: '',
    AccountId: 'user-1',
    SubscriptionId: '',
    Name: '',
    Email: 'user@example.com',
    IpAddress: '203.0.113.7',
    Description: 'Пополнение счёта',
    AuthCode: 'A1B2C3',
    Data: undefined,
    Token: undefined,
    PaymentMethod: '',
    Rrn: undefined,
  };
}

function subscription(): NotificationOverrides {
  return {
    Id: 'sc_0000000000000000000000000000a',
    AccountId: 'user-1',
    Description: 'Подписка',
    Email: 'user@example.com',
    Amount: '25.00',
    Currency: 'RUB',
    RequireConfirmation: '0',
    StartDate: formatUtc(Date.now()),
    Interval: 'Month',
    Period: '1',
    Status: 'Active',
    SuccessfulTransactionsNumber: '1',
    FailedTransactionsNumber: '0',
    LastTransactionDate: formatUtc(Date.now()),
  };
}

function fiscalReceipt(): NotificationOverrides {
  return {
    Id: 'receipt0000001',
    DocumentNumber: '17',
    SessionNumber: '3',
    Number: '5',
    FiscalSign: '1234567890',
    DeviceNumber: '0000000000000001',
    RegNumber: '0000000000000001',
    FiscalNumber: '9999000000000001',
    Inn: '7700000000',
    Type: 'Income',
    Ofd: 'Test OFD',
    Url: 'https://receipts.example/receipt0000001',
    QrCodeUrl: 'https://receipts.example/receipt0000001.png',
    TransactionId: nextTransactionNumber(),
    Amount: '25.00',
    DateTime: formatUtc(Date.now()),
    InvoiceId: '',
    AccountId: 'user-1',
    Receipt: '{"Items":[{"label":"Пополнение счёта","price":25.00,"quantity":1.00,"amount":25.00,"vat":null}]}',
  };
}
