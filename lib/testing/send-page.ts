import type { Response } from 'express';

/** What a page needs beyond what all of them have. */
interface PageNeeds {
  /** Its forms end on another site: browsers hold redirects after a form against `form-action` too. */
  readonly formsLeadAway?: boolean;
}

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'";

/** Sends a page of a stand-in; it may stand in a frame of any site, as the real ones do. */
export function sendPage(response: Response, page: string, { formsLeadAway = false }: PageNeeds = {}): void {
  const policy = `${POLICY}; form-action 'self'${formsLeadAway ? ' http: https:' : ''}`;
  response.removeHeader('X-Frame-Options');
  response.set({ 'content-security-policy': policy, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  response.type('html').send(page);
}
