/**
 * Dead code: marks what effects and control need, backwards through operands and branch arguments, and drops the
 * rest, merges that feed only themselves included.
 */
import { mustStay } from '../3-lower/effects.ts';
import { type Frame, type FuncIR, Ir, isOpening, type Node, retain } from '../3-lower/ir.ts';
import type { Note } from '../notes.ts';
import { scratch } from '../scratch.ts';
import { dropParams, Incoming } from './control/frames.ts';

export function removeDead(ir: FuncIR, exact: boolean, note?: Note): void {
  const live = new Live(ir, exact);
  dropMerges(ir, live, note);
  const { length } = ir.code;
  if (live.hasDead()) retain(ir.code, live.has);
  note?.('nodes that nobody needs', length - ir.code.length);
}

function dropMerges(ir: FuncIR, live: Live, note?: Note): void {
  let incoming: Incoming | undefined;
  for (const frame of live.frames) {
    const { params } = frame;
    if (params.every(live.has)) continue;
    const keep = params.map(live.has);
    note?.('merges that nobody reads', keep.filter((kept) => !kept).length);
    incoming ??= new Incoming(ir);
    dropParams(frame, incoming.of(frame), keep);
  }
}

/** What a node is, by its id: not yet come to, needed, or come to while nobody was known to need it. */
const [LIVE, PASSED] = [1, 2];

/**
 * The nodes that something needs. Operands stand before what needs them, so one walk backwards finds nearly all: only what
 * goes round a loop is needed by something further up, and is looked at again in the end.
 */
class Live {
  /** Those that the function opens and that have parameters. */
  readonly frames: Frame[] = [];
  private readonly ir: FuncIR;
  private readonly states: Uint8Array;
  /** Merges, and nodes that had been passed, whose own needs are still to be looked at. */
  private readonly late: Node[] = [];
  /** By id of a merge, and below 0 by variable: what it needs if it turns out to be needed itself. */
  private waiting: Map<number, Node[]> | undefined;
  /** The variables for handlers that someone reads. */
  private variables: Set<number> | undefined;

  constructor(ir: FuncIR, exact: boolean) {
    this.ir = ir;
    this.states = scratch.bytes(ir.nodeCount);
    const { code } = ir;
    for (let i = code.length - 1; i >= 0; i--) this.pass(code[i]!, exact);
    for (let n = this.late.pop(); n !== undefined; n = this.late.pop()) this.need(n);
  }
  readonly has = (n: Node): boolean => this.states[n.id] === LIVE;

  /** Is there a node in the code that nobody needs? */
  hasDead(): boolean {
    return this.ir.code.some((n) => this.states[n.id] !== LIVE);
  }

  private pass(n: Node, exact: boolean): void {
    if (this.states[n.id] === LIVE || mustStay(n, exact)) {
      this.states[n.id] = LIVE;
      this.need(n);
    } else {
      this.states[n.id] = PASSED;
      if (n.op === Ir.varSet) this.write(n);
    }
  }

  private mark(n: Node): void {
    const state = this.states[n.id];
    if (state === LIVE) return;
    this.states[n.id] = LIVE;
    if (state === PASSED || n.op === Ir.merge) this.late.push(n);
  }
  private markAll(list: readonly Node[]): void {
    for (let i = 0; i < list.length; i++) this.mark(list[i]!);
  }

  /** Marks what a node needs that is needed itself. */
  private need(n: Node): void {
    this.markAll(n.inputs);
    if (n.targets) for (const { frame, args } of n.targets) this.passArguments(frame, args);
    if (isOpening(n.op) && n.frame!.params.length > 0) {
      this.frames.push(n.frame!);
      if (n.op === Ir.loop) this.passArguments(n.frame!, n.frame!.init);
    }
    if (n.op === Ir.merge) this.release(n.id);
    if (n.op === Ir.varGet) this.read(variableOf(n));
  }
  private passArguments(frame: Frame, args: readonly Node[]): void {
    if (frame === this.ir.exit) return this.markAll(args);
    for (let i = 0; i < args.length; i++) {
      const param = frame.params[i]!;
      if (this.states[param.id] === LIVE) this.mark(args[i]!);
      else this.wait(param.id, args[i]!);
    }
  }

  private read(variable: number): void {
    (this.variables ??= new Set()).add(variable);
    this.release(-1 - variable);
  }
  /** A variable for handlers is written as long as someone reads it. */
  private write(n: Node): void {
    if (this.variables?.has(variableOf(n))) this.mark(n);
    else this.wait(-1 - variableOf(n), n);
  }

  private wait(key: number, n: Node): void {
    this.waiting ??= new Map();
    const list = this.waiting.get(key);
    if (list) list.push(n);
    else this.waiting.set(key, [n]);
  }
  private release(key: number): void {
    const list = this.waiting?.get(key);
    if (list === undefined) return;
    this.waiting!.delete(key);
    this.markAll(list);
  }
}
const variableOf = (n: Node): number => 4 * n.imm + n.imm2;
