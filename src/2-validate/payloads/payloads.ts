/**
 * Where the payloads of NaNs may matter: a graph of the module's float values, of which an edge says that one may become the
 * other unchanged. It is drawn while bodies are validated (`flow.ts`) and solved when a generator first asks.
 *
 * A value *bears* a payload if it may come from memory, from an integer's bits, from a constant NaN or from code we do not
 * see; it is *observed* if its bits may go to memory, to an integer or to code we do not see. Only a value that is both has
 * bits worth carrying. What arithmetic makes bears none: any quiet NaN will do. The graph knows nothing of the order in
 * which locals are set, so it errs on the safe side.
 */

/** How generated code carries a float: as a number; as its bits alone; or as a number, and bits that hold where it is a NaN. */
export const Rep = { number: 0, bits: 1, both: 2 } as const;
export type Rep = (typeof Rep)[keyof typeof Rep];

/** Values that are no nodes of their own: results of arithmetic; constants that are no NaN; what comes from unknown code. */
export const PLAIN = 0;
export const CONST = 1;
export const UNKNOWN = 2;

const BEARS = 1;
const OBSERVED = 2;
/** Some of what it may be has no bits except where it is a NaN. */
const MIXED = 4;
/** It is computed with, so that its number is wanted. */
const COMPUTED = 8;
const ALL = BEARS | OBSERVED | MIXED | COMPUTED;

/** More edges than any program has: beyond, every float is carried both ways. */
const MAX_EDGES = 8_000_000;

export interface BlockNodes {
  /** The node of the first float parameter or result and so on; PLAIN for other types. */
  readonly params: readonly number[];
  readonly results: readonly number[];
}

export class Payloads {
  /** By function: the node of its first parameter, then all other parameters and results; undefined if none is a float. */
  readonly funcs: (number | undefined)[] = [];
  /** By function: the nodes of its locals behind the parameters, from this index on. */
  readonly locals: (Int32Array | undefined)[] = [];
  readonly globals: number[] = [];
  readonly blocks = new Map<number, BlockNodes>();
  /** Functions whose callers are not all known: they take and leave payloads wherever the type has a float. */
  readonly open = new Set<number>();
  /** Functions that may call others, which may leave payloads of their own. */
  readonly calling = new Set<number>();
  /** Functions that return to the callers of others. */
  readonly tailCalled = new Set<number>();
  /** Functions with operators that the graph does not know: every float in them is carried both ways. */
  readonly opaque = new Set<number>();
  /** By place in the module, ascending: the node of what the operator there pushes. */
  private readonly places: number[] = [];
  private readonly placed: number[] = [];
  private flags: number[] = [MIXED, 0, BEARS | MIXED];
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  private solved = false;
  private overflow = false;

  /** Solved, and without what only solving needs: to be sent to another thread, and made one again by `thawed`. */
  frozen(): object {
    if (!this.solved) this.solve();
    return { ...this, from: [], to: [] };
  }
  static thawed(frozen: object): Payloads {
    return Object.assign(new Payloads(), frozen);
  }

  get size(): number {
    return this.flags.length;
  }
  node(flags = 0): number {
    return this.flags.push(flags) - 1;
  }
  nodes(count: number): number {
    const first = this.flags.length;
    for (let i = 0; i < count; i++) this.flags.push(0);
    return first;
  }
  /** A node for what the operator at `offset` pushes. */
  place(offset: number, flags: number): number {
    const n = this.node(flags);
    this.places.push(offset);
    this.placed.push(n);
    return n;
  }
  edge(from: number, to: number): void {
    if (to <= UNKNOWN || from === to) return;
    if (from === PLAIN) this.flags[to]! |= MIXED;
    else if (from === UNKNOWN) this.flags[to]! |= BEARS | MIXED;
    else if (from === CONST) return;
    else if (this.from.length >= MAX_EDGES) this.overflow = true;
    else {
      this.from.push(from);
      this.to.push(to);
    }
  }
  private mark(n: number, flags: number): void {
    if (n > UNKNOWN) this.flags[n]! |= flags;
  }
  bears(n: number): void {
    this.mark(n, BEARS);
  }
  observe(n: number): void {
    this.mark(n, OBSERVED);
  }
  compute(n: number): void {
    this.mark(n, COMPUTED);
  }
  mix(n: number): void {
    this.mark(n, MIXED);
  }
  /** Nothing is known of these nodes. */
  unknown(first: number, end: number): void {
    for (let n = Math.max(first, UNKNOWN + 1); n < end; n++) this.flags[n] = ALL;
  }

