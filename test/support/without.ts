/**
 * Leaving out passes, for tests: the variable `WASMELT_WITHOUT` names those that `translatedWebAssembly` does without, also
 * in child processes and threads; `--without` of the test runners sets it.
 */
import { PASSES } from '../../src/4-optimise/index.ts';

/** Names of the passes that may be left out, in order, each once. */
export const OPTIONAL: readonly string[] = [...new Set(PASSES.filter((p) => !p.required).map((p) => p.name))];

/** What this process leaves out. Shells of engines have no environment. */
export function leftOut(): string[] {
  const set = typeof process === 'undefined' ? undefined : process.env.WASMELT_WITHOUT;
  return set === undefined || set === '' ? [] : [set];
}
export const withoutEnv = (pass: string): Record<string, string> => ({ WASMELT_WITHOUT: pass });

/** The passes that `--without` asks for, one after the other: `each` stands for all. Ends the process for any other name. */
export function askedFor(names: readonly string[]): readonly string[] {
  const wrong = names.find((n) => n !== 'each' && !OPTIONAL.includes(n));
  if (wrong !== undefined) {
    process.stderr.write(`error: no pass ${wrong} that may be left out: each, ${OPTIONAL.join(', ')}\n`);
    process.exit(2);
  }
  return names.includes('each') ? OPTIONAL : names;
}
