/**
 * Carries floats as bits where their bits may be seen: a NaN loses its payload on its way through a JavaScript number, on
 * V8 that of a signalling f32 at least, on other engines any.
 *
 * Where a use sees bits (a store, a reinterpretation, what leaves the function), the value gets a *twin*, an integer. A
 * twin is *full* if it always is the value's bits: that of a load, a constant, a reinterpreted integer, and of merges,
 * choices and sign operations of such. The use then takes the twin, and the number is made only where it is computed with.
 * A twin that is not full holds the bits where the number is a NaN; the use tests that. Results of arithmetic need no twin,
 * since any quiet NaN will do, nor does anything that only they flow into: those stay numbers.
 *
 * What is a twin is found optimistically over merges (`able`, `bearing`), the twins themselves are made by `float-twins.ts`.
 */

import { paramAt, paramCell, resultAt, resultCell } from '../../2-validate/payloads/carried.ts';
import { isCall } from '../../3-lower/effects.ts';
import {
  type FuncIR,
  floatValue,
  Ir,
  isConst,
  isTailCall,
  type Node,
  resolveAll,
  type Target,
  Type,
} from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { OP, type OpName } from '../../wasm/opcodes.ts';
import { FloatFlow, isFloat } from './float-flow.ts';
import { Twins } from './float-twins.ts';

export function carryFloatBits(ir: FuncIR, note?: Note): void {
  const uses = ir.code.filter((n) => seesBits(n, ir));
  if (uses.length === 0) return;
  const carrier = new Carrier(ir, uses);
  carrier.run();
  if (note) carrier.tell(note);
}

const isFloatStore = (n: Node): boolean => n.op === OP['f32.store'] || n.op === OP['f64.store'];
const isReinterpret = (n: Node): boolean => n.op === OP['i32.reinterpret_f32'] || n.op === OP['i64.reinterpret_f64'];
const isCopysign = (n: Node): boolean => n.op === OP['f32.copysign'] || n.op === OP['f64.copysign'];
const bitsOperand = (n: Node): Node => n.inputs[n.inputs.length - 1]!;
const exitTarget = (n: Node, ir: FuncIR): Target | undefined => n.targets?.find((t) => t.frame === ir.exit);

/** Operations through which the bits of a float operand can be seen. */
function seesBits(n: Node, ir: FuncIR): boolean {
  if (isFloatStore(n) || isReinterpret(n) || isCopysign(n)) return true;
  if (isTailCall(n.op)) return n.carried !== undefined && ir.carried.results.length + n.carried.params.length > 0;
  if (n.carried) return n.op === OP['global.set'] || n.carried.params.length > 0;
  return ir.carried.results.length > 0 && exitTarget(n, ir) !== undefined;
}

class Carrier {
  private readonly ir: FuncIR;
  private readonly uses: readonly Node[];
  private readonly flow: FloatFlow;
  private readonly twins: Twins;
  private out: Node[] = [];

  constructor(ir: FuncIR, uses: readonly Node[]) {
    this.ir = ir;
    this.uses = uses;
    this.flow = new FloatFlow(
      ir,
      uses.flatMap((n) => this.seen(n)),
    );
    this.twins = new Twins(ir, this.flow);
  }

  run(): void {
    const { ir, twins } = this;
    // All twins that are needed, before any code moves.
    this.expectPassed();
    for (const n of this.uses)
      if (!this.passed.has(n)) for (const v of this.seen(n)) if (this.flow.hasTwin(v)) twins.of(v);
    twins.spareNumbers();
    const uses = new Set(this.uses);
    for (const n of ir.code) {
      for (const t of twins.before(n)) this.out.push(t);
      if (uses.has(n)) this.use(n);
      else this.out.push(n);
      for (const t of twins.after(n)) this.out.push(t);
    }
    ir.code = twins.atStart.concat(this.out.filter((n) => !n.forward));
    resolveAll(ir);
  }

  tell(note: Note): void {
    note('places where the bits of a float are seen', this.uses.length);
    this.twins.tell(note);
  }

  /** The values whose bits a use sees. */
  private seen(n: Node): Node[] {
    if (n.carried && n.op !== OP['global.set']) return n.carried.params.map((k) => n.inputs[paramAt(n.carried!, k)]!);
    if (n.targets) return this.returned(n).map(([, v]) => v);
    return [bitsOperand(n)].filter(isFloat);
  }

  /** The results that go with their payloads where a branch returns. */
  private returned(n: Node): (readonly [index: number, value: Node])[] {
    const { carried } = this.ir;
    const { args } = exitTarget(n, this.ir)!;
    return carried.results.map((k) => [k, args[resultAt(carried, k)]!]);
  }

  private use(n: Node): void {
    if (isFloatStore(n)) this.store(n);
    else if (isReinterpret(n)) this.reinterpret(n);
    else if (isCopysign(n)) this.copysign(n);
    else if (n.op === OP['global.set']) {
      const [value] = this.seen(n);
      const bits = this.cellValue(value!);
      if (bits) this.add(this.node(Ir.globalSetBits, Type.none, [bits], n.imm));
      this.add(n);
    } else if (n.targets) this.leave(n);
    else {
      // A tail call returns to callers that may not know the callee.
      if (isTailCall(n.op)) for (const k of this.ir.carried.results) this.expectNow(n, k);
      for (const k of n.carried!.params) this.note(n.inputs[paramAt(n.carried!, k)]!, paramCell(k));
      this.add(n);
    }
  }

