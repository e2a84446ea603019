import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';
import { OptionsError } from '../domain/errors.ts';

/** Directives of the Content-Security-Policy that can be given further sources. */
export type SourceDirective = 'script-src' | 'style-src' | 'frame-src' | 'connect-src' | 'img-src' | 'font-src' | 'form-action';

export interface SecurityHeadersOptions {
  /** Script of the widget: an absolute address, or a path on the page's own site. Leave it out for pages without the widget. */
  readonly widgetUrl?: string | undefined;
  /** More sources for a directive, `{ 'form-action': ['https://pay.example'] }`. */
  readonly extraSources?: Readonly<Partial<Record<SourceDirective, readonly string[]>>> | undefined;
}

type Sources = Readonly<Record<SourceDirective, readonly string[]>>;

const NO_SOURCES: Sources = {
  'script-src': [],
  'style-src': [],
  'frame-src': [],
  'connect-src': [],
  'img-src': [],
  'font-src': [],
  'form-action': [],
};

/** What the widget of cloudpayments.ru takes from other companies: wallets, instalments, SBP codes, counters. */
const PARTNERS: ReadonlyMap<string, Sources> = new Map([
  [
    'cloudpayments.ru',
    {
      ...NO_SOURCES,
      'script-src': ['https://forma.tinkoff.ru', 'https://fingerprint.t-static.ru', 'https://pay.google.com', 'https://pay.yandex.ru'],
      'frame-src': ['https://secure2.tbank.ru', 'https://forma.tinkoff.ru', 'https://pay.google.com', 'https://pay.yandex.ru'],
      'connect-src': ['https://forma.tinkoff.ru', 'https://api-statist.tinkoff.ru', 'https://api2.amplitude.com', 'https://pay.google.com'],
      'img-src': ['https://qr.nspk.ru', 'https://www.gstatic.com', 'https://cp.ru'],
    },
  ],
]);

const nonces = new WeakMap<ServerResponse, string>();

/** Whether the response is to be a page: `securityHeaders` has run on it. */
export function hasNonce(response: ServerResponse): boolean {
  return nonces.has(response);
}

/** The nonce of this page load; `securityHeaders` has to have run on the response. */
export function pageNonce(response: ServerResponse): string {
  const nonce = nonces.get(response);
  if (nonce === undefined) throw new Error('securityHeaders() has not run for this response.');
  return nonce;
}

/** `https://widget.brand.kz/bundles/widget.js` → everything below brand.kz; any other host → its own origin alone. */
function widgetSources(widgetUrl: string): Sources {
  const ownSite = 'http://page.invalid';
  const url = URL.canParse(widgetUrl, ownSite) ? new URL(widgetUrl, ownSite) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new OptionsError('ERR_PAYMENTS_OPTIONS', `The widget's address must be http(s) or a path, not "${widgetUrl}".`);
  }
  if (url.origin === ownSite) return everywhere(["'self'"], NO_SOURCES);
  const brand = /^widget\.(.+)$/.exec(url.hostname)?.[1];
  if (brand === undefined) return everywhere([url.origin], NO_SOURCES);
  const port = url.port === '' ? '' : `:${url.port}`;
  return everywhere([`${url.protocol}//*.${brand}${port}`], PARTNERS.get(brand) ?? NO_SOURCES);
}

function everywhere(hosts: readonly string[], partners: Sources): Sources {
  return {
    'script-src': [...hosts, ...partners['script-src']],
    'style-src': [...hosts, ...partners['style-src']],
    'frame-src': [...hosts, ...partners['frame-src']],
    'connect-src': [...hosts, ...partners['connect-src']],
    'img-src': [...hosts, ...partners['img-src']],
    'font-src': [...hosts, ...partners['font-src']],
    'form-action': hosts,
  };
}

type Helmet = ReturnType<typeof helmet>;

function createHelmet({ widgetUrl, extraSources = {} }: SecurityHeadersOptions): Helmet {
  const widget = widgetUrl === undefined ? NO_SOURCES : widgetSources(widgetUrl);
  const sources = (directive: SourceDirective, ...own: string[]): string[] => [
    ...new Set([...own, ...widget[directive], ...(extraSources[directive] ?? [])]),
  ];
  return helmet({
    contentSecurityPolicy: {
      // Helmet's defaults bring upgrade-insecure-requests, which breaks a site or widget on plain http.
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': [(_request, response) => nonceSource(response), ...sources('script-src')],
        'script-src-attr': ["'none'"],
        // The widget puts style elements and attributes of its own into the page; a nonce here would switch 'unsafe-inline' off.
        'style-src': sources('style-src', "'unsafe-inline'"),
        'frame-src': sources('frame-src'),
        'connect-src': sources('connect-src', "'self'"),
        'img-src': sources('img-src', "'self'", 'data:'),
        'font-src': sources('font-src', 'data:'),
        // 3-D Secure posts the payer to the page of whichever bank issued the card.
        'form-action': sources('form-action', "'self'", 'https:'),
        'base-uri': ["'none'"],
        'object-src': ["'none'"],
        'frame-ancestors': ["'self'"],
      },
    },
    // Wallets and SBP open windows that talk back to the page.
    crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' },
    // The page's address carries account and sum: only the origin may go on, also to the site's own logs.
    referrerPolicy: { policy: 'strict-origin' },
    // Whether the whole host is https only is not this package's to say.
    strictTransportSecurity: false,
  });
}

function nonceSource(response: ServerResponse): string {
  return `'nonce-${pageNonce(response)}'`;
}

/** Middleware that gives a page its nonce and its security headers. */
export function securityHeaders(
  options: SecurityHeadersOptions,
): (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void {
  const setHelmetHeaders = createHelmet(options);
  return function setSecurityHeaders(request, response, next) {
    nonces.set(response, randomBytes(16).toString('base64'));
    response.setHeader('Cache-Control', 'no-store');
    setHelmetHeaders(request, response, next);
  };
}
