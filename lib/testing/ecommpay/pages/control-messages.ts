import type { Language } from '../../../http/choose-language.ts';
import type { EcommpayCallback } from '../callback-log.ts';
import type { EcommpayOutcome, EcommpayRefundOutcome } from '../outcomes.ts';
import type { EcommpayOperation, EcommpayPaymentStatus } from '../payment.ts';
import type { PayerAction } from '../platform.ts';

interface Choice {
  readonly title: string;
  readonly hint: string;
}

/** The texts of the control page. */
export interface ControlMessages {
  readonly title: string;
  readonly lead: string;
  readonly nextTitle: string;
  readonly nextRefundTitle: string;
  readonly armed: string;
  readonly payments: string;
  readonly noPayments: string;
  readonly log: string;
  readonly noLog: string;
  readonly customer: string;
  readonly rest: string;
  readonly toCashu: string;
  readonly expire: string;
  readonly refund: string;
  readonly amount: string;
  readonly resend: string;
  readonly processing: string;
  readonly repeatMark: string;
  readonly noAnswer: string;
  readonly ms: string;
  readonly via: Readonly<Record<'payment-page' | 'gate', string>>;
  readonly payer: Readonly<Record<PayerAction, string>>;
  readonly outcomes: Readonly<Record<EcommpayOutcome, Choice>>;
  readonly refundOutcomes: Readonly<Record<EcommpayRefundOutcome, Choice>>;
  readonly types: Readonly<Record<EcommpayOperation['type'], string>>;
  readonly statuses: Readonly<Record<EcommpayPaymentStatus, string>>;
  readonly states: Readonly<Record<EcommpayCallback['state'], string>>;
}

const ru: ControlMessages = {
  title: 'Пульт песочницы ECommPay и CashU',
  lead: 'Здесь можно вести себя как ECommPay в плохой день. Деньги ненастоящие.',
  nextTitle: 'Следующий платёж',
  nextRefundTitle: 'Следующий возврат, о котором попросит сайт',
  armed: 'выбрано',
  payments: 'Платежи',
  noPayments: 'Пока ни одного. Оплатите что-нибудь в магазине через CashU.',
  log: 'Уведомления',
  noLog: 'Пока ничего не отправлено.',
  customer: 'покупатель',
  rest: 'осталось',
  toCashu: 'Страница CashU',
  expire: 'Истёк срок',
  refund: 'Вернуть из Dashboard',
  amount: 'Сумма',
  resend: 'Последнее уведомление ещё раз',
  processing: 'Запоздалое «processing»',
  repeatMark: 'повтор',
  noAnswer: 'нет ответа',
  ms: 'мс',
  via: { 'payment-page': 'Payment Page', gate: 'Gate' },
  payer: { pay: 'Заплатить', refuse: 'CashU не работает', insufficient: 'Не хватает денег', cancel: 'Отказаться' },
  outcomes: {
    success: { title: 'Как решит плательщик', hint: 'обычный платёж' },
    refusal: { title: 'CashU откажет', hint: '20202, даже если заплатят' },
    'wrong-amount': { title: 'Другая сумма', hint: 'заплатят половину' },
    late: { title: 'Уведомление опоздает', hint: 'статус верен сразу' },
    slow: { title: 'CashU не спешит', hint: 'результат придёт после срока' },
    duplicate: { title: 'Трижды', hint: 'результат придёт три раза' },
    lost: { title: 'Уведомления пропадут', hint: 'статус отвечает' },
    error: { title: 'Ошибка после приёма', hint: 'статус error' },
    redirectless: { title: 'Некуда перейти', hint: 'адреса CashU не будет' },
    unanswered: { title: 'Без ответа', hint: 'запрос принят, связь оборвана' },
    unavailable: { title: 'Недоступно', hint: 'HTTP 503, ничего не принято' },
  },
  refundOutcomes: {
    success: { title: 'Пройдёт', hint: 'обычный возврат' },
    refusal: { title: 'Откажут', hint: '20202' },
    'refusal-code-0': { title: 'Откажут с кодом 0', hint: 'как в примере ECommPay' },
    late: { title: 'Уведомление опоздает', hint: 'статус верен сразу' },
    duplicate: { title: 'Трижды', hint: 'результат придёт три раза' },
    lost: { title: 'Уведомление пропадёт', hint: 'статус отвечает' },
    unanswered: { title: 'Без ответа', hint: 'запрос принят, связь оборвана' },
    unavailable: { title: 'Недоступно', hint: 'HTTP 503, ничего не принято' },
  },
  types: { sale: 'оплата', refund: 'возврат' },
  statuses: {
    processing: 'обрабатывается',
    'awaiting redirect result': 'ждёт плательщика',
    'external processing': 'обрабатывает CashU',
    success: 'оплачен',
    decline: 'отклонён',
    error: 'ошибка',
    'partially refunded': 'возвращён частично',
    refunded: 'возвращён',
  },
  states: {
    queued: 'ждёт своего времени',
    sending: 'отправляется',
    waiting: 'ждёт повтора',
    lost: 'потеряно',
    delivered: 'принято',
    'given-up': 'не принято',
  },
};

