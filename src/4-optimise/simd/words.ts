/** Vector instructions on whole words: lanes of 32 and 64 bits, bitwise operations, and what moves words about. */
import { type Node, Type } from '../../3-lower/ir.ts';
import type { OpName } from '../../wasm/opcodes.ts';
import type { Expander } from './expander.ts';
import { D, each, F, type Form, I, laneCount, maskBits, plain, type Rule, type Rules, reduce, wide } from './rules.ts';

const input = (x: Expander, n: Node, i: number, form: Form): Node[] => x.lanes(n.inputs[i]!, form);

const compare = (name: OpName): Rule => ({
  takes: 'II',
  gives: I,
  expand: (x, n) => {
    const [a, b] = [input(x, n, 0, I), input(x, n, 1, I)];
    return x.masks(
      n,
      a.map((lane, k) => x.op(name, lane, b[k]!)),
    );
  },
});
const compareWide = (name: OpName): Rule => ({
  takes: 'II',
  gives: I,
  expand: (x, n) => {
    const [a, b] = [input(x, n, 0, I), input(x, n, 1, I)];
    const conditions = [0, 2].map((k) => x.op(name, x.pair(a[k]!, a[k + 1]!), x.pair(b[k]!, b[k + 1]!)));
    return x.masks(n, conditions).flatMap((m) => [m, m]);
  },
});

/** The first if it compares so with the second, without a branch. */
const extreme = (name: OpName): Rule =>
  each('II', I, (x, [a, b]) => x.xor(b!, x.and(x.xor(a!, b!), x.minus(0, x.op(name, a!, b!)))));

const shift = (name: OpName): Rule => plain('Is', I, name);
const shiftWide = (name: OpName): Rule => ({
  takes: 'Is',
  gives: I,
  expand: (x, n) => {
    const a = input(x, n, 0, I);
    const count = x.op('i64.extend_i32_u', n.inputs[1]!);
    return [0, 2].flatMap((k) => x.halves(x.op(name, x.pair(a[k]!, a[k + 1]!), count)));
  },
});

/** The forms in which a mask of these lanes can choose between vectors. */
const chosenForms = (bits: number): number => (bits === 64 ? I | F | D : bits === 32 ? I | F : I);

const bitwise = (name: OpName): Rule => plain('II', I, name);
const bitselect: Rule = each('III', I, (x, [a, b, m]) => x.xor(b!, x.and(x.xor(a!, b!), m!)));

/** Lanes chosen whole by a mask; in words, without branches. */
function chooseByMask(mask: number, yes: number, no: number, bits: number): Rule {
  const letters = ['P', 'P', 'P'];
  letters[mask] = 'I';
  return {
    takes: letters.slice(0, no < 0 ? 2 : 3).join(''),
    gives: chosenForms(bits),
    expand: (x, n, form) => {
      const a = input(x, n, yes, form);
      const b = no < 0 ? undefined : input(x, n, no, form);
      const m = n.inputs[mask]!;
      if (form === I) {
        const words = input(x, n, mask, I);
        return a.map((w, k) => (b ? x.xor(b[k]!, x.and(x.xor(w, b[k]!), words[k]!)) : x.and(w, words[k]!)));
      }
      const count = laneCount(form);
      return a.map((w, k) => x.select(w, b?.[k] ?? zero(x, form), x.condition(m, k, count)));
    },
  };
}
const zero = (x: Expander, form: Form): Node => x.float(form === F ? Type.f32 : Type.f64, 0);

const and = bitwise('i32.and');
const andnot: Rule = each('II', I, (x, [a, b]) => x.and(a!, x.not(b!)));

const splat32: Rule = each('s', I, (_, [a]) => a!);
/** Lane `imm` replaced. */
const replace: Rule = {
  takes: 'Is',
  gives: I,
  expand: (x, n) => input(x, n, 0, I).map((w, k) => (k === n.imm ? n.inputs[1]! : w)),
};

const mulWide = (half: 'low' | 'high', extend: OpName): Rule => ({
  takes: 'II',
  gives: I,
  expand: (x, n) => {
    const [a, b] = [input(x, n, 0, I), input(x, n, 1, I)];
    const at = half === 'low' ? 0 : 2;
    return [at, at + 1].flatMap((k) => x.halves(x.op('i64.mul', x.op(extend, a[k]!), x.op(extend, b[k]!))));
  },
});
const extendWide = (half: 'low' | 'high', signed: boolean): Rule => ({
  takes: 'I',
  gives: I,
  expand: (x, n) => {
    const a = input(x, n, 0, I);
    const at = half === 'low' ? 0 : 2;
    return [at, at + 1].flatMap((k) => [a[k]!, signed ? x.sar(a[k]!, 31) : x.i32(0)]);
  },
});

const allOf = (x: Expander, list: Node[]): Node => list.reduce((a, b) => x.and(a, b));
const anyOf = (x: Expander, list: Node[]): Node => list.reduce((a, b) => x.or(a, b));
const nonzero = (x: Expander, a: Node): Node => x.two('i32.ne', a, 0);

