/**
 * Dead code: marks what effects and control need, backwards through operands and branch arguments, and drops the
 * rest, merges that feed only themselves included.
 */
import { mustStay } from '../3-lower/effects.ts';
import { type FuncIR, Ir, type Node, retain } from '../3-lower/ir.ts';
import type { Note } from '../notes.ts';
import { scratch } from '../scratch.ts';
import { dropParams, Incoming } from './control/frames.ts';

export function removeDead(ir: FuncIR, exact: boolean, note?: Note): void {
  const live = new Live(ir);
  for (const n of ir.code) {
    if (mustStay(n, exact)) live.mark(n);
    if (n.targets) for (const t of n.targets) if (t.frame === ir.exit) live.markAll(t.args);
  }
  live.spread();
  for (const frame of live.incoming.frames) {
    const { params } = frame;
    if (params.every(live.has)) continue;
    const keep = params.map(live.has);
    note?.('merges that nobody reads', keep.filter((kept) => !kept).length);
    dropParams(frame, live.incoming.of(frame), keep);
  }
  const { length } = ir.code;
  retain(ir.code, live.has);
  note?.('nodes that nobody needs', length - ir.code.length);
}

/** The nodes that something needs, and those whose own needs are still to be looked at. */
class Live {
  readonly incoming: Incoming;
  private readonly nodes: Uint8Array;
  private readonly work: Node[] = [];
  private readonly writes: ReadonlyMap<number, Node[]>;
  /** By id of a merge: its place among the parameters of its frame. */
  private readonly place: Int32Array;

  constructor(ir: FuncIR) {
    this.nodes = scratch.bytes(ir.nodeCount);
    this.place = scratch.words(ir.nodeCount);
    this.incoming = new Incoming(ir);
    this.writes = writesByVariable(ir);
    for (const { params } of this.incoming.frames)
      for (let i = 0; i < params.length; i++) this.place[params[i]!.id] = i;
  }
  readonly has = (n: Node): boolean => this.nodes[n.id] === 1;

  mark(n: Node): void {
    if (this.nodes[n.id] === 1) return;
    this.nodes[n.id] = 1;
    this.work.push(n);
  }
  markAll(list: readonly Node[]): void {
    for (let i = 0; i < list.length; i++) this.mark(list[i]!);
  }
  /** Marks all that the nodes marked so far need. */
  spread(): void {
    for (let n = this.work.pop(); n !== undefined; n = this.work.pop()) {
      this.markAll(n.inputs);
      if (n.op === Ir.varGet) this.markAll(this.writes.get(variableOf(n)) ?? NONE);
      if (n.op !== Ir.merge) continue;
      for (const list of this.incoming.of(n.frame!)) this.mark(list[this.place[n.id]!]!);
    }
  }
}
const NONE: readonly Node[] = [];

/** A variable for handlers is written as long as someone reads it. */
function writesByVariable(ir: FuncIR): Map<number, Node[]> {
  const writes = new Map<number, Node[]>();
  for (const n of ir.code) {
    if (n.op !== Ir.varSet) continue;
    const list = writes.get(variableOf(n));
    if (list) list.push(n);
    else writes.set(variableOf(n), [n]);
  }
  return writes;
}
const variableOf = (n: Node): number => 4 * n.imm + n.imm2;
