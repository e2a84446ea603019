import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { errorText } from '../domain/errors.ts';
import { chooseLanguage } from '../http/choose-language.ts';
import { CONTROL_SCRIPT } from './control-script.ts';
import type { ControlView } from './control-view.ts';
import { type Html, html } from './html.ts';
import { sendPage } from './send-page.ts';

/** The fields of a button's form. */
export type ControlFields = Readonly<Record<string, string | undefined>>;

/** The control page of one stand-in. */
export interface ControlPanel {
  readonly title: (view: ControlView) => string;
  readonly lead: (view: ControlView) => string;
  /** The part that is fetched again and again. */
  readonly live: (view: ControlView) => Html;
  /** The same for programs. */
  readonly state: () => object;
  readonly style: string;
  /** What the buttons do, by name. What they throw is shown as a sentence. */
  readonly acts: Readonly<Record<string, (fields: ControlFields) => unknown>>;
}

/** The control page, and the same for programs: `GET /control/state`, `POST /control/{act}` with `Accept: application/json`. */
export function controlPanel(panel: ControlPanel): Router {
  const router = express.Router();
  router.get('/', (request, response) => sendPage(response, wholePage(panel, viewOf(request))));
  router.get('/control/live', (request, response) => sendPage(response, panel.live(viewOf(request)).text));
  router.get('/control/state', (_request, response) => void response.json(panel.state()));
  router.get('/control/control.js', (_request, response) => void response.type('js').send(CONTROL_SCRIPT));
  router.get('/control/style.css', (_request, response) => void response.type('css').send(panel.style));
  router.post('/control/:act', express.urlencoded({ extended: false }), perform(panel));
  return router;
}

function wholePage(panel: ControlPanel, view: ControlView): string {
  const { base, language } = view;
  const other = language === 'ru' ? 'en' : 'ru';
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${panel.title(view)}</title>
<link rel="stylesheet" href="${base}/control/style.css">
<script src="${base}/control/control.js" defer></script>
</head>
<body>
<header><div><h1>${panel.title(view)}</h1><p>${panel.lead(view)}</p></div><a class="lang" href="?lang=${other}" lang="${other}">${other === 'ru' ? 'Русский' : 'English'}</a></header>
<main data-live="${base}/control/live?lang=${language}" tabindex="-1">${panel.live(view)}</main>
</body>
</html>
`;
  return page.text;
}

function perform({ acts }: ControlPanel): RequestHandler {
  return function performAct(request, response, next) {
    const name = String(request.params['act']);
    const act = Object.hasOwn(acts, name) ? acts[name] : undefined;
    if (act === undefined) return next();
    // Some acts wait for their end; each begins at once.
    Promise.resolve(Object(request.body))
      .then((fields: ControlFields) => act(fields))
      .then((result) => answerAct(request, response, result ?? null))
      .catch((error: unknown) => void response.status(409).json({ error: errorText(error) }));
  };
}

function answerAct(request: Request, response: Response, result: unknown): void {
  if (request.accepts(['html', 'json']) === 'json') response.json({ result });
  else response.redirect(303, `${request.baseUrl}/`);
}

function viewOf(request: Request): ControlView {
  const wanted = request.query['lang'];
  const language = chooseLanguage(typeof wanted === 'string' ? wanted : undefined, request.get('accept-language'));
  return { base: request.baseUrl, language };
}
