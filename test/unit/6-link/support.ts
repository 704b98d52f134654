/** Text modules translated and loaded in each of the forms that the linker gives. */
import { createRequire } from 'node:module';
import { createContext, runInContext, runInThisContext } from 'node:vm';
import * as runtime from '../../../runtime/index.ts';
import { type Bundle, type Options, transpile, transpileScript } from '../../../src/index.ts';
import { assembler } from '../../nodiff/wat.ts';

export const assemble = assembler();

export type Exports = Record<string, ((...args: unknown[]) => unknown) & Record<string, unknown>>;
export type Instantiate = (imports?: object, options?: object) => { exports: Exports };

export async function bundleOf(wat: string, options: Options = {}): Promise<Bundle> {
  return transpile(await assemble(wat), options);
}
export async function loadEsm({ code }: Bundle): Promise<Record<string, unknown>> {
  return (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as Record<
    string,
    unknown
  >;
}
/** Runs a CommonJS file as Node would. */
export function loadCjs({ code }: Bundle, folder = '/'): Instantiate {
  const exports = {};
  const run = runInThisContext(`(function (exports, require, __dirname) {${code}\n})`) as (...args: unknown[]) => void;
  run(exports, createRequire(import.meta.url), folder);
  return (exports as { instantiate: Instantiate }).instantiate;
}
/** Runs a script in a fresh realm, and gives its global object. */
export function loadScript({ code }: Bundle): Record<string, { instantiate: Instantiate }> {
  const context = createContext({});
  runInContext(code, context);
  return context as Record<string, { instantiate: Instantiate }>;
}
/** The form that is used in the process that compiles: no bundler, the runtime as it is. */
export async function instantiateText(wat: string, imports: object = {}, options: Options = {}): Promise<Exports> {
  const { code } = transpileScript(await assemble(wat), options);
  const factory = runInThisContext(code) as (rt: typeof runtime) => Instantiate;
  return factory(runtime)(imports).exports;
}
