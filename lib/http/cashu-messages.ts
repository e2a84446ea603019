import type { PayerReason } from '../providers/ecommpay/index.ts';
import type { Language } from './choose-language.ts';
import type { TitledText } from './page-error-messages.ts';

/**
 * What the progress page of a CashU payment can be showing.
 * - `waiting`: nothing has come yet; the page waits for the way to CashU, or for a result
 * - `returned`: the payer came back from CashU, and the result is not known yet
 * - `paid`, `declined`, `expired`, `review`, `refunded` (also partly): how it ended
 * - `refused`: ECommPay did not take the payment
 * - `unreachable`: ECommPay gave no answer
 */
export type CashuState = 'waiting' | 'returned' | 'paid' | 'declined' | 'expired' | 'review' | 'refunded' | 'refused' | 'unreachable';

/** Every sentence of the CashU pages that a payer can see, in one language, beside those that all pages share. */
export interface CashuMessages {
  /** Above the sum of a payment that was begun. */
  readonly amount: string;
  readonly pay: string;
  /** The button's text while its form is being sent. */
  readonly oneMoment: string;
  /** What will happen when the button is pressed. */
  readonly start: TitledText;
  readonly passwordNote: string;
  readonly sendOn: {
    /** While nothing happens by itself. */
    readonly ready: TitledText;
    readonly going: TitledText;
    readonly button: string;
    /** `{host}` stands for the site that the payer goes to. */
    readonly leadsTo: string;
  };
  readonly notFinished: string;
  readonly continuePaying: string;
  /** Added to what is shown where the answer is long in coming. */
  readonly slow: string;
  /** Added to what is shown while the site cannot be reached. */
  readonly offline: string;
  readonly states: Readonly<Record<CashuState, TitledText>>;
  /** Why a payment was declined; stands in the place of the state's text, so it says too what became of the money. */
  readonly reasons: Readonly<Record<PayerReason, string>>;
}

const en: CashuMessages = {
  amount: 'Amount',
  pay: 'Pay with CashU',
  oneMoment: 'One moment…',
  start: {
    title: 'Payment from a CashU wallet',
    text: 'You go on to CashU’s site through the payment service ECommPay, pay there and come back here.',
  },
  passwordNote: 'You enter your wallet’s password on CashU’s site. The seller never sees it.',
  sendOn: {
    ready: { title: 'Go on to the payment', text: 'Press the button below to continue.' },
    going: { title: 'Taking you to the payment…', text: 'If nothing happens, press the button below.' },
    button: 'Continue',
    leadsTo: 'The next page is on {host}',
  },
  notFinished: 'Not finished paying?',
  continuePaying: 'Continue with CashU',
  slow: 'It is taking longer than usual. You can go on waiting, or come back to this page later.',
  offline: 'There is no connection to the site. Check your internet connection; this page keeps trying.',
  states: {
    waiting: { title: 'Waiting for CashU…', text: 'This usually takes a few seconds. Please keep this page open: it goes on by itself.' },
    returned: {
      title: 'Waiting for the result…',
      text: 'Please do not pay again. The answer usually comes within a minute, and this page updates by itself; closing it will not lose the payment.',
    },
    paid: { title: 'Payment received', text: 'Thank you! Everything went through.' },
    declined: {
      title: 'The payment did not go through',
      text: 'No money was taken. You can try again or choose another way to pay on the site.',
    },
    expired: {
      title: 'The time to pay is over',
      text: 'We have received no money. If it has left your wallet, do not pay again: contact the seller. If it has not, you can start again.',
    },
    review: {
      title: 'The payment is being checked',
      text: 'The money has arrived, and the seller is looking into the payment. There is no need to pay again.',
    },
    refunded: { title: 'The money was returned', text: 'The seller has sent all or part of the sum back to your CashU wallet.' },
    refused: {
      title: 'The payment could not be started',
      text: 'The payment service did not accept it. No money was taken. Try again, or contact the seller.',
    },
    unreachable: {
      title: 'The payment service does not answer',
      text: 'No money was taken. Please try again in a few minutes.',
    },
  },
  reasons: {
    funds: 'There is not enough money in the wallet. Nothing was taken. Top the wallet up and try again.',
    account: 'CashU did not accept the wallet’s details. No money was taken. Check the login and the password and try again.',
    restricted: 'CashU does not allow this payment from the wallet. No money was taken. CashU’s support can tell you why.',
    currency: 'The wallet cannot pay in this currency. No money was taken. Use another wallet or another way to pay.',
    limit: 'The sum is outside the wallet’s limits. No money was taken. CashU’s support can tell you the limits.',
    'wrong-amount': 'The sum that was paid is not the sum due. If money has left your wallet, do not pay again: contact the seller.',
    cancelled: 'The payment was cancelled. No money was taken. You can start again.',
    risk: 'The payment did not pass a security check. No money was taken. Choose another way to pay or contact the seller.',
    unavailable: 'CashU is not available at the moment. No money was taken. Try again a little later.',
    timeout:
      'CashU did not confirm the payment in time. If money has left your wallet, do not pay again: contact the seller. If not, try again.',
    merchant: 'The seller cannot take this payment at the moment. No money was taken. Please contact the seller.',
    declined: 'CashU declined the payment. No money was taken. Try again or choose another way to pay on the site.',
  },
};

