import type { Language } from '../../../http/choose-language.ts';
import { type Html, html } from '../../html.ts';
import { MESSAGES } from './messages.ts';

/** Where a page stands and how it speaks. */
export interface PayerView {
  /** Path of the mounted router. */
  readonly base: string;
  readonly language: Language;
}

interface PayerPage extends PayerView {
  readonly title: string;
  /** Whose page it is. */
  readonly brand: 'ECommPay' | 'CashU';
  readonly content: Html;
  /** Seconds after which the page is loaded anew. */
  readonly reloadAfter?: number | undefined;
}

/** The frame that the payer's pages share; none needs a script. */
export function payerLayout({ base, language, title, brand, content, reloadAfter }: PayerPage): string {
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${reloadAfter !== undefined && html`<meta http-equiv="refresh" content="${reloadAfter}">`}
<title>${title} · ${brand}</title>
<link rel="stylesheet" href="${base}/payment/style.css">
</head>
<body class="${brand}">
<header><span class="brand">${brand}</span><span class="test">${MESSAGES[language].testMode}</span></header>
<main>${content}</main>
</body>
</html>
`;
  return page.text;
}

/** A list of names and values. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): Html {
  return html`<dl>${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** The parameters as they came, folded away. */
export function sentParameters(parameters: URLSearchParams, language: Language, isOpen: boolean): Html {
  return html`<details${isOpen && html` open`}><summary>${MESSAGES[language].sent}</summary>${facts([...parameters])}</details>`;
}
