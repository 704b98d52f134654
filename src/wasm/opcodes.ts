/**
 * THE opcode table: one row an instruction, driving decoding, validation, effects, printing and coverage.
 *
 * A row is `[code, name, immediates, signature, effects, access width in bytes]`.
 * - `code`: the opcode byte; prefixed opcodes are `prefix << 8 | sub` for 0xFB, 0xFC and 0xFE, and
 *   `0xFD000 | sub` for 0xFD, whose sub-opcodes need more than a byte.
 * - `signature`: operand and result types as letters (`i` i32, `I` i64, `f` f32, `F` f64, `V` v128, `a` the
 *   memory's address type), or `*` where it depends on immediates or context.
 * - `effects`: letters of `EFFECT_LETTERS`; none means pure.
 *
 * Instructions are numbered densely in table order (`Op`), so that tables over them are small arrays.
 */
import { exceptionHandling, legacyExceptions, tailCall } from './opcodes-control.ts';
import { functionReferences, gc } from './opcodes-gc.ts';
import { relaxedSimd, simd } from './opcodes-simd.ts';
import { threads } from './opcodes-threads.ts';

const mvp = [
  [0x00, 'unreachable', 'none', '*', 'tx'],
  [0x01, 'nop', 'none', ':', ''],
  [0x02, 'block', 'block', '*', 'x'],
  [0x03, 'loop', 'block', '*', 'x'],
  [0x04, 'if', 'block', '*', 'x'],
  [0x05, 'else', 'none', '*', 'x'],
  [0x0b, 'end', 'none', '*', 'x'],
  [0x0c, 'br', 'label', '*', 'x'],
  [0x0d, 'br_if', 'label', '*', 'x'],
  [0x0e, 'br_table', 'labels', '*', 'x'],
  [0x0f, 'return', 'none', '*', 'x'],
  [0x10, 'call', 'func', '*', 'c'],
  [0x11, 'call_indirect', 'type_table', '*', 'tcb'],
  [0x1a, 'drop', 'none', '*', ''],
  [0x1b, 'select', 'none', '*', ''],
  [0x20, 'local.get', 'local', '*', ''],
  [0x21, 'local.set', 'local', '*', ''],
  [0x22, 'local.tee', 'local', '*', ''],
  [0x23, 'global.get', 'global', '*', 'g'],
  [0x24, 'global.set', 'global', '*', 'G'],
  [0x28, 'i32.load', 'memarg', 'a:i', 'tr', 4],
  [0x29, 'i64.load', 'memarg', 'a:I', 'tr', 8],
  [0x2a, 'f32.load', 'memarg', 'a:f', 'tr', 4],
  [0x2b, 'f64.load', 'memarg', 'a:F', 'tr', 8],
  [0x2c, 'i32.load8_s', 'memarg', 'a:i', 'tr', 1],
  [0x2d, 'i32.load8_u', 'memarg', 'a:i', 'tr', 1],
  [0x2e, 'i32.load16_s', 'memarg', 'a:i', 'tr', 2],
  [0x2f, 'i32.load16_u', 'memarg', 'a:i', 'tr', 2],
  [0x30, 'i64.load8_s', 'memarg', 'a:I', 'tr', 1],
  [0x31, 'i64.load8_u', 'memarg', 'a:I', 'tr', 1],
  [0x32, 'i64.load16_s', 'memarg', 'a:I', 'tr', 2],
  [0x33, 'i64.load16_u', 'memarg', 'a:I', 'tr', 2],
  [0x34, 'i64.load32_s', 'memarg', 'a:I', 'tr', 4],
  [0x35, 'i64.load32_u', 'memarg', 'a:I', 'tr', 4],
  [0x36, 'i32.store', 'memarg', 'ai:', 'tw', 4],
  [0x37, 'i64.store', 'memarg', 'aI:', 'tw', 8],
  [0x38, 'f32.store', 'memarg', 'af:', 'tw', 4],
  [0x39, 'f64.store', 'memarg', 'aF:', 'tw', 8],
  [0x3a, 'i32.store8', 'memarg', 'ai:', 'tw', 1],
  [0x3b, 'i32.store16', 'memarg', 'ai:', 'tw', 2],
  [0x3c, 'i64.store8', 'memarg', 'aI:', 'tw', 1],
  [0x3d, 'i64.store16', 'memarg', 'aI:', 'tw', 2],
  [0x3e, 'i64.store32', 'memarg', 'aI:', 'tw', 4],
  [0x3f, 'memory.size', 'memory', ':a', 'r'],
  [0x40, 'memory.grow', 'memory', 'a:a', 'm'],
  [0x41, 'i32.const', 'i32', ':i', ''],
  [0x42, 'i64.const', 'i64', ':I', ''],
  [0x43, 'f32.const', 'f32', ':f', ''],
  [0x44, 'f64.const', 'f64', ':F', ''],
  [0x45, 'i32.eqz', 'none', 'i:i', ''],
  [0x46, 'i32.eq', 'none', 'ii:i', ''],
  [0x47, 'i32.ne', 'none', 'ii:i', ''],
  [0x48, 'i32.lt_s', 'none', 'ii:i', ''],
  [0x49, 'i32.lt_u', 'none', 'ii:i', ''],
  [0x4a, 'i32.gt_s', 'none', 'ii:i', ''],
  [0x4b, 'i32.gt_u', 'none', 'ii:i', ''],
  [0x4c, 'i32.le_s', 'none', 'ii:i', ''],
  [0x4d, 'i32.le_u', 'none', 'ii:i', ''],
  [0x4e, 'i32.ge_s', 'none', 'ii:i', ''],
  [0x4f, 'i32.ge_u', 'none', 'ii:i', ''],
  [0x50, 'i64.eqz', 'none', 'I:i', ''],
  [0x51, 'i64.eq', 'none', 'II:i', ''],
  [0x52, 'i64.ne', 'none', 'II:i', ''],
  [0x53, 'i64.lt_s', 'none', 'II:i', ''],
  [0x54, 'i64.lt_u', 'none', 'II:i', ''],
  [0x55, 'i64.gt_s', 'none', 'II:i', ''],
  [0x56, 'i64.gt_u', 'none', 'II:i', ''],
  [0x57, 'i64.le_s', 'none', 'II:i', ''],
  [0x58, 'i64.le_u', 'none', 'II:i', ''],
  [0x59, 'i64.ge_s', 'none', 'II:i', ''],
  [0x5a, 'i64.ge_u', 'none', 'II:i', ''],
  [0x5b, 'f32.eq', 'none', 'ff:i', ''],
  [0x5c, 'f32.ne', 'none', 'ff:i', ''],
  [0x5d, 'f32.lt', 'none', 'ff:i', ''],
  [0x5e, 'f32.gt', 'none', 'ff:i', ''],
  [0x5f, 'f32.le', 'none', 'ff:i', ''],
  [0x60, 'f32.ge', 'none', 'ff:i', ''],
  [0x61, 'f64.eq', 'none', 'FF:i', ''],
  [0x62, 'f64.ne', 'none', 'FF:i', ''],
  [0x63, 'f64.lt', 'none', 'FF:i', ''],
  [0x64, 'f64.gt', 'none', 'FF:i', ''],
  [0x65, 'f64.le', 'none', 'FF:i', ''],
  [0x66, 'f64.ge', 'none', 'FF:i', ''],
  [0x67, 'i32.clz', 'none', 'i:i', ''],
  [0x68, 'i32.ctz', 'none', 'i:i', ''],
  [0x69, 'i32.popcnt', 'none', 'i:i', ''],
  [0x6a, 'i32.add', 'none', 'ii:i', ''],
  [0x6b, 'i32.sub', 'none', 'ii:i', ''],
  [0x6c, 'i32.mul', 'none', 'ii:i', ''],
  [0x6d, 'i32.div_s', 'none', 'ii:i', 't'],
  [0x6e, 'i32.div_u', 'none', 'ii:i', 't'],
  [0x6f, 'i32.rem_s', 'none', 'ii:i', 't'],
  [0x70, 'i32.rem_u', 'none', 'ii:i', 't'],
  [0x71, 'i32.and', 'none', 'ii:i', ''],
  [0x72, 'i32.or', 'none', 'ii:i', ''],
  [0x73, 'i32.xor', 'none', 'ii:i', ''],
  [0x74, 'i32.shl', 'none', 'ii:i', ''],
  [0x75, 'i32.shr_s', 'none', 'ii:i', ''],
  [0x76, 'i32.shr_u', 'none', 'ii:i', ''],
  [0x77, 'i32.rotl', 'none', 'ii:i', ''],
  [0x78, 'i32.rotr', 'none', 'ii:i', ''],
  [0x79, 'i64.clz', 'none', 'I:I', ''],
  [0x7a, 'i64.ctz', 'none', 'I:I', ''],
  [0x7b, 'i64.popcnt', 'none', 'I:I', ''],
  [0x7c, 'i64.add', 'none', 'II:I', ''],
  [0x7d, 'i64.sub', 'none', 'II:I', ''],
  [0x7e, 'i64.mul', 'none', 'II:I', ''],
  [0x7f, 'i64.div_s', 'none', 'II:I', 't'],
  [0x80, 'i64.div_u', 'none', 'II:I', 't'],
  [0x81, 'i64.rem_s', 'none', 'II:I', 't'],
  [0x82, 'i64.rem_u', 'none', 'II:I', 't'],
  [0x83, 'i64.and', 'none', 'II:I', ''],
  [0x84, 'i64.or', 'none', 'II:I', ''],
  [0x85, 'i64.xor', 'none', 'II:I', ''],
  [0x86, 'i64.shl', 'none', 'II:I', ''],
  [0x87, 'i64.shr_s', 'none', 'II:I', ''],
  [0x88, 'i64.shr_u', 'none', 'II:I', ''],
  [0x89, 'i64.rotl', 'none', 'II:I', ''],
  [0x8a, 'i64.rotr', 'none', 'II:I', ''],
  [0x8b, 'f32.abs', 'none', 'f:f', ''],
  [0x8c, 'f32.neg', 'none', 'f:f', ''],
  [0x8d, 'f32.ceil', 'none', 'f:f', ''],
  [0x8e, 'f32.floor', 'none', 'f:f', ''],
  [0x8f, 'f32.trunc', 'none', 'f:f', ''],
  [0x90, 'f32.nearest', 'none', 'f:f', ''],
  [0x91, 'f32.sqrt', 'none', 'f:f', ''],
  [0x92, 'f32.add', 'none', 'ff:f', ''],
  [0x93, 'f32.sub', 'none', 'ff:f', ''],
  [0x94, 'f32.mul', 'none', 'ff:f', ''],
  [0x95, 'f32.div', 'none', 'ff:f', ''],
  [0x96, 'f32.min', 'none', 'ff:f', ''],
  [0x97, 'f32.max', 'none', 'ff:f', ''],
  [0x98, 'f32.copysign', 'none', 'ff:f', ''],
  [0x99, 'f64.abs', 'none', 'F:F', ''],
  [0x9a, 'f64.neg', 'none', 'F:F', ''],
  [0x9b, 'f64.ceil', 'none', 'F:F', ''],
  [0x9c, 'f64.floor', 'none', 'F:F', ''],
  [0x9d, 'f64.trunc', 'none', 'F:F', ''],
  [0x9e, 'f64.nearest', 'none', 'F:F', ''],
  [0x9f, 'f64.sqrt', 'none', 'F:F', ''],
  [0xa0, 'f64.add', 'none', 'FF:F', ''],
  [0xa1, 'f64.sub', 'none', 'FF:F', ''],
  [0xa2, 'f64.mul', 'none', 'FF:F', ''],
  [0xa3, 'f64.div', 'none', 'FF:F', ''],
  [0xa4, 'f64.min', 'none', 'FF:F', ''],
  [0xa5, 'f64.max', 'none', 'FF:F', ''],
  [0xa6, 'f64.copysign', 'none', 'FF:F', ''],
  [0xa7, 'i32.wrap_i64', 'none', 'I:i', ''],
  [0xa8, 'i32.trunc_f32_s', 'none', 'f:i', 't'],
  [0xa9, 'i32.trunc_f32_u', 'none', 'f:i', 't'],
  [0xaa, 'i32.trunc_f64_s', 'none', 'F:i', 't'],
  [0xab, 'i32.trunc_f64_u', 'none', 'F:i', 't'],
  [0xac, 'i64.extend_i32_s', 'none', 'i:I', ''],
  [0xad, 'i64.extend_i32_u', 'none', 'i:I', ''],
  [0xae, 'i64.trunc_f32_s', 'none', 'f:I', 't'],
  [0xaf, 'i64.trunc_f32_u', 'none', 'f:I', 't'],
  [0xb0, 'i64.trunc_f64_s', 'none', 'F:I', 't'],
  [0xb1, 'i64.trunc_f64_u', 'none', 'F:I', 't'],
  [0xb2, 'f32.convert_i32_s', 'none', 'i:f', ''],
  [0xb3, 'f32.convert_i32_u', 'none', 'i:f', ''],
  [0xb4, 'f32.convert_i64_s', 'none', 'I:f', ''],
  [0xb5, 'f32.convert_i64_u', 'none', 'I:f', ''],
  [0xb6, 'f32.demote_f64', 'none', 'F:f', ''],
  [0xb7, 'f64.convert_i32_s', 'none', 'i:F', ''],
  [0xb8, 'f64.convert_i32_u', 'none', 'i:F', ''],
  [0xb9, 'f64.convert_i64_s', 'none', 'I:F', ''],
  [0xba, 'f64.convert_i64_u', 'none', 'I:F', ''],
  [0xbb, 'f64.promote_f32', 'none', 'f:F', ''],
  [0xbc, 'i32.reinterpret_f32', 'none', 'f:i', ''],
  [0xbd, 'i64.reinterpret_f64', 'none', 'F:I', ''],
  [0xbe, 'f32.reinterpret_i32', 'none', 'i:f', ''],
  [0xbf, 'f64.reinterpret_i64', 'none', 'I:F', ''],
] as const;

