/**
 * Lanes of 8 and 16 bits, packed in words: arithmetic on all lanes of a word at once (SWAR). The top bit of each lane is
 * kept apart where a carry out of it would reach the next.
 */
import { isI32Const, type Node } from '../../3-lower/ir.ts';
import type { Arg, Expander } from './expander.ts';
import { each, I, type Rule, type Rules } from './rules.ts';

/** Lanes of `bits`; masks with the top bit, all other bits, and the lowest bit of each lane. */
export interface Packing {
  readonly bits: 8 | 16;
  readonly top: number;
  readonly rest: number;
  readonly ones: number;
}
export const BYTES: Packing = { bits: 8, top: 0x80808080 | 0, rest: 0x7f7f7f7f, ones: 0x01010101 };
export const SHORTS: Packing = { bits: 16, top: 0x80008000 | 0, rest: 0x7fff7fff, ones: 0x00010001 };

/** The most that each lane can be, where these bits may be set; lowest lane first. */
function lanesOf(p: Packing, bits: number): number[] {
  return Array.from({ length: 32 / p.bits }, (_, k) => (bits >>> (p.bits * k)) & (2 ** p.bits - 1));
}
/** Bits that may be set in lanes that are at most so large. */
function bitsBelow(p: Packing, most: readonly number[]): number {
  return most.reduce((bits, m, k) => bits | ((2 ** (32 - Math.clz32(m)) - 1) << (p.bits * k)), 0);
}
const topsClear = (x: Expander, p: Packing, ...words: readonly Arg[]): boolean =>
  words.every((w) => (x.bits(w) & p.top) === 0);

export function add(x: Expander, p: Packing, a: Arg, b: Arg): Node {
  const other = lanesOf(p, x.bits(b));
  const most = lanesOf(p, x.bits(a)).map((m, k) => m + other[k]!);
  if (most.every((m) => m < 2 ** p.bits)) return x.within(x.plus(a, b), bitsBelow(p, most));
  if (p.bits === 8) return x.xor(x.plus(x.and(a, p.rest), x.and(b, p.rest)), x.and(x.xor(a, b), p.top));
  // The one carry between halves is taken back.
  const sum = x.plus(a, b);
  return x.minus(sum, x.and(x.xor(x.xor(a, b), sum), 0x10000));
}
export function sub(x: Expander, p: Packing, a: Arg, b: Arg): Node {
  if (topsClear(x, p, a, b)) return x.xor(x.minus(x.or(a, p.top), b), p.top);
  if (p.bits === 8) return x.xor(x.minus(x.or(a, p.top), x.and(b, p.rest)), x.and(x.not(x.xor(a, b)), p.top));
  const difference = x.minus(a, b);
  return x.plus(difference, x.and(x.xor(x.xor(a, b), difference), 0x10000));
}

/** Lanes whose top bit is set become all ones, from words that have only top bits. */
export const spread = (x: Expander, p: Packing, tops: Node): Node => x.minus(x.shl(tops, 1), x.shr(tops, p.bits - 1));
const choose = (x: Expander, a: Node, b: Node, mask: Node): Node => x.xor(b, x.and(x.xor(a, b), mask));

/** The top bit of each lane that is not zero. */
const nonzeroTops = (x: Expander, p: Packing, a: Node): Node => x.and(x.or(x.plus(x.and(a, p.rest), p.rest), a), p.top);
const zeroTops = (x: Expander, p: Packing, a: Node): Node =>
  x.not(x.or(x.or(x.plus(x.and(a, p.rest), p.rest), a), p.rest));

/** The top bit of each lane of `a` that is less than that of `b`; `not`: of each that is not. */
function lessTops(x: Expander, p: Packing, signed: boolean, a: Node, b: Node, not = false): Node {
  const difference = x.minus(x.or(a, p.top), x.and(b, p.rest));
  if (topsClear(x, p, a, b)) return x.and(not ? difference : x.not(difference), p.top);
  const byTop = signed ? x.and(a, x.not(b)) : x.and(x.not(a), b);
  const less = x.or(byTop, x.not(x.or(x.xor(a, b), difference)));
  return x.and(not ? x.not(less) : less, p.top);
}
const less = (x: Expander, p: Packing, signed: boolean, a: Node, b: Node): Node =>
  spread(x, p, lessTops(x, p, signed, a, b));
const notLess = (x: Expander, p: Packing, signed: boolean, a: Node, b: Node): Node =>
  spread(x, p, lessTops(x, p, signed, a, b, true));

const unary = (f: (x: Expander, a: Node) => Node): Rule => each('I', I, (x, [a]) => f(x, a!));
const binary = (f: (x: Expander, a: Node, b: Node) => Node): Rule => each('II', I, (x, [a, b]) => f(x, a!, b!));

/** Signed lanes too small and too large for their bits: both operands have one sign and the result the other. */
function saturated(x: Expander, p: Packing, a: Node, wrapped: Node, overflow: Node): Node {
  const limit = x.plus(p.rest, x.and(x.shr(a, p.bits - 1), p.ones));
  return choose(x, limit, wrapped, spread(x, p, x.and(overflow, p.top)));
}
function addSigned(x: Expander, p: Packing, a: Node, b: Node): Node {
  const sum = add(x, p, a, b);
  return saturated(x, p, a, sum, x.and(x.not(x.xor(a, b)), x.xor(a, sum)));
}
function subSigned(x: Expander, p: Packing, a: Node, b: Node): Node {
  const difference = sub(x, p, a, b);
  return saturated(x, p, a, difference, x.and(x.xor(a, b), x.xor(a, difference)));
}
function addUnsigned(x: Expander, p: Packing, a: Node, b: Node): Node {
  const low = x.plus(x.and(a, p.rest), x.and(b, p.rest));
  const sum = x.xor(low, x.and(x.xor(a, b), p.top));
  const carry = x.and(x.or(x.and(a, b), x.and(x.or(a, b), low)), p.top);
  return x.or(sum, spread(x, p, carry));
}
function subUnsigned(x: Expander, p: Packing, a: Node, b: Node): Node {
  return x.and(sub(x, p, a, b), notLess(x, p, false, a, b));
}

