/**
 * Bodies that throw nothing: where no call and no throw is left inside, as when each throw has become a branch, a `try` is an
 * ordinary block that is never left by its end, and what was there for exceptions cannot be reached.
 */
import { isCall } from '../../3-lower/effects.ts';
import { type Frame, type FuncIR, Ir, type Node, Type } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { Effect } from '../../wasm/opcodes.ts';
import { removeDead } from '../dce.ts';
import { foldBranches } from './branches.ts';

export function dropTries(ir: FuncIR, exact: boolean, note?: Note): void {
  const quiet = quietTries(ir);
  note?.('bodies that throw nothing', quiet.size);
  note?.('handlers stay, for a call or a throw inside', ir.code.filter((n) => n.op === Ir.try).length - quiet.size);
  if (quiet.size === 0) return;
  ir.code = ir.code.map((n) => {
    if (n.op !== Ir.try || !quiet.has(n.frame!)) return n;
    n.frame!.kind = 'block';
    const block = ir.node(Ir.block, Type.none, []);
    block.frame = n.frame;
    return block;
  });
  foldBranches(ir);
  removeDead(ir, exact);
}

/** The `try` frames whose bodies throw nothing. */
function quietTries(ir: FuncIR): Set<Frame> {
  const quiet = new Set<Frame>();
  const open: { frame: Frame; throws: boolean }[] = [];
  for (const n of ir.code) {
    if (n.op === Ir.try) open.push({ frame: n.frame!, throws: false });
    else if (n.op === Ir.end && n.frame!.kind === 'try') {
      const { frame, throws } = open.pop()!;
      if (!throws) quiet.add(frame);
      else if (open.length > 0) open[open.length - 1]!.throws = true;
    } else if (open.length > 0 && mayThrow(n)) open[open.length - 1]!.throws = true;
  }
  return quiet;
}

const mayThrow = (n: Node): boolean => n.op === Ir.throw || isCall(n) || (n.effects & Effect.call) !== 0;