const signExtension = [
  [0xc0, 'i32.extend8_s', 'none', 'i:i', ''],
  [0xc1, 'i32.extend16_s', 'none', 'i:i', ''],
  [0xc2, 'i64.extend8_s', 'none', 'I:I', ''],
  [0xc3, 'i64.extend16_s', 'none', 'I:I', ''],
  [0xc4, 'i64.extend32_s', 'none', 'I:I', ''],
] as const;

const saturatingFloatToInt = [
  [0xfc00, 'i32.trunc_sat_f32_s', 'none', 'f:i', ''],
  [0xfc01, 'i32.trunc_sat_f32_u', 'none', 'f:i', ''],
  [0xfc02, 'i32.trunc_sat_f64_s', 'none', 'F:i', ''],
  [0xfc03, 'i32.trunc_sat_f64_u', 'none', 'F:i', ''],
  [0xfc04, 'i64.trunc_sat_f32_s', 'none', 'f:I', ''],
  [0xfc05, 'i64.trunc_sat_f32_u', 'none', 'f:I', ''],
  [0xfc06, 'i64.trunc_sat_f64_s', 'none', 'F:I', ''],
  [0xfc07, 'i64.trunc_sat_f64_u', 'none', 'F:I', ''],
] as const;

const bulkMemory = [
  [0xfc08, 'memory.init', 'data_memory', 'aii:', 'trw'],
  [0xfc09, 'data.drop', 'data', ':', 'w'],
  [0xfc0a, 'memory.copy', 'memory_memory', '*', 'trw'],
  [0xfc0b, 'memory.fill', 'memory', 'aia:', 'tw'],
  [0xfc0c, 'table.init', 'elem_table', '*', 'tbB'],
  [0xfc0d, 'elem.drop', 'elem', ':', 'B'],
  [0xfc0e, 'table.copy', 'table_table', '*', 'tbB'],
] as const;

