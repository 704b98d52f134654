/**
 * Splits every v128 into lanes, so that all later passes see scalars only: dead lanes die like any other value, and
 * folding, trees and variables know nothing of vectors. Each vector is kept in the forms that its uses ask for
 * (`forms.ts`); a conversion stands where the vector is defined, or, if all that wants it is outside of the loop that
 * defines it, where it is used.
 */
import type { Carried } from '../../2-validate/payloads/carried.ts';
import { mustStay } from '../../3-lower/effects.ts';
import { type Frame, type FuncIR, Ir, isOpening, type Node, resolveList, type Target, Type } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { OP } from '../../wasm/opcodes.ts';
import { Expander } from './expander.ts';
import { Forms } from './forms.ts';
import { D, F, type Form, I, laneCount } from './rules.ts';

export function splitVectors(ir: FuncIR, note?: Note): void {
  if (!hasVectors(ir)) return;
  new Splitter(ir, note).run();
}

function hasVectors(ir: FuncIR): boolean {
  return ir.params.some(isVector) || ir.results.includes(Type.v128) || ir.code.some(isVector);
}
const isVector = (n: Node): boolean => n.type === Type.v128;
/** What is carried through the cells, with the places of values after each vector has become four words. */
function spread(carried: Carried, params: readonly Node[], results: readonly number[]): Carried {
  const places = (types: readonly number[]): number[] => {
    let at = 0;
    return types.map((t) => {
      const place = at;
      at += t === Type.v128 ? 4 : 1;
      return place;
    });
  };
  return { ...carried, at: { params: places(params.map((p) => p.type)), results: places(results) } };
}
const TYPES: Record<Form, number> = { [I]: Type.i32, [F]: Type.f32, [D]: Type.f64 };
const FORMS = [I, F, D];

class Splitter extends Expander {
  private readonly forms: Forms;

  constructor(ir: FuncIR, note: Note | undefined) {
    super(ir);
    this.forms = new Forms(ir);
    if (note) this.forms.tell(note);
  }

  run(): void {
    const { ir } = this;
    ir.carried = spread(ir.carried, ir.params, ir.results);
    this.splitParams();
    for (const n of ir.code) if (isOpening(n.op)) this.splitMerges(n.frame!);
    for (const n of ir.code) this.visit(n);
    ir.code = [...this.allConstants(), ...this.out];
    ir.results = ir.results.flatMap((t) => (t === Type.v128 ? [Type.i32, Type.i32, Type.i32, Type.i32] : [t]));
  }

  private splitParams(): void {
    const { ir } = this;
    const params: Node[] = [];
    for (const p of ir.params) {
      if (!isVector(p)) {
        p.imm = params.length;
        params.push(p);
        continue;
      }
      const lanes = [0, 1, 2, 3].map((k) => ir.node(Ir.param, Type.i32, [], params.length + k));
      this.setLanes(p, I, lanes);
      params.push(...lanes);
    }
    const old = ir.params.slice();
    ir.params.length = 0;
    for (const p of params) ir.params.push(p);
    for (const p of old) this.convert(p);
  }

  /** Each vector among a frame's parameters becomes its lanes, in each form that it is kept in. */
  private splitMerges(frame: Frame): void {
    if (!frame.params.some(isVector)) return;
    const old = frame.params;
    this.vectorParams.set(frame, old);
    frame.params = [];
    for (const p of old) {
      if (!isVector(p)) frame.params.push(p);
      else {
        for (const form of this.madeForms(p)) {
          this.setLanes(
            p,
            form,
            Array.from({ length: laneCount(form) }, () => this.ir.merge(frame, TYPES[form]!)),
          );
        }
      }
    }
  }
  /** The parameters of frames as they were. */
  private readonly vectorParams = new Map<Frame, readonly Node[]>();

  private madeForms(v: Node): Form[] {
    const made = this.forms.made[v.id]!;
    return FORMS.filter((form) => (made & form) !== 0);
  }
  /** Makes the forms that are wanted of a vector that has just been defined. */
  private convert(v: Node): void {
    if (!isVector(v)) return;
    for (const form of FORMS) {
      if ((this.forms.near[v.id]! & form) === 0 || this.has(v, form)) continue;
      this.setLanes(v, form, this.converted(v, form));
    }
  }

  /** Arguments for parameters as they were, each vector as the lanes that its parameter has. */
  private args(list: readonly Node[], params: readonly Node[]): Node[] {
    return list.flatMap((a, i) => {
      if (!isVector(a)) return [a];
      return this.madeForms(params[i]!).flatMap((form) => this.lanes(a, form));
    });
  }
  /** Values that go elsewhere: words. */
  private words128(list: Node[]): Node[] {
    return list.some(isVector) ? list.flatMap((v) => (isVector(v) ? this.lanes(v, I) : [v])) : list;
  }

