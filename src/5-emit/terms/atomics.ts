/**
 * How wavm prints atomic accesses: calls of the runtime on the memory, with the address and the static offset. A 64-bit
 * address comes as halves, which are joined to a number that goes where the offset does.
 */
import { hasHighAddress, type Node } from '../../3-lower/ir.ts';
import { byOp, OPS, type OpName } from '../../wasm/opcodes.ts';
import { atomicPlace } from '../js/atomics.ts';
import { atom, call } from '../js/expr.ts';
import type { Libcall } from '../js/libcall.ts';
import type { Expressions } from '../tree/expressions.ts';
import type { Term } from './term.ts';

function access(e: Expressions, n: Node): ReturnType<Term> {
  const name = OPS[n.op]!.symbol as Libcall;
  const operands = n.inputs.map((i) => e.value(i));
  const address = operands.splice(0, hasHighAddress(n) ? 2 : 1);
  const scope = e.names();
  return call(scope.libcall(name), atom(scope.memory(n.imm2)), ...atomicPlace(scope, address, n.imm), ...operands);
}

const ACCESSES = OPS.filter((o) => o.feature === 'threads' && o.width > 0).map((o) => [o.name, access] as const);

export const ATOMICS = byOp<Term | undefined>(
  {
    ...(Object.fromEntries(ACCESSES) as Partial<Record<OpName, Term>>),
    'atomic.fence': (e) => call(e.names().libcall('atomic_fence')),
  },
  undefined,
);
