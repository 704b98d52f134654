/**
 * Constant expressions (spec 3.3.13) as JavaScript. Numbers are computed here where they are known; the rest becomes an
 * expression over globals and functions, an i64 two of them; sums of i64 are first put into variables.
 */
import { OperatorReader } from '../1-decode/operators.ts';
import { num } from '../5-emit/js/expr.ts';
import { CompileError } from '../errors.ts';
import type { ConstExpr } from '../wasm/module.ts';
import { OPS } from '../wasm/opcodes.ts';
import { I64, V128 } from '../wasm/types.ts';
import { referenceConstant } from './references.ts';
import type { LinkScope } from './scope.ts';

/**
 * A value of a constant expression: JavaScript text, for an i64 of both halves, for a v128 of lane 0 and the others;
 * numbers where they are known.
 */
export interface Constant {
  readonly text: string;
  readonly high: string;
  readonly lanes?: readonly string[];
  readonly known: bigint | undefined;
  /** Of a float that may be a NaN with a payload, the words of its bits. */
  readonly bits: readonly [low: string, high: string] | undefined;
}

const f32 = new Float32Array(1);
const f32Bits = new Int32Array(f32.buffer);
const f64 = new Float64Array(1);
const f64Bits = new Int32Array(f64.buffer);

function known(value: bigint, bits: 32 | 64): Constant {
  const low = String(BigInt.asIntN(32, value));
  return { text: low, high: bits === 64 ? String(BigInt.asIntN(32, value >> 32n)) : '', known: value, bits: undefined };
}
function unknown(text: string, high = '', bits?: Constant['bits']): Constant {
  return { text, high, known: undefined, bits };
}

function vector([text, ...lanes]: readonly string[]): Constant {
  return { ...unknown(text!), lanes };
}

/** The value of `expr`; names it refers to are recorded as used. May add lines to the factory. */
export function constant(scope: LinkScope, expr: ConstExpr): Constant {
  const stack: Constant[] = [];
  const r = new OperatorReader(scope.typed.module.bytes);
  r.reset(expr.start, expr.end);
  while (r.next()) {
    const { name } = OPS[r.op]!;
    if (name === 'end') break;
    const binary = /^(i32|i64)\.(add|sub|mul)$/.exec(name);
    if (binary !== null) {
      const [b, a] = [stack.pop()!, stack.pop()!];
      stack.push(arithmetic(scope, binary[1] === 'i64' ? 64 : 32, binary[2] as 'add', a, b));
    } else {
      const reference = referenceConstant(scope, r, name, stack);
      stack.push(reference === undefined ? leaf(scope, r, name) : unknown(reference));
    }
  }
  return stack.pop()!;
}

function leaf(scope: LinkScope, r: OperatorReader, name: string): Constant {
  switch (name) {
    case 'i32.const':
      return known(BigInt(r.value), 32);
    case 'i64.const':
      return known((BigInt(r.high) << 32n) | BigInt(r.low >>> 0), 64);
    case 'f32.const':
      return float32(scope, r.value);
    case 'f64.const':
      return float64(scope, r.low, r.high);
    case 'v128.const':
      return vector(Array.from(new Int32Array(r.bytes16.slice().buffer), String));
    case 'ref.null':
      return unknown('null');
    case 'ref.func':
      return unknown(scope.funcRef(r.index));
    case 'global.get': {
      const { type } = scope.typed.module.globals[r.index]!.type;
      if (type === V128) return vector([0, 1, 2, 3].map((slot) => scope.globalSlot(r.index, slot)));
      const long = type === I64;
      const carried = scope.typed.payloads.global(r.index);
      const bits = [scope.globalBits(r.index, 0), scope.globalBits(r.index, 1)] as const;
      return unknown(scope.global(r.index), long ? scope.globalHigh(r.index) : '', carried ? bits : undefined);
    }
    default:
      throw new CompileError('unsupported', `${name} in a constant expression is not translated yet`, { offset: r.at });
  }
}

/** NaNs with a payload are made from their bits: a literal has only one NaN. */
function float32(scope: LinkScope, bits: number): Constant {
  f32Bits[0] = bits;
  const value = f32[0]!;
  if (Number.isNaN(value) && bits !== 0x7fc00000) {
    return unknown(`${scope.libcall('f32_reinterpret_i32')}(${bits})`, '', [String(bits), '0']);
  }
  return unknown(num(value).text, '', Number.isNaN(value) ? [String(bits), '0'] : undefined);
}
function float64(scope: LinkScope, low: number, high: number): Constant {
  f64Bits[0] = low;
  f64Bits[1] = high;
  const value = f64[0]!;
  if (Number.isNaN(value) && (low !== 0 || high !== 0x7ff80000)) {
    return unknown(`${scope.libcall('f64_reinterpret_i64')}(${low}, ${high})`, '', [String(low), String(high)]);
  }
  return unknown(num(value).text, '', Number.isNaN(value) ? [String(low), String(high)] : undefined);
}

const COMPUTE = {
  add: (a: bigint, b: bigint) => a + b,
  sub: (a: bigint, b: bigint) => a - b,
  mul: (a: bigint, b: bigint) => a * b,
};

function arithmetic(scope: LinkScope, bits: 32 | 64, op: keyof typeof COMPUTE, a: Constant, b: Constant): Constant {
  if (a.known !== undefined && b.known !== undefined) {
    return known(BigInt.asIntN(bits, COMPUTE[op](a.known, b.known)), bits);
  }
  if (bits === 64) {
    const low = scope.temporary(`${scope.libcall(`i64_${op}`)}(${a.text}, ${a.high}, ${b.text}, ${b.high})`);
    return unknown(low, scope.temporary(`${scope.libcall('i64_hi')}[0]`));
  }
  if (op === 'mul') return unknown(`Math.imul(${a.text}, ${b.text})`);
  return unknown(`(${a.text} ${op === 'add' ? '+' : '-'} (${b.text}) | 0)`);
}
