/** Vector instructions on single lanes of 8 and 16 bits, and between those and wider lanes. */
import type { Node } from '../../3-lower/ir.ts';
import type { Expander } from './expander.ts';
import { BYTES, type Packing, SHORTS, sub as subPacked } from './packed.ts';
import { each, I, type Rule, type Rules, reduce } from './rules.ts';

/** Lane `k` of a word, with its sign or without. */
function lane(x: Expander, p: Packing, word: Node, k: number, signed: boolean): Node {
  const last = k === 32 / p.bits - 1;
  if (signed) return x.sar(last ? word : x.shl(word, 32 - p.bits * (k + 1)), 32 - p.bits);
  return last ? x.shr(word, p.bits * k) : x.and(x.shr(word, p.bits * k), 2 ** p.bits - 1);
}
const half = (x: Expander, word: Node, k: number, signed: boolean): Node => lane(x, SHORTS, word, k, signed);
/** Two numbers, of which the low 16 bits count, as one word. */
const join = (x: Expander, low: Node, high: Node): Node => x.or(x.and(low, 0xffff), x.shl(high, 16));

const extract = (p: Packing, signed: boolean): Rule => ({
  takes: 'I',
  gives: 0,
  expand: (x, n) => {
    const each = 32 / p.bits;
    return [lane(x, p, x.lanes(n.inputs[0]!, I)[Math.floor(n.imm / each)]!, n.imm % each, signed)];
  },
});
/** A word with one lane replaced by the low bits of a value. */
export function withLane(x: Expander, p: Packing, word: Node, k: number, value: Node): Node {
  const at = p.bits * k;
  const mask = (2 ** p.bits - 1) << at;
  const top = k === 32 / p.bits - 1;
  return x.or(x.and(word, ~mask), top ? x.shl(value, at) : x.shl(x.and(value, 2 ** p.bits - 1), at));
}
const replace = (p: Packing): Rule => ({
  takes: 'Is',
  gives: I,
  expand: (x, n) => {
    const lanes = x.lanes(n.inputs[0]!, I).slice();
    const each = 32 / p.bits;
    const at = Math.floor(n.imm / each);
    lanes[at] = withLane(x, p, lanes[at]!, n.imm % each, n.inputs[1]!);
    return lanes;
  },
});

/** The two lanes at `2 k` of four bytes, as two halves. */
export function extendBytes(x: Expander, word: Node, k: number, signed: boolean): Node {
  if (signed) return join(x, lane(x, BYTES, word, 2 * k, true), lane(x, BYTES, word, 2 * k + 1, true));
  if (k === 0) return x.or(x.and(word, 255), x.and(x.shl(word, 8), 0xff0000));
  return x.or(x.and(x.shr(word, 16), 255), x.and(x.shr(word, 8), 0xff0000));
}
const extend = (first: number, f: (x: Expander, word: Node, k: number) => Node): Rule => ({
  takes: 'I',
  gives: I,
  expand: (x, n) => {
    const a = x.lanes(n.inputs[0]!, I);
    return [0, 1, 2, 3].map((k) => f(x, a[first + (k >> 1)]!, k & 1));
  },
});
const multiply = (first: number, f: (x: Expander, a: Node, b: Node, k: number) => Node): Rule => ({
  takes: 'II',
  gives: I,
  expand: (x, n) => {
    const [a, b] = [x.lanes(n.inputs[0]!, I), x.lanes(n.inputs[1]!, I)];
    return [0, 1, 2, 3].map((k) => f(x, a[first + (k >> 1)]!, b[first + (k >> 1)]!, k & 1));
  },
});
const multiplyBytes =
  (signed: boolean) =>
  (x: Expander, a: Node, b: Node, k: number): Node => {
    const product = (at: number): Node => x.times(lane(x, BYTES, a, at, signed), lane(x, BYTES, b, at, signed));
    const low = product(2 * k);
    const high = product(2 * k + 1);
    return signed ? join(x, low, high) : x.or(low, x.shl(high, 16));
  };
const multiplyHalves =
  (signed: boolean) =>
  (x: Expander, a: Node, b: Node, k: number): Node =>
    x.times(half(x, a, k, signed), half(x, b, k, signed));

/** Pairs of bytes, added; signed ones as unsigned above -128. */
function addBytes(x: Expander, signed: boolean, word: Node): Node {
  const even = 0x00ff00ff;
  if (!signed) return x.plus(x.and(word, even), x.and(x.shr(word, 8), even));
  const biased = x.xor(word, BYTES.top);
  return subPacked(x, SHORTS, x.plus(x.and(biased, even), x.and(x.shr(biased, 8), even)), 0x01000100);
}
const addHalves = (x: Expander, signed: boolean, word: Node): Node =>
  x.plus(half(x, word, 0, signed), half(x, word, 1, signed));

/** Each of the operands' eight words gives half a word. */
const narrow = (f: (x: Expander, low: Node, high: Node) => Node): Rule => ({
  takes: 'II',
  gives: I,
  expand: (x, n) => {
    const all = [...x.lanes(n.inputs[0]!, I), ...x.lanes(n.inputs[1]!, I)];
    return [0, 2, 4, 6].map((k) => f(x, all[k]!, all[k + 1]!));
  },
});
/** Two halves clamped to 0 … 255, in the low half of the result. */
function clampHalves(x: Expander, word: Node): Node {
  const sign = x.and(word, SHORTS.top);
  const positive = x.and(word, x.not(x.minus(x.shl(sign, 1), x.shr(sign, 15))));
  const over = x.and(x.plus(x.and(positive, 0x7f007f00), 0x7f007f00), SHORTS.top);
  const clamped = x.and(x.or(positive, x.minus(x.shr(over, 7), x.shr(over, 15))), 0x00ff00ff);
  return x.or(clamped, x.shr(clamped, 8));
}

