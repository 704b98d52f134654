/** Who branches where: the incoming targets of each frame, found in one walk. */
import { type Frame, type FuncIR, Ir, isOpening, type Node } from '../../3-lower/ir.ts';

/** For each frame that the function opens and that has parameters: the argument lists that reach them. */
export class Incoming {
  /** In order of opening, those without parameters left out. */
  readonly frames: Frame[] = [];
  /** By frame id. */
  private readonly lists: (Node[][] | undefined)[];

  constructor(ir: FuncIR) {
    this.lists = new Array(ir.frameCount);
    const { frames, lists } = this;
    for (const n of ir.code) {
      if (isOpening(n.op)) {
        const frame = n.frame!;
        if (frame.params.length === 0) continue;
        frames.push(frame);
        lists[frame.id] = n.op === Ir.loop ? [frame.init] : [];
      } else if (n.targets) {
        for (const { frame, args } of n.targets) if (args.length > 0 && frame !== ir.exit) lists[frame.id]!.push(args);
      }
    }
  }
  /** Those of a frame that the function opens; none if it has no parameters. */
  of(frame: Frame): readonly Node[][] {
    return this.lists[frame.id] ?? NO_LISTS;
  }
  /**
   * After a walk in which each value was found from those before it: does some loop receive a value, from further down, that
   * `tells` something about its parameter? If not, another walk would find nothing new.
   */
  someLoop(tells: (param: Node, arg: Node) => boolean): boolean {
    for (const frame of this.frames) {
      if (frame.kind !== 'loop') continue;
      for (const list of this.of(frame)) {
        for (let i = 0; i < list.length; i++) if (tells(frame.params[i]!, list[i]!)) return true;
      }
    }
    return false;
  }
}

/** The merges that have their values from this marker on: those of a loop at its head, of other frames at their end. */
export function paramsAt(n: Node): readonly Node[] {
  const holds = n.op === Ir.loop || (n.op === Ir.end && n.frame!.kind !== 'loop');
  return holds ? n.frame!.params : NONE;
}
const NONE: readonly Node[] = [];
const NO_LISTS: readonly Node[][] = [];

/** Drops the parameters of a frame for which `keep` is false, with their arguments. */
export function dropParams(frame: Frame, lists: readonly Node[][], keep: readonly boolean[]): void {
  if (!keep.includes(false)) return;
  frame.params = frame.params.filter((_, i) => keep[i]);
  for (const list of lists) {
    // One that two branches share is shorter by now.
    if (list.length !== keep.length) continue;
    let to = 0;
    for (let i = 0; i < keep.length; i++) if (keep[i]) list[to++] = list[i]!;
    list.length = to;
  }
}
