/**
 * Plain JavaScript for the scalar instructions without memory: one template per opcode of i32, f32 and f64, shared by
 * both emitters. i64 is a pair and has templates of its own.
 *
 * i32 values are always signed int32 numbers. Comparisons print as `+(a < b)`, which compiles to a flag-to-register
 * move, where `a < b ? 1 : 0` becomes a branch (5 times slower on data that a branch predictor cannot follow); for an
 * interpreter as the latter. f32 operations are f64 operations rounded once by `Math.fround`: exact for + - * / and
 * square root, because 53 > 2 * 24 + 1.
 *
 * NaN bits: V8 keeps the bits of a NaN that only moves, but compiles `-x` as a multiplication, which keeps the sign of a
 * NaN; so negation is a libcall that looks at NaNs.
 */

import type { Engine } from '../../options.ts';
import { byOp, OPS, type Op } from '../../wasm/opcodes.ts';
import {
  type BinaryOp,
  binary,
  call,
  conditional,
  int,
  isName,
  isSimple,
  type Js,
  loose,
  Prec,
  unary,
  withLoose,
} from './expr.ts';
import type { Libcall } from './libcall.ts';
import type { FuncScope, MathName } from './scope.ts';

export type Template = (scope: FuncScope, args: readonly Js[]) => Js;

const ZERO = int(0);
const ONE = int(1);

/** `x | 0`, remembering that a place that applies ToInt32 needs no `| 0`. */
export function toInt32(x: Js): Js {
  return withLoose(binary('|', x, ZERO), x);
}

/** An i32 as the unsigned number it stands for. */
export function unsigned(a: Js): Js {
  return a.value === undefined ? binary('>>>', loose(a), ZERO) : int(a.value >>> 0);
}

/** A boolean expression as an i32. V8's interpreter takes a loop of conditionals in 0.95 of the time of one of `+`. */
export function fromBool(c: Js, engine: Engine = 'jit'): Js {
  return withLoose(engine !== 'interpreter' ? unary('+', c) : conditional(c, ONE, ZERO), c);
}

/** An i32 as a condition: the comparison itself where it is one, else the value (0 is false). */
export function truth(a: Js): Js {
  return a.loose?.bool ? a.loose : a;
}

/** The negation of a boolean expression or an i32 condition. */
export function not(c: Js): Js {
  return unary('!', c);
}

function bitwise(op: '&' | '|' | '^'): Template {
  return (_, [a, b]) => binary(op, loose(a!), loose(b!));
}

/** `a + b` or `a - b`, without the `| 0`. */
export function plus(a: Js, b: Js, minus: boolean): Js {
  if (b.value !== undefined && b.value < 0) return binary(minus ? '+' : '-', a, int(-b.value));
  return binary(minus ? '-' : '+', a, b);
}

function add(_: FuncScope, [a, b]: readonly Js[]): Js {
  return toInt32(plus(a!, b!, false));
}

function sub(_: FuncScope, [a, b]: readonly Js[]): Js {
  if (a!.value === 0 && b!.value === undefined) return toInt32(unary('-', b!));
  return toInt32(plus(a!, b!, true));
}

/** Shift counts are taken modulo 32 by both languages. */
function count(b: Js): Js {
  return b.value === undefined ? loose(b) : int(b.value & 31);
}

function shift(op: '<<' | '>>'): Template {
  return (_, [a, b]) => binary(op, loose(a!), count(b!));
}

function shiftUnsigned(_: FuncScope, [a, b]: readonly Js[]): Js {
  const n = count(b!);
  const shifted = binary('>>>', loose(a!), n);
  return n.value !== undefined && n.value !== 0 ? shifted : toInt32(shifted);
}

