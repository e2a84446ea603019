import type { PageProblemReason } from '../domain/errors.ts';
import type { Language } from './choose-language.ts';

/** Why a page cannot be shown at all. */
export type PageError = 'wrong-link' | 'expired' | 'already-paid' | 'not-found' | 'unavailable';

export type TitledText = { readonly title: string; readonly text: string };

/** The sentences of the page that says why there is nothing to pay. */
export interface PageErrorMessages {
  readonly errors: Readonly<Record<PageError, TitledText>>;
  /** Shown beside the parameter's name, so they do not repeat it. */
  readonly problems: Readonly<Record<PageProblemReason, string>>;
}

const en: PageErrorMessages = {
  errors: {
    'wrong-link': {
      title: 'This payment link does not work',
      text: 'It is incomplete or has a mistake in it. No money was taken. Go back to the site and try again, or contact the seller.',
    },
    expired: {
      title: 'This payment link has expired',
      text: 'No money was taken. Go back to the site and start the payment again.',
    },
    'already-paid': { title: 'This order has been paid', text: 'There is no need to pay again.' },
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
    'unknown-currency': 'Payments in this currency are not accepted. Use a three-letter code, such as EUR.',
    'not-a-url': 'Not a full web address. It must begin with https:// or http://.',
    'url-scheme': 'Only addresses that begin with https:// or http:// are allowed.',
    'url-user-info': 'The address must not contain a user name or a password.',
    'url-origin': 'Returning to this site is not allowed.',
    'signature-missing': 'The link is not signed, and only signed links are accepted here.',
    'signature-wrong': 'The signature does not match: the link was changed after it was made, or made with another key.',
  },
};

const ru: PageErrorMessages = {
  errors: {
    'wrong-link': {
      title: 'Ссылка на оплату не работает',
      text: 'Она неполная или содержит ошибку. Деньги не списаны. Вернитесь на сайт и попробуйте ещё раз или свяжитесь с продавцом.',
    },
    expired: { title: 'Срок действия ссылки истёк', text: 'Деньги не списаны. Вернитесь на сайт и начните оплату заново.' },
    'already-paid': { title: 'Этот заказ уже оплачен', text: 'Платить ещё раз не нужно.' },
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
    'unknown-currency': 'Платежи в этой валюте не принимаются. Нужен трёхбуквенный код, например EUR.',
    'not-a-url': 'Это не полный адрес страницы. Он должен начинаться с https:// или http://.',
    'url-scheme': 'Допускаются только адреса, которые начинаются с https:// или http://.',
    'url-user-info': 'В адресе не должно быть имени пользователя и пароля.',
    'url-origin': 'Возврат на этот сайт не разрешён.',
    'signature-missing': 'Ссылка не подписана, а здесь принимаются только подписанные ссылки.',
    'signature-wrong': 'Подпись не сходится: ссылку изменили после создания или подписали другим ключом.',
  },
};

export const pageErrorMessages: Readonly<Record<Language, PageErrorMessages>> = { ru, en };
