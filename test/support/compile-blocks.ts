import { join, resolve } from 'node:path';
import ts from 'typescript';
import type { Fence } from './manual.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['node'],
  strict: true,
  noEmit: true,
  allowJs: true,
  checkJs: true,
  skipLibCheck: true,
  esModuleInterop: true,
};

/**
 * What the compiler says of blocks of code that import the package by its name, as a user's project would: each a module
 * of its own in this folder, where the name leads to the built package. Lines are those of the manual.
 */
export function compileBlocks(blocks: readonly Fence[]): string[] {
  const files = new Map(blocks.map((block) => [join(ROOT, fileName(block)), block] as const));
  const host = ts.createCompilerHost(OPTIONS);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name)?.code ?? readFile(name);
  host.getSourceFile = (name, options, ...rest) => {
    const block = files.get(name);
    // An empty export makes a module of a block that neither imports nor exports.
    if (block !== undefined) return ts.createSourceFile(name, `${block.code}\n${isCommonJs(block) ? '' : 'export {};'}`, options);
    return getSourceFile(name, options, ...rest);
  };
  const program = ts.createProgram({ rootNames: [...files.keys()], options: OPTIONS, host });
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    const block = file === undefined ? undefined : files.get(file.fileName);
    if (file === undefined || block === undefined) return `${file?.fileName ?? 'the compiler'}: ${text}`;
    return `README.md:${block.line + 1 + file.getLineAndCharacterOfPosition(start ?? 0).line}: ${text}`;
  });
}

function isCommonJs({ language, code }: Fence): boolean {
  return language === 'cjs' || (language !== 'ts' && /\brequire\(/.test(code));
}

function fileName(block: Fence): string {
  const extension = block.language === 'ts' ? 'mts' : isCommonJs(block) ? 'cjs' : 'mjs';
  return `readme-line-${block.line}.${extension}`;
}