/** Rotations repeat their operands, so only names and literals are done in line. */
function rotate(name: 'i32_rotl' | 'i32_rotr', left: boolean): Template {
  return (scope, [a, b]) => {
    if (!isName(a!) || !isSimple(b!)) return call(scope.libcall(name), a!, b!);
    const n = b!.value === undefined ? undefined : (left ? b!.value : -b!.value) & 31;
    if (n === 0) return a!;
    if (n !== undefined) return binary('|', binary('<<', a!, int(n)), binary('>>>', a!, int(32 - n)));
    // As V8 knows it for one instruction.
    const back = binary('-', int(32), b!);
    return binary('|', binary('<<', a!, left ? b! : back), binary('>>>', a!, left ? back : b!));
  };
}

/** Division and remainder: in line where the divisor is a literal that cannot trap, else a libcall that can. */
function divide(name: Libcall, op: '/' | '%', isUnsigned: boolean): Template {
  return (scope, [a, b]) => {
    const n = b!.value;
    const safe = n !== undefined && n !== 0 && (n !== -1 || isUnsigned || op === '%');
    return safe ? uncheckedDivide(op, isUnsigned)(scope, [a!, b!]) : call(scope.libcall(name), a!, b!);
  };
}

function uncheckedDivide(op: '/' | '%', isUnsigned: boolean): Template {
  return (_, [a, b]) => toInt32(isUnsigned ? binary(op, unsigned(a!), unsigned(b!)) : binary(op, a!, b!));
}

/** A product below 2^53 is exact: for an interpreter an operator is less than a call. */
function multiply(scope: FuncScope, [a, b]: readonly Js[]): Js {
  const n = b!.value;
  if (n !== undefined && Math.abs(n) < 2 ** 21 && scope.module.engine === 'interpreter')
    return toInt32(binary('*', a!, b!));
  return call(scope.math('imul'), loose(a!), loose(b!));
}

function compare(op: BinaryOp, isUnsigned = false): Template {
  if (isUnsigned) return (scope, [a, b]) => unsignedOrder(scope, op, a!, b!);
  return ({ module }, [a, b]) => fromBool(binary(op, a!, b!), module.engine);
}
/**
 * A comparison of unsigned numbers. Interpreters make objects of those from 2^31 on, so there it is of signed numbers, with signs
 * inverted.
 */
export function unsignedOrder({ module }: FuncScope, op: BinaryOp, a: Js, b: Js): Js {
  if (module.engine !== 'interpreter') return fromBool(binary(op, unsigned(a), unsigned(b)));
  const sign = -2147483648;
  const inverted = (x: Js): Js => (x.value === undefined ? binary('^', loose(x), int(sign)) : int(x.value ^ sign));
  return fromBool(binary(op, inverted(a), inverted(b)), module.engine);
}

function eqz({ module }: FuncScope, [a]: readonly Js[]): Js {
  return fromBool(a!.loose?.bool ? not(a!.loose) : binary('===', a!, ZERO), module.engine);
}

/**
 * May an optimising engine take the operation for one of its operands, because the other is a literal? V8 and JavaScriptCore
 * do, also where that is a signalling NaN, of which arithmetic must make a quiet one.
 */
function isIdentity(op: BinaryOp, a: Js, b: Js): boolean {
  const one = (x: Js): boolean => x.value === 1 || x.value === -1;
  if (op === '*') return one(a) || one(b);
  if (op === '/') return one(b);
  const negativeZero = (x: Js): boolean => Object.is(x.value, -0);
  return negativeZero(a) || negativeZero(b) || (op === '-' && b.value === 0);
}
function quiet(scope: FuncScope, x: Js): Js {
  return call(scope.libcall('f64_quiet'), x);
}

/** f32 arithmetic: the f64 operation, rounded. */
function rounded(op: '+' | '-' | '*' | '/'): Template {
  const wide = arithmetic(op);
  return (scope, args) => round(scope, wide(scope, args));
}

/** A sum with +0 is exact: nothing to round, and no engine may drop it, since it makes -0 positive and a NaN quiet. */
function f32Add(scope: FuncScope, [a, b]: readonly Js[]): Js {
  const sum = binary('+', a!, b!);
  return Object.is(a!.value, 0) || Object.is(b!.value, 0) ? sum : round(scope, sum);
}

