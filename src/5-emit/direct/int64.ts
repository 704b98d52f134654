/**
 * i64 as pairs of int32 expressions. What is a few operators per half is done in line: bitwise operations, additions
 * (the low halves are added as doubles, whose quotient by 2^32 is the carry), constant shifts and rotations,
 * equality, extensions. The rest are libcalls that return the low half and leave the high half in `i64_hi[0]`: such a
 * pair is chained, its halves stay next to each other until they are stored.
 */
import { OPS, type OpName } from '../../wasm/opcodes.ts';
import { F32, F64, I32, type ValType } from '../../wasm/types.ts';
import { assign, atom, type BinaryOp, binary, int, isSimple, type Js, loose } from '../js/expr.ts';
import type { Libcall } from '../js/libcall.ts';
import { fromBool, toInt32, unsigned } from '../js/scalar.ts';
import { type FunctionEmitter, isOptional } from './function.ts';
import { type Entry, effectsOf, pair, readsOf } from './stack.ts';

type Handler = (f: FunctionEmitter) => void;

const ZERO = int(0);
const TWO32 = 4294967296;
const highOf = (e: Entry): Js => e.high!;

/** A pair whose halves may be printed several times, or in any order. */
const isTwoNames = (e: Entry): boolean => isOptional(e) && isSimple(e.low) && isSimple(highOf(e));

/** Takes operands of which each half is printed once, in any order. */
function takeApart(f: FunctionEmitter, count: number): Entry[] {
  for (let depth = count - 1; depth >= 0; depth--) f.stack.spillUnless(depth, isOptional);
  return f.stack.take(count);
}

function takeNames(f: FunctionEmitter, count: number): Entry[] {
  for (let depth = count - 1; depth >= 0; depth--) f.stack.spillUnless(depth, isTwoNames);
  return f.stack.take(count);
}

function push(f: FunctionEmitter, from: readonly Entry[], low: Js, high: Js): void {
  f.stack.push(pair(low, high, effectsOf(from), readsOf(from)));
}

/** A libcall with an i64 result. */
function pairCall(name: Libcall, count: number): Handler {
  return (f) => {
    const args = f.operands(count);
    const effects = effectsOf(args) | OPS[f.reader.op]!.effects;
    const hi = atom(f.scope.high());
    f.stack.push(pair(f.libcall(name, args), hi, effects, readsOf(args), true));
  };
}

/** A libcall with any other result. */
function scalarCall(name: Libcall, count: number, type: ValType): Handler {
  return (f) => {
    const args = f.operands(count);
    f.pushValue(type, f.libcall(name, args), effectsOf(args) | OPS[f.reader.op]!.effects, readsOf(args));
  };
}

/** Counts of bits: at most 64, so that the high half is 0. */
function bitCount(name: Libcall): Handler {
  return (f) => {
    const args = f.operands(1);
    push(f, args, f.libcall(name, args), ZERO);
  };
}

function and(a: Js, b: Js): Js {
  if (a.value === 0 || b.value === 0) return ZERO;
  if (b.value === -1) return a;
  return a.value === -1 ? b : binary('&', loose(a), loose(b));
}

function or(a: Js, b: Js): Js {
  if (b.value === 0) return a;
  return a.value === 0 ? b : binary('|', loose(a), loose(b));
}

function xor(a: Js, b: Js): Js {
  if (b.value === 0) return a;
  return a.value === 0 ? b : binary('^', loose(a), loose(b));
}

function bitwise(half: (a: Js, b: Js) => Js): Handler {
  return (f) => {
    const args = takeApart(f, 2);
    const [a, b] = args as [Entry, Entry];
    push(f, args, half(a.low, b.low), half(highOf(a), highOf(b)));
  };
}

/** The sum of numbers, literals collected at its end. */
function sum(...terms: readonly Js[]): Js {
  let constant = 0;
  let total: Js | undefined;
  for (const term of terms) {
    if (term.value !== undefined) constant += term.value;
    else total = total === undefined ? term : binary('+', total, term);
  }
  if (total === undefined) return int(constant);
  if (constant === 0) return total;
  return constant < 0 ? binary('-', total, int(-constant)) : binary('+', total, int(constant));
}

