/** The twins of floats (`float-bits.ts`): integer nodes, i32 for an f32 and i64 for an f64, and where in the code they go. */

import { paramCell, resultCell } from '../../2-validate/payloads/carried.ts';
import { type FuncIR, Ir, type Node, Type } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { Effect, OP, type OpName } from '../../wasm/opcodes.ts';
import { type FloatFlow, isAbs, isNeg, isReinterpreted } from './float-flow.ts';

export interface Twin {
  readonly node: Node;
  /** Always the bits of the value; else only where that is a NaN. */
  readonly full: boolean;
}

const NONE: readonly Node[] = [];
const QUIET_HIGH = 0x7ff80000;
const QUIET_SINGLE = 0x7fc00000;

export class Twins {
  /** Nodes for the start of the function. */
  readonly atStart: Node[] = [];
  private readonly ir: FuncIR;
  private readonly flow: FloatFlow;
  private readonly twins = new Map<Node, Node>();
  private readonly placedBefore = new Map<Node, Node[]>();
  private readonly placedAfter = new Map<Node, Node[]>();
  private readonly constants = new Map<number, Node>();

  constructor(ir: FuncIR, flow: FloatFlow) {
    this.ir = ir;
    this.flow = flow;
  }

  tell(note: Note): void {
    const full = [...this.twins.keys()].filter((v) => this.flow.isFull(v)).length;
    note('floats with their bits beside them', full);
    note('floats with their bits beside them for a NaN only', this.twins.size - full);
  }

  before(n: Node): readonly Node[] {
    return this.placedBefore.get(n) ?? NONE;
  }
  after(n: Node): readonly Node[] {
    return this.placedAfter.get(n) ?? NONE;
  }

  /** The twin of a value that has one, or the canonical NaN for one without payload. */
  of(v: Node): Twin {
    const node = this.twins.get(v) ?? this.make(v);
    if (!this.completing) {
      this.completing = true;
      for (let next = this.incomplete.pop(); next !== undefined; next = this.incomplete.pop()) next();
      this.completing = false;
    }
    return { node, full: this.flow.isFull(v) };
  }
  /** Operands of twins made so far: later, since they may lead back to them, and chains may be long. */
  private readonly incomplete: (() => void)[] = [];
  private completing = false;

  /** A canonical NaN: bits for any value that is no NaN but one that arithmetic has made. */
  canonical(type: number): Node {
    let n = this.constants.get(type);
    if (n === undefined) {
      const wide = type === Type.f64;
      n = wide
        ? this.ir.node(OP['i64.const'], Type.i64, [], 0, QUIET_HIGH)
        : this.ir.node(OP['i32.const'], Type.i32, [], QUIET_SINGLE);
      this.constants.set(type, n);
      this.atStart.push(n);
    }
    return n;
  }

  /**
   * An integer that was made a float and flows into a value of which only the bits are seen, where others flow from arithmetic:
   * for its number any NaN will do, since the bits count then, and those are the integer, its twin.
   */
  spareNumbers(): void {
    for (const v of this.twins.keys()) {
      if (this.flow.isFull(v) || this.flow.isComputedWith(v)) continue;
      if (v.op === OP.select) this.spare(v.inputs, [0, 1]);
      if (v.op !== Ir.merge) continue;
      const at = v.frame!.params.indexOf(v);
      for (const list of this.flow.incoming.of(v.frame!)) this.spare(list, [at]);
    }
  }
  private spare(list: Node[], places: readonly number[]): void {
    for (const k of places) if (isReinterpreted(list[k]!)) list[k] = this.nan(list[k]!.type);
  }
  private nan(type: number): Node {
    let n = this.nans.get(type);
    if (n === undefined) {
      n =
        type === Type.f64
          ? this.ir.node(OP['f64.const'], type, [], 0, QUIET_HIGH)
          : this.ir.node(OP['f32.const'], type, [], QUIET_SINGLE);
      this.nans.set(type, n);
      this.atStart.push(n);
    }
    return n;
  }
  private readonly nans = new Map<number, Node>();

