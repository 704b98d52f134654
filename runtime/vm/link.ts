/**
 * Imports: looked up, checked against what the module expects, and turned into what generated code uses (JS API 5.1,
 * "read the imports"; spec 4.5.4 external typing). Objects are told by what they have, not by their class, so that bundles
 * with a runtime each can share them.
 */
import { split_type, TYPE_NAMES } from '../abi.ts';
import { known_realm } from '../core/gc/rtt.ts';
import type { FuncDescriptor, RawFunction } from '../core/types.ts';
import type { Tag } from './exception.ts';
import type { Global } from './global.ts';
import type { Memory } from './memory.ts';
import { NativeMemory } from './native-memory.ts';
import type { Table } from './table.ts';
import { describe_func, raw_of } from './value.ts';

/** An import that does not fit. Its `name` is that of `WebAssembly.LinkError`. */
export class LinkError extends Error {
  override get name(): string {
    return 'LinkError';
  }
}

type Imports = Readonly<Record<string, unknown>>;

function fail(module: string, field: string, expected: string, found: string): never {
  throw new LinkError(`import ${quote(module)} ${quote(field)}: expected ${expected}, found ${found}`);
}
function quote(text: string): string {
  return JSON.stringify(text);
}

function lookup(imports: Imports, module: string, field: string): unknown {
  const from = imports?.[module];
  if ((typeof from !== 'object' || from === null) && typeof from !== 'function') {
    throw new TypeError(
      `import ${quote(module)} ${quote(field)}: module ${quote(module)} is not an object or function, but ${found_text(from)}`,
    );
  }
  return (from as Imports)[field];
}

/** What a value is, in words. */
function found_text(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  const kind = kind_of(value);
  if (kind === 'memory') return memory_text(value as Memory);
  if (is_native_memory(value)) return memory_text(NativeMemory.of(value));
  if (kind === 'table') return table_text(value as Table);
  if (kind === 'tag') return tag_text((value as Tag).t);
  if (kind === 'global') return global_text((value as Global).type, (value as Global).mutable);
  const raw = raw_of(value);
  if (raw !== undefined) return func_text(raw.t!);
  return typeof value === 'function' ? 'a JavaScript function' : `a value of type ${typeof value}`;
}
function kind_of(value: unknown): unknown {
  return (value as { wasm_kind?: unknown } | null | undefined)?.wasm_kind;
}

function types_text(letters: readonly string[]): string {
  return letters.map((letter) => TYPE_NAMES[letter] ?? letter).join(', ');
}
function func_text(t: FuncDescriptor): string {
  const [params, results] = split_type(t);
  const to = results.length === 1 ? types_text(results) : `(${types_text(results)})`;
  return `function (${types_text(params)}) -> ${to}`;
}
function limits_text(count: number, maximum: number | undefined): string {
  return `${count}${maximum === undefined ? ' without maximum' : ` of at most ${maximum}`}`;
}
function memory_text(m: Pick<Memory, 'pages' | 'maximum' | 'is64' | 'shared'>): string {
  return `${m.shared ? 'shared ' : ''}${address_text(m.is64)}memory, pages ${limits_text(m.pages, m.maximum)}`;
}
function table_text(t: Pick<Table, 'element' | 'length' | 'maximum' | 'is64'>): string {
  return `${address_text(t.is64)}table of ${TYPE_NAMES[t.element] ?? t.element}, length ${limits_text(Number(t.length), t.maximum)}`;
}
const address_text = (is64: boolean): string => (is64 ? '64-bit ' : '');
function global_text(type: string, mutable: boolean): string {
  return `${mutable ? 'mutable' : 'immutable'} global ${TYPE_NAMES[type] ?? type}`;
}
function tag_text(t: string): string {
  return `tag of type ${t}`;
}
/** Spec 3.4.4: at least the minimum, and a maximum if one is expected, no larger. */
function limits_fit(count: number, maximum: number | undefined, min: number, max: number | undefined): boolean {
  return count >= min && (max === undefined || (maximum !== undefined && maximum <= max));
}

/**
 * A function import as a raw function of type `t`: an exported wasm function's own, or what `adapt` makes of any other
 * function, which then is the function `index` of this module.
 */
