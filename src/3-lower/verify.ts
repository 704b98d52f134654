/**
 * The invariants of FuncIR, checked after each pass under `--verify`: frames nest, operands are defined on every path
 * that reaches their use and have the types the operation takes, branches pass what their frame expects.
 */
import { OPS } from '../wasm/opcodes.ts';
import {
  type Frame,
  type FuncIR,
  Ir,
  isOpening,
  isTerminator,
  type Node,
  opName,
  type Target,
  TYPE_NAMES,
  Type,
} from './ir.ts';

const LETTERS: Record<string, number> = { i: Type.i32, I: Type.i64, f: Type.f32, F: Type.f64, V: Type.v128 };
const HALVES: readonly number[] = [Type.i32, Type.i32];

/** The types of a signature's operands. Once i64 are split, those that remain are halves, and so are addresses of 64 bits. */
function operandTypes(params: string, n: Node): number[] {
  const isSplit = n.inputs.every((i) => i.type !== Type.i64);
  const narrow = isSplit ? params.replace(/I/g, 'ii').length : params.length;
  const address = n.inputs[0]?.type === Type.i64 ? [Type.i64] : n.inputs.length > narrow ? HALVES : [Type.i32];
  return [...params].flatMap((l) => (l === 'a' ? address : l === 'I' && isSplit ? HALVES : [LETTERS[l]!]));
}

/**
 * A definition, behind the ones that come before it on every path to it. What is defined at a point is the chain that
 * ends there, so that meeting paths have a common beginning in common, and no set is ever copied.
 */
interface Definition {
  readonly before: Definition | undefined;
  readonly depth: number;
}

interface Open {
  readonly frame: Frame;
  /** What is defined wherever a branch leaves to the frame, thus after its end. */
  after: Definition | undefined;
  /** What is defined at the frame's start, for the else arm. */
  readonly start: Definition;
}

export function verify(ir: FuncIR, after: string): void {
  new Verifier(ir, after).run();
}

class Verifier {
  private readonly ir: FuncIR;
  private readonly pass: string;
  private readonly definitions = new Map<Node, Definition>();
  /** The chain of the current point, by depth; entries from `length` on are stale. */
  private readonly chain: Definition[] = [{ before: undefined, depth: 0 }];
  private length = 1;
  private readonly open: Open[] = [];
  private dead = false;

  constructor(ir: FuncIR, pass: string) {
    this.ir = ir;
    this.pass = pass;
    for (const p of ir.params) this.define(p);
  }

  private define(n: Node): void {
    const definition = { before: this.here(), depth: this.length };
    this.definitions.set(n, definition);
    this.chain[this.length++] = definition;
  }

  private here(): Definition {
    return this.chain[this.length - 1]!;
  }

  private isCurrent(d: Definition): boolean {
    return d.depth < this.length && this.chain[d.depth] === d;
  }

  private isDefined(n: Node): boolean {
    const d = this.definitions.get(n);
    return d !== undefined && this.isCurrent(d);
  }

  /** Makes the chain end at `d`. */
  private goTo(d: Definition): void {
    for (let i = d; !this.isCurrent(i); i = i.before!) this.chain[i.depth] = i;
    this.length = d.depth + 1;
  }

  private fail(n: Node, what: string): never {
    const where = `function ${this.ir.index}, v${n.id} ${opName(n.op)}`;
    throw new Error(`wasmelt bug: IR invalid after ${this.pass}: ${where}: ${what}`);
  }

  run(): void {
    for (const n of this.ir.code) this.visit(n);
    if (this.open.length > 0) throw new Error(`wasmelt bug: IR invalid after ${this.pass}: frame left open`);
  }

  private visit(n: Node): void {
    if (n.op === Ir.end) return this.end(n);
    if (n.op === Ir.else) return this.else(n);
    if (this.dead) this.fail(n, 'cannot be reached');
    this.operands(n);
    if (n.targets) for (const t of n.targets) this.target(n, t);
    if (isOpening(n.op)) this.begin(n);
    if (isTerminator(n.op)) this.dead = true;
    if (n.type !== Type.none) this.define(n);
  }

  private operands(n: Node): void {
    for (const i of n.inputs) {
      if (i.forward) this.fail(n, `operand v${i.id} was replaced`);
      if (!this.isDefined(i)) this.fail(n, `operand v${i.id} (${opName(i.op)}) is not defined here`);
    }
    const signature = OPS[n.op]?.signature;
    if (!signature) return;
    const types = operandTypes(signature.params, n);
    if (types.length !== n.inputs.length) this.fail(n, `${n.inputs.length} operands`);
    for (const [k, t] of types.entries()) {
      const got = n.inputs[k]!.type;
      if (got !== t) this.fail(n, `operand ${k} is ${TYPE_NAMES[got]}`);
    }
  }

  private args(n: Node, args: readonly Node[], types: readonly number[]): void {
    if (args.length !== types.length) this.fail(n, `${args.length} arguments for ${types.length} parameters`);
    for (const [k, a] of args.entries()) {
      if (!this.isDefined(a)) this.fail(n, `argument v${a.id} (${opName(a.op)}) is not defined here`);
      if (a.type !== types[k]) this.fail(n, `argument ${k} is ${TYPE_NAMES[a.type]}`);
    }
  }

  private target(n: Node, t: Target): void {
    if (t.frame === this.ir.exit) return this.args(n, t.args, this.ir.results);
    const open = this.open.find((o) => o.frame === t.frame);
    if (!open) this.fail(n, `branches to frame ${t.frame.id}, which is not open`);
    if (t.frame.kind === 'try') this.fail(n, `branches to frame ${t.frame.id}, where only exceptions go`);
    this.args(
      n,
      t.args,
      t.frame.params.map((p) => p.type),
    );
    if (t.frame.kind === 'loop') return;
    let after = open.after ?? this.here();
    while (!this.isCurrent(after)) after = after.before!;
    open.after = after;
  }

  private begin(n: Node): void {
    const frame = n.frame!;
    if (n.op === Ir.loop) {
      this.args(
        n,
        frame.init,
        frame.params.map((p) => p.type),
      );
      for (const p of frame.params) this.define(p);
    }
    // An exception may arrive at the end of a `try` from anywhere inside.
    this.open.push({ frame, after: n.op === Ir.try ? this.here() : undefined, start: this.here() });
  }

  private else(n: Node): void {
    const top = this.open[this.open.length - 1];
    if (!top || top.frame !== n.frame) this.fail(n, 'else of another frame');
    if (!this.dead) this.fail(n, 'the first arm falls off its end');
    this.goTo(top.start);
    this.dead = false;
  }

  private end(n: Node): void {
    const top = this.open.pop();
    if (!top || top.frame !== n.frame) this.fail(n, 'end of another frame');
    if (!this.dead) this.fail(n, 'a body falls off its end');
    this.dead = top.after === undefined;
    if (top.after === undefined) return;
    this.goTo(top.after);
    for (const p of top.frame.params) this.define(p);
  }
}
