/** Rules for comparisons of i32 values. */
import { isI32Const, type Node } from '../../3-lower/ir.ts';
import { OP, type OpName } from '../../wasm/opcodes.ts';
import { binary, constantRight, type Folder, left, type Rule, SIGN_BIT, same } from './folder.ts';
import { isBoolean, isNonNegative } from './known.ts';

/** Comparisons for an order. */
interface Order {
  /** The one that holds where this one does not. */
  readonly inverse: OpName;
  /** The one that holds for operands the other way round. */
  readonly mirrored: OpName;
  /** For those of what is not equal: the one that holds for what is equal, too. */
  readonly orEqual?: OpName;
  /** Does it hold for small left operands? */
  readonly isBelow: boolean;
  /** `le` and `gt`: where it changes, the right operand belongs to what is below. */
  readonly isClosed: boolean;
  readonly evaluate: (a: number, b: number) => boolean;
}
type Sign = 's' | 'u';
const ends = { s: { least: SIGN_BIT, most: 2147483647 }, u: { least: 0, most: -1 } } as const;

const orders = (sign: Sign): [OpName, Order][] => {
  const name = (relation: 'lt' | 'gt' | 'le' | 'ge'): OpName => `i32.${relation}_${sign}`;
  const [lt, gt, le, ge] = [name('lt'), name('gt'), name('le'), name('ge')];
  const number = (a: number): number => (sign === 's' ? a : a >>> 0);
  return [
    [
      lt,
      {
        inverse: ge,
        mirrored: gt,
        orEqual: le,
        isBelow: true,
        isClosed: false,
        evaluate: (a, b) => number(a) < number(b),
      },
    ],
    [
      gt,
      {
        inverse: le,
        mirrored: lt,
        orEqual: ge,
        isBelow: false,
        isClosed: true,
        evaluate: (a, b) => number(a) > number(b),
      },
    ],
    [le, { inverse: gt, mirrored: ge, isBelow: true, isClosed: true, evaluate: (a, b) => number(a) <= number(b) }],
    [ge, { inverse: lt, mirrored: le, isBelow: false, isClosed: false, evaluate: (a, b) => number(a) >= number(b) }],
  ];
};
const ORDERS = { s: orders('s'), u: orders('u') };
const ORDER_OF: Partial<Record<number, Order>> = Object.fromEntries(
  [...ORDERS.s, ...ORDERS.u].map(([name, order]) => [OP[name], order]),
);

const compare =
  (order: Order, sign: Sign): Rule =>
  (f, n) => {
    const [a, b] = n.inputs as [Node, Node];
    if (isI32Const(a) && isI32Const(b)) return f.i32(order.evaluate(a.imm, b.imm) ? 1 : 0);
    if (a === b) return f.i32(order.evaluate(0, 0) ? 1 : 0);
    if (isI32Const(a)) return f.op(order.mirrored, b, a);
    return isI32Const(b) ? atTheEnds(f, order, sign, a, b.imm) : undefined;
  };

/** Comparisons with the least and the greatest number, and with their neighbours, are known, or are for equality. */
function atTheEnds(f: Folder, { isBelow, isClosed }: Order, sign: Sign, a: Node, c: number): Node | undefined {
  const { least, most } = ends[sign];
  if (!isClosed && c === least) return f.i32(isBelow ? 0 : 1);
  // a < c is a <= c - 1, a >= c is a > c - 1.
  const last = isClosed ? c : (c - 1) | 0;
  if (last === most) return f.i32(isBelow ? 1 : 0);
  if (last === least) return f.op(isBelow ? 'i32.eq' : 'i32.ne', a, f.i32(least));
  if (last === ((most - 1) | 0)) return f.op(isBelow ? 'i32.ne' : 'i32.eq', a, f.i32(most));
  // Without sign bit, and with.
  return sign === 'u' && last === ends.s.most ? f.op(isBelow ? 'i32.ge_s' : 'i32.lt_s', a, f.i32(0)) : undefined;
}

/** An unsigned operation on values without sign bit is the signed one, which needs no conversion to unsigned numbers. */
export const signedIf =
  (signed: OpName, otherwise: Rule): Rule =>
  (f, n) =>
    n.inputs.every(isNonNegative) && !n.inputs.every(isI32Const) ? f.typed(signed, n.type, n.inputs) : otherwise(f, n);

const eqz: Rule = (f, n) => {
  const a = left(n);
  if (isI32Const(a)) return f.i32(a.imm === 0 ? 1 : 0);
  if (a.op === OP['i32.eq']) return f.op('i32.ne', ...a.inputs);
  if (a.op === OP['i32.ne']) return f.op('i32.eq', ...a.inputs);
  const order = ORDER_OF[a.op];
  return order && f.op(order.inverse, ...a.inputs);
};

const equal =
  (whenSame: 0 | 1): Rule =>
  (f, n) => {
    const b = constantRight(n);
    if (same(n)) return f.i32(whenSame);
    if (!isI32Const(b) || b.imm !== 0) return undefined;
    return whenSame === 1 ? f.op('i32.eqz', left(n)) : isBoolean(left(n)) ? left(n) : undefined;
  };

export const COMPARISONS = {
  'i32.eqz': eqz,
  'i32.eq': binary((a, b) => (a === b ? 1 : 0), equal(1)),
  'i32.ne': binary((a, b) => (a !== b ? 1 : 0), equal(0)),
  ...Object.fromEntries(ORDERS.s.map(([name, order]) => [name, compare(order, 's')])),
  ...Object.fromEntries(ORDERS.u.map(([name, order], i) => [name, signedIf(ORDERS.s[i]![0], compare(order, 'u'))])),
};

/** `a < b | a === b` is `a <= b`, in either order: such is what comparisons of i64 values are made of. */
export function lessOrEqual(f: Folder, n: Node): Node | undefined {
  const [a, b] = n.inputs as [Node, Node];
  const [strict, test] = b.op === OP['i32.eq'] ? [a, b] : [b, a];
  const orEqual = ORDER_OF[strict.op]?.orEqual;
  if (!orEqual || test.op !== OP['i32.eq']) return undefined;
  return test.inputs.every((v, i) => isSame(v, strict.inputs[i]!)) ? f.op(orEqual, ...strict.inputs) : undefined;
}
const isSame = (a: Node, b: Node): boolean => a === b || (isI32Const(a) && isI32Const(b) && a.imm === b.imm);