const referenceTypes = [
  [0xfc0f, 'table.grow', 'table', '*', 'B'],
  [0xfc10, 'table.size', 'table', '*', 'b'],
  [0xfc11, 'table.fill', 'table', '*', 'tB'],
  [0x25, 'table.get', 'table', '*', 'tb'],
  [0x26, 'table.set', 'table', '*', 'tB'],
  [0x1c, 'select_t', 'types', '*', ''],
  [0xd0, 'ref.null', 'heap', '*', ''],
  [0xd1, 'ref.is_null', 'none', '*', ''],
  [0xd2, 'ref.func', 'func', '*', ''],
] as const;

const wideArithmetic = [
  [0xfc13, 'i64.add128', 'none', 'IIII:II', ''],
  [0xfc14, 'i64.sub128', 'none', 'IIII:II', ''],
  [0xfc15, 'i64.mul_wide_s', 'none', 'II:II', ''],
  [0xfc16, 'i64.mul_wide_u', 'none', 'II:II', ''],
] as const;

/** Rows by the feature that brought them, named as its proposal is. */
const GROUPS = {
  mvp,
  'sign-extension': signExtension,
  'saturating-float-to-int': saturatingFloatToInt,
  'bulk-memory': bulkMemory,
  'reference-types': referenceTypes,
  'tail-call': tailCall,
  'function-references': functionReferences,
  'exception-handling': exceptionHandling,
  'legacy-exceptions': legacyExceptions,
  simd,
  'relaxed-simd': relaxedSimd,
  threads,
  gc,
  'wide-arithmetic': wideArithmetic,
} as const;