const ru: CashuMessages = {
  amount: 'Сумма',
  pay: 'Оплатить через CashU',
  oneMoment: 'Одну минуту…',
  start: {
    title: 'Оплата с кошелька CashU',
    text: 'Вы перейдёте на сайт CashU через платёжный сервис ECommPay, оплатите там и вернётесь сюда.',
  },
  passwordNote: 'Пароль от кошелька вы вводите на сайте CashU. Продавец его не видит.',
  sendOn: {
    ready: { title: 'Перейдите к оплате', text: 'Чтобы продолжить, нажмите кнопку ниже.' },
    going: { title: 'Переходим к оплате…', text: 'Если ничего не происходит, нажмите кнопку ниже.' },
    button: 'Продолжить',
    leadsTo: 'Следующая страница находится на сайте {host}',
  },
  notFinished: 'Не закончили оплату?',
  continuePaying: 'Продолжить в CashU',
  slow: 'Ответа нет дольше обычного. Можно подождать ещё или зайти на эту страницу позже.',
  offline: 'Нет связи с сайтом. Проверьте подключение к интернету; страница продолжает попытки сама.',
  states: {
    waiting: {
      title: 'Ждём ответа CashU…',
      text: 'Обычно это занимает несколько секунд. Пожалуйста, не закрывайте страницу: дальше всё произойдёт само.',
    },
    returned: {
      title: 'Ждём результата…',
      text: 'Пожалуйста, не платите повторно. Ответ обычно приходит в течение минуты, и страница обновится сама; если её закрыть, платёж не потеряется.',
    },
    paid: { title: 'Платёж получен', text: 'Спасибо! Всё прошло успешно.' },
    declined: {
      title: 'Платёж не прошёл',
      text: 'Деньги не списаны. Попробуйте ещё раз или выберите на сайте другой способ оплаты.',
    },
    expired: {
      title: 'Время на оплату вышло',
      text: 'Деньги к нам не поступили. Если они списаны с кошелька, не платите повторно и свяжитесь с продавцом. Если нет, начните заново.',
    },
    review: { title: 'Платёж проверяется', text: 'Деньги поступили, продавец проверяет платёж. Платить ещё раз не нужно.' },
    refunded: { title: 'Деньги возвращены', text: 'Продавец вернул всю сумму или её часть на ваш кошелёк CashU.' },
    refused: {
      title: 'Не удалось начать оплату',
      text: 'Платёжный сервис не принял платёж. Деньги не списаны. Попробуйте ещё раз или свяжитесь с продавцом.',
    },
    unreachable: {
      title: 'Платёжный сервис не отвечает',
      text: 'Деньги не списаны. Пожалуйста, попробуйте ещё раз через несколько минут.',
    },
  },
  reasons: {
    funds: 'На кошельке не хватает денег. Ничего не списано. Пополните кошелёк и попробуйте ещё раз.',
    account: 'CashU не принял данные кошелька. Деньги не списаны. Проверьте логин и пароль и попробуйте ещё раз.',
    restricted: 'CashU не разрешает этот платёж с кошелька. Деньги не списаны. Причину можно узнать в поддержке CashU.',
    currency: 'С этого кошелька нельзя платить в такой валюте. Деньги не списаны. Выберите другой кошелёк или другой способ оплаты.',
    limit: 'Сумма выходит за пределы, установленные для кошелька. Деньги не списаны. Пределы можно узнать в поддержке CashU.',
    'wrong-amount': 'Оплачена не та сумма, которая нужна. Если деньги списаны с кошелька, не платите повторно и свяжитесь с продавцом.',
    cancelled: 'Оплата отменена. Деньги не списаны. Её можно начать заново.',
    risk: 'Платёж не прошёл проверку безопасности. Деньги не списаны. Выберите другой способ оплаты или свяжитесь с продавцом.',
    unavailable: 'CashU сейчас недоступен. Деньги не списаны. Попробуйте ещё раз чуть позже.',
    timeout:
      'CashU не подтвердил платёж вовремя. Если деньги списаны с кошелька, не платите повторно и свяжитесь с продавцом. Если нет, попробуйте ещё раз.',
    merchant: 'Продавец сейчас не может принять этот платёж. Деньги не списаны. Пожалуйста, свяжитесь с продавцом.',
    declined: 'CashU отклонил платёж. Деньги не списаны. Попробуйте ещё раз или выберите на сайте другой способ оплаты.',
  },
};

/** The sentences in each language. */
export const cashuMessages: Readonly<Record<Language, CashuMessages>> = { ru, en };
