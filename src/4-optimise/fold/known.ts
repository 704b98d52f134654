/** What is known of a value from the node that makes it. */
import { Ir, isI32Const, NODE_KINDS, type Node } from '../../3-lower/ir.ts';
import { OP, type OpName } from '../../wasm/opcodes.ts';

const COMPARISONS = new Set<number>(
  (['i32', 'f32', 'f64'] as const).flatMap((t) =>
    (t === 'i32'
      ? (['eqz', 'eq', 'ne', 'lt_s', 'lt_u', 'gt_s', 'gt_u', 'le_s', 'le_u', 'ge_s', 'ge_u'] as const)
      : (['eq', 'ne', 'lt', 'gt', 'le', 'ge'] as const)
    ).map((c) => OP[`${t}.${c}` as OpName]),
  ),
);

/** Is the value 0 or 1 by construction? */
export function isBoolean(n: Node): boolean {
  if (IS_TEST[n.op] === 1) return true;
  if (isI32Const(n)) return n.imm === 0 || n.imm === 1;
  if (n.op !== OP['i32.and'] && n.op !== OP['i32.or'] && n.op !== OP['i32.xor']) return false;
  return n.inputs.every((i) => i.op !== n.op && isBoolean(i));
}

/** By kind of node: 1 for those that give 0 or 1 whatever their operands. */
const IS_TEST = new Uint8Array(NODE_KINDS);
export const isTest = (op: number): boolean => IS_TEST[op] === 1;
for (const op of [...COMPARISONS, OP['ref.is_null'], OP['ref.eq'], OP['ref.test'], Ir.exnIs]) IS_TEST[op] = 1;

/** Is the sign bit clear by construction? */
export function isNonNegative(n: Node): boolean {
  if (isI32Const(n)) return n.imm >= 0;
  if (isBoolean(n) || NON_NEGATIVE.has(n.op)) return true;
  const [a, b] = n.inputs;
  if (n.op === OP['i32.and']) return (isI32Const(b!) && b!.imm >= 0) || (isI32Const(a!) && a!.imm >= 0);
  if (n.op === OP['i32.shr_u']) return isI32Const(b!) && (b!.imm & 31) !== 0;
  return n.op === OP['i32.rem_u'] && isI32Const(b!) && b!.imm > 0;
}
const NON_NEGATIVE = new Set<number>(
  (['i32.load8_u', 'i32.load16_u', 'i32.clz', 'i32.ctz', 'i32.popcnt'] as const).map((name) => OP[name]),
);
