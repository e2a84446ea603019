export type Language = 'ru' | 'en';

const ru = {
  name: 'Клён',
  tagline: 'Домашний интернет',
  account: 'Лицевой счёт',
  balance: 'Баланс',
  topUp: 'Пополнить счёт',
  method: 'Чем заплатить',
  methods: {
    card: {
      title: 'Банковская карта',
      hint: 'через CloudPayments',
      pay: 'К оплате картой',
      payHint: 'Перед оплатой сайт ещё раз сверит сумму и счёт.',
    },
    'payment-page': {
      title: 'Кошелёк CashU',
      hint: 'через страницу ECommPay',
      pay: 'К оплате через CashU',
      payHint: 'Вы заплатите на странице CashU и вернётесь сюда.',
    },
    gate: {
      title: 'Кошелёк CashU',
      hint: 'сразу в CashU (Gate)',
      pay: 'К оплате через CashU',
      payHint: 'Вы заплатите на странице CashU и вернётесь сюда.',
    },
  },
  sum: 'Сумма',
  currency: 'Валюта',
  description: 'Пополнение счёта',
  payments: 'Последние платежи',
  noPayments: 'Платежей пока нет.',
  paid: 'Спасибо! Деньги появятся на балансе через мгновение.',
  failed: 'Платёж не прошёл.',
  sandbox: 'Это песочница',
  sandboxText:
    'Ни один платёжный провайдер не настроен, поэтому CloudPayments, ECommPay и CashU играет сам сайт. Деньги ненастоящие, всё остальное как в жизни: подписи, повторы, очередь.',
  cards: {
    title: 'Карты',
    numbers: {
      '4000 0000 0000 3055': 'оплата проходит',
      '4242 4242 4242 4242': 'с 3-D Secure',
      '4000 0566 5566 5556': 'мало средств',
    },
    controls: 'Открыть пульт CloudPayments',
    controlsHint: 'дубли, опоздания и потери уведомлений, подмена суммы, возвраты',
  },
  cashu: {
    title: 'CashU',
    text: 'Кошелёк не нужен: на странице CashU нажмите «Заплатить» или выберите отказ.',
    controls: 'Открыть пульт ECommPay и CashU',
    controlsHint: 'отказы, опоздания, дубли и потери уведомлений, возвраты',
  },
  providers: { cloudpayments: 'карта', cashu: 'CashU' },
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
  method: 'How to pay',
  methods: {
    card: {
      title: 'Bank card',
      hint: 'through CloudPayments',
      pay: 'Pay by card',
      payHint: 'Amount and account are checked once more before you pay.',
    },
    'payment-page': {
      title: 'CashU wallet',
      hint: 'through ECommPay’s page',
      pay: 'Pay with CashU',
      payHint: 'You pay on CashU’s page and come back here.',
    },
    gate: {
      title: 'CashU wallet',
      hint: 'straight to CashU (Gate)',
      pay: 'Pay with CashU',
      payHint: 'You pay on CashU’s page and come back here.',
    },
  },
  sum: 'Amount',
  currency: 'Currency',
  description: 'Top-up of account',
  payments: 'Latest payments',
  noPayments: 'No payments yet.',
  paid: 'Thank you! The money will be on the balance in a moment.',
  failed: 'The payment did not go through.',
  sandbox: 'This is a sandbox',
  sandboxText:
    'No payment provider is configured, so this site plays CloudPayments, ECommPay and CashU itself. The money is not real; the rest is: signatures, repeats, the queue.',
  cards: {
    title: 'Cards',
    numbers: {
      '4000 0000 0000 3055': 'is paid',
      '4242 4242 4242 4242': 'with 3-D Secure',
      '4000 0566 5566 5556': 'not enough money',
    },
    controls: 'Open the controls of CloudPayments',
    controlsHint: 'duplicate, late and lost notifications, an edited sum, refunds',
  },
  cashu: {
    title: 'CashU',
    text: 'You need no wallet: on CashU’s page press Pay, or choose a refusal.',
    controls: 'Open the controls of ECommPay and CashU',
    controlsHint: 'refusals; late, duplicate and lost callbacks; refunds',
  },
  providers: { cloudpayments: 'card', cashu: 'CashU' },
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
