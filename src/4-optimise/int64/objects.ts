/** Fields and elements of type i64 are read in halves, of which the first has the checks. */
import { Ir, Type } from '../../3-lower/ir.ts';
import type { Rule } from './int64.ts';

function splitRead(high: number): Rule {
  return (s, n) => {
    if (n.type !== Type.i64) {
      s.add(n);
      return;
    }
    const low = s.ir.node(n.op, Type.i32, n.inputs, n.imm, n.imm2);
    low.effects = n.effects;
    s.set(n, s.add(low), s.add(s.ir.node(high, Type.i32, n.inputs, n.imm, n.imm2)));
  };
}

export const OBJECTS = {
  'struct.get': splitRead(Ir.fieldHigh),
  'array.get': splitRead(Ir.elementHigh),
};
