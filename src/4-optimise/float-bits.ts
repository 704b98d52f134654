/**
 * Moves floats as bits where only their bits matter: a value that is loaded (or is a constant, or came from an integer)
 * and is stored or reinterpreted goes there as an integer, so that NaN payloads survive, signalling ones included, which
 * a JavaScript number of an f32 would quiet. Arithmetic on the same value keeps using the number.
 *
 * Optimistic over merges: a merge has bits if all its arguments have.
 */
import { type FuncIR, Ir, type Node, resolveAll, Type } from '../3-lower/ir.ts';
import { OP } from '../wasm/opcodes.ts';
import { incomingArgs } from './frames.ts';

export function moveFloatsAsBits(ir: FuncIR): void {
  if (!ir.code.some(usesBits)) return;
  new BitMover(ir).run();
}

/** Operations that look at the bits of their float operand only. */
function usesBits(n: Node): boolean {
  return n.op === OP['f32.store'] || n.op === OP['i32.reinterpret_f32'] || n.op === OP['i64.reinterpret_f64'];
}
const bitsOperand = (n: Node): Node => n.inputs[n.inputs.length - 1]!;

class BitMover {
  private readonly ir: FuncIR;
  private readonly incoming;
  /** The integer twin of a float value. */
  private readonly bits = new Map<Node, Node>();
  /** Twins to insert after a node. */
  private readonly after = new Map<Node, Node>();

  constructor(ir: FuncIR) {
    this.ir = ir;
    this.incoming = incomingArgs(ir);
  }

  run(): void {
    const { ir } = this;
    const wanted = ir.code.filter(usesBits);
    const able = this.ableClosure(wanted);
    for (const n of wanted) {
      const value = bitsOperand(n);
      if (!able.has(value)) continue;
      const twin = this.twin(value);
      if (n.op === OP['f32.store']) {
        n.op = OP['i32.store'];
        n.inputs = [n.inputs[0]!, twin];
      } else n.forward = twin;
    }
    ir.code = ir.code.flatMap((n) => {
      const twin = this.after.get(n);
      if (twin === undefined) return n.forward ? [] : [n];
      return [n, twin];
    });
    resolveAll(ir);
    this.dropUnusedLoads();
  }

  /** The float values whose bits can be had: assume all reachable from uses can, then strike out until stable. */
  private ableClosure(wanted: readonly Node[]): Set<Node> {
    const able = new Set<Node>();
    const work = wanted.map(bitsOperand);
    for (let v = work.pop(); v !== undefined; v = work.pop()) {
      if (able.has(v) || !(isSource(v) || v.op === Ir.merge || v.op === OP.select)) continue;
      able.add(v);
      work.push(...this.parts(v));
    }
    for (let changed = true; changed; ) {
      changed = false;
      for (const v of able) {
        if (this.parts(v).every((p) => able.has(p))) continue;
        able.delete(v);
        changed = true;
      }
    }
    return able;
  }

  private parts(v: Node): Node[] {
    if (v.op === OP.select) return [v.inputs[0]!, v.inputs[1]!];
    if (v.op !== Ir.merge) return [];
    const at = v.frame!.params.indexOf(v);
    return (this.incoming.get(v.frame!) ?? []).map((list) => list[at]!);
  }

  private twin(v: Node): Node {
    const known = this.bits.get(v);
    if (known) return known;
    const { ir } = this;
    const wide = v.type === Type.f64;
    const type = wide ? Type.i64 : Type.i32;
    if (v.op === OP['f32.reinterpret_i32'] || v.op === OP['f64.reinterpret_i64']) {
      this.bits.set(v, v.inputs[0]!);
      return v.inputs[0]!;
    }
    if (v.op === Ir.merge) return this.mergeTwin(v, type);
    if (v.op === OP.select) return this.selectTwin(v, type);
    let twin: Node;
    if (v.op === OP['f32.const'] || v.op === OP['f64.const']) {
      twin = ir.node(wide ? OP['i64.const'] : OP['i32.const'], type, [], v.imm, v.imm2);
    } else {
      twin = ir.node(wide ? OP['i64.load'] : OP['i32.load'], type, v.inputs.slice(), v.imm, v.imm2);
      twin.align = v.align;
    }
    this.bits.set(v, twin);
    this.after.set(v, twin);
    return twin;
  }

  /** Known before its operands are: in a loop they may lead back to it. */
  private selectTwin(v: Node, type: number): Node {
    const twin = this.ir.node(OP.select, type, []);
    this.bits.set(v, twin);
    this.after.set(v, twin);
    twin.inputs = [this.twin(v.inputs[0]!), this.twin(v.inputs[1]!), v.inputs[2]!];
    return twin;
  }

  private mergeTwin(v: Node, type: number): Node {
    const frame = v.frame!;
    const at = frame.params.indexOf(v);
    const twin = this.ir.merge(frame, type);
    this.bits.set(v, twin);
    for (const list of this.incoming.get(frame)!) list.push(this.twin(list[at]!));
    return twin;
  }

  /** A float load whose value only went as bits: its twin makes the same access, so the trap stays. */
  private dropUnusedLoads(): void {
    const used = new Set<Node>();
    for (const n of this.ir.code) {
      for (const i of n.inputs) used.add(i);
      if (n.targets) for (const t of n.targets) for (const a of t.args) used.add(a);
      if (n.op === Ir.loop) for (const a of n.frame!.init) used.add(a);
    }
    this.ir.code = this.ir.code.filter((n) => !(isLoad(n) && this.after.has(n) && !used.has(n)));
  }
}

const isLoad = (n: Node): boolean => n.op === OP['f32.load'] || n.op === OP['f64.load'];
const isSource = (n: Node): boolean =>
  isLoad(n) ||
  n.op === OP['f32.const'] ||
  n.op === OP['f64.const'] ||
  n.op === OP['f32.reinterpret_i32'] ||
  n.op === OP['f64.reinterpret_i64'];
