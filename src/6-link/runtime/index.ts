/** The part of the runtime that one output needs, as text. */
import { bundle } from './esbuild.ts';
import { splitExports } from './exports.ts';
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

/** Statements of the pack; to be minified, by way of esbuild, which knows how to shorten names. */
export function runtimeText(names: readonly RuntimeName[], minified = false): RuntimeText {
  if (names.length === 0) return { code: '', variable: new Map() };
  const shaker = runtimeShaker();
  const variable = new Map(names.map(({ file, name, as }) => [as, shaker.variable(file, name)]));
  const code = shaker.text(variable.values());
  return minified ? shortened(code, variable) : { code, variable };
}

function shortened(code: string, variable: ReadonlyMap<string, string>): RuntimeText {
  const exported = [...variable].map(([as, name]) => `${name} as ${as}`);
  const text = `${code}export { ${exported.join(', ')} };\n`;
  const { outputFiles } = bundle({ text }, { minifyIdentifiers: true, minifySyntax: true });
  return splitExports(outputFiles[0]!.text);
}
