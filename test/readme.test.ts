import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, test } from 'node:test';
import { compileBlocks } from './support/compile-blocks.ts';
import {
  cashuVerbs,
  commandNames,
  errorCodes,
  eventNames,
  exampleVariables,
  healthNames,
  optionNames,
  routePaths,
  tableColumns,
} from './support/documented-names.ts';
import { isNamed, isOptionNamed, readManual } from './support/manual.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** What the example app and the command line read from their environment. */
const VARIABLES = [...new Set([...exampleVariables(), ...commandNames().variables])];

/** Tables of which the manual says what they are for, and no more. */
const INNER_TABLES: ReadonlySet<string> = new Set(['cloudpayments_delivery_body', 'cloudpayments_endpoint', 'cloudpayments_paid_order']);

const CODE_LANGUAGES = new Set(['ts', 'typescript', 'js', 'javascript', 'mjs', 'cjs']);

/** Fails with all that is missing, one a line, not with the first. */
function assertNone(missing: readonly string[], what: string): void {
  assert.ok(missing.length === 0, `${what}:\n  ${missing.join('\n  ')}`);
}

/** What stands between a table's name as a heading in bold and the next one. */
function textBelow(text: string, table: string): string {
  const [, rest = ''] = text.split(`**\`${table}\`**`);
  return rest.split(/\n\*\*`cloudpayments_|\n#/, 1)[0] ?? '';
}

describe('README.md', () => {
  const path = resolve(ROOT, 'README.md');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const manual = readManual(text);
  const blocks = manual.fences.filter(({ language }) => CODE_LANGUAGES.has(language));

  test('is there', () => assert.ok(text.length > 0, 'README.md is missing'));

  test('names every option', () => {
    assertNone(
      optionNames().filter((name) => !isOptionNamed(manual, name)),
      'options that README.md does not name in code (by path, `webhook.url`, or below a heading with the rest of the path)',
    );
  });

  test('names every route, event, error code, verb of CashU, option of the command line and variable', () => {
    const names = [...routePaths(), ...eventNames(), ...errorCodes(), ...VARIABLES, ...cashuVerbs(), ...commandNames().options];
    assertNone(
      names.filter((name) => !isNamed(manual, name)),
      'names that README.md does not have in code',
    );
  });

  test('names every table, and below its name every column', () => {
    const missing = [...tableColumns()].flatMap(([table, columns]) => {
      if (INNER_TABLES.has(table)) return isNamed(manual, table) ? [] : [table];
      const described = readManual(textBelow(text, table));
      return columns.filter((column) => column !== 'id' && !isNamed(described, column)).map((column) => `${table}.${column}`);
    });
    assertNone(missing, 'tables that README.md does not name, columns that it does not name below **`table`**');
  });

  test('names nothing that does not exist', () => {
    const options = optionNames();
    const dotted = new Set([...options, ...eventNames(), ...healthNames()]);
    const groups = new Set(options.filter((name) => name.includes('.')).map((name) => name.split('.')[0]));
    const spans = manual.code.map((piece) => piece.text);
    const wrongOptions = spans.filter((span) => /^\w+\.\w+$/.test(span) && groups.has(span.split('.')[0]) && !dotted.has(span));
    const codes = text.match(/\bERR_PAYMENTS_[A-Z_]+\b/g) ?? [];
    const variables = text.match(/\b(?:CLOUDPAYMENTS|ECOMMPAY|HTTP_AUTH)_[A-Z_]+\b/g) ?? [];
    const verbs = text.match(/\bpayments\.cashu\.\w+/g) ?? [];
    const tables = text.match(/\bcloudpayments_\w+/g) ?? [];
    const scripts = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name);
    const known = readFileSync(resolve(ROOT, 'package.json'), 'utf8');
    assertNone(
      [
        ...wrongOptions,
        ...codes.filter((code) => !errorCodes().includes(code)),
        ...variables.filter((name) => !VARIABLES.includes(name)),
        ...verbs.filter((name) => !cashuVerbs().includes(name)),
        ...tables.filter((name) => !tableColumns().has(name) && !name.startsWith('cloudpayments_migrations')),
        ...scripts.filter((name) => !known.includes(`"${name}":`)),
      ],
      'options, error codes, variables, verbs, tables and scripts in README.md that do not exist',
    );
  });

  test('marks every block of code as `run` (it compiles as it stands) or `fragment`', () => {
    const unmarked = blocks.filter(({ marks }) => !marks.includes('run') && !marks.includes('fragment'));
    assertNone(
      unmarked.map(({ line, language }) => `README.md:${line}: write \`\`\`${language} run or \`\`\`${language} fragment`),
      'blocks without a mark',
    );
    assert.ok(
      blocks.some(({ marks }) => marks.includes('run')),
      'README.md has no block of code marked `run`',
    );
  });

  test('compiles against the package', () => {
    assert.ok(existsSync(resolve(ROOT, 'dist/lib/index.d.ts')), 'the package is not built: npm run build');
    assertNone(compileBlocks(blocks.filter(({ marks }) => marks.includes('run'))), 'blocks of README.md that do not compile');
  });

  test('has no link into nowhere', () => {
    const broken = manual.links.filter(({ target }) => {
      if (/^[a-z]+:/.test(target)) return false;
      const [file = '', anchor = ''] = target.split('#');
      if (file !== '' && !existsSync(resolve(ROOT, file))) return true;
      return file === '' && !manual.anchors.has(anchor);
    });
    assertNone(
      broken.map(({ target, line }) => `README.md:${line}: ${target}`),
      'links of README.md that lead nowhere',
    );
  });
});
