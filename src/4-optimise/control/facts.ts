/**
 * What holds at a point of a function because of what has run on every way to it.
 *
 * One walk in execution order: what is known at a point is the chain of facts that ends there, and where paths meet, the
 * beginning that their chains have in common remains. Facts are about values, which never change: what holds where a loop
 * begins holds in all its rounds.
 */
import { ByFrame } from '../../3-lower/by-frame.ts';
import { type Frame, type FuncIR, Ir, isConst, isOpening, type Node } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';

/** Facts looked through where paths meet before no more than the frame's start is known. */
const MAX_LOOKED = 1000;
/** Facts about one value looked through. */
const MAX_EARLIER = 8;

interface Fact {
  readonly before: Fact | undefined;
  /** Facts in the chain that ends with it. */
  readonly depth: number;
  /** What is known of its value by now: bits that the user of `Facts` gives a meaning. */
  readonly known: number;
  /** The last fact about the same value that the walk came across, if one: on the same path or on another. */
  readonly earlier: Fact | undefined;
}

/** A frame whose end has not come. */
interface Open {
  readonly start: Fact | undefined;
  readonly condition: Node | undefined;
  /** What is known wherever a branch leaves to its end. */
  after: Fact | undefined;
  isLeft: boolean;
}

export class Facts {
  private last: Fact | undefined;
  /** By depth, less 1: the chain that ends with `last`; what follows is of no meaning. */
  private readonly chain: Fact[] = [];
  /** By node id: one more than the place in `all` of the latest fact about a value. */
  private readonly latest: Int32Array;
  private readonly all: Fact[] = [];
  private readonly open: Open[] = [];
  /** But loops, which are left to no end. */
  private readonly byFrame: ByFrame<Open>;
  private readonly assume: ((condition: Node, holds: boolean) => void) | undefined;

  /** `assume` is told what conditions come to on the way into an arm of an `if` or past a `brIf`. */
  constructor(ir: FuncIR, assume?: (condition: Node, holds: boolean) => void) {
    this.latest = scratch.words(ir.nodeCount);
    this.byFrame = new ByFrame(ir);
    this.assume = assume;
  }

  /** Walks past a node. What is known after it is to be added behind this. */
  pass(n: Node): void {
    if (n.targets) for (const t of n.targets) this.leave(t.frame);
    if (n.op === Ir.else) {
      const { start, condition } = this.open[this.open.length - 1]!;
      this.goTo(start);
      this.assume?.(condition!, false);
    } else if (n.op === Ir.end) this.end();
    else if (isOpening(n.op)) this.begin(n);
    else if (n.op === Ir.brIf) this.assume?.(n.inputs[0]!, false);
  }

  add(value: Node, known: number): void {
    if (known === 0 || isConst(value)) return;
    const before = this.last;
    const place = this.latest[value.id]! - 1;
    const fact: Fact = {
      before,
      depth: (before?.depth ?? 0) + 1,
      known: known | this.known(value),
      earlier: place < 0 ? undefined : this.all[place],
    };
    this.latest[value.id] = this.all.push(fact);
    this.chain[fact.depth - 1] = fact;
    this.last = fact;
  }

  /** The bits that are known of a value here. */
  known(value: Node): number {
    const place = this.latest[value.id]! - 1;
    let fact = place < 0 ? undefined : this.all[place];
    for (let looked = 0; fact !== undefined && looked < MAX_EARLIER; looked++, fact = fact.earlier) {
      if (this.isHere(fact)) return fact.known;
    }
    return 0;
  }

  private isHere(fact: Fact): boolean {
    return this.last !== undefined && fact.depth <= this.last.depth && this.chain[fact.depth - 1] === fact;
  }

  private begin(n: Node): void {
    const open: Open = { start: this.last, condition: n.inputs[0], after: undefined, isLeft: false };
    this.open.push(open);
    if (n.op !== Ir.loop) this.byFrame.set(n.frame!, open);
    if (n.op === Ir.if) this.assume?.(n.inputs[0]!, true);
  }
  private end(): void {
    const { start, after, isLeft } = this.open.pop()!;
    // Nothing arrives where no branch leads.
    if (!isLeft || !this.goTo(after)) this.goTo(start);
  }
  private leave(frame: Frame): void {
    const open = this.byFrame.get(frame);
    if (open === undefined) return;
    if (open.isLeft) open.after = common(open.after, this.last, open.start);
    else [open.after, open.isLeft] = [this.last, true];
  }

  /** Goes on from the end of another chain; false, and nothing done, if too little of that is the chain of now. */
  private goTo(fact: Fact | undefined): boolean {
    let looked = 0;
    for (let f = fact; f !== undefined && !this.isHere(f); f = f.before) {
      if (++looked > MAX_LOOKED) return false;
    }
    for (let f = fact; f !== undefined && !this.isHere(f); f = f.before) this.chain[f.depth - 1] = f;
    this.last = fact;
    return true;
  }
}

/** The beginning that two chains have in common, or one that is known to be. */
function common(a: Fact | undefined, b: Fact | undefined, known: Fact | undefined): Fact | undefined {
  for (let looked = 0; a !== b; looked++) {
    if (looked === MAX_LOOKED) return known;
    if ((a?.depth ?? 0) >= (b?.depth ?? 0)) a = a?.before;
    else b = b?.before;
  }
  return a;
}
