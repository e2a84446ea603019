import type { PageProblemReason } from '../domain/errors.ts';

/** What is wrong with an address to which a payer is to be sent back; undefined when nothing is: absolute http(s) without user name. */
export function returnUrlProblem(text: string, origins: readonly string[] | undefined): PageProblemReason | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return 'not-a-url';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'url-scheme';
  if (!/^https?:\/\/[^/\\]/i.test(text.trim())) return 'not-a-url';
  if (url.username !== '' || url.password !== '') return 'url-user-info';
  return origins === undefined || origins.includes(url.origin) ? undefined : 'url-origin';
}
