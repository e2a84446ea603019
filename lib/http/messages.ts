import type { PageProblemReason } from '../domain/errors.ts';
import type { Language } from './choose-language.ts';

/** What the card page can be showing. */
export type CardState =
  | 'loading'
  | 'ready'
  | 'open'
  | 'unavailable'
  | 'confirming'
  | 'waiting'
  | 'unclear'
  | 'paid'
  | 'reserved'
  | 'declined'
  | 'cancelled'
  | 'interrupted'
  | 'review';

/** Why a page cannot be shown at all. */
export type PageError = 'wrong-link' | 'expired' | 'not-found' | 'unavailable';

export type TitledText = { readonly title: string; readonly text: string };

/** Every sentence that a payer can see, in one language. */
export interface Messages {
  readonly securePayment: string;
  readonly amountDue: string;
  readonly purpose: string;
  readonly account: string;
  /** `{sum}` stands for the formatted sum. */
  readonly pageTitle: string;
  /** `{sum}` stands for the formatted sum. */
  readonly pay: string;
  readonly tryAgain: string;
  readonly backToSite: string;
  readonly returning: string;
  readonly scriptNeeded: string;
  readonly cardDataNote: string;
  readonly whatIsWrong: string;
  readonly states: Readonly<Record<CardState, TitledText>>;
  readonly errors: Readonly<Record<PageError, TitledText>>;
  /** Shown beside the parameter's name, so they do not repeat it. */
  readonly problems: Readonly<Record<PageProblemReason, string>>;
}

const en: Messages = {
  securePayment: 'Secure payment',
  amountDue: 'Amount due',
  purpose: 'Payment for',
  account: 'Account',
  pageTitle: 'Payment of {sum}',
  pay: 'Pay {sum}',
  tryAgain: 'Try again',
  backToSite: 'Return to the site',
  returning: 'Taking you back to the site…',
  scriptNeeded: 'The payment form needs JavaScript. Please turn it on in your browser and reload this page.',
  cardDataNote: 'You enter your card details in the payment provider’s protected form. The seller never sees them.',
  whatIsWrong: 'What is wrong with the link',
  states: {
    loading: { title: 'Loading the payment form…', text: 'This usually takes a moment.' },
    ready: { title: 'Ready to pay', text: 'Press the button below to open the payment form.' },
    open: { title: 'The payment form is open', text: 'Finish the payment there. If you do not see the form, reload this page.' },
    unavailable: {
      title: 'The payment form could not be loaded',
      text: 'Check your internet connection, turn off ad blockers for this page and try again.',
    },
    confirming: { title: 'Confirming the payment…', text: 'This usually takes a few seconds. Please keep this page open.' },
    waiting: {
      title: 'Still waiting for the bank',
      text: 'Please do not pay again. This page updates by itself as soon as the answer arrives; closing it will not lose the payment.',
    },
    unclear: {
      title: 'We do not know the result yet',
      text: 'If you have already paid, please wait: this page updates by itself. If you have not, you can start again.',
    },
    paid: { title: 'Payment received', text: 'Thank you! Everything went through.' },
    reserved: {
      title: 'The sum has been reserved',
      text: 'It is held on your card and will be charged when the seller confirms the order.',
    },
    declined: { title: 'The payment was declined', text: 'No money was taken. You can try again or use another card.' },
    cancelled: { title: 'Payment cancelled', text: 'You closed the payment form. You can still pay while this page is open.' },
    interrupted: {
      title: 'The payment form closed with an error',
      text: 'You can try again. If money has already been charged, do not pay twice: contact the seller.',
    },
    review: {
      title: 'The payment is being checked',
      text: 'It has arrived, and the seller is looking into it. There is no need to pay again.',
    },
  },
  errors: {
    'wrong-link': {
      title: 'This payment link does not work',
      text: 'It is incomplete or has a mistake in it. No money was taken. Go back to the site and try again, or contact the seller.',
    },
    expired: {
      title: 'This payment link has expired',
      text: 'No money was taken. Go back to the site and start the payment again.',
    },
    'not-found': {
      title: 'There is no such payment',
      text: 'Check the address of the link, or go back to the site and start the payment again.',
    },
    unavailable: {
      title: 'Payments are not available right now',
      text: 'No money was taken. Please try again in a few minutes.',
    },
  },
  problems: {
    missing: 'This parameter is required.',
    repeated: 'Given several times; it must be given exactly once.',
    'too-long': 'The value is too long.',
    'not-text': 'Holds bytes that are no UTF-8 text, or a NUL character.',
    'not-a-sum': 'Not a sum. Use digits and, where needed, a decimal point: 25 or 25.00.',
    'not-positive': 'The sum must be greater than zero.',
    'too-many-decimals': 'More digits after the decimal point than the currency has.',
    'sum-too-large': 'The sum is too large.',
    'unknown-currency': 'Payments in this currency are not accepted. Use a three-letter code, such as RUB.',
    'not-a-url': 'Not a full web address. It must begin with https:// or http://.',
    'url-scheme': 'Only addresses that begin with https:// or http:// are allowed.',
    'url-user-info': 'The address must not contain a user name or a password.',
    'url-origin': 'Returning to this site is not allowed.',
    'signature-missing': 'The link is not signed, and only signed links are accepted here.',
    'signature-wrong': 'The signature does not match: the link was changed after it was made, or made with another key.',
  },
};

