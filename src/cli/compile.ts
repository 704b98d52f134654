/** Runs the compiler for the command line: progress on the terminal, warnings, errors that name the input. */
import { type Bundle, transpileAsync } from '../index.ts';
import type { AsyncOptions } from '../options.ts';
import type { Input } from './input.ts';
import { Progress } from './progress.ts';
import { about, warn } from './report.ts';

/** Transpiles under the progress line; errors name the input. */
export async function compile(input: Input, options: AsyncOptions, quiet = false): Promise<Bundle> {
  const progress = new Progress(input.label, quiet);
  try {
    const work = () => transpileAsync(input.bytes, { ...options, onProgress: progress.update });
    const bundle = await about(input.label, work);
    progress.stop();
    if (!quiet) for (const text of bundle.warnings) warn(input.label, text);
    return bundle;
  } finally {
    progress.stop();
  }
}