/** The features that bring opcodes. */
export type OpcodeGroup = keyof typeof GROUPS;
type Row = (typeof GROUPS)[OpcodeGroup][number];
export type OpName = Row[1];
export type Immediates = Row[2];
/** Instructions whose types the table does not give. */
export type DynamicOpName = Extract<Row, readonly [number, string, string, '*', ...unknown[]]>[1];
/** Dense number of an instruction. */
export type Op = number;

/** Effect bits: what an instruction may do besides computing its results. */
export const Effect = {
  trap: 1,
  readMemory: 2,
  writeMemory: 4,
  growMemory: 8,
  readGlobal: 16,
  writeGlobal: 32,
  readTable: 64,
  writeTable: 128,
  readObject: 256,
  writeObject: 512,
  call: 1024,
  control: 2048,
} as const;
const EFFECT_LETTERS: Record<string, number> = {
  t: Effect.trap,
  r: Effect.readMemory,
  w: Effect.writeMemory,
  m: Effect.growMemory,
  g: Effect.readGlobal,
  G: Effect.writeGlobal,
  b: Effect.readTable,
  B: Effect.writeTable,
  o: Effect.readObject,
  O: Effect.writeObject,
  c: Effect.call,
  x: Effect.control,
};

export interface OpInfo {
  readonly op: Op;
  readonly code: number;
  readonly name: OpName;
  /** The name with underscores for dots, which is that of its libcall. */
  readonly symbol: string;
  readonly immediates: Immediates;
  /** Operand and result letters, or undefined where the signature depends on immediates or context. */
  readonly signature: { readonly params: string; readonly results: string } | undefined;
  readonly effects: number;
  /** Bytes accessed in memory, 0 for all that do not access it. */
  readonly width: number;
  /** Lanes that a lane index chooses from; 0 where there is none. */
  readonly lanes: number;
  readonly feature: OpcodeGroup;
}