function popcount(x: Expander, word: Node): Node {
  const pairs = x.minus(word, x.and(x.shr(word, 1), 0x55555555));
  const fours = x.plus(x.and(pairs, 0x33333333), x.and(x.shr(pairs, 2), 0x33333333));
  return x.and(x.plus(fours, x.shr(fours, 4)), 0x0f0f0f0f);
}
const allNonzero = (p: Packing): Rule =>
  reduce((x, a) => {
    const tops = a.map((w) => x.and(x.or(x.plus(x.and(w, p.rest), p.rest), w), p.top));
    return x.two(
      'i32.eq',
      tops.reduce((s, t) => x.and(s, t)),
      p.top,
    );
  });
/** The top bits, gathered by a product whose partial sums do not meet. */
const byteMask = reduce((x, a) =>
  a
    .map((w, k) => {
      const bits = x.shr(x.times(x.and(x.shr(w, 7), BYTES.ones), 0x10204080), 28);
      return x.shl(bits, 4 * k);
    })
    .reduce((s, b) => x.or(s, b)),
);
const halfMask = reduce((x, a) =>
  a.map((w, k) => x.shl(x.or(x.and(x.shr(w, 15), 1), x.and(x.shr(w, 30), 2)), 2 * k)).reduce((s, b) => x.or(s, b)),
);
const byWord = (name: string): Rule => each('II', I, (x, [a, b]) => x.scalarLibcall(name, [a!, b!]));

export const LANE_RULES: Rules = {
  'i8x16.extract_lane_s': extract(BYTES, true),
  'i8x16.extract_lane_u': extract(BYTES, false),
  'i8x16.replace_lane': replace(BYTES),
  'i8x16.all_true': allNonzero(BYTES),
  'i8x16.bitmask': byteMask,
  'i8x16.popcnt': each('I', I, (x, [a]) => popcount(x, a!)),
  'i8x16.narrow_i16x8_s': narrow((x, low, high) => x.scalarLibcall('i8x4_narrow_i16x2_s', [low, high])),
  'i8x16.narrow_i16x8_u': narrow((x, low, high) => join(x, clampHalves(x, low), clampHalves(x, high))),
  'i16x8.extract_lane_s': extract(SHORTS, true),
  'i16x8.extract_lane_u': extract(SHORTS, false),
  'i16x8.replace_lane': replace(SHORTS),
  'i16x8.all_true': allNonzero(SHORTS),
  'i16x8.bitmask': halfMask,
  'i16x8.mul': each('II', I, (x, [a, b]) => join(x, x.times(a!, b!), x.times(x.shr(a!, 16), x.shr(b!, 16)))),
  'i16x8.q15mulr_sat_s': byWord('i16x2_q15mulr_sat_s'),
  'i16x8.relaxed_q15mulr_s': byWord('i16x2_q15mulr_sat_s'),
  'i16x8.narrow_i32x4_s': narrow((x, low, high) => x.scalarLibcall('i16x2_narrow_i32_s', [low, high])),
  'i16x8.narrow_i32x4_u': narrow((x, low, high) => x.scalarLibcall('i16x2_narrow_i32_u', [low, high])),
  'i16x8.extend_low_i8x16_s': extend(0, (x, w, k) => extendBytes(x, w, k, true)),
  'i16x8.extend_high_i8x16_s': extend(2, (x, w, k) => extendBytes(x, w, k, true)),
  'i16x8.extend_low_i8x16_u': extend(0, (x, w, k) => extendBytes(x, w, k, false)),
  'i16x8.extend_high_i8x16_u': extend(2, (x, w, k) => extendBytes(x, w, k, false)),
  'i16x8.extmul_low_i8x16_s': multiply(0, multiplyBytes(true)),
  'i16x8.extmul_high_i8x16_s': multiply(2, multiplyBytes(true)),
  'i16x8.extmul_low_i8x16_u': multiply(0, multiplyBytes(false)),
  'i16x8.extmul_high_i8x16_u': multiply(2, multiplyBytes(false)),
  'i16x8.extadd_pairwise_i8x16_s': each('I', I, (x, [a]) => addBytes(x, true, a!)),
  'i16x8.extadd_pairwise_i8x16_u': each('I', I, (x, [a]) => addBytes(x, false, a!)),
  'i32x4.extadd_pairwise_i16x8_s': each('I', I, (x, [a]) => addHalves(x, true, a!)),
  'i32x4.extadd_pairwise_i16x8_u': each('I', I, (x, [a]) => addHalves(x, false, a!)),
  'i32x4.extend_low_i16x8_s': extend(0, (x, w, k) => half(x, w, k, true)),
  'i32x4.extend_high_i16x8_s': extend(2, (x, w, k) => half(x, w, k, true)),
  'i32x4.extend_low_i16x8_u': extend(0, (x, w, k) => half(x, w, k, false)),
  'i32x4.extend_high_i16x8_u': extend(2, (x, w, k) => half(x, w, k, false)),
  'i32x4.extmul_low_i16x8_s': multiply(0, multiplyHalves(true)),
  'i32x4.extmul_high_i16x8_s': multiply(2, multiplyHalves(true)),
  'i32x4.extmul_low_i16x8_u': multiply(0, multiplyHalves(false)),
  'i32x4.extmul_high_i16x8_u': multiply(2, multiplyHalves(false)),
  'i32x4.dot_i16x8_s': each('II', I, (x, [a, b]) =>
    x.plus(x.times(half(x, a!, 0, true), half(x, b!, 0, true)), x.times(half(x, a!, 1, true), half(x, b!, 1, true))),
  ),
};
