/**
 * Values → JavaScript variables, few and reused: first the arguments of branches are united with the parameters they are
 * passed to wherever their lives do not overlap, so that most copies vanish; then the united sets are coloured, one
 * colour a variable, those that live shortest first: what a piece of code calls its intermediate values then depends on
 * that piece alone, and not on what lives around it, so that similar code is similar text. That is an eighth of the compressed size.
 */
import { type FuncIR, Ir, isOpening, type Node, Type } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';
import { liveRanges, type Range, Segments } from './ranges.ts';
import type { Trees } from './trees.ts';

export interface Variables {
  /** Name of the variable that holds a value; undefined for values printed in place. */
  nameOf(n: Node): string | undefined;
  readonly parameters: readonly string[];
  /** By node id: where each value that has a variable lives. */
  readonly ranges: readonly (Range | undefined)[];
  /** All values, merges included. */
  readonly values: readonly Node[];
  /** Variables to declare, parameters left out. */
  readonly declared: readonly string[];
}

const LETTERS: Record<number, string> = {
  [Type.i32]: 'i',
  [Type.f32]: 'f',
  [Type.f64]: 'd',
  [Type.ref]: 'r',
  [Type.tuple]: 'u',
};
/** The letter of variables for values of all types. */
const MIXED = 'i';

interface Group {
  readonly type: number;
  segments: Segments;
  /** Index of the parameter in the group, or -1. */
  param: number;
  name: string | undefined;
}

/** @param small for the smallest text: variables may hold values of different types, and names do not depend on what is around */
export function assignVariables(ir: FuncIR, trees: Trees, small = false): Variables {
  const ranges = liveRanges(ir, trees);
  const groups = new Groups(ir.nodeCount);
  for (const p of ir.params) groups.add(p, new Segments(ranges[p.id]!), p.imm);
  const values = allValues(ir);
  for (const n of values) {
    if (n.op === Ir.param) continue;
    const range = ranges[n.id];
    if (range) groups.add(n, new Segments(range), -1);
  }
  uniteCopies(ir, groups);
  return { ...colour(ir, groups, small), ranges, values };
}

function allValues(ir: FuncIR): Node[] {
  const values = ir.params.slice();
  for (const n of ir.code) {
    if (isOpening(n.op)) for (const p of n.frame!.params) values.push(p);
    if (n.type !== Type.none) values.push(n);
  }
  return values;
}

/** Sets of values that share a variable (union-find by node id). */
class Groups {
  private readonly parent: Int32Array;
  private readonly group: (Group | undefined)[];
  readonly order: number[] = [];

  constructor(nodes: number) {
    this.parent = scratch.words(nodes, -1);
    this.group = new Array(nodes);
  }
  add(n: Node, segments: Segments, param: number): void {
    this.parent[n.id] = n.id;
    this.group[n.id] = { type: n.type, segments, param, name: undefined };
    this.order.push(n.id);
  }
  private find(id: number): number {
    let root = id;
    while (this.parent[root] !== root) root = this.parent[root]!;
    while (this.parent[id] !== root) {
      const next = this.parent[id]!;
      this.parent[id] = root;
      id = next;
    }
    return root;
  }
  unite(a: Node, b: Node): void {
    if (this.parent[a.id] === -1 || this.parent[b.id] === -1) return;
    let x = this.find(a.id);
    let y = this.find(b.id);
    if (x === y) return;
    if (this.group[x]!.segments.size < this.group[y]!.segments.size) [x, y] = [y, x];
    const to = this.group[x]!;
    const from = this.group[y]!;
    if (to.type !== from.type || (to.param >= 0 && from.param >= 0) || to.segments.overlaps(from.segments)) return;
    to.segments.add(from.segments);
    if (from.param >= 0) to.param = from.param;
    this.parent[y] = x;
    this.group[y] = undefined;
  }
  /** By node id, once the groups have names. */
  names(): (string | undefined)[] {
    const names: (string | undefined)[] = new Array(this.parent.length);
    for (const id of this.order) names[id] = this.group[this.find(id)]!.name;
    return names;
  }
  roots(): Group[] {
    const roots: Group[] = [];
    for (const id of this.order) if (this.parent[id] === id) roots.push(this.group[id]!);
    return roots;
  }
}

/** Loops first, innermost first: a copy there runs most often. */
function uniteCopies(ir: FuncIR, groups: Groups): void {
  const loops: Node[] = [];
  const backs: { params: readonly Node[]; args: readonly Node[] }[] = [];
  const others: { params: readonly Node[]; args: readonly Node[] }[] = [];
  for (const n of ir.code) {
    if (n.op === Ir.loop) loops.push(n);
    if (!n.targets) continue;
    for (const { frame, args } of n.targets) {
      (frame.kind === 'loop' ? backs : others).push({ params: frame.params, args });
    }
  }
  const unite = (c: { params: readonly Node[]; args: readonly Node[] }): void => {
    for (let k = 0; k < c.params.length; k++) groups.unite(c.params[k]!, c.args[k]!);
  };
  for (let k = backs.length - 1; k >= 0; k--) unite(backs[k]!);
  for (let k = loops.length - 1; k >= 0; k--) unite({ params: loops[k]!.frame!.params, args: loops[k]!.frame!.init });
  for (const c of others) unite(c);
}

/**
 * Greedy colouring: each group to the first variable of its type that is free, in order of their start. That is the order for
 * V8, whose register allocator depends on it (a compressor took 1.6 of the time otherwise). For small text see `shortestFirst`;
 * there variables of parameters hold nothing else: how many a function has is no matter to the names of the other values.
 */
function colour(ir: FuncIR, groups: Groups, small: boolean): Omit<Variables, 'ranges' | 'values'> {
  const pools = new Map<string, { name: string; segments: Segments }[]>();
  const declared: string[] = [];
  const parameters = ir.params.map((_, i) => `p${i}`);
  const roots = groups.roots();
  for (const g of roots) {
    if (g.param < 0) continue;
    g.name = parameters[g.param]!;
    if (!small) pool(pools, LETTERS[g.type]!).push({ name: g.name, segments: g.segments });
  }
  const rest = roots.filter((g) => g.name === undefined);
  for (const g of small ? shortestFirst(rest) : firstFirst(rest)) {
    const letter = small ? MIXED : LETTERS[g.type]!;
    const variables = pool(pools, letter);
    const free = variables.find((v) => !v.segments.overlaps(g.segments));
    if (free) {
      free.segments.add(g.segments);
      g.name = free.name;
    } else {
      g.name = `${letter}${declared.length}`;
      declared.push(g.name);
      variables.push({ name: g.name, segments: g.segments });
    }
  }
  const names = groups.names();
  return { nameOf: (n) => names[n.id], parameters, declared };
}

const firstFirst = (roots: readonly Group[]): Group[] => [...roots].sort((a, b) => a.segments.first - b.segments.first);

/** By the longest of their segments, then by where they start. */
function shortestFirst(roots: readonly Group[]): Group[] {
  const keyed = roots.map((group) => ({ group, length: group.segments.longest, first: group.segments.first }));
  return keyed.sort((a, b) => a.length - b.length || a.first - b.first).map(({ group }) => group);
}

function pool<T>(pools: Map<string, T[]>, letter: string): T[] {
  let p = pools.get(letter);
  if (!p) {
    p = [];
    pools.set(letter, p);
  }
  return p;
}
