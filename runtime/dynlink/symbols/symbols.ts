/**
 * Symbols: what libraries export under a name, and in which order it is looked for (POSIX, dlsym: load order for the global
 * scope, then breadth first over what a library needs). The first definition wins, weak or not.
 */
import { split_type, TYPE_NAMES } from '../../abi.ts';
import type { FuncDescriptor } from '../../core/types.ts';
import { raw_of } from '../../vm/value.ts';
import type { Library } from '../library.ts';
import type { SideExport } from '../side.ts';

export interface Found {
  readonly library: Library;
  readonly name: string;
  readonly kind: 'function' | 'data' | 'tag';
  /** Of a function its type descriptor, if known. */
  readonly type: FuncDescriptor | undefined;
}

/** Exports that are no symbols of the program: what loaders call, and what each module has of its own. */
const RESERVED =
  /^(?:_start|_initialize|__wasm_\w+|__post_instantiate|__dso_handle|__stack_pointer|__(?:memory|table|tls)_(?:base|size|align)|__indirect_function_table)$/;

/** What a library itself exports under `name`. */
export function own_symbol(library: Library, name: string): Found | undefined {
  if (RESERVED.test(name)) return undefined;
  if (library.side !== undefined) return declared(library, name);
  const value = Object.hasOwn(library.exports, name) ? library.exports[name] : undefined;
  if (typeof value === 'function') return { library, name, kind: 'function', type: raw_of(value)?.t };
  const { wasm_kind, t, value: number } = (value ?? {}) as { wasm_kind?: string; t?: string; value?: unknown };
  if (wasm_kind === 'tag') return { library, name, kind: 'tag', type: t };
  return typeof number === 'number' ? { library, name, kind: 'data', type: undefined } : undefined;
}

function declared(library: Library, name: string): Found | undefined {
  const items = by_name(library.side!.exports);
  const item = items.get(`orig$${name}`) ?? items.get(name);
  if (item === undefined) return undefined;
  const { kind, type, mutable } = item;
  if (kind === 'function' || kind === 'tag') return { library, name, kind, type };
  return kind === 'global' && mutable !== true ? { library, name, kind: 'data', type: undefined } : undefined;
}

const tables = /* @__PURE__ */ new WeakMap<readonly SideExport[], ReadonlyMap<string, SideExport>>();

function by_name(exports: readonly SideExport[]): ReadonlyMap<string, SideExport> {
  let table = tables.get(exports);
  if (table === undefined) {
    table = new Map(exports.map((e) => [e.name, e]));
    tables.set(exports, table);
  }
  return table;
}

/** The first definition of `name` in these libraries. */
export function lookup(scope: Iterable<Library>, name: string): Found | undefined {
  for (const library of scope) {
    const found = own_symbol(library, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A library and all it needs, breadth first, each once. */
export function breadth_first(root: Library): Library[] {
  const order = [root];
  for (const library of order) for (const n of library.needed) if (!order.includes(n)) order.push(n);
  return order;
}
/** The same so that what a library needs comes before it, but for circles. */
export function dependencies_first(root: Library): Library[] {
  const order: Library[] = [];
  const seen = new Set<Library>();
  const visit = (library: Library): void => {
    if (seen.has(library)) return;
    seen.add(library);
    library.needed.forEach(visit);
    order.push(library);
  };
  visit(root);
  return order;
}

/** A function type in words. */
export function type_text(t: FuncDescriptor): string {
  const [params, results] = split_type(t);
  const words = (letters: readonly string[]): string =>
    letters.map((letter) => TYPE_NAMES[letter] ?? letter).join(', ');
  return `(${words(params)}) -> ${results.length === 1 ? words(results) : `(${words(results)})`}`;
}
