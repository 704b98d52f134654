/** How wavm prints what is left of vectors when they are split: lanes of results and of globals, checks of bounds. */
import { Ir, type Node } from '../../3-lower/ir.ts';
import { atom, index, type Js } from '../js/expr.ts';
import type { Expressions } from '../tree/expressions.ts';
import type { Term } from './term.ts';

/** A table of 256 bytes of the instance, of which engines know that no byte is missing. */
function lookup(e: Expressions, n: Node): Js {
  const scope = e.names();
  const words = n.lanes!.join(', ');
  const name = `$table_${n.lanes!.map((word) => (word >>> 0).toString(16)).join('_')}`;
  scope.uses.accessors.set(name, `const ${name} = ${scope.libcall('swizzle_table')}(${words});`);
  return index(name, e.value(n.inputs[0]!));
}

export const SIMD: readonly (readonly [op: number, term: Term])[] = [
  [Ir.lane, (e, n) => atom(e.names().lane(n.imm + 1))],
  [Ir.span, (e, n) => e.span(n)],
  [Ir.lookup, lookup],
  [Ir.globalLane, (e, n) => atom(e.names().globalSlot(n.imm, n.imm2))],
];
