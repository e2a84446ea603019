/** A function that runs in the browser: it uses nothing but its arguments, the browser, and the other functions of its script. */
type BrowserFunction = (...values: never[]) => unknown;

/**
 * The text of a script that calls the first function with `argument`.
 * Functions travel as their own source, so that what runs in the browser is typed and checked like the rest.
 */
export function browserScript(functions: readonly [BrowserFunction, ...BrowserFunction[]], argument: unknown = null): string {
  // tsx (esbuild) marks nested functions with a call of __name, which a browser does not have.
  const shim = 'const __name = (value) => value;';
  const sources = functions.map((each) => each.toString()).join('\n');
  const value = JSON.stringify(argument).replaceAll('<', '\\u003c');
  return `(() => {\n"use strict";\n${shim}\n${sources}\n${functions[0].name}(${value});\n})();\n`;
}
