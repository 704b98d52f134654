/**
 * Floats whose bits may be seen (2-validate/payloads/payloads.ts says which). Where nobody computes with one, it *is* its bits: an i32,
 * or the pair of an i64, and goes about as such. Where somebody does, it is a number with its bits beside it, which count
 * where the number is a NaN: `l3` with `l3n` and, of an f64, `l3m` for the high word. All others are numbers alone.
 */
import { Rep } from '../../2-validate/payloads/payloads.ts';
import { OP, type OpName } from '../../wasm/opcodes.ts';
import { F32, F64, I32, I64, type ValType } from '../../wasm/types.ts';
import { atom, binary, call, conditional, int, type Js } from '../js/expr.ts';
import { scalar } from '../js/scalar.ts';
import type { FunctionEmitter } from './function.ts';
import { type Bits, type Entry, effectsOf, entry, F32_BITS, F64_BITS, pair, readsOf } from './stack.ts';

type Handler = (f: FunctionEmitter) => void;

const QUIET32 = int(0x7fc00000);
const QUIET64: Bits = { low: int(0), high: int(0x7ff80000) };
const SIGN = int(-0x80000000);
const MAGNITUDE = int(0x7fffffff);
const view = new DataView(new ArrayBuffer(8));

/** The type by which a float is carried. */
export function carriedAs(type: ValType, rep: Rep): ValType {
  if (type === F32) return rep === Rep.number ? F32 : rep === Rep.bits ? I32 : F32_BITS;
  if (type === F64) return rep === Rep.number ? F64 : rep === Rep.bits ? I64 : F64_BITS;
  return type;
}
/** How to carry the float that the operator just read pushes. */
export function repHere(f: FunctionEmitter): Rep {
  const { payloads } = f.typed;
  return payloads.opaque.has(f.func.index) ? Rep.both : payloads.at(f.reader.at);
}

const isWide = (type: ValType): boolean => type === F64 || type === F64_BITS || type === I64;
const isBits = (e: Entry): boolean => e.type === I32 || e.type === I64;

function literalBits(value: number, wide: boolean): Bits {
  if (wide) view.setFloat64(0, value);
  else view.setFloat32(0, value);
  return { low: int(view.getInt32(wide ? 4 : 0)), high: wide ? int(view.getInt32(0)) : undefined };
}
/** The bits that an entry has, or those of the NaN that it may be. */
export function bitsOf(e: Entry): Bits {
  if (e.bits) return e.bits;
  if (isBits(e)) return { low: e.low, high: e.high };
  const wide = isWide(e.type);
  if (e.low.value !== undefined) return literalBits(e.low.value, wide);
  return wide ? QUIET64 : { low: QUIET32, high: undefined };
}
function asNumber(f: FunctionEmitter, e: Entry): Js {
  if (!isBits(e)) return e.low;
  if (e.high) return call(f.scope.libcall('f64_reinterpret_i64'), e.low, e.high);
  return call(f.scope.libcall('f32_reinterpret_i32'), e.low);
}

/** The entry, which takes no statements to compute, as a float carried by `type`. */
export function converted(f: FunctionEmitter, e: Entry, type: ValType): Entry {
  if (e.type === type) return e;
  const plain = { effects: e.effects, reads: e.reads };
  if (type === F32 || type === F64) return { ...entry(type, asNumber(f, e)), ...plain };
  if (type === F32_BITS || type === F64_BITS) return { ...entry(type, asNumber(f, e)), ...plain, bits: bitsOf(e) };
  if (type === I32 && (e.type === F32 || e.type === F32_BITS)) {
    const known = e.bits !== undefined || e.low.value !== undefined;
    return { ...entry(I32, known ? bitsOf(e).low : call(f.scope.libcall('i32_reinterpret_f32'), e.low)), ...plain };
  }
  if (type === I64 && (e.type === F64 || e.type === F64_BITS)) {
    const { low, high } = bitsOf(e);
    if (e.bits !== undefined || e.low.value !== undefined) return { ...pair(low, high!), ...plain };
    const value = call(f.scope.libcall('i64_reinterpret_f64'), e.low);
    return pair(value, atom(f.scope.high()), e.effects, e.reads, true);
  }
  return e;
}
/** The same for entries on the stack, from the top down. */
export function convertTop(f: FunctionEmitter, types: readonly ValType[]): void {
  for (let k = 0; k < types.length; k++) {
    const depth = types.length - 1 - k;
    const e = f.stack.peek(depth);
    if (e.type === types[k] || !(isFloat(types[k]!) || isFloat(e.type))) continue;
    f.stack.spillUnless(depth, (x) => x.statements === undefined);
    f.stack.replace(depth, converted(f, f.stack.peek(depth), types[k]!));
  }
}
const isFloat = (type: ValType): boolean => type === F32 || type === F64 || type === F32_BITS || type === F64_BITS;

