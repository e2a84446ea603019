import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ejs from 'ejs';
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

/** Each view in `views/` with what it shows. */
export interface PageModels {
  readonly card: CardPageModel;
  readonly problem: ProblemPageModel;
}

const VIEWS = new URL('../../views/', import.meta.url);
const assets = new Map<string, string>();
const templates = new Map<string, ejs.TemplateFunction>();

/** The HTML of a page. Templates are read and compiled once. */
export function renderPage<View extends keyof PageModels>(view: View, model: PageModels[View]): string {
  return templateOf(view)({ ...model, texts: messages[model.lang], asset, toInlineJson, toWebUrl });
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

/** The address if a browser may safely be sent there. */
function toWebUrl(text: string | undefined): string | undefined {
  return text !== undefined && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined;
}
