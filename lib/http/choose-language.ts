/** Languages of the pages. */
export type Language = 'ru' | 'en';

function toLanguage(tag: string): Language | undefined {
  const primary = tag.trim().toLowerCase().split('-')[0];
  return primary === 'ru' || primary === 'en' ? primary : undefined;
}

/** The weight of one entry of Accept-Language, `ru;q=0.8` → 0.8; 0 for a broken one. */
function weightOf(parameters: readonly string[]): number {
  const quality = parameters.map((parameter) => /^\s*q\s*=\s*(\S+)\s*$/i.exec(parameter)?.[1]).find((value) => value !== undefined);
  if (quality === undefined) return 1;
  return /^(?:0(?:\.\d{1,3})?|1(?:\.0{1,3})?)$/.test(quality) ? Number(quality) : 0;
}

/** The language of a page: `lang` where it is one of ours, else the best of Accept-Language, else English. */
export function chooseLanguage(lang: string | undefined, acceptLanguage: string | undefined): Language {
  const chosen = lang === undefined ? undefined : toLanguage(lang);
  if (chosen !== undefined) return chosen;
  let best: { readonly language: Language; readonly weight: number } = { language: 'en', weight: 0 };
  for (const entry of (acceptLanguage ?? '').split(',')) {
    const [tag = '', ...parameters] = entry.split(';');
    const language = toLanguage(tag);
    const weight = weightOf(parameters);
    if (language !== undefined && weight > best.weight) best = { language, weight };
  }
  return best.language;
}
