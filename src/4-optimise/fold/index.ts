/**
 * Constant folding, algebraic identities and removal of needless conversions: one walk in execution order, so that
 * each node sees its operands already simplified. Rules only ever give back an operand, a constant or a cheaper
 * node of the same value, bit for bit.
 */
import {
  CodeWriter,
  type FuncIR,
  floatValue,
  Ir,
  isConst,
  isI32Const,
  type Node,
  resolveOperands,
  Type,
} from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { byOp, OP } from '../../wasm/opcodes.ts';
import { COMPARISONS, lessOrEqual, signedIf } from './comparisons.ts';
import { binary, constantRight, Folder, left, type Rule, SIGN_BIT, same } from './folder.ts';
import { isBoolean } from './known.ts';

export function fold(ir: FuncIR, note?: Note): void {
  const out = new CodeWriter(ir.code);
  const f = new Folder(ir, out, RULES);
  for (const n of ir.code) {
    resolveOperands(n);
    const by = RULES[n.op]?.(f, n);
    if (by === undefined) out.push(n);
    else n.forward = by;
  }
  note?.('values known, or had for less', ir.code.filter((n) => n.forward !== undefined).length);
  ir.code = out.finish();
}

const add: Rule = (f, n) => {
  const b = constantRight(n);
  if (!isI32Const(b)) return undefined;
  if (b.imm === 0) return left(n);
  const a = left(n);
  // The same bit flips, without a number beyond int32.
  if (b.imm === SIGN_BIT) return f.op('i32.xor', a, b);
  // (x + c) + d = x + (c + d): wraps the same.
  if (a.op === OP['i32.add'] && isI32Const(a.inputs[1]!)) {
    return f.op('i32.add', a.inputs[0]!, f.i32(a.inputs[1]!.imm + b.imm));
  }
  return undefined;
};

const sub: Rule = (f, n) => {
  if (same(n)) return f.i32(0);
  const b = n.inputs[1]!;
  return isI32Const(b) ? f.op('i32.add', left(n), f.i32(-b.imm)) : undefined;
};

const mul: Rule = (f, n) => {
  const b = constantRight(n);
  if (!isI32Const(b)) return undefined;
  if (b.imm === 0) return f.i32(0);
  if (b.imm === 1) return left(n);
  const shift = 31 - Math.clz32(b.imm);
  return b.imm > 0 && b.imm === 2 ** shift ? f.op('i32.shl', left(n), f.i32(shift)) : undefined;
};

const and: Rule = (f, n) => {
  const b = constantRight(n);
  if (same(n)) return left(n);
  if (!isI32Const(b)) return undefined;
  if (b.imm === 0) return f.i32(0);
  if (b.imm === -1) return left(n);
  const a = left(n);
  if (b.imm === 1 && isBoolean(a)) return a;
  if (a.op === OP['i32.and'] && isI32Const(a.inputs[1]!)) {
    return f.op('i32.and', a.inputs[0]!, f.i32(a.inputs[1]!.imm & b.imm));
  }
  // A mask that keeps every bit a narrow load can have.
  if (a.op === OP['i32.load8_u'] && (b.imm & 255) === 255) return a;
  if (a.op === OP['i32.load16_u'] && (b.imm & 65535) === 65535) return a;
  return undefined;
};

const or: Rule = (f, n) => {
  const b = constantRight(n);
  if (same(n)) return left(n);
  if (!isI32Const(b)) return lessOrEqual(f, n);
  if (b.imm === 0) return left(n);
  return b.imm === -1 ? f.i32(-1) : undefined;
};

const xor: Rule = (f, n) => {
  const b = constantRight(n);
  if (same(n)) return f.i32(0);
  if (!isI32Const(b)) return undefined;
  if (b.imm === 0) return left(n);
  return b.imm === 1 && isBoolean(left(n)) ? f.op('i32.eqz', left(n)) : undefined;
};

const shift: Rule = (_f, n) => {
  const b = n.inputs[1]!;
  return isI32Const(b) && (b.imm & 31) === 0 ? left(n) : undefined;
};

const select: Rule = (_f, n) => {
  const [a, b, c] = n.inputs as [Node, Node, Node];
  if (a === b) return a;
  if (isI32Const(c)) return c.imm !== 0 ? a : b;
  if (c.op === OP['i32.eqz']) n.inputs = [b, a, c.inputs[0]!];
  return undefined;
};

const extend =
  (bits: 8 | 16): Rule =>
  (f, n) => {
    const a = left(n);
    const by = 32 - bits;
    if (isI32Const(a)) return f.i32((a.imm << by) >> by);
    const already = bits === 8 ? [OP['i32.load8_s']] : [OP['i32.load8_s'], OP['i32.load16_s'], OP['i32.load8_u']];
    return a.op === n.op || already.includes(a.op) ? a : undefined;
  };