const ru: Messages = {
  securePayment: 'Безопасная оплата',
  amountDue: 'К оплате',
  purpose: 'Назначение платежа',
  account: 'Лицевой счёт',
  pageTitle: 'Оплата {sum}',
  pay: 'Оплатить {sum}',
  tryAgain: 'Попробовать ещё раз',
  backToSite: 'Вернуться на сайт',
  returning: 'Возвращаем вас на сайт…',
  scriptNeeded: 'Для платёжной формы нужен JavaScript. Включите его в браузере и обновите страницу.',
  cardDataNote: 'Данные карты вы вводите в защищённой форме платёжной системы. Продавец их не видит.',
  whatIsWrong: 'Что не так со ссылкой',
  states: {
    loading: { title: 'Загружаем платёжную форму…', text: 'Обычно это занимает пару секунд.' },
    ready: { title: 'Всё готово к оплате', text: 'Нажмите кнопку ниже, чтобы открыть платёжную форму.' },
    open: { title: 'Платёжная форма открыта', text: 'Завершите в ней оплату. Если вы не видите формы, обновите страницу.' },
    unavailable: {
      title: 'Не удалось загрузить платёжную форму',
      text: 'Проверьте подключение к интернету, отключите для этой страницы блокировщик рекламы и попробуйте ещё раз.',
    },
    confirming: { title: 'Подтверждаем платёж…', text: 'Обычно это занимает несколько секунд. Пожалуйста, не закрывайте страницу.' },
    waiting: {
      title: 'Ждём ответа банка',
      text: 'Пожалуйста, не платите повторно. Страница обновится сама, как только придёт ответ; если её закрыть, платёж не потеряется.',
    },
    unclear: {
      title: 'Результат пока неизвестен',
      text: 'Если вы уже заплатили, подождите: страница обновится сама. Если нет, оплату можно начать заново.',
    },
    paid: { title: 'Платёж получен', text: 'Спасибо! Всё прошло успешно.' },
    reserved: { title: 'Сумма зарезервирована', text: 'Деньги заблокированы на карте. Они спишутся, когда продавец подтвердит заказ.' },
    declined: { title: 'Платёж отклонён', text: 'Деньги не списаны. Попробуйте ещё раз или оплатите другой картой.' },
    cancelled: { title: 'Оплата отменена', text: 'Вы закрыли платёжную форму. Пока открыта эта страница, оплатить можно в любой момент.' },
    interrupted: {
      title: 'Платёжная форма закрылась из-за ошибки',
      text: 'Попробуйте ещё раз. Если деньги уже списаны, не платите повторно и свяжитесь с продавцом.',
    },
    review: { title: 'Платёж проверяется', text: 'Деньги поступили, продавец проверяет платёж. Платить ещё раз не нужно.' },
  },
  errors: {
    'wrong-link': {
      title: 'Ссылка на оплату не работает',
      text: 'Она неполная или содержит ошибку. Деньги не списаны. Вернитесь на сайт и попробуйте ещё раз или свяжитесь с продавцом.',
    },
    expired: { title: 'Срок действия ссылки истёк', text: 'Деньги не списаны. Вернитесь на сайт и начните оплату заново.' },
    'not-found': { title: 'Такого платежа нет', text: 'Проверьте адрес ссылки или вернитесь на сайт и начните оплату заново.' },
    unavailable: { title: 'Оплата временно недоступна', text: 'Деньги не списаны. Попробуйте ещё раз через несколько минут.' },
  },
  problems: {
    missing: 'Обязательный параметр не указан.',
    repeated: 'Указан несколько раз, а должен быть указан один.',
    'too-long': 'Слишком длинное значение.',
    'not-text': 'Содержит байты не в кодировке UTF-8 или символ NUL.',
    'not-a-sum': 'Это не сумма. Нужны цифры и, если есть дробная часть, точка: 25 или 25.00.',
    'not-positive': 'Сумма должна быть больше нуля.',
    'too-many-decimals': 'После точки больше знаков, чем есть у этой валюты.',
    'sum-too-large': 'Слишком большая сумма.',
    'unknown-currency': 'Платежи в этой валюте не принимаются. Нужен трёхбуквенный код, например RUB.',
    'not-a-url': 'Это не полный адрес страницы. Он должен начинаться с https:// или http://.',
    'url-scheme': 'Допускаются только адреса, которые начинаются с https:// или http://.',
    'url-user-info': 'В адресе не должно быть имени пользователя и пароля.',
    'url-origin': 'Возврат на этот сайт не разрешён.',
    'signature-missing': 'Ссылка не подписана, а здесь принимаются только подписанные ссылки.',
    'signature-wrong': 'Подпись не сходится: ссылку изменили после создания или подписали другим ключом.',
  },
};

/** The sentences in each language. */
export const messages: Readonly<Record<Language, Messages>> = { ru, en };
