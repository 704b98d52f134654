/**
 * How clang passes C values in WebAssembly (tool-conventions, BasicCABI.md): scalars as themselves, long double as two i64, a
 * structure of one scalar as that scalar, other structures and complex numbers by the address of a copy. Results likewise, but
 * what is not one scalar is written to an address that comes as the first parameter. Variadic arguments lie in a buffer, whose
 * address is the last parameter.
 */
import { i64_hi } from '../core/int64.ts';
import { nan_bits } from '../core/nan.ts';
import type { Cells } from './memory.ts';
import * as T from './types.ts';

/** `direct`: as the scalar that `type` is; `wide`: as two i64; `indirect`: by address. */
export interface Passing {
  readonly mode: 'direct' | 'wide' | 'indirect';
  readonly type: T.CType;
}

export function passing(type: T.CType): Passing {
  const inner = lone_scalar(type);
  if (inner === undefined) return { mode: 'indirect', type };
  return { mode: inner.id === T.LONGDOUBLE ? 'wide' : 'direct', type: inner };
}

/** The scalar that a type is, or the only one in a structure that is no larger. */
function lone_scalar(type: T.CType): T.CType | undefined {
  if (type.id === T.COMPLEX) return undefined;
  if (type.id !== T.STRUCT) return type;
  if (type.elements.length !== 1) return undefined;
  const inner = lone_scalar(type.elements[0]!);
  return inner?.size === type.size ? inner : undefined;
}

/** The letter of a scalar. */
function letter_of({ id }: T.CType): 'i' | 'I' | 'f' | 'F' {
  if (id === T.FLOAT) return 'f';
  if (id === T.DOUBLE) return 'F';
  return is_long({ id }) ? 'I' : 'i';
}
export const is_long = ({ id }: Pick<T.CType, 'id'>): boolean => id === T.UINT64 || id === T.SINT64;

/** What a call is made of: the function's type and where its values go. */
export interface Convention {
  /** Type descriptor; `pairs` is the same where each i64 is passed as two i32, low half first. */
  readonly type: string;
  readonly pairs: string;
  readonly args: readonly Passing[];
  /** Undefined for void. */
  readonly result: Passing | undefined;
  /** The result is written to an address. */
  readonly toAddress: boolean;
  readonly variadic: boolean;
  /** Arguments from here on lie in the buffer. */
  readonly fixed: number;
  /** Offsets of variadic arguments in the buffer, and its size. */
  readonly offsets: readonly number[];
  readonly bufferSize: number;
}

export function convention({ args, result, fixed }: T.Cif): Convention {
  const passings = args.map(passing);
  const returned = result.id === T.VOID ? undefined : passing(result);
  const toAddress = returned !== undefined && returned.mode !== 'direct';
  const count = fixed ?? args.length;
  let params = toAddress ? 'i' : '';
  for (const { mode, type } of passings.slice(0, count)) {
    params += mode === 'wide' ? 'II' : mode === 'indirect' ? 'i' : letter_of(type);
  }
  if (fixed !== undefined) params += 'i';
  const type = `${params}:${returned === undefined || toAddress ? '' : letter_of(returned.type)}`;
  const { offsets, size } = buffer_layout(passings.slice(count));
  return {
    type,
    pairs: type.replace(/I(?=.*:)/g, 'ii').replace(/:I$/, ':i'),
    args: passings,
    result: returned,
    toAddress,
    variadic: fixed !== undefined,
    fixed: count,
    offsets,
    bufferSize: size,
  };
}

/** Variadic arguments are aligned as they are, and at least to 4; structures lie there by address. */
function buffer_layout(args: readonly Passing[]): { offsets: number[]; size: number } {
  let size = 0;
  const offsets = args.map(({ mode, type }) => {
    const alignment = mode === 'indirect' ? 4 : Math.max(4, type.alignment);
    const at = Math.ceil(size / alignment) * alignment;
    size = at + (mode === 'indirect' ? 4 : Math.max(4, type.size));
    return at;
  });
  return { offsets, size };
}

/** Appends a scalar in memory to raw arguments, the payload of a NaN in the cell of parameter `index`. */
export function push_scalar(cells: Cells, type: T.CType, at: number, index: number, to: number[]): void {
  const address = at >>> 0;
  const view = cells.at(address, type.size);
  switch (type.id) {
    case T.FLOAT:
      nan_bits[2 * index] = view.getInt32(address, true);
      to.push(view.getFloat32(address, true));
      return;
    case T.DOUBLE:
      nan_bits[2 * index] = view.getInt32(address, true);
      nan_bits[2 * index + 1] = view.getInt32(address + 4, true);
      to.push(view.getFloat64(address, true));
      return;
    case T.UINT64:
    case T.SINT64:
      to.push(view.getInt32(address, true), view.getInt32(address + 4, true));
      return;
    default:
      to.push(small_integer(view, type.id, address));
  }
}

function small_integer(view: DataView, id: number, at: number): number {
  switch (id) {
    case T.UINT8:
      return view.getUint8(at);
    case T.SINT8:
      return view.getInt8(at);
    case T.UINT16:
      return view.getUint16(at, true);
    case T.SINT16:
      return view.getInt16(at, true);
    default:
      return view.getInt32(at, true);
  }
}

/** An integer as the callee of its type has it. */
export function extended(id: number, value: number): number {
  switch (id) {
    case T.UINT8:
      return value & 0xff;
    case T.SINT8:
      return (value << 24) >> 24;
    case T.UINT16:
      return value & 0xffff;
    case T.SINT16:
      return (value << 16) >> 16;
    default:
      return value;
  }
}

/**
 * Writes a raw scalar to memory: `low`, with the high half of an i64, and the payload of a NaN in the cells from `cell` on.
 * `widened`: an integer takes 4 bytes at least, as libffi returns it.
 */
export function store_scalar(
  cells: Cells,
  type: T.CType,
  at: number,
  low: number,
  high: number,
  cell: number,
  widened: boolean,
): void {
  const address = at >>> 0;
  const view = cells.at(address, widened ? Math.max(4, type.size) : type.size);
  if (type.id === T.FLOAT) {
    if (Number.isNaN(low)) view.setInt32(address, nan_bits[cell]!, true);
    else view.setFloat32(address, low, true);
  } else if (type.id === T.DOUBLE) {
    if (Number.isNaN(low)) {
      view.setInt32(address, nan_bits[cell]!, true);
      view.setInt32(address + 4, nan_bits[cell + 1]!, true);
    } else view.setFloat64(address, low, true);
  } else if (type.size === 8) {
    view.setInt32(address, low, true);
    view.setInt32(address + 4, high, true);
  } else if (widened || type.size === 4) view.setInt32(address, extended(type.id, low), true);
  else if (type.size === 2) view.setInt16(address, low, true);
  else view.setInt8(address, low);
}

/** Splits a BigInt from a native function. */
export function halves(value: bigint): number {
  i64_hi[0] = Number(BigInt.asIntN(32, value >> 32n));
  return Number(BigInt.asIntN(32, value));
}
