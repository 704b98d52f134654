/**
 * Which float values need a twin (`float-bits.ts`): those whose bits are seen and that may be a NaN with a payload, or that
 * have all their bits at hand. Fixed points over what flows into the values seen, by worklists.
 *
 * A load that is computed with has no full twin: that would be two more loads, where a test of the number is enough.
 */
import { isCall } from '../../3-lower/effects.ts';
import { type Frame, type FuncIR, floatValue, Ir, isConst, type Node, Type } from '../../3-lower/ir.ts';
import { OP } from '../../wasm/opcodes.ts';
import { Incoming } from '../control/frames.ts';

export const isFloat = (n: Node): boolean => n.type === Type.f32 || n.type === Type.f64;
export const isLoad = (n: Node): boolean => n.op === OP['f32.load'] || n.op === OP['f64.load'];
export const isReinterpreted = (n: Node): boolean =>
  n.op === OP['f32.reinterpret_i32'] || n.op === OP['f64.reinterpret_i64'];
export const isNeg = (n: Node): boolean => n.op === OP['f32.neg'] || n.op === OP['f64.neg'];
export const isAbs = (n: Node): boolean => n.op === OP['f32.abs'] || n.op === OP['f64.abs'];
const isCopysign = (n: Node): boolean => n.op === OP['f32.copysign'] || n.op === OP['f64.copysign'];

/** Is operand `i` one of which only the bits count? */
function seesBitsOnly(n: Node, i: number): boolean {
  if (n.op === OP['f32.store'] || n.op === OP['f64.store'] || isCopysign(n)) return i === 1;
  return n.op === OP['i32.reinterpret_f32'] || n.op === OP['i64.reinterpret_f64'];
}

export class FloatFlow {
  readonly incoming: Incoming;
  private readonly ir: FuncIR;
  /** Values with a full twin, and values that may have a payload. */
  private readonly full = new Set<Node>();
  private readonly bearing = new Set<Node>();
  /** Values whose number something takes, with all that flows into them. */
  private readonly computed = new Set<Node>();

  /** `seen` are the values whose bits are seen. */
  constructor(ir: FuncIR, seen: readonly Node[]) {
    this.ir = ir;
    this.incoming = new Incoming(ir);
    const reached = new Set<Node>();
    const users = new Map<Node, Node[]>();
    const work = seen.slice();
    for (let v = work.pop(); v !== undefined; v = work.pop()) {
      if (reached.has(v)) continue;
      reached.add(v);
      for (const p of this.parts(v)) {
        const known = users.get(p);
        if (known) known.push(v);
        else users.set(p, [v]);
        work.push(p);
      }
    }
    const spread = (set: Set<Node>, start: readonly Node[]): void => {
      const next = start.slice();
      for (let v = next.pop(); v !== undefined; v = next.pop()) {
        if (set.has(v)) continue;
        set.add(v);
        next.push(...(users.get(v) ?? []));
      }
    };
    const all = [...reached];
    spread(
      this.bearing,
      all.filter((v) => this.isSource(v)),
    );
    const taken = this.numberUses(reached);
    for (const next = taken.filter((v) => reached.has(v)); next.length > 0; ) {
      const v = next.pop()!;
      if (this.computed.has(v)) continue;
      this.computed.add(v);
      next.push(...this.parts(v));
    }
    const lacking = this.lacking(reached, users, taken);
    for (const v of all) if (!lacking.has(v)) this.full.add(v);
  }

  /** The values reached that have no full twin: their number is needed, and so is that of all that flows into them. */
  private lacking(
    reached: ReadonlySet<Node>,
    users: ReadonlyMap<Node, readonly Node[]>,
    taken: readonly Node[],
  ): Set<Node> {
    const lacking = new Set<Node>();
    const numbers = new Set<Node>();
    const work: Node[] = [];
    const need = (v: Node): void => {
      if (!reached.has(v) || numbers.has(v)) return;
      numbers.add(v);
      work.push(v);
    };
    const lack = (v: Node): void => {
      if (lacking.has(v)) return;
      lacking.add(v);
      need(v);
      for (const u of users.get(v) ?? []) lack(u);
    };
    for (const v of taken) need(v);
    for (const v of reached) if (!this.hasAllBits(v)) lack(v);
    for (let v = work.pop(); v !== undefined; v = work.pop()) {
      if (isLoad(v)) lack(v);
      for (const p of this.parts(v)) need(p);
    }
    return lacking;
  }

  /** Values whose number something takes that does not hand their bits on. */
  private numberUses(reached: ReadonlySet<Node>): Node[] {
    const uses: Node[] = [];
    const args = (list: readonly Node[], { params }: Frame): void => {
      for (let i = 0; i < list.length; i++) {
        const param = params[i];
        if (isFloat(list[i]!) && !(param && reached.has(param))) uses.push(list[i]!);
      }
    };
    for (const n of this.ir.code) {
      const { inputs } = n;
      let passes: readonly Node[] | undefined;
      for (let i = 0; i < inputs.length; i++) {
        const v = inputs[i]!;
        if (!isFloat(v) || seesBitsOnly(n, i)) continue;
        passes ??= reached.has(n) ? this.parts(n) : [];
        if (!passes.includes(v)) uses.push(v);
      }
      if (n.targets) for (const t of n.targets) args(t.args, t.frame);
      if (n.op === Ir.loop) args(n.frame!.init, n.frame!);
    }
    return uses;
  }

  hasTwin(v: Node): boolean {
    return this.full.has(v) || this.bearing.has(v);
  }
  isBearing(v: Node): boolean {
    return this.bearing.has(v);
  }
  /** Does anything take its number, other than to hand that on, or its bits if it is a NaN? */
  isComputedWith(v: Node): boolean {
    return this.computed.has(v);
  }
  isFull(v: Node): boolean {
    return this.full.has(v);
  }

  /** The values that may become this one with their bits, sign aside. */
  parts(v: Node): readonly Node[] {
    return partsOf(v, this.incoming);
  }

  private isSource(v: Node): boolean {
    if (isLoad(v) || isReinterpreted(v) || isCopysign(v)) return true;
    if (isConst(v)) return Number.isNaN(floatValue(v));
    return this.isCarried(v);
  }
  /** Comes with bits beside it: a parameter, the result of a call, a global. */
  isCarried(v: Node): boolean {
    if (v.op === Ir.param) return this.ir.carried.params.includes(v.imm2);
    if (v.op === Ir.project) return v.inputs[0]!.carried?.results.includes(v.imm2) === true;
    if (v.op === OP['global.get']) return v.carried !== undefined;
    return isCall(v) && v.carried?.results.includes(0) === true;
  }
  /** Has all its bits, if its parts have. */
  private hasAllBits(v: Node): boolean {
    return isLoad(v) || isReinterpreted(v) || isConst(v) || this.parts(v).length > 0;
  }
}

/** The values that may become this one with their bits, sign aside; of merges only where it is known what comes in. */
export function partsOf(v: Node, incoming?: Incoming): readonly Node[] {
  if (v.op === OP.select) return [v.inputs[0]!, v.inputs[1]!];
  if (isNeg(v) || isAbs(v) || isCopysign(v)) return [v.inputs[0]!];
  if (v.op !== Ir.merge || !incoming) return NONE;
  const at = v.frame!.params.indexOf(v);
  return incoming.of(v.frame!).map((list) => list[at]!);
}
const NONE: readonly Node[] = [];