/** The low halves' sum as a double goes to `c`; what it has above 2^32 is the carry. */
function pushSum(f: FunctionEmitter, args: readonly Entry[], lows: Js, highs: Js, low: Js): void {
  const carry = toInt32(binary('/', atom(f.temp('c')), int(TWO32)));
  const high = highs.value === 0 ? carry : toInt32(sum(highs, carry));
  const e = pair(toInt32(assign('c', lows)), high, effectsOf(args), readsOf(args), true);
  f.stack.push({ ...e, asI32: () => low });
}

function add(f: FunctionEmitter): void {
  const args = takeApart(f, 2);
  const [a, b] = args as [Entry, Entry];
  const lows = sum(unsigned(a.low), unsigned(b.low));
  pushSum(f, args, lows, sum(highOf(a), highOf(b)), toInt32(sum(a.low, b.low)));
}

/** a - b as a + ~b + 1, so that the carry of the low halves is 0 or 1. */
function sub(f: FunctionEmitter): void {
  const args = takeApart(f, 2);
  const [a, b] = args as [Entry, Entry];
  const minus = (x: Js, y: Js): Js => (y.value === undefined ? binary('-', x, y) : sum(x, int(-y.value)));
  const lows = sum(minus(unsigned(a.low), unsigned(b.low)), int(TWO32));
  pushSum(f, args, lows, sum(minus(highOf(a), highOf(b)), int(-1)), toInt32(minus(a.low, b.low)));
}

const shifted = (op: BinaryOp, a: Js, n: number): Js => {
  if (n === 0) return a;
  return a.value === 0 ? a : binary(op, loose(a), int(n));
};

type Halves = readonly [low: Js, high: Js];

function shl(a: Js, h: Js, n: number): Halves {
  if (n >= 32) return [ZERO, shifted('<<', a, n - 32)];
  return [shifted('<<', a, n), or(shifted('<<', h, n), shifted('>>>', a, 32 - n))];
}

function shrS(a: Js, h: Js, n: number): Halves {
  if (n >= 32) return [shifted('>>', h, n - 32), shifted('>>', h, 31)];
  return [or(shifted('>>>', a, n), shifted('<<', h, 32 - n)), shifted('>>', h, n)];
}

function shrU(a: Js, h: Js, n: number): Halves {
  if (n >= 32) return [shifted('>>>', h, n - 32), ZERO];
  return [or(shifted('>>>', a, n), shifted('<<', h, 32 - n)), shifted('>>>', h, n)];
}

function rotl(a: Js, h: Js, n: number): Halves {
  if (n >= 32) return n === 32 ? [h, a] : rotl(h, a, n - 32);
  return [or(shifted('<<', a, n), shifted('>>>', h, 32 - n)), or(shifted('<<', h, n), shifted('>>>', a, 32 - n))];
}

/** Shifts and rotations: in line by constants. */
function shift(name: Libcall, inline: (a: Js, h: Js, n: number) => Halves): Handler {
  const libcall = pairCall(name, 2);
  return (f) => {
    const count = f.stack.peek().low.value;
    if (count === undefined || !isOptional(f.stack.peek())) {
      // The libcall takes the count as an i32.
      wrap(f);
      return libcall(f);
    }
    const n = count & 63;
    f.stack.pop();
    if (n === 0) return;
    const args = takeNames(f, 1);
    const [low, high] = inline(args[0]!.low, highOf(args[0]!), n);
    push(f, args, low, high);
  };
}

function eqz(f: FunctionEmitter): void {
  const args = takeApart(f, 1);
  const either = or(args[0]!.low, highOf(args[0]!));
  f.pushValue(I32, fromBool(binary('===', either, ZERO)), effectsOf(args), readsOf(args));
}

function equality(op: '===' | '!==', joint: '&&' | '||'): Handler {
  return (f) => {
    const args = takeApart(f, 2);
    const [a, b] = args as [Entry, Entry];
    const both = binary(joint, binary(op, a.low, b.low), binary(op, highOf(a), highOf(b)));
    f.pushValue(I32, fromBool({ ...both, bool: true }), effectsOf(args), readsOf(args));
  };
}

