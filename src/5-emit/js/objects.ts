/**
 * Structures and arrays as JavaScript objects (runtime/README.md, "Objects of the guest"): which fields there are, what
 * kind of array holds the elements, and how they are read.
 */
import {
  type ArrayType,
  F32,
  F64,
  Heap,
  heapOf,
  I8,
  I16,
  I32,
  I64,
  isConcrete,
  isNullable,
  type StorageType,
  type StructType,
  type SubType,
  V128,
  type ValType,
} from '../../wasm/types.ts';
import { atom, binary, call, int, type Js, nullish, Prec, within } from './expr.ts';
import type { Libcall } from './libcall.ts';
import type { FuncScope } from './scope.ts';

/** Suffixes of the fields that hold a value of several parts: low to high. */
const PARTS: Partial<Record<StorageType, readonly string[]>> = { [I64]: ['', 'h'], [V128]: ['', 'h', 'i', 'j'] };
const ONE = [''];

/** The names of the fields that hold field `index`. */
export function fieldNames(type: StorageType, index: number): string[] {
  return (PARTS[type] ?? ONE).map((suffix) => `f${index}${suffix}`);
}

export function structOf(types: readonly SubType[], index: number): StructType {
  return types[index]!.composite as StructType;
}
export function arrayOf(types: readonly SubType[], index: number): ArrayType {
  return types[index]!.composite as ArrayType;
}

/** How the elements of an array lie in `v`. */
export interface ElementKind {
  /** As in the names of libcalls. */
  readonly name: 'i8' | 'i16' | 'i32' | 'i64' | 'f32' | 'f64' | 'v128' | 'ref';
  /** The class of `v`, and how many places an element takes in it. */
  readonly elements: string;
  readonly parts: number;
  /** Bytes of an element in a data segment. */
  readonly bytes: number;
  /** Whether an element may be `undefined`: a host value. */
  readonly host: boolean;
}

const NUMBERS: Partial<Record<StorageType, ElementKind>> = {
  [I8]: { name: 'i8', elements: 'Uint8Array', parts: 1, bytes: 1, host: false },
  [I16]: { name: 'i16', elements: 'Uint16Array', parts: 1, bytes: 2, host: false },
  [I32]: { name: 'i32', elements: 'Int32Array', parts: 1, bytes: 4, host: false },
  [I64]: { name: 'i64', elements: 'Int32Array', parts: 2, bytes: 8, host: false },
  [F32]: { name: 'f32', elements: 'Float32Array', parts: 1, bytes: 4, host: false },
  [F64]: { name: 'f64', elements: 'Float64Array', parts: 1, bytes: 8, host: false },
  [V128]: { name: 'v128', elements: 'Int32Array', parts: 4, bytes: 16, host: false },
};
const REF: ElementKind = { name: 'ref', elements: 'Array', parts: 1, bytes: 8, host: false };
const HOST_REF: ElementKind = { ...REF, host: true };
const HOST_HEAPS: ReadonlySet<number> = new Set([Heap.extern, Heap.noextern, Heap.exn, Heap.noexn]);

export function elementKind(type: StorageType): ElementKind {
  return NUMBERS[type] ?? (HOST_HEAPS.has(heapOf(type)) ? HOST_REF : REF);
}

/** The object of a reference, or the trap. */
export function nonNull(scope: FuncScope, ref: Js, known: boolean): Js {
  return known ? ref : nullish(ref, call(scope.libcall('trap_null')));
}
/** `object.name`. */
export function member(object: Js, name: string): Js {
  return atom(`${within(object, Prec.call)}.${name}`);
}

/** A packed value as it is stored, extended. */
export function extended(value: Js, type: StorageType, signed: boolean, zeroExtended: boolean): Js {
  if (type !== I8 && type !== I16) return value;
  if (!signed) return zeroExtended ? value : binary('&', value, int(type === I8 ? 255 : 65535));
  const bits = int(type === I8 ? 24 : 16);
  return binary('>>', binary('<<', value, bits), bits);
}

