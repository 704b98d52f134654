/**
 * Where values live, as segments of the linear code, and sets of segments that can tell whether they overlap.
 *
 * A value is live from its definition to its last use, and through the whole of any loop that contains a use but not the
 * definition. Segments are half-open, in half steps: instruction i reads at 2i and defines at 2i + 1, so that a value last
 * read where another is defined does not overlap it.
 */
import { ByFrame } from '../../3-lower/by-frame.ts';
import { type FuncIR, Ir, isOpening, type Node, Type } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';
import type { Trees } from './trees.ts';

interface Loop {
  readonly parent: Loop | undefined;
  readonly begin: number;
  end: number;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where the values that need a variable live. */
export class Ranges {
  /** By node id; NOWHERE for values without variable. */
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;

  constructor(nodes: number) {
    this.starts = scratch.words(nodes, NOWHERE);
    this.ends = scratch.words(nodes);
  }
  /** undefined for a value without variable. */
  of(n: Node): Range | undefined {
    const start = this.starts[n.id]!;
    return start === NOWHERE ? undefined : { start, end: this.ends[n.id]! };
  }
  /** The same as a set to begin with. */
  segments(n: Node): Segments | undefined {
    const start = this.starts[n.id]!;
    return start === NOWHERE ? undefined : new Segments(start, this.ends[n.id]!);
  }
  set(n: Node, start: number, end: number): void {
    this.starts[n.id] = start;
    this.ends[n.id] = end;
  }
  /** Extends the range of a value that is used at a position, inside this loop. */
  use(n: Node, at: number, innermost: Loop | undefined): void {
    const start = this.starts[n.id]!;
    if (start === NOWHERE) return;
    let end = 2 * at;
    for (let loop = innermost; loop && 2 * loop.begin + 1 > start; loop = loop.parent) end = 2 * loop.end + 1;
    if (end > this.ends[n.id]!) this.ends[n.id] = end;
  }
}
/** Parameters start at -1. */
const NOWHERE = -2;

/** The range of each value that needs a variable. */
export function liveRanges(ir: FuncIR, trees: Trees): Ranges {
  const ranges = new Ranges(ir.nodeCount);
  const { loopAt, endOf } = findLoops(ir);
  for (const p of ir.params) ranges.set(p, -1, 0);
  for (let i = 0; i < ir.code.length; i++) {
    const n = ir.code[i]!;
    if (n.op === Ir.loop) for (const p of n.frame!.params) ranges.set(p, 2 * i + 1, 2 * i + 2);
    else if (isOpening(n.op)) {
      const { params } = n.frame!;
      if (params.length === 0) continue;
      const end = endOf.get(n.frame!)!;
      for (const p of params) ranges.set(p, 2 * end + 1, 2 * end + 2);
    } else if (n.type !== Type.none && trees.inline[n.id] === 0 && trees.used[n.id] === 1)
      ranges.set(n, 2 * i + 1, 2 * i + 2);
  }
  for (const n of ir.code) {
    const at = trees.position[n.id]!;
    const loop = loopAt[at];
    for (const v of n.inputs) ranges.use(v, at, loop);
    if (n.targets) for (const t of n.targets) for (const v of t.args) ranges.use(v, at, loop);
    if (n.op === Ir.loop) for (const v of n.frame!.init) ranges.use(v, at, loop);
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