/** Sign extension of the low half's lowest bits. */
function extendLow(bits: number): Handler {
  return (f) => {
    const args = takeNames(f, 1);
    const { low } = args[0]!;
    const cut = 32 - bits;
    const wide = cut === 0 ? low : binary('<<', low, int(cut));
    push(f, args, cut === 0 ? low : binary('>>', wide, int(cut)), binary('>>', wide, int(31)));
  };
}

function extendSigned(f: FunctionEmitter): void {
  f.simplify(0);
  const args = f.stack.take(1);
  const { low } = args[0]!;
  push(f, args, low, low.value === undefined ? binary('>>', low, int(31)) : int(low.value >> 31));
}

function extendUnsigned(f: FunctionEmitter): void {
  const args = f.stack.take(1);
  push(f, args, args[0]!.low, ZERO);
}

function wrap(f: FunctionEmitter): void {
  const args = f.operands(1);
  const e = args[0]!;
  f.pushValue(I32, e.asI32?.() ?? e.low, e.effects, e.reads);
}

function constant(f: FunctionEmitter): void {
  f.stack.push(pair(int(f.reader.low), int(f.reader.high)));
}

export const INT64: Partial<Record<OpName, Handler>> = {
  'i64.const': constant,
  'i64.eqz': eqz,
  'i64.eq': equality('===', '&&'),
  'i64.ne': equality('!==', '||'),
  'i64.lt_s': scalarCall('i64_lt_s', 2, I32),
  'i64.lt_u': scalarCall('i64_lt_u', 2, I32),
  'i64.gt_s': scalarCall('i64_gt_s', 2, I32),
  'i64.gt_u': scalarCall('i64_gt_u', 2, I32),
  'i64.le_s': scalarCall('i64_le_s', 2, I32),
  'i64.le_u': scalarCall('i64_le_u', 2, I32),
  'i64.ge_s': scalarCall('i64_ge_s', 2, I32),
  'i64.ge_u': scalarCall('i64_ge_u', 2, I32),
  'i64.clz': bitCount('i64_clz'),
  'i64.ctz': bitCount('i64_ctz'),
  'i64.popcnt': bitCount('i64_popcnt'),
  'i64.add': add,
  'i64.sub': sub,
  'i64.mul': pairCall('i64_mul', 2),
  'i64.div_s': pairCall('i64_div_s', 2),
  'i64.div_u': pairCall('i64_div_u', 2),
  'i64.rem_s': pairCall('i64_rem_s', 2),
  'i64.rem_u': pairCall('i64_rem_u', 2),
  'i64.and': bitwise(and),
  'i64.or': bitwise(or),
  'i64.xor': bitwise(xor),
  'i64.shl': shift('i64_shl', shl),
  'i64.shr_s': shift('i64_shr_s', shrS),
  'i64.shr_u': shift('i64_shr_u', shrU),
  'i64.rotl': shift('i64_rotl', rotl),
  'i64.rotr': shift('i64_rotr', (a, h, n) => rotl(a, h, 64 - n)),
  'i64.extend8_s': extendLow(8),
  'i64.extend16_s': extendLow(16),
  'i64.extend32_s': extendLow(32),
  'i64.extend_i32_s': extendSigned,
  'i64.extend_i32_u': extendUnsigned,
  'i32.wrap_i64': wrap,
  'i64.trunc_f32_s': pairCall('i64_trunc_f32_s', 1),
  'i64.trunc_f32_u': pairCall('i64_trunc_f32_u', 1),
  'i64.trunc_f64_s': pairCall('i64_trunc_f64_s', 1),
  'i64.trunc_f64_u': pairCall('i64_trunc_f64_u', 1),
  'i64.trunc_sat_f32_s': pairCall('i64_trunc_sat_f32_s', 1),
  'i64.trunc_sat_f32_u': pairCall('i64_trunc_sat_f32_u', 1),
  'i64.trunc_sat_f64_s': pairCall('i64_trunc_sat_f64_s', 1),
  'i64.trunc_sat_f64_u': pairCall('i64_trunc_sat_f64_u', 1),
  'f32.convert_i64_s': scalarCall('f32_convert_i64_s', 1, F32),
  'f32.convert_i64_u': scalarCall('f32_convert_i64_u', 1, F32),
  'f64.convert_i64_s': scalarCall('f64_convert_i64_s', 1, F64),
  'f64.convert_i64_u': scalarCall('f64_convert_i64_u', 1, F64),
};
