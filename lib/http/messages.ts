import type { Language } from './choose-language.ts';
import { type PageErrorMessages, pageErrorMessages, type TitledText } from './page-error-messages.ts';

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

/** Every sentence that a payer can see, in one language. */
export interface Messages extends PageErrorMessages {
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
  ...pageErrorMessages.en,
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
  ...pageErrorMessages.ru,
};

/** The sentences in each language. */
export const messages: Readonly<Record<Language, Messages>> = { ru, en };
