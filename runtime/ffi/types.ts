/**
 * libffi's structures as they lie in memory: `ffi_type` (12 bytes: size u32, alignment u16, type u16, elements) and `ffi_cif` (24
 * bytes: abi, nargs, arg_types, rtype, bytes, flags), and what `ffi_prep_cif` does with them.
 *
 * `flags` has the number of fixed arguments of a variadic function, with the top bit set.
 */
import { align_up } from '../dynlink/program/guest.ts';
import type { Cells } from './memory.ts';

/** `FFI_TYPE_*`. */
export const VOID = 0;
export const INT = 1;
export const FLOAT = 2;
export const DOUBLE = 3;
export const LONGDOUBLE = 4;
export const UINT8 = 5;
export const SINT8 = 6;
export const UINT16 = 7;
export const SINT16 = 8;
export const UINT32 = 9;
export const SINT32 = 10;
export const UINT64 = 11;
export const SINT64 = 12;
export const STRUCT = 13;
export const POINTER = 14;
export const COMPLEX = 15;

/** `ffi_status`. */
export const FFI_OK = 0;
export const FFI_BAD_TYPEDEF = 1;
export const FFI_BAD_ABI = 2;
export const FFI_BAD_ARGTYPE = 3;

export interface CType {
  readonly id: number;
  /** In bytes. */
  readonly size: number;
  readonly alignment: number;
  /** Of a structure or a complex number. */
  readonly elements: readonly CType[];
}

/** Reads an `ffi_type`; deeper than any real structure is a circle, and is cut. */
export function read_type(cells: Cells, at: number, depth = 0): CType {
  const id = cells.u16(at + 6);
  const elements: CType[] = [];
  if ((id === STRUCT || id === COMPLEX) && depth < 64) {
    const list = cells.u32(at + 8);
    for (let i = 0; list !== 0; i += 4) {
      const element = cells.u32(list + i);
      if (element === 0) break;
      elements.push(read_type(cells, element, depth + 1));
    }
  }
  return { id, size: cells.u32(at), alignment: cells.u16(at + 4), elements };
}

export interface Cif {
  readonly args: readonly CType[];
  readonly result: CType;
  /** How many arguments are fixed; undefined for a function that is not variadic. */
  readonly fixed: number | undefined;
}

export function read_cif(cells: Cells, cif: number): Cif {
  const list = cells.u32(cif + 8);
  const flags = cells.i32(cif + 20);
  return {
    args: Array.from({ length: cells.u32(cif + 4) }, (_, i) => read_type(cells, cells.u32(list + 4 * i))),
    result: read_type(cells, cells.u32(cif + 12)),
    fixed: flags < 0 ? flags & 0x7fffffff : undefined,
  };
}

/** Gives structures below `at` that have none yet their size and alignment. Returns a status. */
function lay_out(cells: Cells, at: number, depth = 0): number {
  const id = cells.u16(at + 6);
  if (id > COMPLEX || depth > 63) return FFI_BAD_TYPEDEF;
  if (id !== STRUCT || cells.u32(at) !== 0) return id === COMPLEX && cells.u32(at) === 0 ? FFI_BAD_TYPEDEF : FFI_OK;
  const list = cells.u32(at + 8);
  if (list === 0) return FFI_BAD_TYPEDEF;
  let size = 0;
  let alignment = 0;
  for (let i = 0; cells.u32(list + i) !== 0; i += 4) {
    const element = cells.u32(list + i);
    const status = lay_out(cells, element, depth + 1);
    if (status !== FFI_OK) return status;
    size = rounded(size, cells.u16(element + 4)) + cells.u32(element);
    alignment = Math.max(alignment, cells.u16(element + 4));
  }
  if (size === 0) return FFI_BAD_TYPEDEF;
  cells.at(at, 8).setUint32(at, rounded(size, alignment), true);
  cells.set_u16(at + 4, alignment);
  return FFI_OK;
}
const rounded = (n: number, alignment: number): number => align_up(n, Math.log2(alignment || 1));

/** `FFI_WASM32`, which is the default, and `FFI_WASM32_EMSCRIPTEN`. */
const ABIS = [1, 2];

/** Fills an `ffi_cif`. Returns a status. */
export function prepare(
  cells: Cells,
  cif: number,
  abi: number,
  fixed: number | undefined,
  count: number,
  result: number,
  args: number,
): number {
  if (!ABIS.includes(abi)) return FFI_BAD_ABI;
  let status = lay_out(cells, result);
  let bytes = 0;
  for (let i = 0; i < count && status === FFI_OK; i++) {
    const type = cells.u32(args + 4 * i);
    status = lay_out(cells, type);
    if (status === FFI_OK && cells.u16(type + 6) === VOID) status = FFI_BAD_TYPEDEF;
    if (status === FFI_OK && fixed !== undefined && i >= fixed && !is_promoted(cells.u16(type + 6)))
      return FFI_BAD_ARGTYPE;
    bytes += align_up(cells.u32(type), 2);
  }
  if (status !== FFI_OK) return status;
  const flags = fixed === undefined ? 0 : fixed | 0x80000000;
  for (const [i, value] of [abi, count, args, result, bytes, flags].entries()) cells.set_i32(cif + 4 * i, value);
  return FFI_OK;
}

/** What C's default promotions leave as it is: only such arguments can follow the fixed ones. */
function is_promoted(id: number): boolean {
  return id !== FLOAT && (id < UINT8 || id > SINT16);
}

/** Writes the offsets of a structure's elements. Returns a status. */
export function struct_offsets(cells: Cells, abi: number, type: number, offsets: number): number {
  if (!ABIS.includes(abi)) return FFI_BAD_ABI;
  if (cells.u16(type + 6) !== STRUCT) return FFI_BAD_TYPEDEF;
  const status = lay_out(cells, type);
  if (status !== FFI_OK) return status;
  let at = 0;
  read_type(cells, type).elements.forEach((element, i) => {
    at = rounded(at, element.alignment);
    cells.set_i32(offsets + 4 * i, at);
    at += element.size;
  });
  return FFI_OK;
}
