/** Atomic accesses with i64 operands split: of fewer bits they are those of i32 on the low half, which zero extends. */
import { WRITES_HIGH } from '../../3-lower/effects.ts';
import { Ir, type Node, Type } from '../../3-lower/ir.ts';
import { OP, OPS, type OpName } from '../../wasm/opcodes.ts';
import type { Rule, Splitter } from './int64.ts';

function part(s: Splitter, n: Node, op: number, type: number, values: Node[]): Node {
  return s.add(s.ir.node(op, type, [...s.splitList([n.inputs[0]!]), ...values], n.imm, n.imm2));
}

/** Of 64 bits: the high half of the result, if there is one, is in the cell. */
const whole: Rule = (s, n) => {
  const values = s.splitList(n.inputs.slice(1));
  if (n.type === Type.none) part(s, n, n.op, n.type, values);
  else {
    const low = part(s, n, n.op, Type.i32, values);
    low.effects |= WRITES_HIGH;
    s.set(n, low, s.add(s.ir.node(Ir.high, Type.i32, [low])));
  }
};

const narrow =
  (op: number): Rule =>
  (s, n) => {
    const values = n.inputs.slice(1).map((v) => s.lo(v));
    if (n.type === Type.none) part(s, n, op, n.type, values);
    else s.set(n, part(s, n, op, Type.i32, values), s.i32(0));
  };

/** `i64.atomic.rmw32.add_u` → `i32.atomic.rmw.add`, `i64.atomic.load8_u` → `i32.atomic.load8_u`. */
function narrowName(name: string, width: number): OpName {
  const same = `i32${name.slice(3)}`;
  return (
    width < 4
      ? same
      : same
          .replace('32_u', '')
          .replace('store32', 'store')
          .replace(/rmw32(.*)_u/, 'rmw$1')
  ) as OpName;
}

const LONG = OPS.filter((o) => o.feature === 'threads' && o.name.startsWith('i64'));
export const ATOMICS = Object.fromEntries(
  LONG.map(({ name, width }) => [name, width === 8 ? whole : narrow(OP[narrowName(name, width)])]),
) as Partial<Record<OpName, Rule>>;
