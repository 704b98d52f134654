/** Who branches where: the incoming targets of each frame, found in one walk. */
import { type Frame, type FuncIR, Ir, type Node } from '../../3-lower/ir.ts';

/** For each frame that the function opens: the argument lists that reach its parameters. */
export function incomingArgs(ir: FuncIR): Map<Frame, Node[][]> {
  const incoming = new Map<Frame, Node[][]>();
  for (const n of ir.code) {
    if (n.op === Ir.block || n.op === Ir.if || n.op === Ir.try) incoming.set(n.frame!, []);
    else if (n.op === Ir.loop) incoming.set(n.frame!, [n.frame!.init]);
    if (n.targets) for (const t of n.targets) incoming.get(t.frame)?.push(t.args);
  }
  return incoming;
}

/** The merges that have their values from this marker on: those of a loop at its head, of other frames at their end. */
export function paramsAt(n: Node): readonly Node[] {
  const holds = n.op === Ir.loop || (n.op === Ir.end && n.frame!.kind !== 'loop');
  return holds ? n.frame!.params : NONE;
}
const NONE: readonly Node[] = [];

/** Drops the parameters of a frame for which `keep` is false, with their arguments. */
export function dropParams(frame: Frame, lists: readonly Node[][], keep: readonly boolean[]): void {
  if (!keep.includes(false)) return;
  frame.params = frame.params.filter((_, i) => keep[i]);
  for (const list of new Set(lists)) {
    let to = 0;
    for (let i = 0; i < keep.length; i++) if (keep[i]) list[to++] = list[i]!;
    list.length = to;
  }
}
