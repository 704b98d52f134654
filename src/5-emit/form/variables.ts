/**
 * Values → JavaScript variables, few and reused: first the arguments of branches are united with the parameters they are
 * passed to wherever their lives do not overlap, so that most copies vanish; then the united sets are coloured, one
 * colour a variable, those that live shortest first: what a piece of code calls its intermediate values then depends on
 * that piece alone, and not on what lives around it, so that similar code is similar text. That is an eighth of the compressed size.
 */
import { type FuncIR, Ir, isOpening, type Node, Type } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';
import { liveRanges, type Ranges, Segments } from './ranges.ts';
import type { Trees } from './trees.ts';

export interface Variables {
  /** Name of the variable that holds a value; undefined for values printed in place. */
  nameOf(n: Node): string | undefined;
  readonly parameters: readonly string[];
  /** Where each value that has a variable lives. */
  readonly ranges: Ranges;
  /** These values, merges included. */
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
  const values: Node[] = [];
  const take = (n: Node, param: number): void => {
    const bounds = ranges.of(n);
    if (bounds === undefined) return;
    groups.add(n, Segments.of(bounds), param);
    values.push(n);
  };
  for (const p of ir.params) take(p, p.imm);
  for (const n of ir.code) {
    if (isOpening(n.op)) for (const p of n.frame!.params) take(p, -1);
    if (n.type !== Type.none) take(n, -1);
  }
  uniteCopies(ir, groups);
  return { ...colour(ir, groups, small), ranges, values };
}

/** Sets of values that share a variable: union-find over the values that have one, numbered as they come. */
class Groups {
  /** By node id: the number of a value; -1 for those without variable. */
  private readonly numbers: Int32Array;
  /** By number. */
  private readonly parent: number[] = [];
  private readonly group: Group[] = [];

  constructor(nodes: number) {
    this.numbers = scratch.words(nodes, -1);
  }
  add(n: Node, segments: Segments, param: number): void {
    const number = this.group.length;
    this.numbers[n.id] = number;
    this.parent.push(number);
    this.group.push({ type: n.type, segments, param, name: undefined });
  }
  private find(number: number): number {
    const { parent } = this;
    let root = number;
    while (parent[root] !== root) root = parent[root]!;
    while (parent[number] !== root) {
      const next = parent[number]!;
      parent[number] = root;
      number = next;
    }
    return root;
  }
  unite(a: Node, b: Node): void {
    const first = this.numbers[a.id]!;
    const second = this.numbers[b.id]!;
    if (first < 0 || second < 0) return;
    let x = this.find(first);
    let y = this.find(second);
    if (x === y) return;
    if (this.group[x]!.segments.size < this.group[y]!.segments.size) [x, y] = [y, x];
    const to = this.group[x]!;
    const from = this.group[y]!;
    if (to.type !== from.type || (to.param >= 0 && from.param >= 0) || to.segments.overlaps(from.segments)) return;
    to.segments.add(from.segments);
    if (from.param >= 0) to.param = from.param;
    this.parent[y] = x;
  }
  /** Once the groups have names: the name of a value's group, undefined for a value without variable. */
  names(): (n: Node) => string | undefined {
    const { numbers } = this;
    const names = this.parent.map((_, number) => this.group[this.find(number)]!.name);
    return ({ id }) => (numbers[id]! < 0 ? undefined : names[numbers[id]!]);
  }
  roots(): Group[] {
    return this.group.filter((_, number) => this.parent[number] === number);
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
  return { nameOf: groups.names(), parameters, declared };
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
