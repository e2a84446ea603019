import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '../..');

/** Options of `createPaymentsRouter` with their path, `webhook.url`, as the sources have them. */
export function optionNames(): string[] {
  return optionsOf(readSource('lib/payments-options.ts'), 'PaymentsOptions');
}

/** Members of what `payments.health()` and `GET /health` answer, with their path. */
export function healthNames(): string[] {
  return optionsOf(readSource('lib/payments-router.ts'), 'HealthReport');
}

/** Events that `payments.on` knows. */
export function eventNames(): string[] {
  return membersOf(readSource('lib/domain/events.ts'), 'PaymentsEvents').map(nameOf);
}

export function errorCodes(): string[] {
  return [...new Set(read('lib/domain/errors.ts').match(/ERR_PAYMENTS_[A-Z_]+(?=')/g) ?? [])];
}

/** The paths of CloudPayments' notifications. */
export function notificationPaths(): string[] {
  const list = /NOTIFICATION_TYPES = \[([^\]]*)\]/.exec(read('lib/domain/notification.ts'))?.[1] ?? '';
  return [...list.matchAll(/'(\w+)'/g)].map(([, type = '']) => `/${type}`);
}

/** Every route with a fixed path, as the router has it: `/pub/cashu/:payment_id`. */
export function routePaths(): string[] {
  const paths = [...read('lib/http/routes.ts').matchAll(/routes\.all\(\s*'([^']+)'/g)].map(([, path = '']) => path);
  return [...notificationPaths(), ...paths];
}

/** The verbs of `payments.cashu`, by their full name. */
export function cashuVerbs(): string[] {
  const source = readSource('lib/payments-cashu.ts');
  const declaration = find(source, 'CashuVerbs');
  if (declaration === undefined || !ts.isInterfaceDeclaration(declaration)) throw new Error('there is no interface CashuVerbs');
  return declaration.members.filter(ts.isMethodSignature).map((member) => `payments.cashu.${member.name.getText()}`);
}

/** What the example app reads from its environment. */
export function exampleVariables(): string[] {
  const files = readdirSync(resolve(ROOT, 'example-app')).filter((file) => file.endsWith('.ts'));
  const names = files.flatMap((file) => [...read(`example-app/${file}`).matchAll(/\benvironment\.\w+\(\s*'([A-Z_]+)'/g)]);
  return [...new Set(names.map(([, name = '']) => name))];
}

/** Options and environment variables of the command line, as its own help has them. */
export function commandNames(): { readonly options: string[]; readonly variables: string[] } {
  const [, help = ''] = /RECONCILE_HELP = `([^`]*)`/.exec(read('lib/cli/reconcile.ts')) ?? [];
  const namesOf = (pattern: RegExp) => [...help.matchAll(pattern)].map(([, name = '']) => name);
  return { options: namesOf(/^ {2}(--\w+)/gm), variables: namesOf(/^ {2}([A-Z_]{3,}) /gm) };
}

/** Every table, with its columns as far as a function of its own defines them. */
export function tableColumns(): ReadonlyMap<string, readonly string[]> {
  const tables = new Map<string, readonly string[]>();
  for (const file of readdirSync(resolve(ROOT, 'migrations')).filter((name) => /^\d/.test(name))) {
    const text = read(`migrations/${file}`);
    for (const [, table = '', define = ''] of text.matchAll(/createTable\(knex, '(\w+)', \(table\) => (\w*)/g)) {
      const [, body = ''] = new RegExp(`function ${define}\\([^]*?\\{\\n([^]*?)\\n\\}`).exec(text) ?? [];
      const columns = body.matchAll(/\btable\.\w+\('(\w+)'|\b\w+\(table, '(\w+)'/g);
      tables.set(
        table,
        [...columns].map(([, plain, kind]) => plain ?? kind ?? ''),
      );
    }
  }
  return tables;
}

/** The members of an interface, and of the interfaces and types of the same file that they are made of. */
export function optionsOf(source: ts.SourceFile, root: string): string[] {
  const ofType = (type: ts.TypeNode | undefined, prefix: string): string[] => {
    if (type === undefined) return [];
    if (ts.isParenthesizedTypeNode(type)) return ofType(type.type, prefix);
    if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type)) return type.types.flatMap((part) => ofType(part, prefix));
    if (ts.isTypeLiteralNode(type)) return ofMembers(type.members, prefix);
    if (!ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return [];
    const declaration = find(source, type.typeName.text);
    if (declaration === undefined) return [];
    return ts.isInterfaceDeclaration(declaration) ? ofMembers(declaration.members, prefix) : ofType(declaration.type, prefix);
  };
  const ofMembers = (members: Iterable<ts.TypeElement>, prefix: string): string[] =>
    [...members].filter(ts.isPropertySignature).flatMap((member) => {
      const path = `${prefix}${nameOf(member)}`;
      return [path, ...ofType(member.type, `${path}.`)];
    });
  return [...new Set(ofMembers(membersOf(source, root), ''))];
}

function membersOf(source: ts.SourceFile, name: string): ts.PropertySignature[] {
  const declaration = find(source, name);
  if (declaration === undefined || !ts.isInterfaceDeclaration(declaration)) throw new Error(`${source.fileName} has no interface ${name}`);
  return declaration.members.filter(ts.isPropertySignature);
}

function find(source: ts.SourceFile, name: string): ts.InterfaceDeclaration | ts.TypeAliasDeclaration | undefined {
  return source.statements
    .filter((statement) => ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
    .find((statement) => statement.name.text === name);
}

function nameOf(member: ts.PropertySignature): string {
  return ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) ? member.name.text : member.name.getText();
}

function readSource(path: string): ts.SourceFile {
  return ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
}

function read(path: string): string {
  return readFileSync(resolve(ROOT, path), 'utf8');
}