  private visit(n: Node): void {
    resolveList(n.inputs);
    if (n.targets) for (const t of n.targets) this.splitTarget(t);
    if (n.op === Ir.loop) {
      const frame = n.frame!;
      resolveList(frame.init);
      const params = this.vectorParams.get(frame);
      if (params) frame.init = this.args(frame.init, params);
    }
    this.translate(n);
    if (n.op === Ir.loop || (n.op === Ir.end && n.frame!.kind !== 'loop')) {
      for (const p of this.vectorParams.get(n.frame!) ?? []) this.convert(p);
    } else this.convert(n);
  }
  private splitTarget(t: Target): void {
    resolveList(t.args);
    const params = this.vectorParams.get(t.frame);
    if (params) t.args = this.args(t.args, params);
    else if (t.frame.kind === 'exit') t.args = this.words128(t.args);
  }

  private translate(n: Node): void {
    const rule = this.forms.rule(n);
    if (n.op === OP['v128.const']) this.constant(n);
    else if (n.op === OP.select && isVector(n)) this.choice(n);
    else if (n.op === OP['global.set'] && isVector(n.inputs[0]!)) this.setEach(n, Ir.globalSetLane);
    else if (n.op === Ir.varSet && isVector(n.inputs[0]!)) this.setEach(n, Ir.varSet);
    else if (!rule || rule.takes === '') this.other(n);
    else if (isVector(n)) {
      let forms = this.madeForms(n);
      // Nobody reads it, but it may trap.
      if (forms.length === 0 && mustStay(n, true)) forms = [I];
      for (const form of forms) this.setLanes(n, form, rule.expand(this, n, form));
    } else {
      const [scalar] = rule.expand(this, n, I);
      if (scalar) n.forward = scalar;
    }
  }
  private constant(n: Node): void {
    const [a, b, c, d] = n.lanes as [number, number, number, number];
    for (const form of this.madeForms(n)) {
      if (form === I) {
        this.setLanes(
          n,
          I,
          [a, b, c, d].map((w) => this.i32(w)),
        );
      } else if (form === F) {
        this.setLanes(
          n,
          F,
          [a, b, c, d].map((w) => this.float(Type.f32, w)),
        );
      } else this.setLanes(n, D, [this.float(Type.f64, a, b), this.float(Type.f64, c, d)]);
    }
  }
  private choice(n: Node): void {
    const [a, b, condition] = n.inputs as [Node, Node, Node];
    for (const form of this.madeForms(n)) {
      const other = this.lanes(b, form);
      this.setLanes(
        n,
        form,
        this.lanes(a, form).map((lane, k) => this.select(lane, other[k]!, condition)),
      );
    }
  }
  /** Sets something that is kept lane by lane. */
  private setEach(n: Node, op: number): void {
    const lanes = this.lanes(n.inputs[0]!, I);
    n.inputs = [lanes[0]!];
    this.add(n);
    for (let k = 1; k < 4; k++) this.add(this.ir.node(op, Type.none, [lanes[k]!], n.imm, k));
  }

  /** What is no vector instruction: calls, globals, projections; all else only has its operands split. */
  private other(n: Node): void {
    const { ir } = this;
    const carried = n.carried && spread(n.carried, n.inputs, []);
    if (!isVector(n)) {
      n.carried = carried;
      n.inputs = this.words128(n.inputs);
      this.add(n);
      return;
    }
    const first = this.add(ir.node(n.op, Type.i32, this.words128(n.inputs), n.imm, n.imm2));
    Object.assign(first, { effects: n.effects, align: n.align, name: n.name, carried });
    const rest = (k: number): Node | undefined => {
      if (n.op === OP['global.get']) return ir.node(Ir.globalLane, Type.i32, [], n.imm, k);
      if (n.op === Ir.varGet) return ir.node(Ir.varGet, Type.i32, [], n.imm, k);
      if (n.op === Ir.project || n.op === Ir.exnGet) return ir.node(n.op, Type.i32, first.inputs, n.imm + k);
      if (n.op !== OP['struct.get'] && n.op !== OP['array.get']) return undefined;
      const field = ir.node(
        n.op === OP['struct.get'] ? Ir.fieldHigh : Ir.elementHigh,
        Type.i32,
        first.inputs,
        n.imm,
        n.imm2,
      );
      field.lanes = [k];
      return field;
    };
    const lanes = [1, 2, 3].map(rest);
    if (lanes.includes(undefined)) this.setLanes(n, I, this.withLanes(first));
    else this.setLanes(n, I, [first, ...lanes.map((lane) => this.add(lane!))]);
  }
}
