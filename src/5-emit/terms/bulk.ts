/** How wavm prints the instructions on whole memories, tables and segments: calls of the runtime on their objects. */
import type { Node } from '../../3-lower/ir.ts';
import { byOp, OPS } from '../../wasm/opcodes.ts';
import { bulk } from '../js/bulk.ts';
import { atom, call } from '../js/expr.ts';
import type { Term } from './term.ts';

/** The libcall for 64-bit addresses, where the operands are such in halves. */
function wide(n: Node, name: 'memory_grow' | 'memory_fill' | 'memory_init'): string {
  return n.inputs.length > OPS[n.op]!.signature!.params.length ? `${name}64` : name;
}
/** The parts of operand `k` of three that all have as many. */
const operand = (n: Node, k: number): Node[] => {
  const parts = n.inputs.length / 3;
  return n.inputs.slice(k * parts, (k + 1) * parts);
};

export const BULK = byOp<Term | undefined>(
  {
    'memory.size': (e, n) => e.libcall(n, 'memory_size', e.names().memory(n.imm)),
    'memory.grow': (e, n) => e.libcall(n, wide(n, 'memory_grow'), e.names().memory(n.imm)),
    'memory.fill': (e, n) => {
      const name = wide(n, 'memory_fill');
      if (name === 'memory_fill' && e.spellsOut) return bulk(e.names(), name, n.imm, e.values(n.inputs));
      return e.libcall(n, name, e.names().memory(n.imm));
    },
    'memory.copy': (e, n) => {
      if (n.imm === n.imm2 && n.inputs.length === 3 && e.spellsOut)
        return bulk(e.names(), 'memory_copy', n.imm, e.values(n.inputs));
      const [d, s, count] = [0, 1, 2].map((k) => operand(n, k).map((v) => e.value(v)));
      const scope = e.names();
      const to = atom(scope.memory(n.imm));
      const from = atom(scope.memory(n.imm2));
      const name = n.inputs.length > 3 ? 'memory_copy64' : 'memory_copy';
      return call(scope.libcall(name), to, ...d!, from, ...s!, ...count!);
    },
    'memory.init': (e, n) => e.libcall(n, wide(n, 'memory_init'), e.names().memory(n.imm2), e.names().data(n.imm)),
    'data.drop': (e, n) => e.libcall(n, 'data_drop', e.names().data(n.imm)),
    'elem.drop': (e, n) => e.libcall(n, 'elem_drop', e.names().element(n.imm)),
    'table.get': (e, n) => e.libcall(n, 'table_get', e.names().table(n.imm)),
    'table.set': (e, n) => e.libcall(n, 'table_set', e.names().table(n.imm)),
    'table.size': (e, n) => e.libcall(n, 'table_size', e.names().table(n.imm)),
    'table.grow': (e, n) => e.libcall(n, 'table_grow', e.names().table(n.imm)),
    'table.fill': (e, n) => e.libcall(n, 'table_fill', e.names().table(n.imm)),
    'table.init': (e, n) => e.libcall(n, 'table_init', e.names().table(n.imm2), e.names().element(n.imm)),
    'table.copy': (e, n) => {
      const [d, s, count] = n.inputs as [Node, Node, Node];
      const scope = e.names();
      const to = atom(scope.table(n.imm));
      const from = atom(scope.table(n.imm2));
      return call(scope.libcall('table_copy'), to, e.value(d), from, e.value(s), e.value(count));
    },
  },
  undefined,
);
