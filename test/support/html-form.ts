/** The form of a page, as a browser would send it. */
export interface ShownForm {
  readonly method: string;
  readonly action: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&#34;': '"', '&#39;': "'", '&amp;': '&' };

/** The only form of a page; undefined where there is none. */
export function formOf(html: string): ShownForm | undefined {
  const [, method = '', action = ''] = /<form [^>]*method="([^"]*)" action="([^"]*)"/.exec(html) ?? [];
  if (method === '') return undefined;
  const inputs = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return { method, action: unescaped(action), fields: [...inputs].map(([, name, value]) => [unescaped(name), unescaped(value)] as const) };
}

/** Text of an attribute as the browser reads it. */
function unescaped(text = ''): string {
  return text.replace(/&(?:lt|gt|amp|#34|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** The address that the link of an id leads to. */
export function linkOf(html: string, id: string): string | undefined {
  const [, address] = new RegExp(`<a [^>]*id="${id}" href="([^"]*)"`).exec(html) ?? [];
  return address === undefined ? undefined : unescaped(address);
}
