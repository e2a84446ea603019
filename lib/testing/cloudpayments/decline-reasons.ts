/** Why a payment was declined. */
export interface DeclineReason {
  readonly code: number;
  /** The name as it stands in notifications and API answers. */
  readonly name: string;
  /** What the payer reads. */
  readonly hint: Readonly<Record<'ru' | 'en', string>>;
}

const CONTACT_BANK = {
  ru: 'Свяжитесь с вашим банком или воспользуйтесь другой картой',
  en: 'Contact your bank or use another card',
};
const CONTACT_SITE = { ru: 'Платёж отклонён магазином', en: 'The shop has declined the payment' };
const TRY_LATER = { ru: 'Повторите попытку позже', en: 'Please try again later' };

/** Source: https://developers.cloudpayments.ru/#kody-oshibok and #kody-obrabotki-otvetov-na-check-uvedomlenie */
const REASONS: readonly DeclineReason[] = [
  { code: 3001, name: 'InvalidInvoiceId', hint: { ru: 'Неверный номер заказа', en: 'Wrong order number' } },
  { code: 3002, name: 'InvalidAccountId', hint: { ru: 'Неверный номер счёта', en: 'Wrong account' } },
  { code: 3003, name: 'InvalidAmount', hint: { ru: 'Неверная сумма платежа', en: 'Wrong amount' } },
  { code: 3004, name: 'OutOfDate', hint: { ru: 'Срок оплаты истёк', en: 'The payment has expired' } },
  { code: 3005, name: 'FormatError', hint: CONTACT_SITE },
  { code: 3006, name: 'CheckResponseServiceUnavailable', hint: TRY_LATER },
  { code: 3007, name: 'UnableToConnect', hint: TRY_LATER },
  { code: 3008, name: 'NotAccepted', hint: { ru: 'Платёж не может быть принят', en: 'The payment cannot be accepted' } },
  {
    code: 5015,
    name: 'NoSuchIssuer',
    hint: { ru: 'Проверьте данные карты или воспользуйтесь другой', en: 'Check the card data or use another card' },
  },
  { code: 5051, name: 'InsufficientFunds', hint: { ru: 'Недостаточно средств на карте', en: 'Not enough money on the card' } },
  { code: 5206, name: 'AuthenticationFailed', hint: CONTACT_BANK },
];

const UNKNOWN: DeclineReason = { code: 5005, name: 'DoNotHonor', hint: CONTACT_BANK };

export function declineReason(code: number): DeclineReason {
  return REASONS.find((reason) => reason.code === code) ?? { ...UNKNOWN, code };
}