  private make(v: Node): Node {
    const { ir, flow } = this;
    if (!flow.hasTwin(v)) return this.keep(v, this.canonical(v.type));
    const wide = v.type === Type.f64;
    const type = wide ? Type.i64 : Type.i32;
    if (isReinterpreted(v)) return this.keep(v, v.inputs[0]!);
    if (v.op === Ir.merge) return this.merge(v, type);
    if (v.op === OP.select) {
      const twin = this.keep(v, ir.node(OP.select, type, []), this.placedAfter);
      this.incomplete.push(() => {
        twin.inputs = [this.of(v.inputs[0]!).node, this.of(v.inputs[1]!).node, v.inputs[2]!];
      });
      return twin;
    }
    if (isNeg(v) || isAbs(v)) return this.signed(v, type);
    if (v.op === OP['f32.copysign'] || v.op === OP['f64.copysign']) return this.copysign(v, type);
    return this.source(v, type);
  }

  private source(v: Node, type: number): Node {
    const { ir } = this;
    const wide = type === Type.i64;
    if (v.op === OP['f32.const'] || v.op === OP['f64.const']) {
      return this.keep(v, ir.node(wide ? OP['i64.const'] : OP['i32.const'], type, [], v.imm, v.imm2), this.placedAfter);
    }
    if (v.op === Ir.param) {
      const twin = this.keep(v, ir.node(Ir.nanGet, type, [], paramCell(v.imm2)));
      this.atStart.push(twin);
      return twin;
    }
    if (v.op === OP['global.get']) return this.keep(v, ir.node(Ir.globalBits, type, [], v.imm), this.placedAfter);
    if (v.op === Ir.project) return this.result(v, v.inputs[0]!, v.imm2);
    if (v.op === OP['f32.load'] || v.op === OP['f64.load']) {
      const twin = ir.node(wide ? OP['i64.load'] : OP['i32.load'], type, v.inputs.slice(), v.imm, v.imm2);
      twin.align = v.align;
      if (!this.flow.isFull(v)) return this.loadOfNaN(v, twin);
      // Before the float is loaded, which then cannot trap any more, and dies if nobody computes with it.
      v.effects &= ~Effect.trap;
      return this.keep(v, twin, this.placedBefore);
    }
    return this.result(v, v, 0);
  }

  /** Loads the bits where the number turned out to be a NaN. */
  private loadOfNaN(v: Node, load: Node): Node {
    const { ir } = this;
    const frame = ir.frame('if');
    const twin = this.keep(v, ir.merge(frame, load.type));
    // The float was loaded from there.
    load.effects &= ~Effect.trap;
    const add = (op: number, type: number, inputs: Node[]): Node =>
      this.put(this.placedAfter, v, ir.node(op, type, inputs));
    const marker = (op: number, ...inputs: Node[]): void => {
      add(op, Type.none, inputs).frame = frame;
    };
    const leave = (bits: Node): void => {
      add(Ir.br, Type.none, []).targets = [{ frame, args: [bits] }];
    };
    marker(Ir.if, add(v.type === Type.f64 ? OP['f64.eq'] : OP['f32.eq'], Type.i32, [v, v]));
    leave(this.canonical(v.type));
    marker(Ir.else);
    leave(this.put(this.placedAfter, v, load));
    marker(Ir.end);
    return twin;
  }

  /** What a call leaves: of one we know nothing of, the canonical NaN if it leaves nothing. */
  private result(v: Node, call: Node, index: number): Node {
    this.expect(call, index, v.type);
    const type = v.type === Type.f64 ? Type.i64 : Type.i32;
    return this.keep(v, this.ir.node(Ir.nanGet, type, [], resultCell(index)), this.placedAfter);
  }
  /** Before a call of which we know nothing: its result has no payload unless it says so. */
  expect(call: Node, index: number, type: number): void {
    if (!call.carried?.unknown || this.before(call).some((n) => n.imm === resultCell(index))) return;
    const set = this.ir.node(Ir.nanSet, Type.none, [this.canonical(type)], resultCell(index));
    this.put(this.placedBefore, call, set);
  }

  private keep(v: Node, twin: Node, place?: Map<Node, Node[]>): Node {
    this.twins.set(v, twin);
    if (place) this.put(place, v, twin);
    return twin;
  }
  private put(place: Map<Node, Node[]>, at: Node, n: Node): Node {
    const known = place.get(at);
    if (known) known.push(n);
    else place.set(at, [n]);
    return n;
  }

