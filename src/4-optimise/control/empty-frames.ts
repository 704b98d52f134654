/**
 * Frames that nothing needs: a block or loop that nobody branches to is just its body, and so is a block whose only
 * branch stands right before its end and carries nothing.
 */
import { ByFrame } from '../../3-lower/by-frame.ts';
import { CodeWriter, type Frame, type FuncIR, Ir, type Node, retain } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { scratch } from '../../scratch.ts';

export function dropEmptyFrames(ir: FuncIR, note?: Note): void {
  const branches = scratch.words(ir.frameCount);
  for (const n of ir.code) {
    if (n.targets) for (const { frame } of n.targets) if (frame !== ir.exit) branches[frame.id]!++;
  }
  const dropped = new ByFrame<boolean>(ir);
  let count = 0;
  const drop = (frame: Frame): void => {
    dropped.set(frame, true);
    count++;
  };
  const out = new CodeWriter(ir.code);
  for (const n of ir.code) {
    const frame = n.frame!;
    if ((n.op === Ir.block || n.op === Ir.loop) && branches[frame.id] === 0 && frame.params.length === 0) drop(frame);
    else if (n.op === Ir.end && fallsThrough(frame, out.last, branches)) {
      out.pop();
      drop(frame);
    } else if (n.op !== Ir.end || !dropped.has(frame)) out.push(n);
  }
  note?.('frames that nobody branches to', count);
  ir.code = out.finish();
  if (count === 0) return;
  retain(ir.code, (n) => !((n.op === Ir.block || n.op === Ir.loop || n.op === Ir.end) && dropped.has(n.frame!)));
}

/** `br B; end B`, where no other branch leads to B. */
function fallsThrough(frame: Frame, last: Node | undefined, branches: Int32Array): boolean {
  if (frame.kind !== 'block' || frame.params.length > 0 || branches[frame.id] !== 1) return false;
  return last?.op === Ir.br && last.targets![0]!.frame === frame;
}
