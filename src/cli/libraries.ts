/**
 * `--link`: the libraries of a program that calls dlopen. A side module that is not translated yet is translated with the same
 * options, to a file beside the output; one that is stays where it is, and the output imports it from there.
 */
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AsyncOptions, Options } from '../options.ts';
import type { Linked } from './arguments.ts';
import { compile } from './compile.ts';
import { readInput } from './input.ts';
import type { OutputFile } from './output.ts';

export interface Libraries {
  /** For the compiler: what the output imports, under which names. */
  readonly libraries: NonNullable<Options['libraries']>;
  /** Translated libraries, to be written with the output. */
  readonly files: readonly OutputFile[];
}

/** `output` is the file of the program, undefined where it goes to standard output. Throws FileError. */
export async function translateLibraries(
  links: readonly Linked[],
  output: string | undefined,
  options: AsyncOptions,
  quiet: boolean,
): Promise<Libraries> {
  const libraries: { name: string; file: string }[] = [];
  const files: OutputFile[] = [];
  for (const { name, file } of links) {
    if (!file.endsWith('.wasm')) {
      libraries.push({ name, file: specifier(file, output, options) });
      continue;
    }
    const input = await readInput(file);
    const bundle = await compile(input, { ...options, name: input.name, side: true }, quiet);
    const path = basename(file).replace(/\.wasm$/, options.format === 'cjs' ? '.cjs' : '.mjs');
    libraries.push({ name, file: `./${path}` });
    files.push({ path: join(dirname(output ?? ''), path), contents: bundle.code });
  }
  return { libraries, files };
}

/** How the output names a file: from its own folder; as a whole where it moves to another one. */
function specifier(file: string, output: string | undefined, { format }: Options): string {
  if (output === undefined) return format === 'cjs' ? resolve(file) : pathToFileURL(file).href;
  const path = relative(dirname(resolve(output)), resolve(file))
    .split(sep)
    .join('/');
  return path.startsWith('../') ? path : `./${path}`;
}