  private merge(v: Node, type: number): Node {
    const frame = v.frame!;
    const at = frame.params.indexOf(v);
    const twin = this.keep(v, this.ir.merge(frame, type));
    const lists = this.flow.incoming.of(frame);
    for (const list of lists) {
      // Several twins of the frame may be made at once: this one's place is known, its value later.
      list.push(twin);
    }
    const place = frame.params.length - 1;
    this.incomplete.push(() => {
      for (const list of lists) list[place] = this.of(list[at]!).node;
    });
    return twin;
  }

  private op(v: Node, name: OpName, type: number, a: Node, b: Node): Node {
    return this.put(this.placedAfter, v, this.ir.node(OP[name], type, [a, b]));
  }
  /** The constant of these bits of an f64's high word, or of an f32. */
  private mask(v: Node, type: number, high: number, low: number): Node {
    const n =
      type === Type.i64
        ? this.ir.node(OP['i64.const'], type, [], low, high)
        : this.ir.node(OP['i32.const'], type, [], high);
    return this.put(this.placedAfter, v, n);
  }

  private signed(v: Node, type: number): Node {
    const result = this.ir.node(isNeg(v) ? OP[`${typeName(type)}.xor`] : OP[`${typeName(type)}.and`], type, []);
    const mask = isNeg(v) ? this.mask(v, type, -0x80000000, 0) : this.mask(v, type, 0x7fffffff, -1);
    this.incomplete.push(() => {
      result.inputs = [this.of(v.inputs[0]!).node, mask];
    });
    return this.keep(v, result, this.placedAfter);
  }

  private copysign(v: Node, type: number): Node {
    const name = typeName(type);
    const result = this.ir.node(OP[`${name}.or`], type, []);
    this.incomplete.push(() => this.combine(v, type, result));
    return this.keep(v, result);
  }
  private combine(v: Node, type: number, result: Node): void {
    const name = typeName(type);
    const magnitude = this.op(v, `${name}.and`, type, this.of(v.inputs[0]!).node, this.mask(v, type, 0x7fffffff, -1));
    const placed: Node[] = [];
    const word = this.sign(v, placed);
    for (const n of placed) this.put(this.placedAfter, v, n);
    let sign = this.op(v, 'i32.and', Type.i32, word, this.mask(v, Type.i32, -0x80000000, 0));
    if (type === Type.i64) {
      sign = this.put(this.placedAfter, v, this.ir.node(OP['i64.extend_i32_u'], type, [sign]));
      const count = this.put(this.placedAfter, v, this.ir.node(OP['i64.const'], type, [], 32));
      sign = this.op(v, 'i64.shl', type, sign, count);
    }
    result.inputs = [magnitude, sign];
    this.put(this.placedAfter, v, result);
  }

  /** An i32 with the sign of a copysign's second operand; what computes it goes to `out`. */
  sign(n: Node, out: Node[]): Node {
    const { ir, flow } = this;
    const value = n.inputs[1]!;
    const add = (op: number, type: number, inputs: Node[], imm = 0): Node => {
      const made = ir.node(op, type, inputs, imm);
      out.push(made);
      return made;
    };
    const number = (): Node => {
      const made = ir.libcall('f64_sign_bit', Type.i32, [value], 0);
      out.push(made);
      return made;
    };
    if (!flow.hasTwin(value)) return number();
    const { node: bits, full } = this.of(value);
    const word =
      bits.type === Type.i32
        ? bits
        : add(OP['i32.wrap_i64'], Type.i32, [
            add(OP['i64.shr_u'], Type.i64, [bits, add(OP['i64.const'], Type.i64, [], 32)]),
          ]);
    if (full) return word;
    const isNumber = add(n.type === Type.f64 ? OP['f64.eq'] : OP['f32.eq'], Type.i32, [value, value]);
    return add(OP.select, Type.i32, [number(), word, isNumber]);
  }

  /** A value was replaced: its twin goes on, after the new one. */
  rename(v: Node, by: Node): void {
    const twin = this.twins.get(v);
    if (twin) this.twins.set(by, twin);
  }
}

const typeName = (type: number): 'i32' | 'i64' => (type === Type.i64 ? 'i64' : 'i32');
