import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { currencyDecimals } from '../domain/currencies.ts';
import { ApiError, errorText, PageParametersError } from '../domain/errors.ts';
import type { CashuCustomer } from '../payments-options.ts';
import { makePaymentId, paymentPageParameters, paymentPageUrl, toMinorUnits } from '../providers/ecommpay/index.ts';
import type { NewCashuPayment } from '../storage/cashu-rows.ts';
import type { CashuContext } from './cashu-context.ts';
import { settleAndTell } from './settle-cashu-payment.ts';
import { isSignable, MAX_TEXT, signableText, signableUrl } from './signable-text.ts';

/** What a payer sets out to pay with CashU. */
export type CashuOrder = Omit<NewCashuPayment, 'paymentId' | 'flow' | 'createdAt'> & {
  /** Seconds since the epoch, from a signed link. */
  readonly expiresAt: number | undefined;
};

/** Where the payer goes next. */
export type CashuStart =
  | { readonly kind: 'redirect'; readonly url: string }
  | { readonly kind: 'form'; readonly url: string; readonly fields: Readonly<Record<string, string>> }
  /** Gate: to our own progress page. */
  | { readonly kind: 'progress' }
  /** ECommPay did not take the payment; it is closed. */
  | { readonly kind: 'refused'; readonly operationCode: string | undefined }
  /** ECommPay gave no answer: the payment may be under way, so it stays open. */
  | { readonly kind: 'unreachable' };

interface Prepared {
  readonly payment: NewCashuPayment;
  readonly amount: number;
  readonly returnUrl: string;
  readonly bestBefore: string;
  readonly customer: CashuCustomer;
}

const CUSTOMER_PATIENCE_MS = 3_000;

/**
 * Begins a payment: stored first, then the payer is sent on. `pageUrl` gives the absolute address of its progress page.
 * Throws `PageParametersError` for a sum that ECommPay cannot take.
 */
export async function startCashuPayment(
  order: CashuOrder,
  pageUrl: (paymentId: string) => string,
  context: CashuContext,
): Promise<{ readonly paymentId: string; readonly next: CashuStart }> {
  const { config, store } = context;
  const { expiresAt, ...ordered } = order;
  const amount = payableUnits(order, context);
  const payment: NewCashuPayment = { ...ordered, paymentId: makePaymentId(), flow: config.flow, createdAt: Date.now() };
  const returnUrl = signableUrl(pageUrl(payment.paymentId));
  await store.insert(payment, config.watch.firstCheckMs);
  const prepared: Prepared = {
    ...{ payment, amount, returnUrl },
    bestBefore: formatBestBefore(Math.min(payment.createdAt + config.payWithinMs, (expiresAt ?? Number.POSITIVE_INFINITY) * 1000)),
    customer: await askForCustomer(payment.account, context),
  };
  const next = config.flow === 'gate' ? await startAtGate(prepared, context) : toPaymentPage(prepared, context);
  return { paymentId: payment.paymentId, next };
}

/** The sum in the smallest units of its currency. Throws `PageParametersError` for one that ECommPay cannot take. */
export function payableUnits(
  { sum, currency }: Pick<CashuOrder, 'sum' | 'currency'>,
  { currencies }: Pick<CashuContext, 'currencies'>,
): number {
  const units = toMinorUnits(sum, currencyDecimals(currencies, currency));
  if (units !== undefined) return units;
  throw new PageParametersError([{ parameter: 'sum', reason: 'sum-too-large', message: 'The sum is too large for ECommPay.' }]);
}

function toPaymentPage({ payment, customer, ...rest }: Prepared, { config }: CashuContext): CashuStart {
  const { paymentId, currency, language, description } = payment;
  const fields = paymentPageParameters(
    {
      ...{ ...rest, paymentId, currency, language, description: signableText(description, MAX_TEXT), callbackUrl: config.callbackUrl },
      customer: {
        customer_id: customerId(payment.account),
        ...texts({
          customer_email: customer.email,
          customer_first_name: customer.firstName,
          customer_last_name: customer.lastName,
          customer_phone: customer.phone,
        }),
      },
    },
    { projectId: config.projectId, secret: config.secrets[0] ?? '' },
  );
  const { paymentPageUrl: base, paymentPageMethod } = config;
  return paymentPageMethod === 'POST' ? { kind: 'form', url: base, fields } : { kind: 'redirect', url: paymentPageUrl(base, fields) };
}

