/**
 * Checks an assignment of variables on its own terms: along all ways through a function, which value each variable holds, and
 * that whatever is read is there. Nothing in it asks how the compiler finds out where values live.
 */
import { type Frame, type FuncIR, Ir, isOpening, isTerminator, type Node, Type } from '../../src/3-lower/ir.ts';
import type { Trees } from '../../src/5-emit/form/trees.ts';

type State = ReadonlyMap<string, Node>;
type NameOf = (n: Node) => string | undefined;

/** What is read where its variable holds something else: a line for each. */
export function wrongReads(ir: FuncIR, trees: Trees, nameOf: NameOf): string[] {
  const headers = new Map<Frame, State>();
  for (let round = 0; round < 100; round++) {
    const { wrong, isSettled } = new Walk(ir, trees, nameOf, headers).run();
    if (isSettled) return wrong;
  }
  throw new Error('the heads of the loops do not settle');
}

/** One walk through the code, with what is known so far of the variables at the heads of loops. */
class Walk {
  private readonly ir: FuncIR;
  private readonly trees: Trees;
  private readonly nameOf: NameOf;
  private readonly headers: Map<Frame, State>;
  private readonly arrived = new Map<Frame, State>();
  private readonly open: { frame: Frame; start: State; written: Set<string> }[] = [];
  private state: Map<string, Node> | undefined = new Map();
  private isSettled = true;
  private readonly wrong: string[] = [];

  constructor(ir: FuncIR, trees: Trees, nameOf: NameOf, headers: Map<Frame, State>) {
    this.ir = ir;
    this.trees = trees;
    this.nameOf = nameOf;
    this.headers = headers;
  }

  run(): { wrong: string[]; isSettled: boolean } {
    for (const p of this.ir.params) this.write(p);
    for (const n of this.ir.code) this.visit(n);
    return { wrong: this.wrong, isSettled: this.isSettled };
  }

  private visit(n: Node): void {
    if (n.op === Ir.else) this.state = new Map(this.open[this.open.length - 1]!.start);
    else if (n.op === Ir.end) this.end(n.frame!);
    if (this.state === undefined || this.trees.inline[n.id] === 1) return;
    for (const v of n.inputs) this.read(v, n);
    for (const { frame, args } of n.targets ?? []) {
      for (const v of args) this.read(v, n);
      this.go(frame);
    }
    if (n.op === Ir.loop) for (const v of n.frame!.init) this.read(v, n);
    if (isOpening(n.op)) this.begin(n.frame!);
    if (n.type !== Type.none && this.trees.used[n.id] === 1) this.write(n);
    if (isTerminator(n.op)) this.state = undefined;
  }

  private read(v: Node, at: Node): void {
    const name = this.trees.inline[v.id] === 0 ? this.nameOf(v) : undefined;
    if (name === undefined) for (const i of v.inputs) this.read(i, at);
    else if (this.state!.get(name) !== v) this.wrong.push(`v${at.id} reads v${v.id} in ${name}`);
  }
  private write(n: Node): void {
    const name = this.nameOf(n);
    if (name === undefined) return;
    this.state!.set(name, n);
    for (const { written } of this.open) written.add(name);
  }

  private begin(frame: Frame): void {
    if (frame.kind === 'loop') {
      for (const p of frame.params) this.write(p);
      this.meet(this.headers, frame, this.state!);
      this.state = new Map(this.headers.get(frame)!);
    }
    this.open.push({ frame, start: new Map(this.state), written: new Set() });
  }
  /** Along a branch, which assigns the frame's parameters. */
  private go(frame: Frame): void {
    if (frame.kind === 'exit') return;
    const before = this.state!;
    this.state = new Map(before);
    for (const p of frame.params) this.write(p);
    if (!this.meet(frame.kind === 'loop' ? this.headers : this.arrived, frame, this.state) && frame.kind === 'loop')
      this.isSettled = false;
    this.state = before;
  }
  /** Keeps what holds on the new way too; false if that is less. */
  private meet(known: Map<Frame, State>, frame: Frame, state: State): boolean {
    const old = known.get(frame);
    const kept = old === undefined ? state : new Map([...old].filter(([name, v]) => state.get(name) === v));
    known.set(frame, new Map(kept));
    return old === undefined || kept.size === old.size;
  }
  private end(frame: Frame): void {
    const { start, written } = this.open.pop()!;
    // An exception may come from anywhere in a `try`.
    const caught = [...start].filter(([name]) => !written.has(name));
    const state = frame.kind === 'try' ? new Map(caught) : this.arrived.get(frame);
    this.state = state && new Map(state);
    if (frame.kind === 'try') for (const p of frame.params) this.write(p);
  }
}
