/**
 * Where values live, as segments of the linear code, and sets of segments that can tell whether they overlap.
 *
 * A value is live where a way leads from its definition to a use (`liveness.ts`); for the few of which that takes too long to find
 * out, from the definition to the last use, and through the whole of any loop that contains a use but not the definition.
 * Segments are half-open, in half steps: instruction i reads at 2i and defines at 2i + 1, so that a value last read where
 * another is defined does not overlap it.
 */
import { ByFrame } from '../../3-lower/by-frame.ts';
import { type FuncIR, Ir, isOpening, type Node, Type } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';
import { Liveness } from './liveness.ts';
import type { Trees } from './trees.ts';

interface Loop {
  readonly parent: Loop | undefined;
  readonly begin: number;
  end: number;
}

/** Where the values that need a variable live. */
export class Ranges {
  /** By node id, from the first to the last position; NOWHERE for values without variable. */
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private readonly liveness: Liveness;
  /** Of values that do not live all the time in between: starts and ends in turn. */
  private readonly interrupted = new Map<Node, readonly number[]>();

  constructor(ir: FuncIR) {
    this.starts = scratch.words(ir.nodeCount, NOWHERE);
    this.ends = scratch.words(ir.nodeCount);
    this.liveness = new Liveness(ir);
  }
  /** Starts and ends of segments in turn, once all uses are known; undefined for a value without variable. */
  of(n: Node): readonly number[] | undefined {
    const start = this.starts[n.id]!;
    return start === NOWHERE ? undefined : (this.interrupted.get(n) ?? [start, this.ends[n.id]!]);
  }
  /** Leaves out where the value does not live, as far as that can be told in time. */
  refine(n: Node): void {
    const start = this.starts[n.id]!;
    if (start === NOWHERE) return;
    const bounds = this.liveness.segments(n, start);
    if (bounds === undefined) return;
    this.ends[n.id] = bounds[bounds.length - 1]!;
    if (bounds.length > 2) this.interrupted.set(n, bounds);
  }
  /** Instruction `at` defines the value; -1 for a parameter. */
  define(n: Node, at: number): void {
    const start = at < 0 ? -1 : 2 * at + 1;
    this.starts[n.id] = start;
    this.ends[n.id] = start + 1;
    this.liveness.define(n, at);
  }
  /** Extends the range of a value that is used at a position, inside this loop. */
  use(n: Node, at: number, innermost: Loop | undefined): void {
    const start = this.starts[n.id]!;
    if (start === NOWHERE) return;
    this.liveness.use(n, at);
    let end = 2 * at;
    for (let loop = innermost; loop && 2 * loop.begin + 1 > start; loop = loop.parent) end = 2 * loop.end + 1;
    if (end > this.ends[n.id]!) this.ends[n.id] = end;
  }
}
/** Parameters start at -1. */
const NOWHERE = -2;

/** The range of each value that needs a variable. */
export function liveRanges(ir: FuncIR, trees: Trees): Ranges {
  const ranges = new Ranges(ir);
  const { loopAt, endOf } = findLoops(ir);
  for (const p of ir.params) ranges.define(p, -1);
  for (let i = 0; i < ir.code.length; i++) {
    const n = ir.code[i]!;
    if (n.op === Ir.loop) for (const p of n.frame!.params) ranges.define(p, i);
    else if (isOpening(n.op)) {
      const { params } = n.frame!;
      if (params.length === 0) continue;
      const end = endOf.get(n.frame!)!;
      for (const p of params) ranges.define(p, end);
    } else if (n.type !== Type.none && trees.inline[n.id] === 0 && trees.used[n.id] === 1) ranges.define(n, i);
  }
  for (const n of ir.code) {
    const at = trees.position[n.id]!;
    const loop = loopAt[at];
    for (const v of n.inputs) ranges.use(v, at, loop);
    if (n.targets) for (const t of n.targets) for (const v of t.args) ranges.use(v, at, loop);
    if (n.op === Ir.loop) for (const v of n.frame!.init) ranges.use(v, at, loop);
  }
  for (const p of ir.params) ranges.refine(p);
  for (const n of ir.code) {
    if (isOpening(n.op)) for (const p of n.frame!.params) ranges.refine(p);
    if (n.type !== Type.none) ranges.refine(n);
  }
  return ranges;
}