export const OPS: readonly OpInfo[] = Object.entries(GROUPS).flatMap(([feature, rows]) =>
  rows.map((row) => info(row, feature as OpcodeGroup)),
);
OPS.forEach((o, i) => {
  (o as { op: number }).op = i;
});

function info(row: Row, feature: OpcodeGroup): OpInfo {
  const [code, name, immediates, sig, effects, width] = row as readonly [
    number,
    OpName,
    Immediates,
    string,
    string,
    number?,
  ];
  const colon = sig.indexOf(':');
  const signature = sig === '*' ? undefined : { params: sig.slice(0, colon), results: sig.slice(colon + 1) };
  const bits = [...effects].reduce((sum, letter) => sum | EFFECT_LETTERS[letter]!, 0);
  return {
    op: 0,
    code,
    name,
    symbol: name.replaceAll('.', '_'),
    immediates,
    signature,
    effects: bits,
    width: width ?? 0,
    lanes: lanes(name, immediates, width ?? 0),
    feature,
  };
}

function lanes(name: string, immediates: Immediates, width: number): number {
  if (immediates === 'memarg_lane') return 16 / width;
  return immediates === 'lane' ? Number(/x(\d+)/.exec(name)![1]) : 0;
}

/** Numbers by name: `OP['i32.add']`. */
export const OP = Object.fromEntries(OPS.map((o) => [o.name, o.op])) as Readonly<Record<OpName, Op>>;

/** Turns a record by name into an array by number, with `fallback` for the rest. */
export function byOp<T>(entries: Partial<Record<OpName, T>>, fallback: T): T[] {
  const table = new Array<T>(OPS.length).fill(fallback);
  for (const [name, value] of Object.entries(entries)) table[OP[name as OpName]] = value as T;
  return table;
}
