/** Programs and side modules written as text, for what C compilers have no words for. */
import type { Dynlink } from '../../../../runtime/dynlink/create.ts';
import type { LoaderOptions } from '../../../../runtime/dynlink/loader.ts';
import type { SideModule } from '../../../../runtime/dynlink/side.ts';
import { assembler } from '../../../nodiff/wat.ts';
import { type EngineName, factory, linker, side } from './engines.ts';

export const assemble = assembler();

/** A program with all that libraries need, and `more`. */
export const MAIN = (more = '', table = '4'): string => `(module
  (memory (export "memory") 2 200)
  (table (export "__indirect_function_table") ${table} funcref)
  (global (export "__stack_pointer") (mut i32) (i32.const 65536))
  (func $seven (export "seven") (result i32) (i32.const 7))
  (elem (i32.const 1) $seven)
  (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0)))
  ${more})`;

/** A side module: `section` is the contents of its dylink.0 section. */
export const SIDE = (section: string, body: string): string => `(module
  (@dylink.0 ${section})
  (import "env" "memory" (memory 0))
  (import "env" "__indirect_function_table" (table 0 funcref))
  (import "env" "__memory_base" (global $memory i32))
  (import "env" "__table_base" (global $table i32))
  ${body})`;

export async function sideOf(engine: EngineName, name: string, section: string, body: string): Promise<SideModule> {
  return side(engine, name, await assemble(SIDE(section, body)));
}

export interface Started extends Dynlink {
  readonly exports: Record<string, (...args: unknown[]) => unknown>;
}

/** Starts a program of text, with a loader over these libraries by their names. */
export async function started(
  engine: EngineName,
  main: string,
  libraries: readonly SideModule[],
  options: LoaderOptions = {},
): Promise<Started> {
  const registry = Object.fromEntries(libraries.map((l) => [l.name, l]));
  const dynlink = linker(engine, { libraries: registry, resolvers: [], ...options });
  const { exports } = factory(engine, await assemble(main))({ env: dynlink.env });
  dynlink.start(exports);
  return { ...dynlink, exports: exports as Started['exports'] };
}