/** Operands of arithmetic with floats among its `letters`: numbers. */
export function numbers(f: FunctionEmitter, letters: string): void {
  for (let k = 0; k < letters.length; k++) {
    const depth = letters.length - 1 - k;
    const e = f.stack.peek(depth);
    if ((letters[k] !== 'f' && letters[k] !== 'F') || !isBits(e)) continue;
    f.stack.spillUnless(depth, (x) => x.statements === undefined);
    f.stack.replace(depth, converted(f, f.stack.peek(depth), letters[k] === 'f' ? F32 : F64));
  }
}

/** `x === x`: it is no NaN. */
export const isNumber = (e: Entry): Js => binary('===', e.low, e.low);

/** The statements that note the bits of an entry in the cells from `cell` on; none for what is no NaN. */
export function noteText(f: FunctionEmitter, e: Entry, cell: number): string {
  if (e.low.value !== undefined && !isBits(e) && !Number.isNaN(e.low.value)) return '';
  const { low, high } = bitsOf(e);
  const first = `${f.scope.nanCell(cell)} = ${low.text};`;
  return high === undefined ? `${first} ` : `${first} ${f.scope.nanCell(cell + 1)} = ${high.text}; `;
}
/** The same for the canonical NaN of a type. */
export function expectText(f: FunctionEmitter, type: ValType, cell: number): string {
  return noteText(f, entry(type, atom('')), cell);
}
/** The statements that take the bits of the variable `name` from the cells. */
export function takeText(f: FunctionEmitter, type: ValType, name: string, cell: number): string {
  const low = `${name}n = ${f.scope.nanCell(cell)};`;
  return type === F64_BITS ? `${low} ${name}m = ${f.scope.nanCell(cell + 1)};` : low;
}

function xored(f: FunctionEmitter, name: OpName, e: Entry, op: '^' | '&', mask: Js): Entry {
  const change = ({ low, high }: Bits): Bits =>
    high === undefined ? { low: binary(op, low, mask), high } : { low, high: binary(op, high, mask) };
  if (isBits(e)) {
    const { low, high } = change(bitsOf(e));
    return { ...e, low, high, asI32: undefined };
  }
  const low = scalar(OP[name], f.scope, [e.low], f.exact)!;
  return { ...entry(e.type, low, e.effects, e.reads), bits: e.bits && change(e.bits) };
}
function signed(name: OpName): Handler {
  const [op, mask] = name.endsWith('neg') ? (['^', SIGN] as const) : (['&', MAGNITUDE] as const);
  return (f) => {
    f.ready(1);
    if (f.stack.peek().chained) f.simplify(0);
    f.stack.push(xored(f, name, f.stack.pop(), op, mask));
  };
}

/** An i32 with the sign of a float. */
function signWord(f: FunctionEmitter, e: Entry): Js {
  const bits = e.bits ?? (isBits(e) ? bitsOf(e) : undefined);
  const word = bits && (bits.high ?? bits.low);
  if (isBits(e)) return word!;
  const own = call(f.scope.libcall('f64_sign_bit'), e.low);
  return word === undefined ? own : conditional(isNumber(e), own, word);
}
function copysign(type: ValType): Handler {
  return (f) => {
    const to = carriedAs(type, repHere(f));
    f.simplify(0);
    f.simplify(1);
    const [x, y] = f.stack.take(2) as [Entry, Entry];
    const from = converted(f, x, to);
    const sign = signWord(f, y);
    const effects = effectsOf([x, y]);
    const reads = readsOf([x, y]);
    const change = ({ low, high }: Bits): Bits => {
      const word = binary('|', binary('&', high ?? low, MAGNITUDE), binary('&', sign, SIGN));
      return high === undefined ? { low: word, high } : { low, high: word };
    };
    if (to === I32 || to === I64) {
      const { low, high } = change(bitsOf(from));
      f.stack.push({ ...from, low, high, asI32: undefined, effects, reads });
      return;
    }
    const low = call(f.scope.libcall('f64_with_sign'), from.low, sign);
    f.stack.push({ ...entry(to, low, effects, reads), bits: from.bits && change(from.bits) });
  };
}

