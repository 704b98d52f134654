/**
 * The part of the runtime that one output needs, as text: esbuild bundles a list of re-exports and drops everything else.
 * Only this goes through the bundler, not the translated functions, which may be many megabytes.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as esbuild from 'esbuild';

/** One name that the output uses: where it is exported, as what, and what the output calls it. */
export interface RuntimeName {
  /** Path below runtime/, with the extension `.ts`. */
  readonly file: string;
  readonly name: string;
  readonly as: string;
}

export interface RuntimeText {
  /** Import statements of Node's modules and the bundled code, without exports. */
  readonly code: string;
  /** The variable that holds a name; mostly the name itself. */
  readonly variable: ReadonlyMap<string, string>;
}

const require = createRequire(import.meta.url);
/** The folder around src/ and runtime/, and the extension of the files in both: this runs as TypeScript and compiled. */
const HOME = fileURLToPath(new URL('../..', import.meta.url));
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** What all output is written in. */
const TARGET = 'es2020';
/** As the project's own tsconfig, given here so that no other is looked for. */
const TSCONFIG = '{ "compilerOptions": { "useDefineForClassFields": true, "verbatimModuleSyntax": true } }';

/** esbuild is loaded on first use: the load-time mode never needs it. */
function bundler(): typeof esbuild {
  return require('esbuild') as typeof esbuild;
}

export function bundleRuntime(names: readonly RuntimeName[], minified = false): RuntimeText {
  if (names.length === 0) return { code: '', variable: new Map() };
  const result = bundler().buildSync({
    stdin: { contents: entry(names), resolveDir: HOME, sourcefile: 'entry.js', loader: 'js' },
    absWorkingDir: HOME,
    bundle: true,
    minifyIdentifiers: minified,
    minifySyntax: minified,
    write: false,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    tsconfigRaw: TSCONFIG,
  });
  return splitExports(result.outputFiles[0]!.text, names);
}

function entry(names: readonly RuntimeName[]): string {
  const lines = names.map(({ file, name, as }) => {
    const path = `./runtime/${file.replace(/\.ts$/, EXTENSION)}`;
    return `export { ${name} as ${as} } from ${JSON.stringify(path)};`;
  });
  return lines.join('\n');
}

/** esbuild ends a bundle with one export statement: it says which variable holds each name. */
function splitExports(text: string, names: readonly RuntimeName[]): RuntimeText {
  const at = text.lastIndexOf('\nexport {');
  const clause = text.slice(at + '\nexport {'.length, text.lastIndexOf('}'));
  const variable = new Map<string, string>();
  for (const item of clause.split(',')) {
    const [local, as] = item.trim().split(' as ') as [string, string?];
    variable.set(as ?? local, local);
  }
  for (const { as } of names) if (!variable.has(as)) throw new Error(`wasmelt bug: ${as} is missing in the bundle`);
  return { code: text.slice(0, at + 1), variable };
}

/** Smaller text with the same meaning and the same names. */
export function minify(code: string): string {
  const { code: text } = bundler().transformSync(code, {
    minifySyntax: true,
    minifyWhitespace: true,
    target: TARGET,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    loader: 'js',
  });
  return text;
}