export const WORD_RULES: Rules = {
  'v128.not': each('I', I, (x, [a]) => x.not(a!)),
  'v128.and': (n) => {
    if (maskBits(n.inputs[0]!) > 0) return chooseByMask(0, 1, -1, maskBits(n.inputs[0]!));
    if (maskBits(n.inputs[1]!) > 0) return chooseByMask(1, 0, -1, maskBits(n.inputs[1]!));
    return and;
  },
  'v128.andnot': andnot,
  'v128.or': bitwise('i32.or'),
  'v128.xor': bitwise('i32.xor'),
  'v128.bitselect': (n) => {
    const bits = maskBits(n.inputs[2]!);
    return bits > 0 ? chooseByMask(2, 0, 1, bits) : bitselect;
  },
  'i8x16.relaxed_laneselect': bitselect,
  'i16x8.relaxed_laneselect': bitselect,
  'i32x4.relaxed_laneselect': bitselect,
  'i64x2.relaxed_laneselect': bitselect,
  'v128.any_true': reduce((x, a) => nonzero(x, anyOf(x, a))),

  'i32x4.splat': splat32,
  'i32x4.extract_lane': { takes: 'I', gives: 0, expand: (x, n) => [input(x, n, 0, I)[n.imm]!] },
  'i32x4.replace_lane': replace,
  'i32x4.eq': compare('i32.eq'),
  'i32x4.ne': compare('i32.ne'),
  'i32x4.lt_s': compare('i32.lt_s'),
  'i32x4.lt_u': compare('i32.lt_u'),
  'i32x4.gt_s': compare('i32.gt_s'),
  'i32x4.gt_u': compare('i32.gt_u'),
  'i32x4.le_s': compare('i32.le_s'),
  'i32x4.le_u': compare('i32.le_u'),
  'i32x4.ge_s': compare('i32.ge_s'),
  'i32x4.ge_u': compare('i32.ge_u'),
  'i32x4.abs': each('I', I, (x, [a]) => x.minus(x.xor(a!, x.sar(a!, 31)), x.sar(a!, 31))),
  'i32x4.neg': each('I', I, (x, [a]) => x.minus(0, a!)),
  'i32x4.all_true': reduce((x, a) =>
    allOf(
      x,
      a.map((w) => nonzero(x, w)),
    ),
  ),
  'i32x4.bitmask': reduce((x, a) =>
    anyOf(
      x,
      a.map((w, k) => (k === 0 ? x.shr(w, 31) : x.and(x.shr(w, 31 - k), 1 << k))),
    ),
  ),
  'i32x4.shl': shift('i32.shl'),
  'i32x4.shr_s': shift('i32.shr_s'),
  'i32x4.shr_u': shift('i32.shr_u'),
  'i32x4.add': plain('II', I, 'i32.add'),
  'i32x4.sub': plain('II', I, 'i32.sub'),
  'i32x4.mul': plain('II', I, 'i32.mul'),
  'i32x4.min_s': extreme('i32.lt_s'),
  'i32x4.min_u': extreme('i32.lt_u'),
  'i32x4.max_s': extreme('i32.gt_s'),
  'i32x4.max_u': extreme('i32.gt_u'),

  'i64x2.splat': {
    takes: 's',
    gives: I,
    expand: (x, n) => {
      const [low, high] = x.halves(n.inputs[0]!);
      return [low, high, low, high];
    },
  },
  'i64x2.extract_lane': {
    takes: 'I',
    gives: 0,
    expand: (x, n) => {
      const a = input(x, n, 0, I);
      return [x.pair(a[2 * n.imm]!, a[2 * n.imm + 1]!)];
    },
  },
  'i64x2.replace_lane': {
    takes: 'Is',
    gives: I,
    expand: (x, n) => {
      const halves = x.halves(n.inputs[1]!);
      return input(x, n, 0, I).map((w, k) => (k >> 1 === n.imm ? halves[k & 1]! : w));
    },
  },
  'i64x2.eq': compareWide('i64.eq'),
  'i64x2.ne': compareWide('i64.ne'),
  'i64x2.lt_s': compareWide('i64.lt_s'),
  'i64x2.gt_s': compareWide('i64.gt_s'),
  'i64x2.le_s': compareWide('i64.le_s'),
  'i64x2.ge_s': compareWide('i64.ge_s'),
  'i64x2.abs': wide('I', (x, [a]) => {
    const sign = x.op('i64.shr_s', a!, x.i64(63, 0));
    return x.op('i64.sub', x.op('i64.xor', a!, sign), sign);
  }),
  'i64x2.neg': wide('I', (x, [a]) => x.op('i64.sub', x.i64(0, 0), a!)),
  'i64x2.all_true': reduce((x, a) => x.and(nonzero(x, x.or(a[0]!, a[1]!)), nonzero(x, x.or(a[2]!, a[3]!)))),
  'i64x2.bitmask': reduce((x, a) => x.or(x.shr(a[1]!, 31), x.and(x.shr(a[3]!, 30), 2))),
  'i64x2.extend_low_i32x4_s': extendWide('low', true),
  'i64x2.extend_high_i32x4_s': extendWide('high', true),
  'i64x2.extend_low_i32x4_u': extendWide('low', false),
  'i64x2.extend_high_i32x4_u': extendWide('high', false),
  'i64x2.shl': shiftWide('i64.shl'),
  'i64x2.shr_s': shiftWide('i64.shr_s'),
  'i64x2.shr_u': shiftWide('i64.shr_u'),
  'i64x2.add': wide('II', (x, [a, b]) => x.op('i64.add', a!, b!)),
  'i64x2.sub': wide('II', (x, [a, b]) => x.op('i64.sub', a!, b!)),
  'i64x2.mul': wide('II', (x, [a, b]) => x.op('i64.mul', a!, b!)),
  'i64x2.extmul_low_i32x4_s': mulWide('low', 'i64.extend_i32_s'),
  'i64x2.extmul_high_i32x4_s': mulWide('high', 'i64.extend_i32_s'),
  'i64x2.extmul_low_i32x4_u': mulWide('low', 'i64.extend_i32_u'),
  'i64x2.extmul_high_i32x4_u': mulWide('high', 'i64.extend_i32_u'),
};
