import { posix } from 'node:path';
import ts from 'typescript';

/** A line of a source file that breaks a rule of the house. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
}

/** Text by path from the project's folder, with slashes: `lib/http/routes.ts`. */
export type Sources = ReadonlyMap<string, string>;

interface Import {
  readonly file: string;
  readonly line: number;
  /** As written. */
  readonly specifier: string;
  /** Path of the imported file; undefined for a package. */
  readonly target: string | undefined;
  /** Leaves nothing in the JavaScript. */
  readonly isType: boolean;
  readonly isReExport: boolean;
}

/** Rooms by floor, the ground first. A room is entered from above or from itself, never from the same floor. */
const FLOORS: readonly (readonly RegExp[])[] = [
  [/^lib\/domain\//],
  [/^lib\/storage\//, /^lib\/providers\/[^/]+\//],
  [/^lib\/payments\//],
  [/^lib\/http\//, /^lib\/dispatcher\//],
  [/^lib\/[^/]+\.ts$/],
];

/** Contracts of the roof that every floor may know, as types. */
const ROOF_TYPES = new Set(['lib/payments-options.ts', 'lib/payments-config.ts', 'lib/payments-router.ts', 'lib/payments-cashu.ts']);

const BARRELS = /^lib\/(index|testing\/index|providers\/[^/]+\/index)\.ts$/;

interface Door {
  readonly in: RegExp;
  /** Further files that may import types only. */
  readonly asType?: RegExp;
}

/** Where each dependency comes in. One that is not named here comes in nowhere. */
const DOORS: Readonly<Record<string, Door>> = {
  express: { in: /^lib\/(http\/|testing\/|create-payments-router\.ts$)/ },
  knex: { in: /^(lib\/storage|migrations)\//, asType: /^lib\/(payments-options|payments-config|options)\.ts$/ },
  ejs: { in: /^lib\/http\/render-page\.ts$/ },
  helmet: { in: /^lib\/http\/security-headers\.ts$/ },
  'p-retry': { in: /^lib\/(dispatcher\/[^/]+|lifecycle)\.ts$/ },
  undici: { in: /^lib\/(dispatcher\/http-sender|payments\/ask-merchant|providers\/[^/]+\/(api-client|http-client))\.ts$/ },
  zod: { in: /^lib\/[^/]+\.ts$/ },
  'fastest-levenshtein': { in: /^lib\/[^/]+\.ts$/ },
  'lossless-json': { in: /^lib\/(providers|testing)\// },
};

const DRIVERS = ['better-sqlite3', 'pg', 'mysql2'];
const DRIVER_ROOM = /^lib\/storage\//;

const DRAWERS = /(^|[/-])(utils?|helpers?|common|misc)(-|\/|\.ts$)|\/(services?|types)(\/|\.ts$)/;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\/[a-z0-9]+(-[a-z0-9]+)*)*\.ts$/;

/** Everything in these sources (of `lib` and `migrations`) that breaks a rule, in the order of files and lines. */
export function findViolations(sources: Sources): Violation[] {
  const imports = [...sources].flatMap(([file, text]) => importsOf(file, text));
  const found = [
    ...imports.flatMap((one) => brokenRules(one).map((rule) => ({ file: one.file, line: one.line, rule }))),
    ...cycles(imports),
    ...[...sources].flatMap(([file, text]) => (file.startsWith('lib/') ? [...nameRules(file), ...sourceRules(file, text)] : [])),
  ];
  return found.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
}

function brokenRules(one: Import): string[] {
  const rules = one.target === undefined ? packageRules(one) : roomRules(one, one.target);
  if (one.isReExport && one.file.startsWith('lib/') && !BARRELS.test(one.file)) {
    rules.push('only lib/index.ts, lib/testing/index.ts and the index.ts of a provider hand on what others export');
  }
  return rules;
}

function roomRules({ file, isType }: Import, target: string): string[] {
  const where = `${file} may not import ${target}`;
  if (target.startsWith('migrations/')) {
    return /^(lib\/storage|migrations)\//.test(file) ? [] : [`${where}: migrations are known to lib/storage only`];
  }
  if (!target.startsWith('lib/')) return [`${where}: it stands outside of lib`];
  if (file.startsWith('lib/testing/')) return [];
  if (target.startsWith('lib/testing/')) return [`${where}: nothing imports lib/testing`];
  if (file.startsWith('lib/cli/')) return [];
  if (target.startsWith('lib/cli/')) return [`${where}: nothing imports lib/cli`];
  if (isType && ROOF_TYPES.has(target)) return [];
  if (file.startsWith('migrations/')) {
    return /^lib\/(storage|domain)\//.test(target) ? [] : [`${where}: migrations know lib/storage and lib/domain only`];
  }
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === undefined || to === undefined) return [`${where}: one of them is in no room of the house`];
  if (from.name === to.name || from.floor > to.floor) return [];
  return [from.floor === to.floor ? `${where}: there is no door between ${from.name} and ${to.name}` : `${where}: imports only go down`];
}

function roomOf(file: string): { readonly floor: number; readonly name: string } | undefined {
  for (const [floor, rooms] of FLOORS.entries()) {
    const room = rooms.find((pattern) => pattern.test(file));
    if (room !== undefined) return { floor, name: floor === FLOORS.length - 1 ? 'lib' : (room.exec(file)?.[0] ?? '') };
  }
  return undefined;
}

function packageRules({ file, specifier, isType }: Import): string[] {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (specifier.startsWith('node:')) return [];
  if (DRIVERS.includes(name)) return DRIVER_ROOM.test(file) ? [] : [`${name} is a driver: only lib/storage knows drivers`];
  const door = Object.hasOwn(DOORS, name) ? DOORS[name] : undefined;
  if (door === undefined) return [`${name} has no door: name one in test/support/import-rules.ts`];
  if (door.in.test(file) || (isType && door.asType?.test(file) === true)) return [];
  return [`${name} comes in by ${door.in.source}${door.asType === undefined ? '' : ` (as a type also by ${door.asType.source})`} only`];
}

/** Imports that close a circle of files at run time; types leave nothing that could run in the wrong order. */
function cycles(imports: readonly Import[]): Violation[] {
  const edges = new Map<string, Import[]>();
  for (const one of imports) {
    if (!one.isType && one.target !== undefined) edges.set(one.file, [...(edges.get(one.file) ?? []), one]);
  }
  const done = new Set<string>();
  const found: Violation[] = [];
  const walk = (file: string, path: readonly string[]): void => {
    if (done.has(file)) return;
    for (const { target = '', line } of edges.get(file) ?? []) {
      const start = [...path, file].indexOf(target);
      if (start >= 0) found.push({ file, line, rule: `no cycles: ${[...path, file, target].slice(start).join(' → ')}` });
      else walk(target, [...path, file]);
    }
    done.add(file);
  };
  for (const file of edges.keys()) walk(file, []);
  return found;
}

function nameRules(file: string): Violation[] {
  const rules: string[] = [];
  if (!KEBAB_CASE.test(file)) rules.push('file names are kebab-case');
  if (DRAWERS.test(file)) rules.push('no drawers named utils, helpers, common, services or types');
  if (posix.basename(file) === 'index.ts' && !BARRELS.test(file)) {
    rules.push('no index.ts but those of lib, lib/testing and the providers');
  }
  return rules.map((rule) => ({ file, line: 1, rule }));
}

/** Rules for what stands inside a file: default exports, names of drivers. */
function sourceRules(file: string, text: string): Violation[] {
  const source = parse(file, text);
  const found: Violation[] = [];
  const visit = (node: ts.Node): void => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    if (isDefaultExport(node)) found.push({ file, line, rule: 'no default exports' });
    if (ts.isStringLiteralLike(node) && !isSpecifier(node) && namesDriver(node.text) && !DRIVER_ROOM.test(file)) {
      found.push({ file, line, rule: `"${node.text}" names a driver: only lib/storage knows drivers` });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === 'default';
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
}

function namesDriver(text: string): boolean {
  return DRIVERS.includes(text) || /\b(better-sqlite3|mysql2)\b/.test(text);
}

function isSpecifier(node: ts.Node): boolean {
  return ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent);
}

function importsOf(file: string, text: string): Import[] {
  const source = parse(file, text);
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: string, isType: boolean, isReExport: boolean) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : undefined;
    found.push({ file, line, specifier, target, isType, isReExport });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node, node.moduleSpecifier.text, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword, false);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node, node.moduleSpecifier.text, node.isTypeOnly, true);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      add(node, node.argument.literal.text, true, false);
    } else if (ts.isCallExpression(node) && isLoader(node.expression)) {
      const [argument] = node.arguments;
      if (argument !== undefined && ts.isStringLiteralLike(argument)) add(node, argument.text, false, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `import(…)`, `require(…)` and `createRequire(…)(…)`. */
function isLoader(expression: ts.Expression): boolean {
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(expression)) return expression.text === 'require';
  return ts.isCallExpression(expression) && ts.isIdentifier(expression.expression) && expression.expression.text === 'createRequire';
}

function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}
