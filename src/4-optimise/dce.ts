/**
 * Dead code: marks what effects and control need, backwards through operands and branch arguments, and drops the
 * rest, merges that feed only themselves included.
 */
import { mustStay } from '../3-lower/effects.ts';
import { type FuncIR, Ir, type Node } from '../3-lower/ir.ts';
import type { Note } from '../notes.ts';
import { scratch } from '../scratch.ts';
import { dropParams, Incoming } from './control/frames.ts';

export function removeDead(ir: FuncIR, exact: boolean, note?: Note): void {
  const live = scratch.bytes(ir.nodeCount);
  const work: Node[] = [];
  const mark = (n: Node): void => {
    if (live[n.id]) return;
    live[n.id] = 1;
    work.push(n);
  };
  const incoming = new Incoming(ir);
  for (const n of ir.code) {
    if (mustStay(n, exact)) mark(n);
    if (n.targets) for (const t of n.targets) if (t.frame === ir.exit) t.args.forEach(mark);
  }
  const writes = writesByVariable(ir);
  for (let n = work.pop(); n !== undefined; n = work.pop()) {
    const { inputs } = n;
    for (let i = 0; i < inputs.length; i++) mark(inputs[i]!);
    if (n.op === Ir.varGet) writes.get(variableOf(n))?.forEach(mark);
    if (n.op !== Ir.merge) continue;
    const at = n.frame!.params.indexOf(n);
    for (const list of incoming.of(n.frame!)) mark(list[at]!);
  }
  for (const frame of incoming.frames) {
    const { params } = frame;
    if (params.every((p) => live[p.id] === 1)) continue;
    note?.('merges that nobody reads', params.filter((p) => live[p.id] === 0).length);
    dropParams(
      frame,
      incoming.of(frame),
      params.map((p) => live[p.id] === 1),
    );
  }
  const { length } = ir.code;
  ir.code = ir.code.filter((n) => live[n.id] === 1);
  note?.('nodes that nobody needs', length - ir.code.length);
}

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
