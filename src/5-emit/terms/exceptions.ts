/** How wavm prints exceptions: objects with a tag and an array of payload, and the variables that their handlers read. */
import { Ir, type Node } from '../../3-lower/ir.ts';
import { atom, binary, list, Prec, within } from '../js/expr.ts';
import { fromBool } from '../js/scalar.ts';
import type { Expressions } from '../tree/expressions.ts';
import type { Term } from './term.ts';

const exception = (e: Expressions, n: Node): string => within(e.value(n.inputs[0]!), Prec.call);

export const EXCEPTIONS: readonly (readonly [op: number, term: Term])[] = [
  [
    Ir.exception,
    (e, n) => {
      const scope = e.names();
      return atom(`new ${scope.thrown()}(${scope.tag(n.imm)}, [${list(n.inputs.map((i) => e.value(i)))}])`);
    },
  ],
  [Ir.exnIs, (e, n) => fromBool(binary('===', atom(`${exception(e, n)}.tag`), atom(e.names().tag(n.imm))))],
  [Ir.exnGet, (e, n) => atom(`${exception(e, n)}.values[${n.imm}]`)],
  [Ir.varGet, (e, n) => atom(e.handlerVariable(n))],
];
