import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { findViolations, type Sources } from './support/import-rules.ts';

const ROOT = resolve(import.meta.dirname, '..');
const MOST_LINES = 200;

/** Files that are longer than a page for a reason. */
const LONG_FILES: Readonly<Record<string, string>> = {
  'lib/providers/ecommpay/operation-codes.ts': 'one line for each code',
};

function readSources(): Sources {
  const sources = new Map<string, string>();
  for (const folder of ['lib', 'migrations']) {
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      const file = join(folder, entry).replaceAll('\\', '/');
      if (file.endsWith('.ts')) sources.set(file, readFileSync(join(ROOT, file), 'utf8'));
    }
  }
  return sources;
}

function lineCount(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

describe('the house', () => {
  const sources = readSources();

  test('keeps to its floors, doors and names', () => {
    const lines = findViolations(sources).map(({ file, line, rule }) => `${file}:${line}: ${rule}`);
    assert.equal(lines.length, 0, `rules of the house are broken (test/support/import-rules.ts has them):\n${lines.join('\n')}`);
  });

  test(`has no file in lib with more than ${MOST_LINES} lines`, () => {
    const long = [...sources]
      .map(([file, text]) => ({ file, lines: lineCount(text) }))
      .filter(({ file, lines }) => file.startsWith('lib/') && lines > MOST_LINES && !Object.hasOwn(LONG_FILES, file));
    assert.equal(long.length, 0, `too long:\n${long.map(({ file, lines }) => `${file}: ${lines} lines`).join('\n')}`);
  });

  test('has no exception for a file that is gone or short enough', () => {
    const idle = Object.keys(LONG_FILES).filter(
      (file) => !existsSync(join(ROOT, file)) || lineCount(sources.get(file) ?? '') <= MOST_LINES,
    );
    assert.deepEqual(idle, []);
  });
});

/** The rules that one file breaks, with what it imports standing by. */
function rulesBrokenBy(file: string, text: string, others: Readonly<Record<string, string>> = {}): string[] {
  const sources = new Map([...Object.entries(others), [file, text] as const]);
  return findViolations(sources).map(({ line, rule }) => `${line}: ${rule}`);
}

describe('the rules of the house notice', () => {
  const broken: readonly (readonly [name: string, file: string, text: string, rule: RegExp])[] = [
    ['an import that goes up', 'lib/storage/a.ts', "\nimport { b } from '../payments/b.ts';", /^2: .*only go down/],
    ['an import that goes up to the roof', 'lib/domain/a.ts', "import { b } from '../options.ts';", /only go down/],
    ['a value from a contract of the roof', 'lib/http/a.ts', "import { CheckCode } from '../payments-options.ts';", /only go down/],
    ['a door between http and dispatcher', 'lib/http/a.ts', "import type { B } from '../dispatcher/b.ts';", /no door between/],
    ['a door between two providers', 'lib/providers/one/a.ts', "import { b } from '../two/b.ts';", /no door between/],
    ['a door between storage and a provider', 'lib/storage/a.ts', "import { b } from '../providers/one/index.ts';", /no door between/],
    ['a dynamic import that goes up', 'lib/domain/a.ts', "const b = await import('../http/b.ts');", /only go down/],
    ['a type import in passing', 'lib/domain/a.ts', "let b: import('../http/b.ts').B;", /only go down/],
    ['an import of lib/testing', 'lib/create-payments-router.ts', "import { b } from './testing/b.ts';", /nothing imports lib\/testing/],
    ['an import of lib/cli', 'lib/http/a.ts', "import { b } from '../cli/b.ts';", /nothing imports lib\/cli/],
    ['an import from outside', 'lib/http/a.ts', "import { b } from '../../test/b.ts';", /outside of lib/],
    ['migrations outside of storage', 'lib/payments/a.ts', "import { b } from '../../migrations/index.ts';", /lib\/storage only/],
    ['a migration that knows too much', 'migrations/a.ts', "import { b } from '../lib/payments/b.ts';", /lib\/storage and lib\/domain/],
    ['a file in a room of its own', 'lib/extra/a.ts', "import { b } from '../domain/b.ts';", /in no room/],
    ['express below http', 'lib/payments/a.ts', "import type { Request } from 'express';", /^1: express comes in by/],
    ['knex above storage', 'lib/payments/a.ts', "import type { Knex } from 'knex';", /knex comes in by/],
    ['a value of knex on the roof', 'lib/payments-options.ts', "import { knex } from 'knex';", /knex comes in by/],
    ['a second door for ejs', 'lib/http/other.ts', "import ejs from 'ejs';", /ejs comes in by/],
    ['a second door for helmet', 'lib/http/other.ts', "import helmet from 'helmet';", /helmet comes in by/],
    ['a further client', 'lib/dispatcher/other.ts', "import { request } from 'undici';", /undici comes in by/],
    ['p-retry in storage', 'lib/storage/a.ts', "import pRetry from 'p-retry';", /p-retry comes in by/],
    ['a dependency without a door', 'lib/http/a.ts', "import { z } from 'left-pad/sub';", /left-pad has no door/],
    ['a driver outside of storage', 'lib/http/a.ts', "import pg from 'pg';", /driver/],
    ['a driver that is only named', 'lib/options.ts', "const hint = 'install better-sqlite3';", /names a driver/],
    ['a default export', 'lib/http/a.ts', '\n\nexport default function a() {}', /^3: no default exports/],
    ['a default export by another way', 'lib/http/a.ts', 'const a = 1;\nexport { a as default };', /^2: no default exports/],
    ['a barrel', 'lib/http/a.ts', "export { b } from '../domain/b.ts';", /hand on/],
    ['an index of a room', 'lib/http/index.ts', 'export const a = 1;', /no index\.ts/],
    ['a drawer', 'lib/http/url-utils.ts', 'export const a = 1;', /no drawers/],
    ['a drawer with a door', 'lib/http/types.ts', 'export const a = 1;', /no drawers/],
    ['camel case', 'lib/http/renderPage.ts', 'export const a = 1;', /kebab-case/],
  ];
  for (const [name, file, text, rule] of broken) {
    test(name, () => {
      const rules = rulesBrokenBy(file, text);
      assert.equal(rules.length, 1, rules.join('\n'));
      assert.match(rules[0] ?? '', rule);
    });
  }

  test('a circle of files', () => {
    const rules = rulesBrokenBy('lib/http/a.ts', "import { b } from './b.ts';", {
      'lib/http/b.ts': "import { c } from './c.ts';",
      'lib/http/c.ts': "import { a } from './a.ts';",
    });
    assert.equal(rules.length, 1);
    assert.match(rules[0] ?? '', /no cycles: .*lib\/http\/a\.ts/);
  });
});

describe('the rules of the house allow', () => {
  const fine: readonly (readonly [name: string, file: string, text: string])[] = [
    ['imports that go down', 'lib/create-payments-router.ts', "import { a } from './http/a.ts';\nimport express from 'express';"],
    ['imports that skip a floor', 'lib/dispatcher/a.ts', "import { b } from '../storage/b.ts';\nimport pRetry from 'p-retry';"],
    ['contracts of the roof as types', 'lib/storage/a.ts', "import type { PaymentsOptions } from '../payments-options.ts';"],
    ['a provider and its own files', 'lib/providers/one/a.ts', "import { b } from './b.ts';\nimport { c } from '../../domain/c.ts';"],
    ['the barrel of a provider', 'lib/providers/one/index.ts', "export { b } from './b.ts';"],
    ['lib/testing to use the package', 'lib/testing/a.ts', "import { b } from '../providers/one/index.ts';"],
    ['migrations for storage', 'lib/storage/migrate.ts', "import { b } from '../../migrations/index.ts';"],
    ['words that only look like a drawer', 'lib/http/content-types.ts', 'export const a = 1;'],
  ];
  for (const [name, file, text] of fine) {
    test(name, () => assert.deepEqual(rulesBrokenBy(file, text), []));
  }
});