/** The innermost loop at each instruction; a loop's own marker belongs to the loop around it. Ends of frames with parameters. */
function findLoops(ir: FuncIR): { loopAt: readonly (Loop | undefined)[]; endOf: ByFrame<number> } {
  const loopAt: (Loop | undefined)[] = new Array(ir.code.length);
  const endOf = new ByFrame<number>(ir);
  let loop: Loop | undefined;
  for (let i = 0; i < ir.code.length; i++) {
    const n = ir.code[i]!;
    loopAt[i] = loop;
    if (n.op === Ir.loop) loop = { parent: loop, begin: i, end: i };
    else if (n.op === Ir.end) {
      if (n.frame!.params.length > 0) endOf.set(n.frame!, i);
      if (n.frame!.kind === 'loop') {
        loop!.end = i;
        loop = loop!.parent;
      }
    }
  }
  return { loopAt, endOf };
}

/** Most are inserted at the end, for which `splice` would make a list of what it removes. */
function insertAt(list: number[], at: number, value: number): void {
  if (at === list.length) list.push(value);
  else list.splice(at, 0, value);
}

/** A set of disjoint segments in ascending order. Most have one alone, for which there are no lists yet. */
export class Segments {
  /** Where the first one starts, and where the last one ends. */
  first: number;
  private last: number;
  private lists: { starts: number[]; ends: number[] } | undefined = undefined;

  constructor(start: number, end: number) {
    this.first = start;
    this.last = end;
  }
  /** Starts and ends in turn. */
  static of(bounds: readonly number[]): Segments {
    const all = new this(bounds[0]!, bounds[bounds.length - 1]!);
    if (bounds.length > 2) {
      const of = (odd: number): number[] => bounds.filter((_, i) => i % 2 === odd);
      all.lists = { starts: of(0), ends: of(1) };
    }
    return all;
  }
  get size(): number {
    return this.lists === undefined ? 1 : this.lists.starts.length;
  }
  private start(k: number): number {
    return this.lists === undefined ? this.first : this.lists.starts[k]!;
  }
  private end(k: number): number {
    return this.lists === undefined ? this.last : this.lists.ends[k]!;
  }
  /** Length of the longest segment. */
  get longest(): number {
    let longest = 0;
    for (let k = 0; k < this.size; k++) longest = Math.max(longest, this.end(k) - this.start(k));
    return longest;
  }

  /** Index of the first segment that ends after `position`. */
  private find(position: number): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.end(middle) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
  overlaps(other: Segments): boolean {
    if (this.last <= other.first || other.last <= this.first) return false;
    if (other.size > this.size) return other.overlaps(this);
    const { size } = this;
    for (let k = 0; k < other.size; k++) {
      const at = this.find(other.start(k));
      if (at < size && this.start(at) < other.end(k)) return true;
    }
    return false;
  }
  /** Takes in the segments of a set that does not overlap this one. */
  add(other: Segments): void {
    if (other.size > 8 && other.size * 8 > this.size) this.merge(other);
    else this.insert(other);
    if (other.first < this.first) this.first = other.first;
    if (other.last > this.last) this.last = other.last;
  }
  private insert(other: Segments): void {
    this.lists ??= { starts: [this.first], ends: [this.last] };
    for (let k = 0; k < other.size; k++) {
      const at = this.find(other.start(k));
      insertAt(this.lists.starts, at, other.start(k));
      insertAt(this.lists.ends, at, other.end(k));
    }
  }
  private merge(other: Segments): void {
    const starts: number[] = [];
    const ends: number[] = [];
    let i = 0;
    let j = 0;
    while (i < this.size || j < other.size) {
      const mine = j >= other.size || (i < this.size && this.start(i) < other.start(j));
      const from = mine ? this : other;
      const k = mine ? i++ : j++;
      starts.push(from.start(k));
      ends.push(from.end(k));
    }
    this.lists = { starts, ends };
  }
}