function abs(x: Expander, p: Packing, a: Node): Node {
  const sign = x.and(a, p.top);
  return x.plus(x.xor(a, spread(x, p, sign)), x.shr(sign, p.bits - 1));
}
/** The mean, rounded up. */
const average = (x: Expander, p: Packing, a: Node, b: Node): Node =>
  x.minus(x.or(a, b), x.and(x.shr(x.xor(a, b), 1), p.rest));

/** The low bits of a value in each lane of a word. */
export function splat(x: Expander, p: Packing, value: Node): Node {
  const lane = x.and(value, 2 ** p.bits - 1);
  return x.within(x.times(lane, p.ones), Math.imul(x.bits(lane), p.ones));
}
/** A constant in each lane of a word. */
const splatted = (p: Packing, lane: number): number => Math.imul(lane & (2 ** p.bits - 1), p.ones);

/** Shifts by a constant; by anything else the runtime does them, word by word. */
function shift(p: Packing, name: string, constant: (x: Expander, a: Node, count: number) => Node): Rule {
  const word = `i${p.bits}x${32 / p.bits}_${name}`;
  return each('Is', I, (x, [a, n]) => {
    if (!isI32Const(n!)) return x.scalarLibcall(word, [a!, n!]);
    const count = n!.imm & (p.bits - 1);
    return count === 0 ? a! : constant(x, a!, count);
  });
}

const shl =
  (p: Packing) =>
  (x: Expander, a: Node, count: number): Node =>
    x.and(x.shl(a, count), splatted(p, -1 << count));
const shrUnsigned =
  (p: Packing) =>
  (x: Expander, a: Node, count: number): Node =>
    x.and(x.shr(a, count), splatted(p, (2 ** p.bits - 1) >> count));
const shrSigned =
  (p: Packing) =>
  (x: Expander, a: Node, count: number): Node => {
    const sign = x.and(a, p.top);
    return x.or(shrUnsigned(p)(x, a, count), x.minus(x.shl(sign, 1), x.shr(sign, count - 1)));
  };

/** What both packings have. */
function rulesOf(shape: 'i8x16' | 'i16x8', p: Packing): Rules {
  const extreme = (signed: boolean, least: boolean): Rule =>
    binary((x, a, b) =>
      least ? choose(x, a, b, less(x, p, signed, a, b)) : choose(x, b, a, less(x, p, signed, a, b)),
    );
  const comparisons = (
    [
      ['s', true],
      ['u', false],
    ] as const
  ).flatMap(([letter, signed]) => [
    [`${shape}.lt_${letter}`, binary((x, a, b) => less(x, p, signed, a, b))],
    [`${shape}.gt_${letter}`, binary((x, a, b) => less(x, p, signed, b, a))],
    [`${shape}.le_${letter}`, binary((x, a, b) => notLess(x, p, signed, b, a))],
    [`${shape}.ge_${letter}`, binary((x, a, b) => notLess(x, p, signed, a, b))],
    [`${shape}.min_${letter}`, extreme(signed, true)],
    [`${shape}.max_${letter}`, extreme(signed, false)],
  ]);
  return {
    ...Object.fromEntries(comparisons),
    [`${shape}.eq`]: binary((x, a, b) => spread(x, p, zeroTops(x, p, x.xor(a, b)))),
    [`${shape}.ne`]: binary((x, a, b) => spread(x, p, nonzeroTops(x, p, x.xor(a, b)))),
    [`${shape}.splat`]: each('s', I, (x, [a]) => splat(x, p, a!)),
    [`${shape}.add`]: binary((x, a, b) => add(x, p, a, b)),
    [`${shape}.sub`]: binary((x, a, b) => sub(x, p, a, b)),
    [`${shape}.neg`]: unary((x, a) => sub(x, p, 0, a)),
    [`${shape}.abs`]: unary((x, a) => abs(x, p, a)),
    [`${shape}.add_sat_s`]: binary((x, a, b) => addSigned(x, p, a, b)),
    [`${shape}.add_sat_u`]: binary((x, a, b) => addUnsigned(x, p, a, b)),
    [`${shape}.sub_sat_s`]: binary((x, a, b) => subSigned(x, p, a, b)),
    [`${shape}.sub_sat_u`]: binary((x, a, b) => subUnsigned(x, p, a, b)),
    [`${shape}.avgr_u`]: binary((x, a, b) => average(x, p, a, b)),
    [`${shape}.shl`]: shift(p, 'shl', shl(p)),
    [`${shape}.shr_s`]: shift(p, 'shr_s', shrSigned(p)),
    [`${shape}.shr_u`]: shift(p, 'shr_u', shrUnsigned(p)),
  } as Rules;
}

export const PACKED_RULES: Rules = { ...rulesOf('i8x16', BYTES), ...rulesOf('i16x8', SHORTS) };
