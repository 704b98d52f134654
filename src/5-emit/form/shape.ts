/**
 * The shape of the JavaScript around the code: which frames need a label, which branches simply fall through, which
 * loops end in their condition, and which nests of blocks around a branch table become the cases of one switch.
 */
import { ByFrame } from '../../3-lower/by-frame.ts';
import { type Frame, type FuncIR, Ir, isOpening, type Node } from '../../3-lower/ir.ts';

export interface Shape {
  /** Position where each frame is opened, and of its `end`. */
  readonly begin: ByFrame<number>;
  readonly end: ByFrame<number>;
  /** The block that is left when this loop is left: printed as the loop alone. */
  readonly blockOfLoop: ByFrame<Frame>;
  readonly loopOfBlock: ByFrame<Frame>;
  /** How many branches lead to each frame. */
  readonly branches: ByFrame<number>;
  /** Position of the `if` or `else` partner: for an `if` its else, for an else its end. */
  readonly elseOf: ByFrame<number>;
}

export function findShape(ir: FuncIR): Shape {
  const begin = new ByFrame<number>(ir);
  const end = new ByFrame<number>(ir);
  const elseOf = new ByFrame<number>(ir);
  const branches = new ByFrame<number>(ir);
  const loops: number[] = [];
  for (let i = 0; i < ir.code.length; i++) {
    const n = ir.code[i]!;
    if (n.op < Ir.param) continue;
    if (n.op === Ir.loop) loops.push(i);
    if (isOpening(n.op)) begin.set(n.frame!, i);
    else if (n.op === Ir.end) end.set(n.frame!, i);
    else if (n.op === Ir.else) elseOf.set(n.frame!, i);
    if (n.targets) for (const t of n.targets) branches.set(t.frame, (branches.get(t.frame) ?? 0) + 1);
  }
  const blockOfLoop = new ByFrame<Frame>(ir);
  const loopOfBlock = new ByFrame<Frame>(ir);
  for (const at of loops) {
    const loop = ir.code[at]!.frame!;
    const around = ir.code[at - 1];
    const after = ir.code[end.get(loop)! + 1];
    if (around?.op !== Ir.block || after?.op !== Ir.end || after.frame !== around.frame) continue;
    blockOfLoop.set(loop, around.frame!);
    loopOfBlock.set(around.frame!, loop);
  }
  return { begin, end, blockOfLoop, loopOfBlock, branches, elseOf };
}

/** Does control that falls off position `at` arrive where a branch to `frame` leads? */
export function fallsInto(ir: FuncIR, shape: Shape, at: number, frame: Frame): boolean {
  for (let i = at + 1; i < ir.code.length; ) {
    const n: Node = ir.code[i]!;
    if (n.op === Ir.end) {
      if (n.frame === frame) return true;
      if (n.frame!.kind === 'loop' || n.frame!.kind === 'try') return false;
      i++;
    } else if (n.op === Ir.else) {
      if (n.frame === frame) return true;
      i = shape.end.get(n.frame!)! + 1;
    } else return false;
  }
  return frame.kind === 'exit';
}
