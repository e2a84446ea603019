import { isSignatureGenuine } from '../../providers/ecommpay/index.ts';
import type { SaleOrder } from './new-payment.ts';
import {
  MAX_TEXT,
  refuseSemicolon,
  requireBestBefore,
  requireCurrency,
  requirePaymentId,
  requireUnits,
  requireUrl,
} from './order-rules.ts';
import type { WayBack } from './payment.ts';
import { invalidValue, RefusalError } from './refusal-error.ts';
import type { EcommpayConfig } from './stand-in-options.ts';

type Parameters = Readonly<Record<string, string>>;

interface Shape {
  readonly pattern: RegExp;
  readonly rule: string;
}

const FLAG: Shape = { pattern: /^[01]$/, rule: '0 or 1; true and false are signed as 1 and 0' };
const COUNTRY: Shape = { pattern: /^[A-Z]{2}$/, rule: 'a country of ISO 3166-1, two capital letters' };
const SHORT: Shape = { pattern: new RegExp(`^.{1,${MAX_TEXT}}$`, 'su'), rule: `1 to ${MAX_TEXT} characters` };

/** Source: https://developers.ecommpay.com/en/en_PP_Parameters.html */
const SHAPES: Readonly<Record<string, Shape>> = {
  customer_id: SHORT,
  payment_description: SHORT,
  customer_email: SHORT,
  customer_first_name: SHORT,
  customer_last_name: SHORT,
  customer_address: SHORT,
  merchant_callback_url: SHORT,
  customer_phone: { pattern: /^\d{4,24}$/, rule: '4 to 24 digits' },
  customer_country: COUNTRY,
  region_code: COUNTRY,
  customer_day_of_birth: { pattern: /^\d\d-\d\d-\d{4}$/, rule: 'DD-MM-YYYY' },
  language_code: { pattern: /^[a-z]{2}$/, rule: 'a language of ISO 639-1, two small letters' },
  force_payment_method: { pattern: /^cashu$/, rule: '"cashu": no other method is played' },
  mode: { pattern: /^purchase$/, rule: '"purchase": nothing else is played' },
  close_on_missclick: FLAG,
  redirect: FLAG,
  redirect_on_mobile: FLAG,
};
const REQUIRED = ['project_id', 'payment_id', 'payment_amount', 'payment_currency', 'customer_id'] as const;
const URL_NAME = /^(?:merchant|redirect)_(?:.+_)?url$/;

/** The signed parameters of the Payment Page. Throws `RefusalError`, whose `field` names the parameter. */
export function readPaymentPage(sent: URLSearchParams, { projectId, secret }: EcommpayConfig): SaleOrder {
  const parameters = singleValues(sent);
  const { signature = '' } = parameters;
  if (signature === '') throw new RefusalError('3262', { field: 'signature' });
  if (!isSignatureGenuine(parameters, [secret])) throw new RefusalError('3261', { field: 'signature' });
  for (const name of REQUIRED) required(parameters, name);
  checkShapes(parameters);
  if (parameters['project_id'] !== String(projectId))
    throw new RefusalError('2442', { field: 'project_id', detail: `${parameters['project_id']}` });
  const currency = requireCurrency('payment_currency', required(parameters, 'payment_currency'));
  const { best_before: bestBefore, language_code: language } = parameters;
  return {
    ...{ via: 'payment-page', currency, customerId: required(parameters, 'customer_id') },
    id: requirePaymentId('payment_id', required(parameters, 'payment_id')),
    amount: requireUnits('payment_amount', required(parameters, 'payment_amount'), currency),
    description: parameters['payment_description'] ?? '',
    callbackUrl: parameters['merchant_callback_url'],
    bestBefore: bestBefore === undefined ? undefined : requireBestBefore('best_before', bestBefore),
    language: language === 'ru' || language === 'en' ? language : undefined,
    waysBack: { success: wayBack(parameters, 'success'), decline: wayBack(parameters, 'fail'), open: wayBack(parameters, 'return') },
  };
}

/** Each parameter once; none with a semicolon. */
function singleValues(sent: URLSearchParams): Parameters {
  const names = [...new Set(sent.keys())];
  for (const name of names) {
    const values = sent.getAll(name);
    if (values.length > 1) throw invalidValue(name, 'it was sent more than once');
    refuseSemicolon(name, `${name}${values[0]}`);
  }
  return Object.fromEntries(sent);
}

function required(parameters: Parameters, name: string): string {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (value === undefined || value === '') throw new RefusalError('2004', { field: name });
  return value;
}

function checkShapes(parameters: Parameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    const shape = Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined;
    if (shape !== undefined && !shape.pattern.test(value)) throw invalidValue(name, shape.rule);
    if (URL_NAME.test(name)) requireUrl(name, value);
  }
}

/** A redirect goes before a button. */
function wayBack(parameters: Parameters, kind: 'success' | 'fail' | 'return'): WayBack {
  // After leaving CashU without a result there is only the button: the redirect is for contracts of its own.
  const automatic = kind === 'return' ? undefined : parameters[`redirect_${kind}_url`];
  const isHidden = parameters[`merchant_${kind}_enabled`] === '0';
  const button = isHidden ? undefined : parameters[`merchant_${kind}_url`];
  return { address: automatic ?? button, isAutomatic: automatic !== undefined };
}
