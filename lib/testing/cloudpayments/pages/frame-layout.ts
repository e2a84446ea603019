import { type Html, html } from '../../html.ts';
import { type Language, MESSAGES } from './messages.ts';

interface FramePage {
  readonly language: Language;
  readonly title: string;
  /** Path of the mounted router. */
  readonly base: string;
  readonly content: Html;
  /** JSON of the widget's result, where the page is one. */
  readonly result?: string | undefined;
  readonly autoClose?: number | undefined;
}

/** The frame that all pages inside the widget share. */
export function frameLayout({ language, title, base, content, result, autoClose }: FramePage): string {
  const text = MESSAGES[language];
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="${base}/widget/style.css">
<script src="${base}/widget/frame.js" defer></script>
</head>
<body${result !== undefined && html` data-result="${result}"`}${autoClose !== undefined && html` data-auto-close="${autoClose}"`}>
<header class="bar">
<span class="lock" aria-hidden="true"></span>
<span class="bar-text">${text.testMode}</span>
<button type="button" class="close" data-close aria-label="${text.close}">×</button>
</header>
<main aria-label="CloudPayments">${content}</main>
</body>
</html>
`;
  return page.text;
}
