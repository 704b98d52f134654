/** esbuild as it is used on the runtime. It is loaded on first use: most translations never need it. */
import { createRequire } from 'node:module';
import type * as esbuild from 'esbuild';
import { pathOf } from '../../package.ts';

/** What all output is written in. */
const TARGET = 'es2020';
/** As the project's own tsconfig, given here so that no other is looked for. */
const TSCONFIG = '{ "compilerOptions": { "useDefineForClassFields": true, "verbatimModuleSyntax": true } }';

const require = createRequire(import.meta.url);
const load = (): typeof esbuild => require('esbuild') as typeof esbuild;

/** Bundles one text whose imports are relative to what holds runtime/, or some files of the runtime, each by itself. */
export function bundle(
  what: { readonly text: string } | { readonly files: readonly string[] },
  options: esbuild.BuildOptions = {},
): esbuild.BuildResult<{ write: false }> {
  const home = pathOf('.');
  return load().buildSync({
    ...('text' in what
      ? { stdin: { contents: what.text, resolveDir: home, sourcefile: 'entry.js', loader: 'js' } }
      : { entryPoints: [...what.files], outdir: 'out' }),
    absWorkingDir: home,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    tsconfigRaw: TSCONFIG,
    ...options,
  });
}

/** Smaller text with the same meaning and the same names. */
export function minify(code: string): string {
  const { code: text } = load().transformSync(code, {
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
