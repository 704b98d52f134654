/**
 * A branch to the end of a block behind which stands nothing but another branch goes where that leads. A loop whose body
 * stands in an `if`, with a branch back at its end, then leaves at its head on the opposite condition. It may leave code that
 * cannot be reached (branches.ts removes it).
 */
import { ByFrame } from '../../3-lower/by-frame.ts';
import { type FuncIR, Ir, type Node, type Target } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';

export function threadBranches(ir: FuncIR, note?: Note): void {
  const onward = branchesBehind(ir);
  if (onward === undefined) return;
  for (const n of ir.code) {
    if (n.op !== Ir.br && n.op !== Ir.brIf) continue;
    const [target] = n.targets!;
    const next = follow(target!, onward);
    if (next === target) continue;
    n.targets = [next];
    note?.('branches that lead to a branch', 1);
  }
}

/** Where a branch to each frame leads on to, of frames without parameters that end before a branch without arguments. */
function branchesBehind(ir: FuncIR): ByFrame<Target> | undefined {
  let onward: ByFrame<Target> | undefined;
  for (let i = 0; i + 1 < ir.code.length; i++) {
    const { op, frame } = ir.code[i]!;
    if (op !== Ir.end || frame!.kind === 'loop' || frame!.kind === 'try' || frame!.params.length > 0) continue;
    const next = branchAfter(ir.code, i + 1);
    // A loop that is left by a `break` may be a `while`, and one that returns may not.
    if (next && next.frame !== ir.exit) (onward ??= new ByFrame(ir)).set(frame!, next);
  }
  return onward;
}

/** The branch that control meets at `at`, behind the ends of blocks; undefined if it meets anything else before. */
function branchAfter(code: readonly Node[], at: number): Target | undefined {
  const n = code[at]!;
  if (n.op !== Ir.br) return undefined;
  const [target] = n.targets!;
  return target!.args.length === 0 ? target : undefined;
}

function follow(target: Target, onward: ByFrame<Target>): Target {
  let to = target;
  for (let next = onward.get(to.frame); next; next = onward.get(to.frame)) to = next;
  return to;
}
