import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { FRAME_SCRIPT } from './browser/frame.ts';
import { WIDGET_SCRIPT } from './browser/widget.ts';
import { FRAME_STYLE } from './pages/frame-style.ts';
import type { WidgetDesk } from './widget-desk.ts';

/** The widget's script and the pages inside its frame. */
export function widgetRoutes(desk: WidgetDesk): Router {
  const router = express.Router();
  const form = express.urlencoded({ extended: false });
  router.get(['/bundles/cloudpayments.js', '/bundles/cloudpayments'], sendScript(WIDGET_SCRIPT));
  router.get('/widget/frame.js', sendScript(FRAME_SCRIPT));
  router.get('/widget/style.css', (_request, response) => void response.type('css').send(FRAME_STYLE));
  router.get('/widget/card', (request, response) => desk.showCardForm(request, response));
  router.post(
    '/widget/card',
    form,
    forwardErrors((request, response) => desk.takeCard(request, response)),
  );
  router.get('/widget/3ds/:id', (request, response) => desk.showThreeDs(request, response));
  router.post('/widget/3ds/:id', form, (request, response) => desk.leaveThreeDs(request, response));
  router.get('/widget/result/:id', (request, response) => desk.showResult(request, response));
  return router;
}

function sendScript(text: string): RequestHandler {
  return (_request, response) => void response.type('js').send(text);
}

/** Express 4 leaves a rejected handler alone. */
function forwardErrors(handler: (request: Request, response: Response) => Promise<void>): RequestHandler {
  return (request, response, next) => void handler(request, response).catch(next);
}
