/**
 * Where values live, exactly: for each, the blocks that it is live into, found from its uses backwards along the ways that lead
 * there. A loop around a switch needs it: what is carried round is read again in late cases, and without the gaps in between it
 * would seem to live in all earlier ones, which could then not use its variable for its next value.
 *
 * Positions are those of `ranges.ts`: instruction i reads at 2i and defines at 2i + 1.
 */
import { ByFrame } from '../../3-lower/by-frame.ts';
import { type FuncIR, Ir, type Node } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';

/**
 * Blocks that are looked at, at most, for each instruction of a function: more than real programs need. Without a bound, code that is
 * made for it would take time by the square of its length.
 */
const MOST_VISITS = 24;

/** Stretches of code that run from start to end, in the order of the code, without gaps. */
class Blocks {
  /** By instruction: the block that it reads in. */
  readonly reading: Int32Array;
  /** By instruction: the block that it defines in, which markers begin. */
  readonly defining: Int32Array;
  /** By block, and behind the last one: where it starts, which is where the one before ends. */
  readonly starts: number[] = [];
  /** The blocks from which control may come. */
  readonly before: number[][] = [];
  /** At the end of a `try`: the first block in it. All from there on are before. */
  readonly tries = new Map<number, number>();

  constructor(ir: FuncIR) {
    const { code } = ir;
    this.reading = scratch.words(code.length);
    this.defining = scratch.words(code.length);
    const arriving = new ByFrame<number[]>(ir);
    const openedIn = new ByFrame<number>(ir);
    let block = this.open(-1, []);
    const begin = (at: number, before: number[]): void => {
      block = this.open(at, before);
    };
    for (let i = 0; i < code.length; i++) {
      const n = code[i]!;
      this.reading[i] = block;
      if (n.targets) {
        for (const { frame } of n.targets) if (frame.kind !== 'exit') arriving.get(frame)!.push(block);
      }
      switch (n.op) {
        case Ir.loop: {
          // Who goes round comes to the same list.
          const before = [block];
          arriving.set(n.frame!, before);
          begin(2 * i + 1, before);
          break;
        }
        case Ir.if:
        case Ir.try:
          openedIn.set(n.frame!, n.op === Ir.if ? block : block + 1);
          arriving.set(n.frame!, []);
          begin(2 * i + 1, [block]);
          break;
        case Ir.block:
          arriving.set(n.frame!, []);
          break;
        case Ir.brIf:
          begin(2 * i + 1, [block]);
          break;
        case Ir.else:
          begin(2 * i - 1, [openedIn.get(n.frame!)!]);
          break;
        case Ir.end: {
          const { kind } = n.frame!;
          begin(2 * i - 1, kind === 'loop' ? [] : arriving.get(n.frame!)!);
          if (kind === 'try') this.tries.set(block, openedIn.get(n.frame!)!);
          break;
        }
        default:
      }
      this.defining[i] = block;
    }
    this.starts.push(2 * code.length);
  }

  private open(start: number, before: number[]): number {
    this.starts.push(start);
    this.before.push(before);
    return this.starts.length - 1;
  }
  get count(): number {
    return this.before.length;
  }
}

/** What `Liveness` is told of a value's uses, in the order of the code. */
interface Uses {
  /** By node id: one more than the place of the latest use in the lists. */
  readonly latest: Int32Array;
  /** One more than the place of the use before. */
  readonly earlier: number[];
  readonly blocks: number[];
  readonly positions: number[];
}

export class Liveness {
  private readonly blocks: Blocks;
  /** Uses in other blocks than that of the definition. */
  private readonly uses: Uses;
  /** By node id: the block that defines it, and where it is last used there. */
  private readonly definedIn: Int32Array;
  private readonly usedUntil: Int32Array;
  /** By block: the number of the value that was last found to live into it, as values are asked for, and until where. */
  private readonly visitor: Int32Array;
  private readonly until: Int32Array;
  private asked = 0;
  private visits: number;

  constructor(ir: FuncIR) {
    this.blocks = new Blocks(ir);
    const { count } = this.blocks;
    this.visitor = scratch.words(count);
    this.until = scratch.words(count);
    this.definedIn = scratch.words(ir.nodeCount);
    this.usedUntil = scratch.words(ir.nodeCount);
    this.uses = { latest: scratch.words(ir.nodeCount), earlier: [], blocks: [], positions: [] };
    this.visits = MOST_VISITS * ir.code.length;
  }

  /** Says that instruction `at` defines the value; a parameter of the function starts at -1. */
  define(n: Node, at: number): void {
    this.definedIn[n.id] = at < 0 ? 0 : this.blocks.defining[at]!;
  }
  /** Says that instruction `at` reads the value. */
  use(n: Node, at: number): void {
    const block = this.blocks.reading[at]!;
    if (block === this.definedIn[n.id]) {
      if (2 * at > this.usedUntil[n.id]!) this.usedUntil[n.id] = 2 * at;
      return;
    }
    const { latest, earlier, blocks, positions } = this.uses;
    const last = latest[n.id]! - 1;
    if (last >= 0 && blocks[last] === block) {
      if (2 * at > positions[last]!) positions[last] = 2 * at;
      return;
    }
    earlier.push(last + 1);
    blocks.push(block);
    positions.push(2 * at);
    latest[n.id] = blocks.length;
  }

  /**
   * Where a value lives that is defined at position `start`: half-open segments in ascending order, start and end in turn.
   * undefined where finding out would take too long.
   */
  segments(n: Node, start: number): number[] | undefined {
    const { starts } = this.blocks;
    const home = this.definedIn[n.id]!;
    const found = this.liveInto(n, home);
    if (found === undefined) return undefined;
    const out = [start, Math.max(found.length > 0 ? starts[home + 1]! : this.usedUntil[n.id]!, start + 1)];
    for (const b of found) {
      // In between there may be markers alone.
      if (starts[b]! - out[out.length - 1]! <= 2) out[out.length - 1] = this.until[b]!;
      else out.push(starts[b]!, this.until[b]!);
    }
    return out;
  }

  /** The blocks that a value lives into, in the order of the code; `until` says how far. */
  private liveInto(n: Node, home: number): number[] | undefined {
    const { latest, earlier, blocks, positions } = this.uses;
    const { starts, before, tries } = this.blocks;
    const { visitor, until } = this;
    const mark = ++this.asked;
    const found: number[] = [];
    const enter = (block: number, end: number): void => {
      if (block === home) return;
      if (visitor[block] === mark) {
        if (until[block]! < end) until[block] = end;
        return;
      }
      visitor[block] = mark;
      until[block] = end;
      found.push(block);
    };
    for (let use = latest[n.id]! - 1; use >= 0; use = earlier[use]! - 1) enter(blocks[use]!, positions[use]!);
    for (let k = 0; k < found.length; k++) {
      const block = found[k]!;
      const first = tries.get(block);
      this.visits -= before[block]!.length + 1 + (first === undefined ? 0 : block - first);
      if (this.visits < 0) return undefined;
      for (const b of before[block]!) enter(b, starts[b + 1]!);
      // An exception may come from anywhere in a `try`.
      if (first !== undefined) for (let b = first; b < block; b++) enter(b, starts[b + 1]!);
    }
    return found.sort((a, b) => a - b);
  }
}
