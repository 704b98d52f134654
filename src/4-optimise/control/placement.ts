/**
 * What follows a block goes to where all branches to the block come from. A compiler that lays code out for a processor puts what
 * one case of a switch leads to behind all cases, and so the block around all of them; here it goes into that case, with the block
 * around what branches to it alone. Functions that are too large for the engine are cut into such pieces, and one that holds
 * all of a case is one call.
 */
import { CodeWriter, type Frame, type FuncIR, Ir, isOpening, Node } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';

export function placeContinuations(ir: FuncIR, note?: Note): void {
  if (!ir.code.some((n) => n.op === Ir.block)) return;
  const moves = new Moves(ir);
  note?.('what follows a block, to where the branches come from', moves.count);
  if (moves.count > 0) ir.code = moves.rearrange();
}

/**
 * Code that is entered at its start alone: the function, an arm, the body of a loop or a try, or what follows a frame; to
 * where the frame around it closes. `parent` is the innermost one that holds all branches to it.
 */
class Extent {
  readonly start: number;
  end = -1;
  readonly parent: Extent | undefined;
  readonly depth: number;
  /** The innermost one, of this and those around it, that nothing is moved into from outside: a loop's body or a try's. */
  readonly barrier: Extent | undefined;
  /** Some ancestor, such that a search upwards takes steps that grow (Myers 1983, "An applicative random-access stack"). */
  private readonly jump: Extent;
  /** The blocks that are moved to here, those that end first first. */
  blocks: Moved[] | undefined;

  constructor(start: number, parent: Extent | undefined, isBarrier = false) {
    this.start = start;
    this.parent = parent;
    this.barrier = isBarrier ? this : parent?.barrier;
    if (!parent) {
      this.depth = 0;
      this.jump = this;
      return;
    }
    this.depth = parent.depth + 1;
    const { jump } = parent;
    this.jump = parent.depth - jump.depth === jump.depth - jump.jump.depth ? jump.jump : parent;
  }
  /** The innermost one that is around both, or one of them. */
  meet(other: Extent): Extent {
    let a: Extent = this;
    let b = other;
    if (a.depth > b.depth) [a, b] = [b, a];
    while (b.depth > a.depth) b = b.jump.depth >= a.depth ? b.jump : b.parent!;
    while (a !== b) [a, b] = a.jump === b.jump ? [a.parent!, b.parent!] : [a.jump, b.jump];
    return a;
  }
}

interface Moved {
  readonly open: Node;
  readonly close: Node;
  /** What follows it. */
  readonly rest: Extent;
}
interface Open {
  readonly frame: Frame;
  readonly at: number;
  readonly home: Extent;
  /** Those that end where it does, or where its first arm does. */
  extents: Extent[];
}
interface Span {
  readonly start: number;
  readonly end: number;
}

class Moves {
  count = 0;
  private readonly code: readonly Node[];
  /** By position: those that blocks are moved to, where they start. */
  private readonly places = new Map<number, Extent>();
  /** By position: blocks that are moved, at their opening and at their end. */
  private readonly blocks = new Map<number, Moved>();

  constructor({ code, frameCount }: FuncIR) {
    this.code = code;
    /** By frame: what is around all branches to it. */
    const sources: (Extent | undefined)[] = new Array(frameCount);
    const whole = new Extent(0, undefined);
    const outermost = [whole];
    const open: Open[] = [];
    let here = whole;
    for (let i = 0; i < code.length; i++) {
      const n = code[i]!;
      const { op } = n;
      if (n.targets) {
        for (const { frame } of n.targets) {
          if (frame.kind === 'block') sources[frame.id] = sources[frame.id]?.meet(here) ?? here;
        }
      }
      if (isOpening(op)) {
        const home = here;
        if (op !== Ir.block) here = new Extent(i + 1, home, op !== Ir.if);
        open.push({ frame: n.frame!, at: i, home, extents: op === Ir.block ? [] : [here] });
      } else if (op === Ir.else) {
        const top = open[open.length - 1]!;
        end(top.extents, i);
        here = new Extent(i + 1, top.home);
        top.extents = [here];
      } else if (op === Ir.end) {
        const { frame, at, home, extents } = open.pop()!;
        end(extents, i);
        const source = sources[frame.id];
        const place = source ? outOfBarriers(source, home) : home;
        here = new Extent(i + 1, place);
        (open[open.length - 1]?.extents ?? outermost).push(here);
        if (place !== home) this.move(at, i, here, place);
      }
    }
    end(outermost, code.length);
  }

  private move(start: number, end: number, rest: Extent, place: Extent): void {
    const block = { open: this.code[start]!, close: this.code[end]!, rest };
    this.blocks.set(start, block);
    this.blocks.set(end, block);
    this.places.set(place.start, place);
    place.blocks ??= [];
    place.blocks.push(block);
    this.count++;
  }

  /** The code with each block around its place, and what followed the block behind it. */
  rearrange(): Node[] {
    const { code, blocks, places } = this;
    const out = new CodeWriter(code);
    /** What is still to be written, the next last. */
    const tasks: (Span | Node)[] = [{ start: 0, end: code.length }];
    let opened: Extent | undefined;
    const open = (place: Extent, end: number): void => {
      tasks.push({ start: place.end, end });
      const list = place.blocks!;
      for (let k = list.length - 1; k >= 0; k--) {
        out.push(list[k]!.open);
        tasks.push(list[k]!.rest, list[k]!.close);
      }
      tasks.push(place);
      opened = place;
    };
    for (let task = tasks.pop(); task; task = tasks.pop()) {
      if (task instanceof Node) {
        out.push(task);
        continue;
      }
      for (let i = task.start; i < task.end; i++) {
        const place = places.get(i);
        if (place && place !== opened) {
          open(place, task.end);
          break;
        }
        const block = blocks.get(i);
        if (!block) out.push(code[i]!);
        else if (code[i] === block.close) i = block.rest.end - 1;
      }
    }
    return out.finish();
  }
}

function end(extents: readonly Extent[], at: number): void {
  for (const e of extents) e.end = at;
}

/** The innermost extent around `source` that is in no loop and no try that `home` is not in. */
function outOfBarriers(source: Extent, home: Extent): Extent {
  let place = source;
  while (place.barrier && place.barrier.depth > home.depth) place = place.barrier.parent!;
  return place;
}
