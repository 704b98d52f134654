/**
 * Wide arithmetic split into i32 words: sums, differences and products of 128 bits. Each has two results: the instruction
 * itself stands for the low half, and `Ir.wideHigh` of it for the high half.
 *
 * A word's carry out is that of the sum of its operands or that of adding the carry in; never both.
 */
import { Ir, type Node } from '../../3-lower/ir.ts';
import type { Rule, Splitter } from './int64.ts';

/** Least significant word first. */
type Words = readonly Node[];

const words = (s: Splitter, nodes: readonly Node[]): Words => nodes.flatMap((n) => [s.lo(n), s.hi(n)]);

/** Splits `n` into the two low words, and keeps the two high ones for its `wideHigh`. */
function finish(s: Splitter, n: Node, [w0, w1, w2, w3]: Words): void {
  s.set(n, w0!, w1!);
  s.wideHigh.set(n, [w2!, w3!]);
}

/** a + b word by word, as many words as they have; a carry out of the last is lost. */
function sum(s: Splitter, a: Words, b: Words): Words {
  const result: Node[] = [];
  let carry: Node | undefined;
  for (let i = 0; i < a.length; i++) {
    const partial = s.op('i32.add', a[i]!, b[i]!);
    const out = i + 1 < a.length ? s.special(Ir.carry, a[i]!, b[i]!, partial) : undefined;
    const word = carry === undefined ? partial : s.op('i32.add', partial, carry);
    result.push(word);
    carry = out && carry ? s.op('i32.or', out, s.special(Ir.carry, partial, carry, word)) : out;
  }
  return result;
}

function difference(s: Splitter, a: Words, b: Words): Words {
  const result: Node[] = [];
  let borrow: Node | undefined;
  for (let i = 0; i < a.length; i++) {
    const partial = s.op('i32.sub', a[i]!, b[i]!);
    const out = i + 1 < a.length ? s.special(Ir.borrow, a[i]!, b[i]!) : undefined;
    result.push(borrow === undefined ? partial : s.op('i32.sub', partial, borrow));
    borrow = out && borrow ? s.op('i32.or', out, s.special(Ir.borrow, partial, borrow)) : out;
  }
  return result;
}

const product = (s: Splitter, a: Node, b: Node): Words => {
  const low = s.op('i32.mul', a, b);
  return [low, s.special(Ir.mulHigh, a, b, low)];
};

/** Schoolbook: four products of words. The upper sums cannot overflow, since the whole has four words. */
function multiply(s: Splitter, [a0, a1]: Words, [b0, b1]: Words): Words {
  const zero = s.i32(0);
  const low = product(s, a0!, b0!);
  const high = product(s, a1!, b1!);
  const crossA = product(s, a0!, b1!);
  const crossB = product(s, a1!, b0!);
  const middle = sum(s, [...crossA, zero], [...crossB, zero]);
  const upper = sum(s, [low[1]!, ...high], middle);
  return [low[0]!, ...upper];
}

/** As unsigned, less b (and a) in the high half where a (and b) is negative. */
function multiplySigned(s: Splitter, a: Words, b: Words): Words {
  const unsigned = multiply(s, a, b);
  const masked = ([, top]: Words, other: Words): Words => {
    const mask = s.op('i32.shr_s', top!, s.i32(31));
    return other.map((w) => s.op('i32.and', w, mask));
  };
  const once = difference(s, unsigned.slice(2), masked(a, b));
  return [...unsigned.slice(0, 2), ...difference(s, once, masked(b, a))];
}

const rule =
  (compute: (s: Splitter, a: Words, b: Words) => Words): Rule =>
  (s, n) => {
    const half = n.inputs.length / 2;
    finish(s, n, compute(s, words(s, n.inputs.slice(0, half)), words(s, n.inputs.slice(half))));
  };

export const WIDE = {
  'i64.add128': rule(sum),
  'i64.sub128': rule(difference),
  'i64.mul_wide_u': rule(multiply),
  'i64.mul_wide_s': rule(multiplySigned),
} as const;
