/** A fenced block of code in a manual. */
export interface Fence {
  /** First word after the fence: `ts`, `js`, `sh`, … */
  readonly language: string;
  /** The words after it: `run` or `fragment`. */
  readonly marks: readonly string[];
  readonly code: string;
  /** Line of the fence itself, from 1. */
  readonly line: number;
}

/** A Markdown text, seen as what a reader can copy, follow and look up. */
export interface Manual {
  readonly fences: readonly Fence[];
  /** Everything that is set as code, fences and spans, and the headings; each with the headings that it stands under. */
  readonly code: readonly { readonly text: string; readonly headings: string }[];
  /** Link targets with their line. */
  readonly links: readonly { readonly target: string; readonly line: number }[];
  /** Anchors as GitHub makes them from headings. */
  readonly anchors: ReadonlySet<string>;
}

export function readManual(markdown: string): Manual {
  const fences: Fence[] = [];
  const code: { text: string; headings: string }[] = [];
  const links: { target: string; line: number }[] = [];
  const anchors = new Set<string>();
  let open: { readonly fence: string; readonly info: readonly string[]; readonly line: number; readonly lines: string[] } | undefined;
  let headings: string[] = [];
  for (const [index, text] of markdown.split('\n').entries()) {
    const [, fence, info = ''] = /^\s*(`{3,}|~{3,})\s*(.*)$/.exec(text) ?? [];
    if (open !== undefined) {
      if (fence !== undefined && info === '' && fence.startsWith(open.fence)) {
        const [language = '', ...marks] = open.info;
        fences.push({ language, marks, code: open.lines.join('\n'), line: open.line });
        code.push({ text: open.lines.join('\n'), headings: headings.join('\n') });
        open = undefined;
      } else {
        open.lines.push(text);
      }
      continue;
    }
    if (fence !== undefined) {
      open = { fence, info: info.split(/\s+/).filter(Boolean), line: index + 1, lines: [] };
      continue;
    }
    const [, marks = '', heading = ''] = /^(#{1,6})\s+(.*?)\s*#*$/.exec(text) ?? [];
    if (marks !== '') {
      headings = [...headings.slice(0, marks.length - 1), heading];
      anchors.add(slug(heading, anchors));
      code.push({ text: heading, headings: headings.join('\n') });
    }
    for (const [, , span = ''] of text.matchAll(/(`+)(.+?)\1/g)) code.push({ text: span, headings: headings.join('\n') });
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)[^)]*\)/g)) links.push({ target, line: index + 1 });
  }
  return { fences, code, links, anchors };
}

/** Whether a word stands in code by itself: not as a part of a longer name or path. */
export function isNamed(manual: Manual, name: string): boolean {
  const word = wordOf(name);
  return manual.code.some(({ text }) => word.test(text));
}

/** Whether an option is named by its full path, or by its last name below a heading that names the rest. */
export function isOptionNamed(manual: Manual, option: string): boolean {
  if (isNamed(manual, option)) return true;
  const [parent, name] = [option.slice(0, option.lastIndexOf('.')), option.slice(option.lastIndexOf('.') + 1)];
  if (!option.includes('.')) return false;
  const [word, heading] = [wordOf(name), wordOf(parent)];
  return manual.code.some(({ text, headings }) => word.test(text) && heading.test(headings));
}

/** Before a path another may stand (`/base/health`), before a word nothing that makes it longer. */
function wordOf(name: string): RegExp {
  const literal = name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return new RegExp(`${name.startsWith('/') ? '' : '(?<![\\w.-])'}${literal}(?![\\w-]|\\.\\w)`);
}

function slug(heading: string, taken: ReadonlySet<string>): string {
  const plain = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
  let candidate = plain;
  for (let n = 1; taken.has(candidate); n += 1) candidate = `${plain}-${n}`;
  return candidate;
}
