import { OptionsError } from '../../domain/errors.ts';

/** Options of `createEcommpayStandIn`. */
export interface EcommpayStandInOptions {
  /** The one project that it serves. */
  readonly projectId: number;
  /** The project's secret: signs requests, callbacks and answers. */
  readonly secret: string;
  /** Where callbacks go, unless a request names a `merchant_callback_url`. */
  readonly callbackUrl: string;
  /** The Dashboard token of the Data API and the secret that belongs to it. Without them every token is unknown. */
  readonly dataApi?: { readonly token: string; readonly secret: string };
  /**
   * Address of the mounted stand-in as browsers reach it, where that is not the one that the requests of the site's server go to:
   * the way to CashU's page begins with it. Default: the address that was last asked for.
   */
  readonly publicUrl?: string;
  /** Divides the pauses between repeated callbacks, and how late a late result comes (35 minutes). Default 1; with 600 minutes become tenths of seconds. */
  readonly speed?: number;
  /** Milliseconds that each step inside of ECommPay and CashU takes, such as from the acceptance to the redirect data. Default 150; never divided. */
  readonly stepMs?: number;
  /** Milliseconds that a payer has; then the payment is declined by itself. Default 30 minutes, divided by `speed`. */
  readonly limitMs?: number;
  /** Milliseconds for which the answer to a callback is waited for. Default 30000; never divided. */
  readonly answerTimeoutMs?: number;
}

/** `EcommpayStandInOptions` after parsing. */
export interface EcommpayConfig {
  readonly projectId: number;
  readonly secret: string;
  readonly callbackUrl: string;
  readonly dataApi: { readonly token: string; readonly secret: string } | undefined;
  /** Without a slash at the end. */
  readonly publicUrl: string | undefined;
  readonly speed: number;
  readonly stepMs: number;
  readonly limitMs: number;
  readonly answerTimeoutMs: number;
}

/** Source: https://developers.ecommpay.com/ru/pm_cashu.html, limit of a payment */
const LIMIT_MS = 30 * 60_000;
const MAX_PROJECT_ID = 4_294_967_295;

export function parseStandInOptions(options: EcommpayStandInOptions): EcommpayConfig {
  const { projectId, secret, callbackUrl, publicUrl, speed = 1, stepMs = 150, answerTimeoutMs = 30_000 } = options;
  requireOption(Number.isInteger(projectId) && projectId > 0 && projectId <= MAX_PROJECT_ID, `projectId has to be 1 to ${MAX_PROJECT_ID}.`);
  requireOption(secret !== '', 'secret must not be empty.');
  requireOption(URL.canParse(callbackUrl), 'callbackUrl has to be a whole address, https://shop.example/….');
  requireOption(publicUrl === undefined || URL.canParse(publicUrl), 'publicUrl has to be a whole address, https://shop.example/….');
  requireOption(speed > 0, 'speed has to be above 0.');
  requireOption(stepMs >= 0, 'stepMs must not be below 0.');
  const limitMs = options.limitMs ?? LIMIT_MS / speed;
  requireOption(limitMs > 0, 'limitMs has to be above 0.');
  requireOption(answerTimeoutMs > 0, 'answerTimeoutMs has to be above 0.');
  return {
    ...{ projectId, secret, callbackUrl, speed, stepMs, limitMs, answerTimeoutMs },
    publicUrl: publicUrl?.replace(/\/+$/, ''),
    dataApi: options.dataApi,
  };
}

function requireOption(holds: boolean, sentence: string): void {
  if (!holds) throw new OptionsError('ERR_PAYMENTS_OPTIONS', `createEcommpayStandIn: ${sentence}`);
}
