import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ejs from 'ejs';
import { type CashuState, cashuMessages } from './cashu-messages.ts';
import type { Language } from './choose-language.ts';
import { messages } from './messages.ts';

/** What every page needs. */
export interface PageModel {
  readonly lang: Language;
  /** Of this load, from `pageNonce`. */
  readonly nonce: string;
}

/** The page on which a payer pays by card. */
export interface CardPageModel extends PageModel {
  readonly account: string;
  readonly description: string;
  /** As the payer reads it, from `formatSum`. */
  readonly sum: string;
  /** ISO 4217 code; shown beside a sum that names its currency by a sign only. */
  readonly currency: string;
  /** Address of the widget's script, absolute or a path. */
  readonly widgetUrl: string;
  /** Parameters of the widget's `start`. */
  readonly intent: Readonly<Record<string, unknown>>;
  /** For widgets that do not know `start` yet. */
  readonly legacy: { readonly method: 'charge' | 'auth'; readonly options: Readonly<Record<string, unknown>> };
  /** Answers `{"status":"pending"|"paid"|"authorized"|"declined"|"review"}`; on the page's own site. */
  readonly statusUrl: string;
  /** Where the payer goes after the payment; without it the page shows the result. Anything but http(s) is left out. */
  readonly successUrl?: string | undefined;
  /** Where the payer goes without having paid; without it the page shows what happened. Anything but http(s) is left out. */
  readonly failUrl?: string | undefined;
}

/** The page that says why there is nothing to pay. */
export interface ProblemPageModel extends PageModel {
  readonly title: string;
  readonly lead: string;
  /** What is wrong with each parameter of the address; may be empty. */
  readonly problems: readonly { readonly parameter: string; readonly message: string }[];
  readonly backUrl?: string | undefined;
}

/** What a payer sets out to pay, as pages show it. */
export interface ShownPayment {
  readonly account: string;
  readonly description: string;
  /** As the payer reads it, from `formatSum`. */
  readonly sum: string;
  /** ISO 4217 code; shown beside a sum that names its currency by a sign only. */
  readonly currency: string;
}

/** The page on which a payer looks at a payment and goes on to CashU: one plain form, which needs no script. */
export interface CashuPageModel extends PageModel, ShownPayment {
  /** Where the form is sent: relative, on the page's own site. */
  readonly action: string;
  /** Hidden fields of the form. */
  readonly fields: Readonly<Record<string, string>>;
  /** Where the payer goes without having paid. Anything but http(s) is left out. */
  readonly failUrl?: string | undefined;
}

/** The page that follows a CashU payment, and shows how it ended. */
export interface CashuProgressModel extends PageModel, ShownPayment {
  readonly state: CashuState;
  /** Why it failed, from `CashuMessages.reasons`; shown in the place of the state's text. */
  readonly reason?: string | undefined;
  /**
   * While the state may still change; on the page's own site, asked with `Accept: application/json`. Answers `{"state": CashuState}`; with
   * `"go": true` beside `waiting` the page opens `reloadUrl` at once. `waiting` is no news to a page that shows `returned`.
   */
  readonly statusUrl?: string | undefined;
  /** The page's own address without a fragment, to look at it anew. */
  readonly reloadUrl?: string | undefined;
  /** Where the payer can go on paying; shown with `waiting` and `returned`. */
  readonly continueUrl?: string | undefined;
  /** Where the same payment can be begun anew; shown with `declined`, `expired`, `refused` and `unreachable`. */
  readonly retryUrl?: string | undefined;
  /** Where the payer is taken 3 s after the payment. Anything but http(s) is left out. */
  readonly successUrl?: string | undefined;
  /** Where the payer may go without having paid; shown while there is no result, and after a failure. Anything but http(s) is left out. */
  readonly failUrl?: string | undefined;
}

/** The page that sends the payer on to ECommPay or CashU with a form, by itself or by its button. */
export interface SendOnPageModel extends PageModel, ShownPayment {
  readonly method: 'GET' | 'POST';
  /** Absolute; anything but http(s) is an error. */
  readonly url: string;
  /** Hidden fields. With GET they come beside what the query of `url` has, and instead of members of the same name. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Each view in `views/` with what it shows. */
export interface PageModels {
  readonly card: CardPageModel;
  readonly cashu: CashuPageModel;
  readonly 'cashu-progress': CashuProgressModel;
  readonly 'send-on': SendOnPageModel;
  readonly problem: ProblemPageModel;
}

const VIEWS = new URL('../../views/', import.meta.url);
const assets = new Map<string, string>();
const templates = new Map<string, ejs.TemplateFunction>();
/** What templates can call. */
const HELPERS = { asset, toInlineJson, toWebUrl, toAddress, toForm };

/** The HTML of a page. Templates are read and compiled once. */
export function renderPage<View extends keyof PageModels>(view: View, model: PageModels[View]): string {
  return templateOf(view)({ ...model, texts: messages[model.lang], cashu: cashuMessages[model.lang], ...HELPERS });
}

function templateOf(view: keyof PageModels): ejs.TemplateFunction {
  const known = templates.get(view);
  if (known !== undefined) return known;
  const filename = fileURLToPath(new URL(`${view}.ejs`, VIEWS));
  const template = ejs.compile(readFileSync(filename, 'utf8'), { filename, strict: true, localsName: 'page', cache: true });
  templates.set(view, template);
  return template;
}

/** A style sheet or browser script of `views/`, to go into the page as it stands. */
function asset(name: string): string {
  const known = assets.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(name, VIEWS), 'utf8');
  assets.set(name, text);
  return text;
}

/** JSON in which nothing can end a script element or open a comment in it. */
function toInlineJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The absolute address if a browser may safely be sent there. */
function toWebUrl(text: string | undefined): string | undefined {
  return text !== undefined && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined;
}

/** The same for an address that may also be relative to the page's own. */
function toAddress(text: string | undefined): string | undefined {
  const ownSite = 'http://page.invalid';
  return text !== undefined && URL.canParse(text, ownSite) && /^https?:$/.test(new URL(text, ownSite).protocol) ? text : undefined;
}

interface ShownForm {
  readonly action: string;
  readonly members: readonly (readonly [name: string, value: string])[];
  /** The site that it leads to. */
  readonly host: string;
}

/**
 * The form that sends a payer on. A browser puts the fields of a GET form in the place of its address's query, so what the query
 * has becomes fields as well; where both have a name, the field counts.
 */
function toForm({ method, url, fields }: Pick<SendOnPageModel, 'method' | 'url' | 'fields'>): ShownForm {
  const target = toWebUrl(url);
  if (target === undefined) throw new Error('A payer can be sent on to http(s) addresses only.');
  const { host, search, searchParams } = new URL(target);
  const members = Object.entries(fields);
  if (method === 'POST' || search === '') return { action: target, members, host };
  const inQuery = [...searchParams].filter(([name]) => !Object.hasOwn(fields, name));
  const action = new URL(target);
  action.search = '';
  return { action: action.href, members: [...inQuery, ...members], host };
}