function arithmetic(op: '+' | '-' | '*' | '/'): Template {
  return (scope, [a, b]) => {
    const value = binary(op, a!, b!);
    return isIdentity(op, a!, b!) ? quiet(scope, value) : value;
  };
}

/** Of an f32 that was widened, engines take the rounding for that f32 itself: only arithmetic is known to be quiet. */
function demote(scope: FuncScope, [a]: readonly Js[]): Js {
  return isQuiet(a!) ? round(scope, a!) : call(scope.libcall('f32_demote_f64'), a!);
}
/** Is it the result of arithmetic, at first sight? */
export function isQuiet(a: Js): boolean {
  return a.prec === Prec.additive || a.prec === Prec.multiplicative || /^(?:Math\.|\$)sqrt\(/.test(a.text);
}

function math(name: MathName): Template {
  return (scope, args) => call(scope.math(name), ...args);
}
function round(scope: FuncScope, a: Js): Js {
  return call(scope.math('fround'), a);
}

/** Subtracting 0 makes a signalling NaN quiet and changes nothing else; engines whose rounding does that drop it. */
function quieted(name: MathName): Template {
  return (scope, args) => binary('-', call(scope.math(name), ...args), int(0));
}

function lib(name: Libcall): Template {
  return (scope, args) => call(scope.libcall(name), ...args);
}

function signExtend(bits: number): Template {
  return (_, [a]) => binary('>>', binary('<<', loose(a!), int(bits)), int(bits));
}

const SCALAR = byOp<Template | undefined>(
  {
    'i32.eqz': eqz,
    'i32.eq': compare('==='),
    'i32.ne': compare('!=='),
    'i32.lt_s': compare('<'),
    'i32.lt_u': compare('<', true),
    'i32.gt_s': compare('>'),
    'i32.gt_u': compare('>', true),
    'i32.le_s': compare('<='),
    'i32.le_u': compare('<=', true),
    'i32.ge_s': compare('>='),
    'i32.ge_u': compare('>=', true),
    'i32.clz': (scope, [a]) => call(scope.math('clz32'), loose(a!)),
    'i32.ctz': lib('i32_ctz'),
    'i32.popcnt': lib('i32_popcnt'),
    'i32.add': add,
    'i32.sub': sub,
    'i32.mul': multiply,
    'i32.div_s': divide('i32_div_s', '/', false),
    'i32.div_u': divide('i32_div_u', '/', true),
    'i32.rem_s': divide('i32_rem_s', '%', false),
    'i32.rem_u': divide('i32_rem_u', '%', true),
    'i32.and': bitwise('&'),
    'i32.or': bitwise('|'),
    'i32.xor': bitwise('^'),
    'i32.shl': shift('<<'),
    'i32.shr_s': shift('>>'),
    'i32.shr_u': shiftUnsigned,
    'i32.rotl': rotate('i32_rotl', true),
    'i32.rotr': rotate('i32_rotr', false),
    'i32.extend8_s': signExtend(24),
    'i32.extend16_s': signExtend(16),
    'i32.trunc_f32_s': lib('i32_trunc_f32_s'),
    'i32.trunc_f32_u': lib('i32_trunc_f32_u'),
    'i32.trunc_f64_s': lib('i32_trunc_f64_s'),
    'i32.trunc_f64_u': lib('i32_trunc_f64_u'),
    'i32.trunc_sat_f32_s': lib('i32_trunc_sat_f32_s'),
    'i32.trunc_sat_f32_u': lib('i32_trunc_sat_f32_u'),
    'i32.trunc_sat_f64_s': lib('i32_trunc_sat_f64_s'),
    'i32.trunc_sat_f64_u': lib('i32_trunc_sat_f64_u'),
    'i32.reinterpret_f32': lib('i32_reinterpret_f32'),
    'f32.eq': compare('==='),
    'f32.ne': compare('!=='),
    'f32.lt': compare('<'),
    'f32.gt': compare('>'),
    'f32.le': compare('<='),
    'f32.ge': compare('>='),
    'f64.eq': compare('==='),
    'f64.ne': compare('!=='),
    'f64.lt': compare('<'),
    'f64.gt': compare('>'),
    'f64.le': compare('<='),
    'f64.ge': compare('>='),
    'f32.abs': math('abs'),
    'f32.neg': lib('f32_neg'),
    'f32.ceil': math('ceil'),
    'f32.floor': math('floor'),
    'f32.trunc': math('trunc'),
    'f32.nearest': lib('f32_nearest'),
    'f32.sqrt': (scope, [a]) => round(scope, call(scope.math('sqrt'), a!)),
    'f32.add': f32Add,
    'f32.sub': rounded('-'),
    'f32.mul': rounded('*'),
    'f32.div': rounded('/'),
    'f32.min': math('min'),
    'f32.max': math('max'),
    'f32.copysign': lib('f32_copysign'),
    'f32.convert_i32_s': math('fround'),
    'f32.convert_i32_u': (scope, [a]) => round(scope, unsigned(a!)),
    'f32.demote_f64': demote,
    'f32.reinterpret_i32': lib('f32_reinterpret_i32'),
    'f64.abs': math('abs'),
    'f64.neg': lib('f64_neg'),
    'f64.ceil': quieted('ceil'),
    'f64.floor': quieted('floor'),
    'f64.trunc': quieted('trunc'),
    'f64.nearest': lib('f64_nearest'),
    'f64.sqrt': math('sqrt'),
    'f64.add': arithmetic('+'),
    'f64.sub': arithmetic('-'),
    'f64.mul': arithmetic('*'),
    'f64.div': arithmetic('/'),
    'f64.min': math('min'),
    'f64.max': math('max'),
    'f64.copysign': lib('f64_copysign'),
    'f64.convert_i32_s': (_, [a]) => a!,
    'f64.convert_i32_u': (_, [a]) => unsigned(a!),
    'f64.promote_f32': (_, [a]) => a!,
  },
  undefined,
);

/** Under `--traps none`: what replaces the templates that can trap. Any result will do where the original traps. */
const UNCHECKED = byOp<Template | undefined>(
  {
    'i32.div_s': uncheckedDivide('/', false),
    'i32.div_u': uncheckedDivide('/', true),
    'i32.rem_s': uncheckedDivide('%', false),
    'i32.rem_u': uncheckedDivide('%', true),
    'i32.trunc_f32_s': (_, [a]) => toInt32(a!),
    'i32.trunc_f32_u': (_, [a]) => toInt32(a!),
    'i32.trunc_f64_s': (_, [a]) => toInt32(a!),
    'i32.trunc_f64_u': (_, [a]) => toInt32(a!),
  },
  undefined,
);

/**
 * The expression of a scalar instruction over its operands, each of which appears once in it, in order (or, if it is a
 * name or literal, possibly twice). undefined: the instruction is not one of i32, f32 and f64 alone.
 */
export function scalar(op: Op, scope: FuncScope, args: readonly Js[], exact: boolean): Js | undefined {
  const template = (exact ? undefined : UNCHECKED[op]) ?? SCALAR[op];
  return template?.(scope, args);
}

/** Whether `scalar` knows the instruction. */
export function isScalar(op: Op): boolean {
  return SCALAR[op] !== undefined;
}

/** Whether the expression `scalar` gives for these operands may trap; constant divisors make traps impossible. */
export function mayTrap(op: Op, args: readonly Js[], exact: boolean): boolean {
  if (!exact || (OPS[op]!.effects & 1) === 0) return false;
  const divisor = args[1]?.value;
  if (divisor === undefined || divisor === 0) return true;
  return divisor === -1 && OPS[op]!.name === 'i32.div_s';
}
