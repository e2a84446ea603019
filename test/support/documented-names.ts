import { readFileSync } from 'node:fs';
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
