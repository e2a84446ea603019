import type { Response } from 'express';

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'";

/** Sends a page of the stand-in; it may stand in a frame of any site, as the real widget does. */
export function sendPage(response: Response, page: string): void {
  response.removeHeader('X-Frame-Options');
  response.set({ 'content-security-policy': POLICY, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  response.type('html').send(page);
}
