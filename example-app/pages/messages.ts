export type Language = 'ru' | 'en';

const ru = {
  name: 'Клён',
  tagline: 'Домашний интернет',
  account: 'Лицевой счёт',
  balance: 'Баланс',
  topUp: 'Пополнить счёт',
  sum: 'Сумма',
  currency: 'Валюта',
  pay: 'К оплате картой',
  payHint: 'Перед оплатой сайт ещё раз сверит сумму и счёт.',
  description: 'Пополнение счёта',
  payments: 'Последние платежи',
  noPayments: 'Платежей пока нет.',
  paid: 'Спасибо! Деньги появятся на балансе через мгновение.',
  failed: 'Платёж не прошёл. Деньги не списаны.',
  sandbox: 'Это песочница',
  sandboxText:
    'Ни один платёжный провайдер не настроен, поэтому CloudPayments играет сам сайт. Деньги ненастоящие, всё остальное как в жизни: подписи, повторы, очередь.',
  tryCards: 'Тестовые карты',
  cardPaid: 'оплата проходит',
  cardThreeDs: 'с 3-D Secure',
  cardNoMoney: 'мало средств',
  controls: 'Открыть пульт CloudPayments',
  controlsText: 'дубли, опоздания, потери, возвраты',
  states: {
    credited: 'зачислен',
    sending: 'передаётся',
    review: 'на проверке',
    authorized: 'зарезервирован',
    cancelled: 'отменён',
    partially_refunded: 'частично возвращён',
    refunded: 'возвращён',
  },
};

/** The texts of the shop's page. */
export type Messages = typeof ru;

const en: Messages = {
  name: 'Maple',
  tagline: 'Home internet',
  account: 'Account',
  balance: 'Balance',
  topUp: 'Top up',
  sum: 'Amount',
  currency: 'Currency',
  pay: 'Pay by card',
  payHint: 'Amount and account are checked once more before you pay.',
  description: 'Top-up of account',
  payments: 'Latest payments',
  noPayments: 'No payments yet.',
  paid: 'Thank you! The money will be on the balance in a moment.',
  failed: 'The payment did not go through. No money was taken.',
  sandbox: 'This is a sandbox',
  sandboxText:
    'No payment provider is configured, so this site plays CloudPayments itself. The money is not real; the rest is: signatures, repeats, the queue.',
  tryCards: 'Test cards',
  cardPaid: 'is paid',
  cardThreeDs: 'with 3-D Secure',
  cardNoMoney: 'not enough money',
  controls: 'Open the controls of CloudPayments',
  controlsText: 'duplicates, delays, losses, refunds',
  states: {
    credited: 'credited',
    sending: 'being handed over',
    review: 'in review',
    authorized: 'reserved',
    cancelled: 'cancelled',
    partially_refunded: 'partly refunded',
    refunded: 'refunded',
  },
};

export const MESSAGES: Readonly<Record<Language, Messages>> = { ru, en };

/** "1 900,50 ₽", "RUB 1,900.50". */
export function formatMoney(amount: string, currency: string, language: Language): string {
  return new Intl.NumberFormat(language === 'ru' ? 'ru-RU' : 'en-GB', { style: 'currency', currency }).format(Number(amount));
}
