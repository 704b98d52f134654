/**
 * Side modules that were translated at build time as `WebAssembly.Module`s: for glue code with a loader of its own, such as
 * Emscripten's, which asks a module for its imports and its `dylink.0` section.
 */
import type { DylinkInfo, SideModule } from '../dynlink/side.ts';
import { type CompiledModule, type Module, type ModuleClass, moduleOf } from './module.ts';

/** A module of `namespace` (`createWebAssembly`) out of what the output of a side module exports as `side`. */
export function sideModule(namespace: { readonly Module: ModuleClass }, side: SideModule): Module {
  return moduleOf(namespace.Module, compiled(side));
}

function compiled(side: SideModule): CompiledModule {
  return {
    imports: side.imports.map(({ module, name, kind }) => ({ module, name, kind })),
    exports: side.exports.map(({ name, kind }) => ({ name, kind })),
    customs: [{ name: 'dylink.0', bytes: section(side.dylink) }],
    instantiate: (imports) => side.instantiate(imports ?? {}),
  };
}

/** The contents of `dylink.0` (tool-conventions, DynamicLinking.md). */
function section(d: DylinkInfo): Uint8Array {
  const sizes = [d.memorySize, d.memoryAlignment, d.tableSize, d.tableAlignment].flatMap(leb);
  return new Uint8Array([
    ...part(1, sizes),
    ...part(2, list(d.needed, name)),
    ...part(
      3,
      list(d.exports, ([field, flags]) => [...name(field), ...leb(flags)]),
    ),
    ...part(
      4,
      list(d.imports, (i) => [...name(i.module), ...name(i.field), ...leb(i.flags)]),
    ),
    ...part(5, list(d.runtimePath, name)),
  ]);
}
const part = (id: number, bytes: readonly number[]): number[] => [id, ...leb(bytes.length), ...bytes];
function list<T>(items: readonly T[], write: (item: T) => number[]): number[] {
  return [...leb(items.length), ...items.flatMap(write)];
}
function name(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [...leb(bytes.length), ...bytes];
}
/** Unsigned LEB128 of a number below 2^32. */
function leb(n: number): number[] {
  return n < 128 ? [n] : [(n & 127) | 128, ...leb(Math.floor(n / 128))];
}