export function import_func(
  imports: Imports,
  module: string,
  field: string,
  t: FuncDescriptor,
  index: number,
  adapt: (host: never) => unknown,
): RawFunction {
  const value = lookup(imports, module, field);
  if (typeof value !== 'function') fail(module, field, func_text(t), found_text(value));
  const raw = raw_of(value);
  if (raw === undefined) return describe_func((adapt as (host: unknown) => RawFunction)(value), t, String(index));
  if (raw.t !== t && !is_below(raw.t!, t)) fail(module, field, func_text(t), func_text(raw.t!));
  return raw;
}

/** Is a function type below another in the hierarchy? */
function is_below(t: FuncDescriptor, above: FuncDescriptor): boolean {
  return typeof t !== 'string' && typeof above !== 'string' && t.d[above.depth] === above;
}

/** `kind` is `i64` where addresses are, preceded by `shared ` or not. */
export function import_memory(
  imports: Imports,
  module: string,
  field: string,
  min: number,
  max?: number,
  kind = '',
): Memory {
  const value = lookup(imports, module, field);
  const is64 = kind.endsWith('i64');
  const shared = kind.startsWith('shared');
  const memory = memory_of(value);
  if (memory !== undefined && !memory.is64 === !is64 && !memory.shared === !shared) {
    // A native memory does not tell its maximum.
    const maximum = memory instanceof NativeMemory ? max : memory.maximum;
    if (limits_fit(memory.pages, maximum, min, max)) return memory as Memory;
  }
  fail(module, field, memory_text({ pages: min, maximum: max, is64, shared }), found_text(value));
}
function memory_of(value: unknown): Memory | NativeMemory | undefined {
  if (kind_of(value) === 'memory') return value as Memory;
  return is_native_memory(value) ? NativeMemory.of(value) : undefined;
}
function is_native_memory(value: unknown): value is ConstructorParameters<typeof NativeMemory>[0] {
  const { WebAssembly: native } = globalThis as { WebAssembly?: { Memory?: new () => object } };
  return typeof native?.Memory === 'function' && value instanceof native.Memory;
}

export function import_table(
  imports: Imports,
  module: string,
  field: string,
  element: string,
  min: number,
  max?: number,
  address = '',
): Table {
  const value = lookup(imports, module, field);
  const is64 = address === 'i64';
  if (kind_of(value) === 'table') {
    const table = value as Table;
    const fits = table.element === element && !table.is64 === !is64;
    if (fits && limits_fit(table.elems.length, table.maximum, min, max)) return table;
  }
  fail(module, field, table_text({ element, length: min, maximum: max, is64 }), found_text(value));
}

/** A cell: the one given, or a new one of class `Cell` for a plain value where the global is immutable. */
export function import_global(
  Cell: typeof Global,
  imports: Imports,
  module: string,
  field: string,
  type: string,
  mutable: boolean,
): Global {
  const value = lookup(imports, module, field);
  if (kind_of(value) === 'global') {
    const cell = value as Global;
    const fits = cell.type === type || (!mutable && known_realm()?.matches?.(cell.type, type));
    if (fits && cell.mutable === mutable) return cell;
  } else if (!mutable && plain_fits(type, value)) {
    if (type[0] === '<') return typed_cell(Cell, type, value);
    return new Cell({ value: type === 'r' ? 'anyfunc' : (TYPE_NAMES[type] as 'i32') }, value);
  }
  fail(module, field, global_text(type, mutable), found_text(value));
}
/** A tag is its own identity: whoever imports it catches what others throw with it. */
export function import_tag(imports: Imports, module: string, field: string, t: string): Tag {
  const value = lookup(imports, module, field);
  if (kind_of(value) === 'tag' && (value as Tag).t === t) return value as Tag;
  fail(module, field, tag_text(t), found_text(value));
}
/** A type without letter has no name that makes a cell of it. */
function typed_cell(Cell: typeof Global, type: string, value: unknown): Global {
  const cell = new Cell({ value: 'externref' }) as { type: string; v: unknown };
  cell.type = type;
  cell.v = known_realm()!.from!(value, type);
  return cell as Global;
}
function plain_fits(type: string, value: unknown): boolean {
  if (type[0] === '<') return typed_fits(type, value);
  if (type === 'V') return false;
  if (type === 'e') return true;
  if (type === 'r') return value === null || raw_of(value) !== undefined;
  return typeof value === (type === 'I' ? 'bigint' : 'number');
}
function typed_fits(type: string, value: unknown): boolean {
  try {
    known_realm()!.from!(value, type);
    return true;
  } catch {
    return false;
  }
}
