/** How each kind of immediate is read into an operator reader's fields (spec 5.4). */
import type { Immediates } from '../wasm/opcodes.ts';
import type { OperatorReader } from './operators.ts';
import { readHeapType, readValType } from './types.ts';

type Read = (r: OperatorReader) => void;

function index(r: OperatorReader): void {
  r.index = r.u32();
}
function twoIndices(r: OperatorReader): void {
  r.index = r.u32();
  r.index2 = r.u32();
}

/** Empty, a value type, or a type index as a signed 33-bit integer (spec 5.4.1). */
function blockType(r: OperatorReader): void {
  const b = r.peek();
  if (b === 0x40) {
    r.pos++;
    r.block = 'empty';
  } else if ((b & 0xc0) === 0x40) {
    r.block = 'value';
    r.type = readValType(r);
  } else {
    const at = r.pos;
    r.block = 'index';
    r.index = r.s33();
    if (r.index < 0) r.fail('malformed block type', at);
  }
}

/** Flags below 64 are the alignment; bit 6 says that a memory index follows (spec 5.4.7). */
function memoryArgument(r: OperatorReader): void {
  const at = r.pos;
  const flags = r.u32();
  if (flags >= 128) r.fail('malformed memop flags', at);
  r.align = flags & 63;
  r.memory = flags >= 64 ? r.u32() : 0;
  const b = r.peek();
  if (b >= 0 && b < 0x80) {
    r.pos++;
    r.offset = b;
    r.offset64 = undefined;
    return;
  }
  r.u64();
  const exact = r.high >>> 21 === 0;
  r.offset = exact ? r.high * 2 ** 32 + (r.low >>> 0) : 2 ** 52 + (r.low & 7);
  r.offset64 = exact ? undefined : (BigInt(r.high >>> 0) << 32n) | BigInt(r.low >>> 0);
}

function branchTable(r: OperatorReader): void {
  const { targets } = r;
  const n = r.count('br_table targets');
  targets.length = 0;
  for (let i = 0; i <= n; i++) targets.push(r.u32());
}

function selectTypes(r: OperatorReader): void {
  r.types.length = 0;
  for (let n = r.count('results'); n > 0; n--) r.types.push(readValType(r));
}

function word(r: OperatorReader): number {
  const at = r.skip(4);
  const { bytes } = r;
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function readLane(r: OperatorReader): void {
  r.value = r.byte();
}

function sixteenBytes(r: OperatorReader): void {
  const at = r.skip(16);
  for (let i = 0; i < 16; i++) r.bytes16[i] = r.bytes[at + i]!;
}

function castTarget(r: OperatorReader): void {
  r.heap = readHeapType(r);
  // Even sub-opcodes (ref.test, ref.cast) refuse null; the odd ones beside them take it.
  r.nullable = (r.bytes[r.at + 1]! & 1) === 1;
}

function branchCast(r: OperatorReader): void {
  const at = r.pos;
  r.value = r.byte();
  if (r.value > 3) r.fail('malformed br_on_cast flags', at);
  r.index = r.u32();
  r.heap = readHeapType(r);
  r.heap2 = readHeapType(r);
  r.nullable = (r.value & 1) !== 0;
  r.nullable2 = (r.value & 2) !== 0;
}

function tryTable(r: OperatorReader): void {
  blockType(r);
  r.catches.length = 0;
  for (let n = r.count('catch clauses'); n > 0; n--) {
    const at = r.pos;
    const kind = r.byte();
    if (kind > 3) r.fail('malformed catch clause', at);
    const tag = kind < 2 ? r.u32() : 0;
    r.catches.push({ kind, tag, label: r.u32() });
  }
}

/** Every kind of immediate in the opcode table, but `none`. */
export const IMMEDIATES: Record<Exclude<Immediates, 'none'>, Read> = {
  block: blockType,
  label: index,
  labels: branchTable,
  func: index,
  local: index,
  global: index,
  table: index,
  memory: index,
  data: index,
  elem: index,
  type_table: twoIndices,
  data_memory: twoIndices,
  memory_memory: twoIndices,
  elem_table: twoIndices,
  table_table: twoIndices,
  type: index,
  tag: index,
  type_field: twoIndices,
  type_count: twoIndices,
  type_data: twoIndices,
  type_elem: twoIndices,
  type_type: twoIndices,
  try_table: tryTable,
  cast: castTarget,
  branch_cast: branchCast,
  types: selectTypes,
  memarg: memoryArgument,
  lane: readLane,
  memarg_lane: (r) => {
    memoryArgument(r);
    readLane(r);
  },
  v128: sixteenBytes,
  shuffle: sixteenBytes,
  zero: (r) => {
    const at = r.pos;
    if (r.byte() !== 0) r.fail('zero byte expected', at);
  },
  heap: (r) => {
    r.heap = readHeapType(r);
  },
  i32: (r) => {
    r.value = r.s32();
  },
  i64: (r) => r.s64(),
  f32: (r) => {
    r.value = word(r);
  },
  f64: (r) => {
    r.low = word(r);
    r.high = word(r);
  },
};