const carryOfZero: Rule = (f, n) => {
  const [a, b] = n.inputs as [Node, Node];
  if (isI32Const(a) && isI32Const(b)) return f.i32(((a.imm >>> 0) + (b.imm >>> 0)) / 4294967296);
  const c = constantRight(n);
  if (!isI32Const(c)) return undefined;
  n.inputs.length = 2;
  if (c.imm === 0) return f.i32(0);
  if (c.imm === 1) return f.op('i32.eq', left(n), f.i32(-1));
  if (c.imm === SIGN_BIT) return f.op('i32.shr_u', left(n), f.i32(31));
  return c.imm === -1 ? f.op('i32.ne', left(n), f.i32(0)) : undefined;
};
const borrowOfZero: Rule = (f, n) => {
  const [a, b] = n.inputs as [Node, Node];
  if (isI32Const(a) && isI32Const(b)) return f.i32(a.imm >>> 0 < b.imm >>> 0 ? 1 : 0);
  if (isI32Const(b) && b.imm === 0) return f.i32(0);
  return isI32Const(a) && a.imm === 0 ? f.op('i32.ne', b, f.i32(0)) : undefined;
};
/** Is the high half of a product by it found without the low half? */
const isSmallFactor = (n: number): boolean => n < 2 ** 21 || n / 2 ** Math.min(31 - Math.clz32(n & -n), 16) < 65536;
const mulHigh: Rule = (f, n) => {
  const [a, b] = n.inputs as [Node, Node];
  if (isI32Const(a) && !isI32Const(b)) n.inputs = [b, a, ...n.inputs.slice(2)];
  const c = n.inputs[1]!;
  if (!isI32Const(c)) return undefined;
  if (isSmallFactor(c.imm >>> 0)) n.inputs.length = 2;
  if (isI32Const(left(n))) {
    return f.i32(Number(BigInt.asIntN(32, (BigInt(left(n).imm >>> 0) * BigInt(c.imm >>> 0)) >> 32n)));
  }
  if (c.imm === 0 || c.imm === 1) return f.i32(0);
  const log = 31 - Math.clz32(c.imm);
  return c.imm >>> 0 === 2 ** log ? f.op('i32.shr_u', left(n), f.i32(32 - log)) : undefined;
};

const f64Arithmetic =
  (evaluate: (a: number, b: number) => number): Rule =>
  (f, n) => {
    const [a, b] = n.inputs as [Node, Node];
    return isConst(a) && isConst(b) ? f.f64(evaluate(floatValue(a), floatValue(b))) : undefined;
  };
const f32Arithmetic =
  (evaluate: (a: number, b: number) => number): Rule =>
  (f, n) => {
    const [a, b] = n.inputs as [Node, Node];
    return isConst(a) && isConst(b) ? f.f32(evaluate(floatValue(a), floatValue(b))) : undefined;
  };
const convert =
  (evaluate: (a: number) => number, type: number): Rule =>
  (f, n) => {
    const a = left(n);
    if (!isConst(a)) return undefined;
    const value = evaluate(a.type === Type.i32 ? a.imm : floatValue(a));
    return type === Type.f64 ? f.f64(value) : f.f32(value);
  };

/** Division by 1 and of two constants that do not trap. */
const divide =
  (evaluate: (a: number, b: number) => number): Rule =>
  (f, n) => {
    const [a, b] = n.inputs as [Node, Node];
    if (!isI32Const(b) || b.imm === 0 || b.imm === -1) return undefined;
    return isI32Const(a) ? f.i32(evaluate(a.imm, b.imm)) : undefined;
  };

const RULES: (Rule | undefined)[] = byOp<Rule | undefined>(
  {
    'i32.add': binary((a, b) => a + b, add),
    'i32.sub': binary((a, b) => a - b, sub),
    'i32.mul': binary(Math.imul, mul),
    'i32.and': binary((a, b) => a & b, and),
    'i32.or': binary((a, b) => a | b, or),
    'i32.xor': binary((a, b) => a ^ b, xor),
    'i32.shl': binary((a, b) => a << b, shift),
    'i32.shr_s': binary((a, b) => a >> b, shift),
    'i32.shr_u': binary((a, b) => a >>> b, shift),
    'i32.rotl': binary((a, b) => (a << b) | (a >>> -b), shift),
    'i32.rotr': binary((a, b) => (a >>> b) | (a << -b), shift),
    'i32.div_s': divide((a, b) => a / b),
    'i32.div_u': signedIf(
      'i32.div_s',
      divide((a, b) => (a >>> 0) / (b >>> 0)),
    ),
    'i32.rem_s': divide((a, b) => a % b),
    'i32.rem_u': signedIf(
      'i32.rem_s',
      divide((a, b) => (a >>> 0) % (b >>> 0)),
    ),
    ...COMPARISONS,
    'i32.clz': (f, n) => (isI32Const(left(n)) ? f.i32(Math.clz32(left(n).imm)) : undefined),
    'i32.extend8_s': extend(8),
    'i32.extend16_s': extend(16),
    select,
    'f64.add': f64Arithmetic((a, b) => a + b),
    'f64.sub': f64Arithmetic((a, b) => a - b),
    'f64.mul': f64Arithmetic((a, b) => a * b),
    'f64.div': f64Arithmetic((a, b) => a / b),
    'f32.add': f32Arithmetic((a, b) => a + b),
    'f32.sub': f32Arithmetic((a, b) => a - b),
    'f32.mul': f32Arithmetic((a, b) => a * b),
    'f32.div': f32Arithmetic((a, b) => a / b),
    'f64.convert_i32_s': convert((a) => a, Type.f64),
    'f64.convert_i32_u': signedIf(
      'f64.convert_i32_s',
      convert((a) => a >>> 0, Type.f64),
    ),
    'f32.convert_i32_s': convert((a) => a, Type.f32),
    'f32.convert_i32_u': signedIf(
      'f32.convert_i32_s',
      convert((a) => a >>> 0, Type.f32),
    ),
    'f64.promote_f32': convert((a) => a, Type.f64),
    'f32.demote_f64': convert((a) => a, Type.f32),
  },
  undefined,
);
RULES[Ir.carry] = carryOfZero;
RULES[Ir.borrow] = borrowOfZero;
RULES[Ir.mulHigh] = mulHigh;
