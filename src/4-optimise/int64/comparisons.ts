/** Comparisons of i64 values, of their halves: where a half of a constant leaves nothing to compare, folding finds out. */
import { isConst, type Node } from '../../3-lower/ir.ts';
import { OP, type OpName } from '../../wasm/opcodes.ts';
import type { Rule } from './int64.ts';

const compare =
  (strict: OpName, low: OpName): Rule =>
  (s, n) => {
    const [al, ah, bl, bh] = s.halves(n);
    const equal = s.op('i32.and', s.op('i32.eq', ah, bh), s.op(low, al, bl));
    s.replace(n, s.op('i32.or', s.op(strict, ah, bh), equal));
  };

/**
 * A comparison of the bits of an f64 without its sign that tells NaNs from numbers, as libm has it: the f64 is or is not equal
 * to itself.
 *
 * @param low by how much the bound is more than the bits of infinity
 */
const nanOr =
  (test: 'f64.eq' | 'f64.ne', low: 0 | 1, otherwise: Rule): Rule =>
  (s, n) => {
    const [bits, bound] = n.inputs as [Node, Node];
    const value = isConst(bound) ? magnitudeOf(bits, bound, low) : undefined;
    if (value) s.replace(n, s.op(test, value, value));
    else otherwise(s, n);
  };

/** The f64 whose bits without sign are compared to those of infinity, plus `low`. */
function magnitudeOf(bits: Node, bound: Node, low: 0 | 1): Node | undefined {
  if (bits.op !== OP['i64.and'] && bits.op !== OP['i64.shl']) return undefined;
  const [value, by] = bits.inputs as [Node, Node];
  if (value.op !== OP['i64.reinterpret_f64'] || !isConst(by)) return undefined;
  const [number] = value.inputs;
  // Shifted left by one, the sign is gone as well.
  if (bits.op === OP['i64.shl'])
    return (by.imm & 63) === 1 && bound.imm === 2 * low && bound.imm2 === -0x200000 ? number : undefined;
  const isMask = by.imm === -1 && by.imm2 === 0x7fffffff;
  return isMask && bound.imm === low && bound.imm2 === 0x7ff00000 ? number : undefined;
}

export const COMPARISONS: Partial<Record<OpName, Rule>> = {
  'i64.eqz': (s, n) => s.replace(n, s.op('i32.eqz', s.op('i32.or', s.lo(n.inputs[0]!), s.hi(n.inputs[0]!)))),
  'i64.eq': (s, n) => {
    const [al, ah, bl, bh] = s.halves(n);
    s.replace(n, s.op('i32.and', s.op('i32.eq', al, bl), s.op('i32.eq', ah, bh)));
  },
  'i64.ne': (s, n) => {
    const [al, ah, bl, bh] = s.halves(n);
    s.replace(n, s.op('i32.or', s.op('i32.ne', al, bl), s.op('i32.ne', ah, bh)));
  },
  'i64.lt_s': compare('i32.lt_s', 'i32.lt_u'),
  'i64.lt_u': nanOr('f64.eq', 1, compare('i32.lt_u', 'i32.lt_u')),
  'i64.gt_s': compare('i32.gt_s', 'i32.gt_u'),
  'i64.gt_u': nanOr('f64.ne', 0, compare('i32.gt_u', 'i32.gt_u')),
  'i64.le_s': compare('i32.lt_s', 'i32.le_u'),
  'i64.le_u': nanOr('f64.eq', 0, compare('i32.lt_u', 'i32.le_u')),
  'i64.ge_s': compare('i32.gt_s', 'i32.ge_u'),
  'i64.ge_u': nanOr('f64.ne', 1, compare('i32.gt_u', 'i32.ge_u')),
};
