/** Types of the binary format (spec 5.3): value, heap, composite and recursive types, limits, external types. */
import { CompileError } from '../errors.ts';
import {
  ABSTRACT,
  type CompositeType,
  F32,
  F64,
  type FieldType,
  type GlobalType,
  Heap,
  type HeapType,
  I8,
  I16,
  I32,
  I64,
  isRef,
  type Limits,
  type MemoryType,
  refType,
  type StorageType,
  type SubType,
  type TableType,
  V128,
  type ValType,
} from '../wasm/types.ts';
import type { ByteReader } from './bytes.ts';

const MAX_TYPES = 1_000_000;
const ABSTRACT_CODES = new Set<number>(Object.values(Heap).map((h) => h - ABSTRACT));
/** Value types by their byte, for the ones of a single byte. */
const SHORT = new Map<number, ValType>([
  [0x7f, I32],
  [0x7e, I64],
  [0x7d, F32],
  [0x7c, F64],
  [0x7b, V128],
  ...[...ABSTRACT_CODES].map((c) => [c, refType(ABSTRACT + c, true)] as const),
]);

export function readValType(r: ByteReader): ValType {
  const at = r.pos;
  const b = r.byte();
  const short = SHORT.get(b);
  if (short !== undefined) return short;
  if (b === 0x63) return refType(readHeapType(r), true);
  if (b === 0x64) return refType(readHeapType(r), false);
  return r.fail(`malformed value type 0x${b.toString(16)}`, at);
}

export function readHeapType(r: ByteReader): HeapType {
  const at = r.pos;
  const n = r.s33();
  if (n >= 0) return typeIndex(n, at);
  const code = n + 0x80;
  if (r.pos - at === 1 && ABSTRACT_CODES.has(code)) return ABSTRACT + code;
  return r.fail('malformed heap type', at);
}

/** Keeps indices that no module can have out of the packed representation of types. */
function typeIndex(n: number, offset: number): number {
  if (n < MAX_TYPES) return n;
  throw new CompileError('invalid', `unknown type ${n}`, { offset });
}

export function readRefType(r: ByteReader): ValType {
  const at = r.pos;
  const t = readValType(r);
  return isRef(t) ? t : r.fail('malformed reference type', at);
}

function readStorageType(r: ByteReader): StorageType {
  const b = r.peek();
  if (b !== 0x78 && b !== 0x77) return readValType(r);
  r.pos++;
  return b === 0x78 ? I8 : I16;
}

function readMutability(r: ByteReader): boolean {
  const at = r.pos;
  const b = r.byte();
  return b <= 1 ? b === 1 : r.fail('malformed mutability', at);
}

function readField(r: ByteReader): FieldType {
  const type = readStorageType(r);
  return { type, mutable: readMutability(r) };
}

function readValTypes(r: ByteReader, what: 'parameters' | 'results'): ValType[] {
  const types: ValType[] = [];
  for (let n = r.count(what); n > 0; n--) types.push(readValType(r));
  return types;
}

function readComposite(r: ByteReader): CompositeType {
  const at = r.pos;
  switch (r.byte()) {
    case 0x60:
      return { kind: 'func', params: readValTypes(r, 'parameters'), results: readValTypes(r, 'results') };
    case 0x5f: {
      const fields: FieldType[] = [];
      for (let n = r.count('struct fields'); n > 0; n--) fields.push(readField(r));
      return { kind: 'struct', fields };
    }
    case 0x5e:
      return { kind: 'array', field: readField(r) };
    default:
      return r.fail('malformed type: expected func, struct or array', at);
  }
}

/** A type with its supertypes (spec 5.3.10); `group` and `groupSize` place it in its recursive group. */
function readSubType(r: ByteReader, group: number, groupSize: number): SubType {
  const form = r.peek();
  const supers: number[] = [];
  if (form === 0x50 || form === 0x4f) {
    r.pos++;
    for (let n = r.count('types'); n > 0; n--) supers.push(r.u32());
  }
  return { composite: readComposite(r), final: form !== 0x50, supers, group, groupSize };
}

/** One entry of the type section, a recursive group or a single type, appended to `types`. */
export function readRecursiveGroup(r: ByteReader, types: SubType[]): void {
  const group = types.length;
  if (r.peek() !== 0x4e) {
    types.push(readSubType(r, group, 1));
    return;
  }
  r.pos++;
  const size = r.count('types', group);
  for (let i = 0; i < size; i++) types.push(readSubType(r, group, size));
}

function unsigned64(r: ByteReader): bigint {
  r.u64();
  return (BigInt(r.high >>> 0) << 32n) | BigInt(r.low >>> 0);
}

/** Limits (spec 5.3.13), of which flag 1 says whether there is a maximum. Their range is the validator's business. */
function readLimits(r: ByteReader, flags: number): Limits {
  const min = unsigned64(r);
  return { min, max: flags & 1 ? unsigned64(r) : undefined };
}

function readFlags(r: ByteReader, allowed: number): number {
  const at = r.pos;
  const flags = r.byte();
  if (flags >= 0x80) r.fail('integer representation too long', at);
  if (flags & ~allowed) r.fail(`malformed limits flags 0x${flags.toString(16)}`, at);
  return flags;
}

export function readTableType(r: ByteReader): TableType {
  const ref = readRefType(r);
  const flags = readFlags(r, 5);
  return { ref, limits: readLimits(r, flags), is64: (flags & 4) !== 0 };
}

/** Flags: 1 maximum, 2 shared (threads), 4 64-bit addresses (memory64), 8 custom page size. */
export function readMemoryType(r: ByteReader): MemoryType {
  const flags = readFlags(r, 15);
  const limits = readLimits(r, flags);
  const pageSizeLog2 = flags & 8 ? r.u32() : 16;
  return { limits, shared: (flags & 2) !== 0, is64: (flags & 4) !== 0, pageSizeLog2 };
}

export function readGlobalType(r: ByteReader): GlobalType {
  const type = readValType(r);
  return { type, mutable: readMutability(r) };
}

/** A tag's type index, after the attribute byte that must be zero (spec 5.3.16). */
export function readTagType(r: ByteReader): number {
  const at = r.pos;
  if (r.byte() !== 0) r.fail('malformed tag attribute', at);
  return r.u32();
}
