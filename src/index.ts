/**
 * wasmelt as a library: WebAssembly bytes in, a JavaScript module out. This file is the pipeline; each phase is a folder.
 *
 *     bytes ─1─► WasmModule ─2─► TypedModule ─(3 lower, 4 optimise) 5 emit─► FuncCode ─6─► Bundle
 */
import { decode } from './1-decode/index.ts';
import { validate } from './2-validate/index.ts';
import { refuseUnsupported } from './2-validate/support.ts';
import type { TypedModule } from './2-validate/typed.ts';
import { type FuncCode, ModuleScope } from './5-emit/js/scope.ts';
import { type Bundle, link, linkScript, sideInfo } from './6-link/index.ts';
import { timed } from './dump.ts';
import { Explanation } from './explain/index.ts';
import { Jobs, jobsFor } from './jobs/index.ts';
import { FuncCompiler } from './jobs/share.ts';
import { type AsyncOptions, type Options, type Settings, settings } from './options.ts';

export type { Bundle, BundleFile, BundleKind, BundleStats } from './6-link/index.ts';
export { CompileError, type ErrorCode } from './errors.ts';
export type {
  AsyncOptions,
  BackendName,
  DumpOptions,
  DumpStage,
  ExplainOptions,
  Format,
  Goal,
  Options,
  TrapMode,
} from './options.ts';
export { sideInfo };

/**
 * Translates a WebAssembly module to JavaScript.
 *
 * @param bytes A module in the binary format.
 * @param options See Options; all have defaults.
 * @returns The JavaScript as `code`. A module that exports `_start` and imports only WASI becomes a program that runs when
 *   it is loaded (`kind: 'command'`), any other one that exports `instantiate(imports)`, which returns `{ exports }`.
 * @throws CompileError for bytes that are no valid module, and for one that uses what is not supported yet.
 */
export function transpile(bytes: Uint8Array, options: Options = {}): Bundle {
  const { typed, scope, codes, chosen } = compile(bytes, options);
  return timed(chosen, 'link', () => link(typed, scope, codes, chosen));
}

/**
 * The same on several threads: `options.jobs`, of which one is the caller's, are kept busy until the translation is done.
 *
 * @returns A promise of the same Bundle, byte for byte.
 * @throws CompileError (the promise rejects) as `transpile` does, and for a number of jobs that is none.
 */
export async function transpileAsync(bytes: Uint8Array, options: AsyncOptions = {}): Promise<Bundle> {
  const count = jobsFor(bytes.length, options.jobs);
  // What is explained is told by one thread.
  if (count === 1 || options.explain !== undefined) return transpile(bytes, options);
  const chosen = settings(options);
  const jobs = new Jobs(count - 1);
  try {
    const { typed, scope } = checked(bytes, chosen);
    const codes = await jobs.compile(typed, scope, chosen);
    return timed(chosen, 'link', () => link(typed, scope, codes, chosen));
  } finally {
    await jobs.stop();
  }
}

/**
 * Translates a module for use in this process: the text of a function expression that takes the namespace of
 * `wasmelt/runtime` and returns `instantiate`. Of the options about the output file `minify` alone matters, which shortens names.
 */
export function transpileScript(bytes: Uint8Array, options: Options = {}): { code: string; typed: TypedModule } {
  const { typed, scope, codes, chosen } = compile(bytes, options);
  return { code: timed(chosen, 'link', () => linkScript(scope, codes, chosen.minify)), typed };
}

interface Compiled {
  readonly typed: TypedModule;
  readonly scope: ModuleScope;
  readonly codes: readonly FuncCode[];
  readonly chosen: Settings;
}

function compile(bytes: Uint8Array, options: Options): Compiled {
  const chosen = settings(options);
  const { typed, scope } = checked(bytes, chosen);
  const explanation = chosen.explain && new Explanation(scope, chosen.explain);
  const compiler = new FuncCompiler(typed, scope, chosen, explanation);
  const { funcs, importedFuncs } = typed.module;
  const codes = funcs.slice(importedFuncs).map((func, i) => {
    const code = compiler.compile(func);
    chosen.onProgress?.(i + 1, funcs.length - importedFuncs);
    return code;
  });
  explanation?.print();
  return { typed, scope, codes, chosen };
}

/** The module, once it is known that it can be translated as far as functions are not concerned. */
function checked(bytes: Uint8Array, chosen: Settings): Pick<Compiled, 'typed' | 'scope'> {
  const module = timed(chosen, 'decode', () => decode(bytes));
  const typed = timed(chosen, 'validate', () => validate(module));
  refuseUnsupported(typed);
  return { typed, scope: new ModuleScope(typed, chosen.engine) };
}