/** The bits of an f32, without making a number of them where they are at hand. */
export function reinterpretF32(f: FunctionEmitter): void {
  if (f.stack.peek().bits) f.simplify(0);
  const e = f.stack.pop();
  if (e.type === I32) f.stack.push(e);
  else {
    const own = call(f.scope.libcall('i32_reinterpret_f32'), e.low);
    f.pushValue(I32, e.bits ? conditional(isNumber(e), own, e.bits.low) : own, e.effects, e.reads);
  }
}
export function reinterpretI32(f: FunctionEmitter): void {
  const rep = repHere(f);
  if (rep === Rep.bits) return;
  if (rep === Rep.both) f.simplify(0);
  const e = f.stack.pop();
  const value = { ...entry(F32, asNumber(f, e)), effects: e.effects, reads: e.reads };
  f.stack.push(rep === Rep.both ? { ...value, type: F32_BITS, bits: bitsOf(e) } : value);
}
export function reinterpretF64(f: FunctionEmitter): void {
  if (f.stack.peek().type === I64) return;
  if (!f.stack.peek().bits) {
    const e = f.stack.pop();
    f.stack.push(converted(f, { ...e, type: F64 }, I64));
    return;
  }
  f.simplify(0);
  const e = f.stack.pop();
  const at = f.stack.height;
  f.stack.order(e.effects, [f.stack.slotVariable(at)]);
  const name = f.stack.slotName(at);
  const { low, high } = e.bits!;
  const own = call(f.scope.libcall('i64_reinterpret_f64'), e.low).text;
  const otherwise = `${name}h = ${high!.text}; ${name} = ${low.text};`;
  f.line(`if (${isNumber(e).text}) { ${name} = ${own}; ${name}h = ${f.scope.high()}; } else { ${otherwise} }`);
  f.stack.push(f.stack.slot(at, I64));
}
export function reinterpretI64(f: FunctionEmitter): void {
  const rep = repHere(f);
  if (rep === Rep.bits) return;
  if (rep === Rep.both) f.simplify(0);
  else f.ready(1);
  const e = f.stack.pop();
  if (e.chained) {
    f.stack.push(e);
    f.simplify(0);
    return reinterpretI64(f);
  }
  const value = { ...entry(F64, asNumber(f, e)), effects: e.effects, reads: e.reads };
  f.stack.push(rep === Rep.both ? { ...value, type: F64_BITS, bits: bitsOf(e) } : value);
}

/** A constant NaN as it is carried; others are literals, whose bits are known. */
export function constantNaN(f: FunctionEmitter, type: ValType, number: Js, low: number, high: number): void {
  const rep = repHere(f);
  const bits = { low: int(low), high: type === F64 ? int(high) : undefined };
  if (rep === Rep.bits) f.stack.push(bits.high ? pair(bits.low, bits.high) : entry(I32, bits.low));
  else f.stack.push(rep === Rep.number ? entry(type, number) : { ...entry(carriedAs(type, rep), number), bits });
}

export const FLOAT_BITS: Partial<Record<OpName, Handler>> = {
  'f32.neg': signed('f32.neg'),
  'f64.neg': signed('f64.neg'),
  'f32.abs': signed('f32.abs'),
  'f64.abs': signed('f64.abs'),
  'f32.copysign': copysign(F32),
  'f64.copysign': copysign(F64),
  'i32.reinterpret_f32': reinterpretF32,
  'f32.reinterpret_i32': reinterpretI32,
  'i64.reinterpret_f64': reinterpretF64,
  'f64.reinterpret_i64': reinterpretI64,
};