  private add(n: Node): Node {
    this.out.push(n);
    return n;
  }
  private node(op: number, type: number, inputs: Node[], imm = 0): Node {
    return this.ir.node(op, type, inputs, imm);
  }
  private op(name: OpName, type: number, ...inputs: Node[]): Node {
    return this.add(this.node(OP[name], type, inputs));
  }
  private isNumber(v: Node): Node {
    return this.op(v.type === Type.f64 ? 'f64.eq' : 'f32.eq', Type.i32, v, v);
  }

  private store(n: Node): void {
    const value = bitsOperand(n);
    if (!this.flow.isBearing(value)) return void this.add(n);
    const { node: bits, full } = this.twins.of(value);
    const store = this.node(n.op === OP['f32.store'] ? OP['i32.store'] : OP['i64.store'], Type.none, [
      n.inputs[0]!,
      bits,
    ]);
    Object.assign(store, { imm: n.imm, imm2: n.imm2, align: n.align });
    if (full) this.add(store);
    else this.choose(this.isNumber(value), [n], [store]);
  }

  /** One of two pieces of code that go on. */
  private choose(condition: Node, yes: readonly Node[], no: readonly Node[]): void {
    const { ir } = this;
    const frame = ir.frame('if');
    const marker = (op: number, inputs: Node[] = []): Node => {
      const n = this.add(this.node(op, Type.none, inputs));
      n.frame = frame;
      return n;
    };
    const arm = (code: readonly Node[]): void => {
      this.out.push(...code);
      if (code.length === 0 || !code[code.length - 1]!.targets)
        this.add(this.node(Ir.br, Type.none, [])).targets = [{ frame, args: [] }];
    };
    marker(Ir.if, [condition]);
    arm(yes);
    marker(Ir.else);
    arm(no);
    marker(Ir.end);
  }

  private reinterpret(n: Node): void {
    const value = bitsOperand(n);
    if (!this.flow.hasTwin(value)) return void this.add(n);
    const { node: bits, full } = this.twins.of(value);
    if (full) n.forward = bits;
    else {
      const condition = this.isNumber(value);
      const plain = this.add(this.node(n.op, n.type, [value]));
      n.op = OP.select;
      n.inputs = [plain, bits, condition];
    }
    this.add(n);
  }

  /** The number: the sign comes from the bits of the second operand. */
  private copysign(n: Node): void {
    const sign = bitsOperand(n);
    if (this.flow.hasTwin(sign)) {
      n.forward = this.add(this.ir.libcall('f64_with_sign', n.type, [n.inputs[0]!, this.twins.sign(n, this.out)], 0));
      this.twins.rename(n, n.forward);
    }
    this.add(n);
  }

  /** What the cell of a value is to hold; undefined if it does not matter, because the value is never a NaN. */
  private cellValue(v: Node): Node | undefined {
    if (neverNaN(v)) return undefined;
    return this.flow.hasTwin(v) ? this.twins.of(v).node : this.twins.canonical(v.type);
  }
  private expectNow(n: Node, index: number): void {
    if (!n.carried?.unknown) return;
    this.add(
      this.node(
        Ir.nanSet,
        Type.none,
        [this.twins.canonical(this.ir.results[resultAt(this.ir.carried, index)]!)],
        resultCell(index),
      ),
    );
  }
  private note(v: Node, cell: number): void {
    const bits = this.cellValue(v);
    if (bits) this.add(this.node(Ir.nanSet, Type.none, [bits], cell));
  }

  /** Returns of what a call has left in the cell, right after it: that goes on as it is. */
  private expectPassed(): void {
    const { code, carried } = this.ir;
    for (let i = 1; i < code.length; i++) {
      const n = code[i]!;
      const call = code[i - 1]!;
      if (n.op !== Ir.br || carried.results.length === 0 || n.targets![0]!.frame !== this.ir.exit) continue;
      if (n.targets![0]!.args[0] !== call || !isCall(call) || !call.carried?.results.includes(0)) continue;
      this.passed.add(n);
      this.twins.expect(call, 0, call.type);
    }
  }
  private readonly passed = new Set<Node>();

  /** A branch that may return. */
  private leave(n: Node): void {
    if (this.passed.has(n)) return void this.add(n);
    if (n.op !== Ir.brIf) {
      for (const [k, v] of this.returned(n)) this.note(v, resultCell(k));
      this.add(n);
      return;
    }
    const { out } = this;
    this.out = [];
    for (const [k, v] of this.returned(n)) this.note(v, resultCell(k));
    const exit = this.add(this.node(Ir.br, Type.none, []));
    exit.targets = n.targets;
    const leaving = this.out;
    this.out = out;
    this.choose(n.inputs[0]!, leaving, []);
  }
}

function neverNaN(v: Node): boolean {
  if (isConst(v)) return !Number.isNaN(floatValue(v));
  return CONVERSIONS.has(v.op);
}
const CONVERSIONS = new Set<number>(
  (['f32', 'f64'] as const).flatMap((to) =>
    (['i32_s', 'i32_u', 'i64_s', 'i64_u'] as const).map((from) => OP[`${to}.convert_${from}`]),
  ),
);
