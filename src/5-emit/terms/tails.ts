/** How wavm prints tail calls: the call, or the jump, whose value is what the function returns. */
import { isNonNull } from '../../3-lower/ir.ts';
import { byOp } from '../../wasm/opcodes.ts';
import { atom, call } from '../js/expr.ts';
import { nonNull } from '../js/objects.ts';
import { callLast, jumpTo } from '../js/tails.ts';
import { checkedFunc } from '../js/types.ts';
import type { Term } from './term.ts';

export const TAILS = byOp<Term | undefined>(
  {
    return_call: (e, n) => {
      const scope = e.names();
      const args = e.values(n.inputs);
      const form = scope.module.facts.tails.direct(e.tailsFrom, n.imm);
      if (form === 'jump') return call(jumpTo(scope, n.imm), ...args);
      if (form !== 'either') return call(scope.func(n.imm), ...args);
      return call(
        callLast(scope, scope.module.typed.module.funcs[n.imm]!.type, true),
        ...args,
        atom(scope.func(n.imm)),
      );
    },
    return_call_indirect: (e, n) => {
      const scope = e.names();
      const { facts } = scope.module;
      const jumps = facts.tails.indirect(e.tailsFrom, n.imm, n.imm2) === 'either';
      if (!jumps && facts.closedTable(n.imm2)) return e.callClosed(n);
      const args = e.values(n.inputs);
      const at = args.pop()!;
      const callee = checkedFunc(scope, `${scope.elems(n.imm2)}[${at.text}]`, n.imm);
      return call(callLast(scope, n.imm, jumps), ...args, atom(callee));
    },
    return_call_ref: (e, n) => {
      const scope = e.names();
      const jumps = scope.module.facts.tails.indirect(e.tailsFrom, n.imm, undefined) === 'either';
      const args = e.values(n.inputs);
      const callee = nonNull(scope, args.pop()!, isNonNull(n.inputs[n.inputs.length - 1]!));
      return call(callLast(scope, n.imm, jumps), ...args, callee);
    },
  },
  undefined,
);
