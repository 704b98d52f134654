/**
 * What a family of vector instructions says of each: in which forms it takes and gives vectors, and how it is made of
 * scalar nodes, lane by lane.
 *
 * A vector has up to three forms: I, four i32; F, four f32; D, two f64. An instruction takes an operand in the form of its
 * letter: `I`, `F` or `D`; `P`, that of its result, which is open; `f` and `d`, that of the result and besides F or D, to
 * compare; `S`, whichever is there, if it has the exact bits; `s` is a scalar.
 */
import { Ir, type Node } from '../../3-lower/ir.ts';
import { OP, type OpName } from '../../wasm/opcodes.ts';
import type { Expander } from './expander.ts';

export const I = 1;
export const F = 2;
export const D = 4;
export type Form = number;

export interface Rule {
  readonly takes: string;
  /** Forms that the result can be made in; 0 where it is no vector. One alone is fixed. */
  readonly gives: number;
  /** Forms in which it comes from arithmetic, if its operands in form P do; so no bits of a NaN are lost in them. */
  readonly arithmetic?: (n: Node) => number;
  /** The lanes of the result in one form; the one value of a scalar result; nothing where there is none. */
  readonly expand: (x: Expander, n: Node, form: Form) => Node[];
}
/** A rule that depends on immediates or on what the operands are. */
export type RuleChoice = Rule | ((n: Node) => Rule);
export type Rules = Partial<Record<OpName, RuleChoice>>;

export const laneCount = (form: Form): number => (form === D ? 2 : 4);

/** The form in which a rule reads an operand of this letter, when its result is in `form`. */
export function formOf(letter: string, form: Form): Form {
  if (letter === 'I') return I;
  if (letter === 'F') return F;
  return letter === 'D' ? D : form;
}

/** Operands as lists of lanes; a scalar is a list of itself. */
export function operands(x: Expander, n: Node, takes: string, form: Form): Node[][] {
  return n.inputs.map((v, i) => (takes[i] === 's' ? [v] : x.lanes(v, formOf(takes[i]!, form))));
}

/** Lane by lane; a scalar operand goes to each. */
export function each(takes: string, gives: number, lane: (x: Expander, args: Node[], k: number) => Node): Rule {
  return {
    takes,
    gives,
    expand: (x, n, form) => {
      const lists = operands(x, n, takes, form);
      const args = (k: number): Node[] => lists.map((l, i) => (takes[i] === 's' ? l[0]! : l[k]!));
      return Array.from({ length: laneCount(form) }, (_, k) => lane(x, args(k), k));
    },
  };
}

/** One scalar instruction for each lane. */
export const plain = (takes: string, gives: number, name: OpName): Rule =>
  each(takes, gives, (x, args) => x.op(name, ...args));

/** i64 by i64: each pair of words is one operand. */
export function wide(takes: string, lane: (x: Expander, args: Node[]) => Node): Rule {
  return {
    takes,
    gives: I,
    expand: (x, n) => {
      const lists = operands(x, n, takes, I);
      const args = (k: number): Node[] =>
        lists.map((l, i) => (takes[i] === 's' ? l[0]! : x.pair(l[2 * k]!, l[2 * k + 1]!)));
      return [0, 1].flatMap((k) => x.halves(lane(x, args(k))));
    },
  };
}

/** A scalar made of all lanes in form I. */
export const reduce = (f: (x: Expander, lanes: Node[]) => Node): Rule => ({
  takes: 'I',
  gives: 0,
  expand: (x, n) => [f(x, x.lanes(n.inputs[0]!, I))],
});

/** Scalar instructions whose NaNs have bits that nobody can rely on. */
const ARITHMETIC = /^f(32|64)\.(add|sub|mul|div|sqrt|min|max|ceil|floor|trunc|nearest|convert|demote|promote)/;
const ARITHMETIC_OPS = new Set<number>(Object.entries(OP).flatMap(([name, op]) => (ARITHMETIC.test(name) ? [op] : [])));
export const isArithmetic = (n: Node): boolean => ARITHMETIC_OPS.has(n.op);

/** Instructions whose words are all ones or all zeros: comparisons of lanes of 32 or 64 bits. */
const WORD_MASK = /^[if](32x4|64x2)\.(eq|ne|[lg][te])(_[su])?$/;
const MASK_BITS = new Map<number, number>(
  Object.entries(OP).flatMap(([name, op]) => {
    const m = WORD_MASK.exec(name);
    return m ? [[op, m[1] === '32x4' ? 32 : 64] as const] : [];
  }),
);
/** The width of lanes that are all ones or all zeros, or 0 where the value is no such mask. */
export function maskBits(n: Node): number {
  if (n.op === OP['v128.not']) return maskBits(n.inputs[0]!);
  if (n.op >= Ir.param) return 0;
  return MASK_BITS.get(n.op) ?? 0;
}
