import assert from 'node:assert/strict';
import type { Site } from './site.ts';

/** What a card page tells the widget. */
export interface PageData {
  readonly html: string;
  /** The widget's parameters. */
  readonly intent: Readonly<Record<string, unknown>>;
  /** `Data` of the notifications of this payment. */
  readonly data: string;
  /** `InvoiceId` of the notifications of this payment. */
  readonly invoiceId: string;
  /** Address of the page's status route. */
  readonly statusUrl: string;
}

/** Opens a card page by its address below the host or below the base path, and takes the widget's parameters out of its JSON. */
export async function bindingOf(site: Site, address: string): Promise<PageData> {
  const url = address.startsWith('/pub/') ? `${site.base}${address}` : `${site.host.url}${address}`;
  const response = await fetch(url);
  const html = await response.text();
  assert.equal(response.status, 200, `${address}: ${/<main[\s\S]*/.exec(html)?.[0] ?? html}`);
  const [, json = ''] = /<script[^>]*type="application\/json"[^>]*>([\s\S]*?)<\/script>/.exec(html) ?? [];
  const model: { intent: Record<string, unknown>; statusUrl: string } = JSON.parse(json);
  return {
    html,
    intent: model.intent,
    data: JSON.stringify(model.intent['metadata']),
    invoiceId: String(model.intent['externalId']),
    statusUrl: new URL(model.statusUrl, url).href,
  };
}
