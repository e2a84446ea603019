import { encodeJsonNotification, encodeNotification } from './encode-notification.ts';
import type { NotificationFields } from './notification-fields.ts';
import { signNotification } from './sign-notification.ts';

/** A notification and the way it goes. */
export interface SendNotificationOptions {
  /** Full address of the route for this type, `https://shop.example/_cloudpayments_/pay`. */
  readonly url: string;
  /** Default `POST`; with `GET` the parameters are added to the address. */
  readonly method?: 'GET' | 'POST';
  /** Of a POST. Default `form`. */
  readonly format?: 'form' | 'json';
  readonly fields: NotificationFields;
  /** The site's API secret; without it nothing is signed. */
  readonly secret?: string;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/** What the site answered. */
export interface NotificationAnswer {
  /** HTTP status; redirects are not followed. */
  readonly status: number;
  /** The answer's text; `{"code":0}` when all is well. */
  readonly body: string;
}

const CONTENT_TYPES = { form: 'application/x-www-form-urlencoded', json: 'application/json; charset=utf-8' } as const;

/** Sends one signed notification, once. Rejects (`TypeError`, `AbortError`, `TimeoutError`) when no answer comes. */
export async function sendNotification(options: SendNotificationOptions): Promise<NotificationAnswer> {
  const { url, method = 'POST', format = 'form', fields, secret, signal } = options;
  const isGet = method === 'GET';
  const body = format === 'json' && !isGet ? encodeJsonNotification(fields) : encodeNotification(fields);
  const signature = secret === undefined ? {} : signNotification({ body, secret });
  const response = await fetch(isGet ? withQuery(url, body) : url, {
    method,
    headers: isGet ? { ...signature } : { 'content-type': CONTENT_TYPES[format], ...signature },
    body: isGet ? null : body,
    redirect: 'manual',
    signal: signal ?? null,
  });
  return { status: response.status, body: await response.text() };
}

function withQuery(url: string, query: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}