/** Element `index` of `v`, part `part`: reads undefined where there is none. */
export function elementAt(v: Js, index: Js, { parts }: ElementKind, part = 0): Js {
  let place = index;
  // A product of numbers, not of i32: an index that wraps around would be in bounds.
  if (parts > 1) place = binary('*', index, int(parts));
  if (part > 0) place = binary('+', place, int(part));
  return atom(`${within(v, Prec.call)}[${place.text}]`);
}
/** The same with the trap. */
export function checkedElement(scope: FuncScope, v: Js, index: Js, kind: ElementKind): Js {
  if (kind.host) return call(scope.libcall('array_at'), v, index);
  const element = elementAt(v, index, kind);
  if (kind.name === 'ref') return call(scope.libcall('array_element'), element);
  return nullish(element, call(scope.libcall('trap_array')));
}

/** A value of a type's default: zero, or null. */
export function defaultParts(type: StorageType): Js[] {
  return type >= 0 ? [atom('null')] : (PARTS[type] ?? ONE).map(() => int(0));
}

/** `array.new` of `count` elements that are `value`. */
export function newElements(scope: FuncScope, kind: ElementKind, value: readonly Js[], count: Js): Js {
  return call(scope.libcall(`array_${kind.name}` as Libcall), ...value, count);
}
/** `array.new_fixed`. */
export function fixedElements(kind: ElementKind, values: readonly Js[]): Js {
  const list = `[${values.map((v) => within(v, Prec.assign)).join(', ')}]`;
  return atom(kind.name === 'ref' ? list : `new ${kind.elements}(${list})`);
}
/** `new class(args)`. */
export function newObject(scope: FuncScope, type: number, args: readonly Js[]): Js {
  return call(`new ${scope.gcClass(type)}`, ...args);
}

const BOTTOMS = new Set<number>([Heap.none, Heap.nofunc, Heap.noextern, Heap.noexn]);
/** Is the reference printed just once by `refTest`? Not by tests for null, and not at all where no reference fits. */
export const isTestedOnce = (target: ValType): boolean => !isNullable(target) && !BOTTOMS.has(heapOf(target));

/** Whether `ref`, a reference of the hierarchy of `target` that can be repeated, is of that type: a condition. */
export function refTest(scope: FuncScope, ref: Js, target: ValType): Js {
  const is = heapTest(scope, ref, target);
  const isNull = binary('===', ref, atom('null'));
  if (is === undefined) return isNullable(target) ? isNull : { ...atom('false'), bool: true };
  return isNullable(target) ? { ...binary('||', isNull, is), bool: true } : is;
}

/** The same for what is not null; undefined for types that have null only. */
function heapTest(scope: FuncScope, ref: Js, target: ValType): Js | undefined {
  const heap = heapOf(target);
  const bool = (js: Js): Js => ({ ...js, bool: true });
  if (isConcrete(heap)) return concreteTest(scope, ref, heap);
  if (BOTTOMS.has(heap)) return undefined;
  switch (heap) {
    case Heap.i31:
      return binary('===', atom(`typeof ${within(ref, Prec.unary)}`), atom('"number"'));
    case Heap.eq:
      return bool(call(scope.libcall('is_eq'), ref));
    case Heap.struct:
    case Heap.array:
      return bool(call(scope.libcall('is_kind'), ref, int(heap === Heap.struct ? 1 : 2)));
    default:
      return binary('!==', ref, atom('null'));
  }
}

function concreteTest(scope: FuncScope, ref: Js, heap: number): Js {
  const { typed } = scope.module;
  const optional = (name: string): Js => atom(`${within(ref, Prec.call)}?.${name}`);
  if (typed.module.types[heap]!.composite.kind !== 'func') {
    return binary('===', optional(`d${typed.types.depthOf(heap)}`), atom(scope.type(heap)));
  }
  const plain = typed.plainKey(heap);
  if (plain !== undefined) return binary('===', optional('t'), atom(JSON.stringify(plain)));
  return { ...call(scope.libcall('is_func'), ref, atom(scope.type(heap))), bool: true };
}

/** The libcall that fills elements of a type. */
export function fillOf(type: StorageType): 'array_fill' | 'array_fill_i64' | 'array_fill_v128' {
  if (type === V128) return 'array_fill_v128';
  return type === I64 ? 'array_fill_i64' : 'array_fill';
}
