import { browserScript } from '../../browser-script.ts';

/** What a page hands to `start`; kept as it is, the stand-in's server reads it. */
type Intent = Readonly<Record<string, unknown>>;

/** What the widget tells the page. Source: https://developers.cloudpayments.ru/#callbacks */
interface WidgetResult {
  readonly type: string;
  readonly status?: string;
  readonly message?: string;
  readonly data?: { readonly transactionId: number; readonly ReasonCode: number };
}

type Options = Readonly<Record<string, unknown>>;
type Callback = ((...values: unknown[]) => void) | string | undefined;

interface Widget {
  oncomplete: ((result: WidgetResult) => void) | undefined;
  start(intent: Intent): Promise<WidgetResult>;
  pay(kind: string, options: Options, callbacks?: Readonly<Record<string, Callback>>): Promise<void>;
  charge(options: Options, onSuccess?: Callback, onFail?: Callback): Promise<void>;
  auth(options: Options, onSuccess?: Callback, onFail?: Callback): Promise<void>;
}

/** Entry of the widget's script: defines `cp.CloudPayments`. */
function installWidget(): void {
  const script = document.currentScript;
  const base = new URL('..', script instanceof HTMLScriptElement ? script.src : location.href).href;
  function CloudPayments(options?: Options): Widget {
    return createWidget(base, options ?? {});
  }
  Object.assign(window, { cp: { CloudPayments } });
}

function createWidget(base: string, settings: Options): Widget {
  const culture = settings['language'] ?? 'ru-RU';
  const widget: Widget = {
    oncomplete: undefined,
    start: (intent) => openWidget(base, { culture, ...intent }, (result) => widget.oncomplete?.(result)),
    pay: async (kind, options, callbacks = {}) => {
      const { onSuccess, onFail, onComplete } = callbacks;
      const tell = (result: WidgetResult) => runCallback(onComplete, { success: result.status === 'success', ...result.data }, options);
      const result = await openWidget(base, { culture, ...legacyIntent(kind, options) }, tell);
      if (result.status === 'success') runCallback(onSuccess, options);
      else runCallback(onFail, result.message ?? 'User has cancelled', options);
    },
    charge: (options, onSuccess, onFail) => widget.pay('charge', options, { onSuccess, onFail }),
    auth: (options, onSuccess, onFail) => widget.pay('auth', options, { onSuccess, onFail }),
  };
  return widget;
}

/** The parameters of `pay`, `charge` and `auth` under the names of `start`. */
function legacyIntent(kind: string, options: Options): Intent {
  return {
    publicTerminalId: options['publicId'],
    amount: options['amount'],
    currency: options['currency'],
    paymentSchema: kind === 'auth' ? 'Dual' : 'Single',
    description: options['description'],
    externalId: options['invoiceId'],
    receiptEmail: options['email'],
    emailBehavior: options['requireEmail'] === true ? 'Required' : 'Optional',
    userInfo: { accountId: options['accountId'] },
    metadata: options['data'],
    autoClose: options['autoClose'],
  };
}

function runCallback(callback: Callback, ...values: unknown[]): void {
  if (typeof callback === 'string') location.assign(callback);
  else callback?.(...values);
}

/** Lays the widget's own page over the site and waits until it is left. */
function openWidget(base: string, intent: Intent, onComplete: (result: WidgetResult) => void): Promise<WidgetResult> {
  const overlay = createOverlay(`${base}widget/card?intent=${encodeURIComponent(JSON.stringify(intent))}`);
  return new Promise((resolve) => {
    let last: WidgetResult = { type: 'cancel' };
    function finish(): void {
      window.removeEventListener('message', listen);
      overlay.close();
      overlay.remove();
      resolve(last);
      const target = intent[last.status === 'success' ? 'successRedirectUrl' : 'failRedirectUrl'];
      if (typeof target === 'string' && last.type === 'payment') location.assign(target);
    }
    function listen(event: MessageEvent): void {
      if (event.source !== overlay.querySelector('iframe')?.contentWindow || event.origin !== new URL(base).origin) return;
      if (event.data.result !== undefined) last = event.data.result;
      if (event.data.kind === 'close') finish();
      else onComplete(last);
    }
    window.addEventListener('message', listen);
    overlay.addEventListener('cancel', finish);
  });
}

/** Styled through the CSSOM, which a Content-Security-Policy without `unsafe-inline` allows. */
function createOverlay(src: string): HTMLDialogElement {
  const overlay = document.createElement('dialog');
  const frame = document.createElement('iframe');
  overlay.setAttribute('aria-label', 'CloudPayments');
  frame.title = 'CloudPayments';
  frame.allow = 'payment';
  frame.src = src;
  const whole = { border: '0', margin: '0', padding: '0', width: '100%', height: '100%', maxWidth: '100%', maxHeight: '100%' };
  Object.assign(overlay.style, whole, { background: 'rgb(8 15 30 / 55%)', display: 'grid', placeItems: 'center', overflow: 'hidden' });
  Object.assign(frame.style, {
    ...whole,
    maxWidth: '440px',
    maxHeight: '760px',
    background: 'Canvas',
    colorScheme: 'light dark',
    boxShadow: '0 24px 64px rgb(0 0 0 / 35%)',
  });
  if (window.innerWidth > 480) frame.style.borderRadius = '20px';
  overlay.append(frame);
  document.body.append(overlay);
  overlay.showModal();
  frame.focus();
  return overlay;
}

export const WIDGET_SCRIPT: string = browserScript([installWidget, createWidget, legacyIntent, runCallback, openWidget, createOverlay]);