  // Answers

  param(func: number, index: number): Rep {
    const first = this.funcs[func];
    return first === undefined ? Rep.number : this.rep(first + index);
  }
  /** Whether a function leaves the payload of result `index`; `params` is how many parameters it has. */
  result(func: number, params: number, index: number): boolean {
    const first = this.funcs[func];
    return first !== undefined && this.rep(first + params + index) !== Rep.number;
  }
  local(func: number, params: number, index: number): Rep {
    if (index < params) return this.param(func, index);
    const nodes = this.locals[func];
    return nodes === undefined ? Rep.number : this.rep(nodes[index - params]!);
  }
  global(index: number): boolean {
    const n = this.globals[index];
    return n !== undefined && this.rep(n) !== Rep.number;
  }
  block(offset: number): { params: readonly Rep[]; results: readonly Rep[] } | undefined {
    const b = this.blocks.get(offset);
    return b && { params: b.params.map((n) => this.rep(n)), results: b.results.map((n) => this.rep(n)) };
  }
  /** How to carry what the operator at `offset` pushes. */
  at(offset: number): Rep {
    let low = 0;
    let high = this.places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.places[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return this.places[low] === offset ? this.rep(this.placed[low]!) : Rep.number;
  }

  private rep(n: number): Rep {
    if (n <= UNKNOWN) return Rep.number;
    if (!this.solved) this.solve();
    const flags = this.flags[n]!;
    if ((flags & (BEARS | OBSERVED)) !== (BEARS | OBSERVED)) return Rep.number;
    return (flags & (MIXED | COMPUTED)) === 0 ? Rep.bits : Rep.both;
  }

  private solve(): void {
    this.solved = true;
    if (this.overflow) return this.unknown(0, this.flags.length);
    const forward = adjacency(this.from, this.to, this.flags.length);
    const backward = adjacency(this.to, this.from, this.flags.length);
    this.spread(forward, BEARS);
    this.spread(forward, MIXED);
    this.spread(backward, OBSERVED);
    // What has not all its bits, or is not carried, needs the number of all that flows into it.
    const numbers: number[] = [];
    for (let n = UNKNOWN + 1; n < this.flags.length; n++) {
      if (!this.isCarried(n) || (this.flags[n]! & (MIXED | COMPUTED)) !== 0) numbers.push(n);
    }
    this.needNumbers(numbers, forward, backward);
  }

  private isCarried(n: number): boolean {
    return (this.flags[n]! & (BEARS | OBSERVED)) === (BEARS | OBSERVED);
  }
  /**
   * The number of these nodes is needed, and so is that of what flows into them. A carried one has its bits only where it is a
   * NaN then, and what it flows into as well.
   */
  private needNumbers(work: number[], forward: Adjacency, backward: Adjacency): void {
    const { flags } = this;
    const done = new Uint8Array(flags.length);
    const need = (n: number): void => {
      if (done[n] === 1) return;
      done[n] = 1;
      flags[n]! |= COMPUTED;
      work.push(n);
    };
    for (const n of work.splice(0)) need(n);
    for (let n = work.pop(); n !== undefined; n = work.pop()) {
      each(backward, n, need);
      if (!this.isCarried(n)) continue;
      flags[n]! |= MIXED;
      each(forward, n, (to) => {
        if (this.isCarried(to)) need(to);
      });
    }
  }

  private spread(next: Adjacency, flag: number): void {
    const { flags } = this;
    const work: number[] = [];
    for (let n = UNKNOWN + 1; n < flags.length; n++) if ((flags[n]! & flag) !== 0) work.push(n);
    for (let n = work.pop(); n !== undefined; n = work.pop()) {
      each(next, n, (to) => {
        if ((flags[to]! & flag) !== 0) return;
        flags[to]! |= flag;
        work.push(to);
      });
    }
  }
}

interface Adjacency {
  readonly start: Int32Array;
  readonly items: Int32Array;
}
function each({ start, items }: Adjacency, n: number, act: (to: number) => void): void {
  for (let i = start[n]!; i < start[n + 1]!; i++) act(items[i]!);
}
function adjacency(from: readonly number[], to: readonly number[], nodes: number): Adjacency {
  const start = new Int32Array(nodes + 1);
  for (const n of from) start[n + 1]!++;
  for (let n = 0; n < nodes; n++) start[n + 1]! += start[n]!;
  const at = start.slice();
  const items = new Int32Array(from.length);
  for (let i = 0; i < from.length; i++) items[at[from[i]!]!++] = to[i]!;
  return { start, items };
}