async function startAtGate({ payment, customer, ...rest }: Prepared, context: CashuContext): Promise<CashuStart> {
  const { paymentId, currency, description, ip } = payment;
  const { email, firstName, lastName, phone } = customer;
  try {
    const answer = await context.api.sale({
      ...{ ...rest, paymentId, currency, description: signableText(description, MAX_TEXT), callbackUrl: context.config.callbackUrl },
      customer: {
        ...{ id: customerId(payment.account), ip_address: ip },
        ...texts({ email, first_name: firstName, last_name: lastName, phone }),
      },
    });
    if (answer.kind !== 'refused') {
      await markAccepted(paymentId, context);
      return { kind: 'progress' };
    }
    context.logger.warn({ paymentId, code: answer.code, message: answer.message }, 'ECommPay refused a CashU payment');
    // A callback may have told otherwise meanwhile.
    return (await close(paymentId, answer, context)) ? { kind: 'refused', operationCode: answer.code } : { kind: 'progress' };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    context.logger.warn({ paymentId, error: error.message }, 'ECommPay gave no answer to a CashU payment; it stays open');
    return { kind: 'unreachable' };
  }
}

/** Taken in, and nothing more: a callback may have come before. */
async function markAccepted(paymentId: string, context: CashuContext): Promise<void> {
  await settleAndTell(paymentId, context, ({ payment }) =>
    payment.status === 'created'
      ? { payment: { status: 'pending', isKnown: true }, events: [statusEvent('pending')], mustAsk: false, transaction: undefined }
      : { events: [], mustAsk: false, transaction: undefined },
  );
}

/** False when more is known of it than that it was created. */
async function close(
  paymentId: string,
  { code, message }: { code: string | undefined; message: string },
  context: CashuContext,
): Promise<boolean> {
  const refused = { status: 'decline', operationCode: code ?? '', operationMessage: message, checkInMs: null } as const;
  let isClosed = false;
  await settleAndTell(paymentId, context, ({ payment }) => {
    isClosed = payment.status === 'created';
    const common = { mustAsk: false, transaction: undefined } as const;
    return isClosed ? { ...common, payment: refused, events: [statusEvent('decline', code)] } : { ...common, events: [] };
  });
  return isClosed;
}

function statusEvent(
  status: 'pending' | 'decline',
  operationCode?: string,
): { kind: 'status'; status: 'pending' | 'decline'; operationCode: string | undefined } {
  return { kind: 'status', status, operationCode };
}

/** A user within the project. An account that could not be signed goes by its digest. */
function customerId(account: string): string {
  return isSignable(account, MAX_TEXT) ? account : createHash('sha256').update(account).digest('hex');
}

async function askForCustomer(account: string, { config, logger }: CashuContext): Promise<CashuCustomer> {
  if (config.customer === undefined) return {};
  const patience = new AbortController();
  const { customer } = config;
  // It may throw at once, too.
  const asked = (async () => await customer(account))();
  try {
    const tired = sleep(CUSTOMER_PATIENCE_MS, undefined, { signal: patience.signal }).then(() => {
      throw new Error(`no answer within ${CUSTOMER_PATIENCE_MS} ms`);
    });
    return (await Promise.race([asked, tired])) ?? {};
  } catch (error) {
    logger.warn({ error: errorText(error) }, 'option "cashu.customer" failed; the payment goes on without the details');
    return {};
  } finally {
    patience.abort();
  }
}

function texts(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, signableText(String(value), MAX_TEXT)]],
  );
  return Object.fromEntries(given);
}

/** `YYYY-MM-DDThh:mm:ss+00:00` */
function formatBestBefore(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
}
