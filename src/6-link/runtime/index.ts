/** The part of the runtime that one output needs, as text. */
import { bundle } from './esbuild.ts';
import { exportLines, splitExports } from './exports.ts';
import { runtimeShaker } from './pack.ts';

export { minify } from './esbuild.ts';

/** One name that the output uses: where it is exported, as what, and what the output calls it. */
export interface RuntimeName {
  /** Path below runtime/, with the extension `.ts`. */
  readonly file: string;
  readonly name: string;
  readonly as: string;
}

export interface RuntimeText {
  /** Import statements of Node's modules and the code, without exports. */
  readonly code: string;
  /** The variable that holds a name; mostly the name itself. */
  readonly variable: ReadonlyMap<string, string>;
}

/** Statements of the pack; a minified one by esbuild, which knows how to shorten names. */
export function runtimeText(names: readonly RuntimeName[], minified = false): RuntimeText {
  if (names.length === 0) return { code: '', variable: new Map() };
  if (minified) return minifiedText(names);
  const shaker = runtimeShaker();
  const variable = new Map(names.map(({ file, name, as }) => [as, shaker.variable(file, name)]));
  return { code: shaker.text(variable.values()), variable };
}

function minifiedText(names: readonly RuntimeName[]): RuntimeText {
  const { outputFiles } = bundle({ text: exportLines(names) }, { minifyIdentifiers: true, minifySyntax: true });
  const { code, variable } = splitExports(outputFiles[0]!.text);
  for (const { as } of names) if (!variable.has(as)) throw new Error(`wasmelt bug: ${as} is missing in the bundle`);
  return { code, variable };
}