const en: ControlMessages = {
  title: 'ECommPay and CashU sandbox controls',
  lead: 'Be ECommPay on a bad day. No money is real here.',
  nextTitle: 'The next payment',
  nextRefundTitle: 'The next refund that the site asks for',
  armed: 'chosen',
  payments: 'Payments',
  noPayments: 'None yet. Pay for something in the shop with CashU.',
  log: 'Callbacks',
  noLog: 'Nothing was sent yet.',
  customer: 'customer',
  rest: 'left',
  toCashu: 'CashU’s page',
  expire: 'Time is over',
  refund: 'Refund from the Dashboard',
  amount: 'Amount',
  resend: 'Last callback again',
  processing: 'A late “processing”',
  repeatMark: 'repeat',
  noAnswer: 'no answer',
  ms: 'ms',
  via: { 'payment-page': 'Payment Page', gate: 'Gate' },
  payer: { pay: 'Pay', refuse: 'CashU unavailable', insufficient: 'Not enough money', cancel: 'Cancel' },
  outcomes: {
    success: { title: 'As the payer decides', hint: 'an ordinary payment' },
    refusal: { title: 'CashU refuses', hint: '20202, even if the payer pays' },
    'wrong-amount': { title: 'Another sum', hint: 'half of it is paid' },
    late: { title: 'Callback comes late', hint: 'the status is right at once' },
    slow: { title: 'CashU takes its time', hint: 'result after the limit' },
    duplicate: { title: 'Three times', hint: 'the result comes three times' },
    lost: { title: 'Callbacks get lost', hint: 'the status answers' },
    error: { title: 'Error after acceptance', hint: 'status error' },
    redirectless: { title: 'Nowhere to go', hint: 'no address of CashU comes' },
    unanswered: { title: 'No answer', hint: 'taken, connection cut off' },
    unavailable: { title: 'Unavailable', hint: 'HTTP 503, nothing taken' },
  },
  refundOutcomes: {
    success: { title: 'Goes through', hint: 'an ordinary refund' },
    refusal: { title: 'Refused', hint: '20202' },
    'refusal-code-0': { title: 'Refused with code 0', hint: 'as in ECommPay’s example' },
    late: { title: 'Callback comes late', hint: 'the status is right at once' },
    duplicate: { title: 'Three times', hint: 'the result comes three times' },
    lost: { title: 'Callback gets lost', hint: 'the status answers' },
    unanswered: { title: 'No answer', hint: 'taken, connection cut off' },
    unavailable: { title: 'Unavailable', hint: 'HTTP 503, nothing taken' },
  },
  types: { sale: 'sale', refund: 'refund' },
  statuses: {
    processing: 'processing',
    'awaiting redirect result': 'awaits the payer',
    'external processing': 'CashU is processing',
    success: 'paid',
    decline: 'declined',
    error: 'error',
    'partially refunded': 'partly refunded',
    refunded: 'refunded',
  },
  states: {
    queued: 'waits for its time',
    sending: 'sending',
    waiting: 'waits for a repeat',
    lost: 'lost',
    delivered: 'taken',
    'given-up': 'not taken',
  },
};

export const CONTROL_MESSAGES: Readonly<Record<Language, ControlMessages>> = { ru, en };
