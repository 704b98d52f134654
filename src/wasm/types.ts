/**
 * WebAssembly types as small integers, so that the validator compares and stores them without allocating.
 *
 * A value type is one `number`:
 * - number and vector types are negative constants (`I32` … `V128`), packed storage types too (`I8`, `I16`);
 * - `BOT` is the type of an operand below an unreachable point (spec 3.3, "bottom");
 * - a reference type is non-negative: `heap << 1 | nullable`, where `heap` is a type index or `ABSTRACT + code`.
 */
export type ValType = number;
/** A value type or a packed type (spec 2.3.9). */
export type StorageType = number;
/** A type index of the module, or `ABSTRACT + code` for an abstract heap type (see `Heap`). */
export type HeapType = number;

export const I32 = -1;
export const I64 = -2;
export const F32 = -3;
export const F64 = -4;
export const V128 = -5;
export const I8 = -8;
export const I16 = -9;
export const BOT = -64;

/** Heap types from here on are abstract; below it they are type indices (the JS API allows 1,000,000 types). */
export const ABSTRACT = 0x100_0000;

/** Abstract heap types by name; `code` is the byte of the binary format (spec 5.3.4). */
export const Heap = {
  noexn: ABSTRACT + 0x74,
  nofunc: ABSTRACT + 0x73,
  noextern: ABSTRACT + 0x72,
  none: ABSTRACT + 0x71,
  func: ABSTRACT + 0x70,
  extern: ABSTRACT + 0x6f,
  any: ABSTRACT + 0x6e,
  eq: ABSTRACT + 0x6d,
  i31: ABSTRACT + 0x6c,
  struct: ABSTRACT + 0x6b,
  array: ABSTRACT + 0x6a,
  exn: ABSTRACT + 0x69,
} as const;

export function refType(heap: HeapType, nullable: boolean): ValType {
  return (heap << 1) | (nullable ? 1 : 0);
}

export const FUNCREF: ValType = refType(Heap.func, true);
export const EXTERNREF: ValType = refType(Heap.extern, true);
export const EXNREF: ValType = refType(Heap.exn, true);

export const isRef = (t: ValType): boolean => t >= 0;
export const isNumeric = (t: ValType): boolean => t <= I32 && t >= F64;
export const heapOf = (t: ValType): HeapType => t >> 1;
export const isNullable = (t: ValType): boolean => (t & 1) === 1;
/** True for a heap type that is a type index. */
export const isConcrete = (h: HeapType): boolean => h < ABSTRACT;

const VALUE_NAMES: Record<number, string> = {
  [I32]: 'i32',
  [I64]: 'i64',
  [F32]: 'f32',
  [F64]: 'f64',
  [V128]: 'v128',
  [I8]: 'i8',
  [I16]: 'i16',
  [BOT]: 'bot',
};
const HEAP_NAMES = new Map<number, string>(Object.entries(Heap).map(([name, h]) => [h, name]));

export function heapName(h: HeapType): string {
  return HEAP_NAMES.get(h) ?? String(h);
}

/** The text format's name: `i32`, `funcref`, `(ref null 3)`. */
export function typeName(t: ValType): string {
  if (!isRef(t)) return VALUE_NAMES[t] ?? `?${t}`;
  const heap = heapOf(t);
  const name = heapName(heap);
  if (!isNullable(t)) return `(ref ${name})`;
  if (isConcrete(heap)) return `(ref null ${name})`;
  return nullableShorthand(name);
}

function nullableShorthand(name: string): string {
  const bottoms: Record<string, string> = {
    none: 'nullref',
    nofunc: 'nullfuncref',
    noextern: 'nullexternref',
    noexn: 'nullexnref',
  };
  return bottoms[name] ?? `${name}ref`;
}

export interface FuncType {
  readonly kind: 'func';
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
}
export interface FieldType {
  readonly type: StorageType;
  readonly mutable: boolean;
}
export interface StructType {
  readonly kind: 'struct';
  readonly fields: readonly FieldType[];
}
export interface ArrayType {
  readonly kind: 'array';
  readonly field: FieldType;
}
export type CompositeType = FuncType | StructType | ArrayType;

/** A type of the type section (spec 2.3.12), with where it stands in its recursive group. */
export interface SubType {
  readonly composite: CompositeType;
  readonly final: boolean;
  /** Type indices of declared supertypes; at most one in Wasm 3.0. */
  readonly supers: readonly number[];
  /** Index of the first type of the recursive group, and the number of types in it. */
  readonly group: number;
  readonly groupSize: number;
}

/** Limits of memories and tables, in pages or elements; memory64 and table64 declare up to 2^64 - 1. */
export interface Limits {
  readonly min: bigint;
  readonly max: bigint | undefined;
}
export interface TableType {
  readonly ref: ValType;
  readonly limits: Limits;
  readonly is64: boolean;
}
export interface MemoryType {
  readonly limits: Limits;
  readonly shared: boolean;
  readonly is64: boolean;
  /** log2 of the page size: 16, or 0 under custom page sizes. */
  readonly pageSizeLog2: number;
}
export interface GlobalType {
  readonly type: ValType;
  readonly mutable: boolean;
}
