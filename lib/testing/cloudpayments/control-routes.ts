import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { errorText } from '../../domain/errors.ts';
import { CONTROL_SCRIPT } from './browser/control.ts';
import type { CloudPaymentsControl } from './control.ts';
import { controlLive, controlPage } from './pages/control-page.ts';
import { CONTROL_STYLE } from './pages/control-style.ts';
import type { ControlView } from './pages/control-view.ts';
import { sendPage } from './send-page.ts';

type Fields = Readonly<Record<string, string | undefined>>;
type Act = (control: CloudPaymentsControl, fields: Fields) => unknown;

const ACTS: Readonly<Record<string, Act>> = {
  delay: (control, { seconds }) => control.delay(Number(seconds ?? 10) * 1000),
  lose: (control) => control.lose(),
  edit: (control, { amount }) => control.editNext(amount ?? ''),
  release: (control, { transactionId }) => control.release(transactionId === undefined ? undefined : Number(transactionId)),
  duplicate: (control, { transactionId, times }) => control.duplicate(Number(transactionId), Number(times ?? 1)),
  refund: (control, { transactionId, amount }) => control.refund(Number(transactionId), given(amount)),
  confirm: (control, { transactionId, amount }) => control.confirm(Number(transactionId), given(amount)),
  cancel: (control, { transactionId }) => control.cancel(Number(transactionId)),
};

/** The control page, and the same for programs: `GET /control/state`, `POST /control/{act}` with `Accept: application/json`. */
export function controlRoutes(control: CloudPaymentsControl): Router {
  const router = express.Router();
  router.get('/', (request, response) => sendPage(response, controlPage(viewOf(request), control)));
  router.get('/control/live', (request, response) => sendPage(response, controlLive(viewOf(request), control).text));
  router.get(
    '/control/state',
    (_request, response) => void response.json({ payments: control.list(), notifications: control.notifications() }),
  );
  router.get('/control/control.js', (_request, response) => void response.type('js').send(CONTROL_SCRIPT));
  router.get('/control/style.css', (_request, response) => void response.type('css').send(CONTROL_STYLE));
  router.post('/control/:act', express.urlencoded({ extended: false }), perform(control));
  return router;
}

function perform(control: CloudPaymentsControl): RequestHandler {
  return function performAct(request, response, next) {
    const name = String(request.params['act']);
    const act = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
    if (act === undefined) return next();
    // Duplicates wait for their answers; the act itself begins at once.
    Promise.resolve(Object(request.body))
      .then((fields: Fields) => act(control, fields))
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
  const language = wanted === 'ru' || wanted === 'en' ? wanted : request.acceptsLanguages(['en', 'ru']) === 'ru' ? 'ru' : 'en';
  return { base: request.baseUrl, language };
}

function given(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}
