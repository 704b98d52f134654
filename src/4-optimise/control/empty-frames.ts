/**
 * Frames that nothing needs: a block or loop that nobody branches to is just its body, and so is a block whose only
 * branch stands right before its end and carries nothing.
 */
import { CodeWriter, type Frame, type FuncIR, Ir, type Node, retain } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';

export function dropEmptyFrames(ir: FuncIR, note?: Note): void {
  const branches = new Map<Frame, number>();
  for (const n of ir.code) {
    if (n.targets) for (const t of n.targets) branches.set(t.frame, (branches.get(t.frame) ?? 0) + 1);
  }
  const dropped = new Set<Frame>();
  const out = new CodeWriter(ir.code);
  for (const n of ir.code) {
    const frame = n.frame!;
    if ((n.op === Ir.block || n.op === Ir.loop) && !branches.has(frame) && frame.params.length === 0)
      dropped.add(frame);
    else if (n.op === Ir.end && fallsThrough(frame, out.last, branches)) {
      out.pop();
      dropped.add(frame);
    } else if (n.op !== Ir.end || !dropped.has(frame)) out.push(n);
  }
  note?.('frames that nobody branches to', dropped.size);
  ir.code = out.finish();
  if (dropped.size === 0) return;
  retain(ir.code, (n) => !((n.op === Ir.block || n.op === Ir.loop || n.op === Ir.end) && dropped.has(n.frame!)));
}

/** `br B; end B`, where no other branch leads to B. */
function fallsThrough(frame: Frame, last: Node | undefined, branches: ReadonlyMap<Frame, number>): boolean {
  if (frame.kind !== 'block' || frame.params.length > 0 || branches.get(frame) !== 1) return false;
  return last?.op === Ir.br && last.targets![0]!.frame === frame;
}
