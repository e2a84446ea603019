export type Language = 'ru' | 'en';

const ru = {
  testMode: 'Тест: деньги не списываются',
  close: 'Закрыть',
  cardNumber: 'Номер карты',
  expiry: 'Срок',
  cvv: 'CVV',
  email: 'E-mail для квитанции',
  optional: 'необязательно',
  pay: 'Оплатить',
  testCards: 'Тестовые карты',
  testCardsHint: 'Нажмите, чтобы заполнить форму',
  success: 'Оплата пройдёт',
  threeDsSuccess: 'Оплата пройдёт, с 3\u2011D\u00a0Secure',
  noMoney: 'Недостаточно средств',
  threeDsNoMoney: 'Недостаточно средств, с 3\u2011D\u00a0Secure',
  tokenDeclined: 'Оплата пройдёт, но не по токену',
  badNumber: 'Проверьте номер карты',
  badExpiry: 'Укажите срок в виде ММ/ГГ, не в прошлом',
  badCvv: 'Три или четыре цифры с обратной стороны карты',
  badEmail: 'Проверьте адрес',
  bankTitle: 'Подтверждение оплаты',
  bankName: 'Тестовый банк',
  bankHint: 'Банк отправил код на ваш телефон. Здесь подойдут любые цифры, например 1234.',
  card: 'Карта',
  code: 'Код из SMS',
  confirm: 'Подтвердить',
  refuse: 'Отказаться',
  paid: 'Оплачено',
  paidHint: 'Магазин узнает об оплате через мгновение.',
  reserved: 'Деньги зарезервированы',
  declined: 'Оплата не прошла',
  back: 'Вернуться на сайт',
  again: 'Попробовать ещё раз',
  operation: 'Операция',
  unusable: 'Виджет не может открыться',
  unusableHint: 'Так сайт вызвал виджет:',
  wrongSite: 'publicTerminalId не принадлежит этому сайту.',
};

/** The texts of the payer's pages. */
export type Messages = Readonly<Record<keyof typeof ru, string>>;

const en: Messages = {
  testMode: 'Test: no money is taken',
  close: 'Close',
  cardNumber: 'Card number',
  expiry: 'Expiry',
  cvv: 'CVV',
  email: 'E-mail for the receipt',
  optional: 'optional',
  pay: 'Pay',
  testCards: 'Test cards',
  testCardsHint: 'Press one to fill in the form',
  success: 'Will be paid',
  threeDsSuccess: 'Will be paid, with 3\u2011D\u00a0Secure',
  noMoney: 'Not enough money',
  threeDsNoMoney: 'Not enough money, with 3\u2011D\u00a0Secure',
  tokenDeclined: 'Will be paid, but not by token',
  badNumber: 'Check the card number',
  badExpiry: 'Give the expiry as MM/YY, not in the past',
  badCvv: 'Three or four digits from the back of the card',
  badEmail: 'Check the address',
  bankTitle: 'Confirm the payment',
  bankName: 'Test Bank',
  bankHint: 'The bank has sent a code to your phone. Any digits will do here, for example 1234.',
  card: 'Card',
  code: 'Code from the text message',
  confirm: 'Confirm',
  refuse: 'Refuse',
  paid: 'Paid',
  paidHint: 'The shop will know in a moment.',
  reserved: 'The money is reserved',
  declined: 'The payment did not go through',
  back: 'Back to the site',
  again: 'Try again',
  operation: 'Transaction',
  unusable: 'The widget cannot open',
  unusableHint: 'This is how the site called it:',
  wrongSite: 'publicTerminalId does not belong to this site.',
};

export const MESSAGES: Readonly<Record<Language, Messages>> = { ru, en };

/** "1 900,00 ₽" or "RUB 1,900.00". */
export function formatMoney(amount: string, currency: string, language: Language): string {
  const format = new Intl.NumberFormat(language === 'ru' ? 'ru-RU' : 'en-GB', { style: 'currency', currency, minimumFractionDigits: 2 });
  return format.format(Number(amount));
}
