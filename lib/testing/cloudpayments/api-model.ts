import { declineReason } from './decline-reasons.ts';
import type { StandInPayment } from './payment.ts';
import { intentLanguage } from './widget-intent.ts';

const STATUS_CODES = { AwaitingAuthentication: 1, Authorized: 2, Completed: 3, Cancelled: 4, Declined: 5 } as const;
const CARD_TYPE_CODES: Readonly<Record<string, number>> = { Visa: 0, Mastercard: 1, Maestro: 2, MIR: 4 };
const PAYMENT = 0;
const REFUND = 1;

/** A transaction as the API shows it; amounts are JSON numbers there. Source: https://developers.cloudpayments.ru/#printsip-raboty and the samples below it. */
export function transactionModel(payment: StandInPayment, testMode: boolean): Readonly<Record<string, unknown>> {
  return {
    ...moneyModel(payment),
    InvoiceId: payment.invoiceId ?? null,
    AccountId: payment.accountId ?? null,
    Email: payment.email ?? null,
    Description: payment.description ?? null,
    JsonData: payment.data ?? null,
    ...dateModel('Created', payment.createdAt),
    ...dateModel('Auth', payment.authorizedAt),
    ...dateModel('Confirm', payment.confirmedAt),
    AuthCode: payment.authCode ?? null,
    TestMode: testMode,
    OriginalTransactionId: payment.originalTransactionId ?? null,
    IpAddress: payment.ipAddress,
    ...cardModel(payment),
    ...statusModel(payment),
    CultureName: payment.culture,
    Type: payment.operation === 'Payment' ? PAYMENT : REFUND,
    Refunded: payment.refunded !== '0.00',
    Name: null,
    Token: payment.token ?? null,
    SubscriptionId: null,
    GatewayName: testMode ? 'Test' : 'Stand-in',
    TotalFee: 0,
  };
}

function moneyModel(payment: StandInPayment): Readonly<Record<string, unknown>> {
  const amount = Number(payment.amount);
  return {
    TransactionId: payment.transactionId,
    Amount: amount,
    Currency: payment.currency,
    CurrencyCode: 0,
    PaymentAmount: amount,
    PaymentCurrency: payment.currency,
    PaymentCurrencyCode: 0,
  };
}

function statusModel({ status, reasonCode, culture }: StandInPayment): Readonly<Record<string, unknown>> {
  const language = intentLanguage(culture);
  const approved = { ru: 'Оплата успешно проведена', en: 'Payment successful' };
  const reason = reasonCode === 0 ? { name: 'Approved', hint: approved } : declineReason(reasonCode);
  const isOpen = status === 'AwaitingAuthentication';
  return {
    Status: status,
    StatusCode: STATUS_CODES[status],
    Reason: isOpen ? null : reason.name,
    ReasonCode: reasonCode,
    CardHolderMessage: isOpen ? null : reason.hint[language],
  };
}

function cardModel({ card }: StandInPayment): Readonly<Record<string, unknown>> {
  return {
    CardFirstSix: card.firstSix,
    CardLastFour: card.lastFour,
    CardExpDate: card.expiry,
    CardType: card.brand,
    CardTypeCode: CARD_TYPE_CODES[card.brand] ?? 0,
    IssuerBankCountry: 'RU',
    Issuer: 'Test bank',
  };
}

/** `CreatedDate` as .NET writes it, `CreatedDateIso` in UTC without a zone. */
function dateModel(name: string, at: number | undefined): Readonly<Record<string, unknown>> {
  if (at === undefined) return { [`${name}Date`]: null, [`${name}DateIso`]: null };
  return { [`${name}Date`]: `/Date(${at})/`, [`${name}DateIso`]: new Date(at).toISOString().slice(0, 19) };
}
