/**
 * Operators → FuncIR. The operand stack and the locals hold SSA values while the body is read once; locals assigned
 * inside a block and read after it become parameters of its merge (or of the loop's head), and later passes drop those
 * that turn out not to differ. Code that cannot be reached is not built.
 */
import { OperatorReader } from '../1-decode/operators.ts';
import type { TypedModule } from '../2-validate/typed.ts';
import type { Func } from '../wasm/module.ts';
import { byOp, OP, OPS } from '../wasm/opcodes.ts';
import { F32, F64, type FuncType, I32, I64, type ValType } from '../wasm/types.ts';
import type { ModuleFacts } from './facts.ts';
import { type Frame, FuncIR, Ir, type IrType, type Node, type Target, Type } from './ir.ts';
import { type Carried, carriedLocals } from './locals.ts';

export function irType(t: ValType): IrType {
  if (t === I32) return Type.i32;
  if (t === I64) return Type.i64;
  if (t === F32) return Type.f32;
  return t === F64 ? Type.f64 : Type.ref;
}
const LETTERS: Record<string, IrType> = { i: Type.i32, I: Type.i64, f: Type.f32, F: Type.f64, a: Type.i32 };

/** A WebAssembly control frame: where its label leads, and how to go on after its `end`. */
interface Control {
  readonly op: number;
  /** The frame that a branch to this label targets. */
  readonly label: Frame;
  /** Types of the values a branch to this label carries. */
  readonly labelTypes: readonly IrType[];
  /** The frame whose merge follows the `end`; for a loop a block around it. */
  readonly exit: Frame;
  readonly results: readonly IrType[];
  /** Locals that the merge and the loop head carry after the values. */
  readonly carried: Carried;
  readonly height: number;
  /** Branches to `exit` so far: none means that the code after the end cannot be reached. */
  exits: number;
  /** `if`: operands and locals as they were, for the else arm. */
  readonly saved: { stack: Node[]; locals: Node[] } | undefined;
}

export function buildIR(typed: TypedModule, func: Func, facts: ModuleFacts): FuncIR {
  return new Builder(typed, func, facts).build();
}

class Builder {
  private readonly typed: TypedModule;
  private readonly reader: OperatorReader;
  private readonly func: Func;
  private readonly facts: ModuleFacts;
  private readonly ir: FuncIR;
  private stack: Node[] = [];
  private locals: Node[] = [];
  private readonly control: Control[] = [];
  private carried: Carried[] = [];
  private opened = 1;
  private dead = false;
  /** Blocks opened since the code became unreachable. */
  private deadDepth = 0;

  constructor(typed: TypedModule, func: Func, facts: ModuleFacts) {
    this.facts = facts;
    this.typed = typed;
    this.func = func;
    this.ir = new FuncIR(func.index);
    this.reader = new OperatorReader(typed.module.bytes, func.start, func.end);
  }

  build(): FuncIR {
    const { ir, func, typed, reader } = this;
    const type = typed.typeOf(func.index);
    for (const [i, t] of type.params.entries()) {
      const p = ir.node(Ir.param, irType(t), [], i);
      ir.params.push(p);
      this.locals.push(p);
    }
    ir.results = type.results.map(irType);
    const start = this.declareLocals();
    reader.reset(start, func.end);
    this.carried = carriedLocals(reader, this.locals.length);
    reader.reset(start, func.end);
    this.control.push({
      op: OP.block,
      label: ir.exit,
      labelTypes: ir.results,
      exit: ir.exit,
      results: ir.results,
      carried: { assigned: [], after: [], head: [] },
      height: 0,
      exits: 0,
      saved: undefined,
    });
    while (reader.next()) {
      if (this.dead) this.skip();
      else HANDLERS[reader.op]!(this);
    }
    return ir;
  }

  /** Reads the local declarations; returns where the operators start. */
  private declareLocals(): number {
    const { reader, func } = this;
    const { start, groups } = reader.localGroups(func.start, func.end);
    for (const { count, type } of groups) {
      const zero = this.zero(irType(type));
      for (let i = 0; i < count; i++) this.locals.push(zero);
    }
    return start;
  }

  private zero(type: IrType): Node {
    const op = [OP.nop, OP['i32.const'], OP['i64.const'], OP['f32.const'], OP['f64.const'], OP['ref.null']][type]!;
    return this.emit(this.ir.node(op, type, []));
  }

  emit(n: Node): Node {
    this.ir.code.push(n);
    return n;
  }
  push(n: Node): void {
    this.stack.push(n);
  }
  pop(): Node {
    return this.stack.pop()!;
  }
  popMany(count: number): Node[] {
    return count === 0 ? [] : this.stack.splice(this.stack.length - count, count);
  }

  /** An instruction whose types are in the opcode table. */
  simple(): void {
    const { op } = this.reader;
    const { params, results } = OPS[op]!.signature!;
    const n = this.ir.node(op, results === '' ? Type.none : LETTERS[results]!, this.popMany(params.length));
    this.emit(n);
    if (n.type !== Type.none) this.push(n);
  }
  access(): void {
    this.simple();
    const n = this.ir.code[this.ir.code.length - 1]!;
    n.imm = this.reader.offset;
    n.imm2 = this.reader.memory;
    n.align = this.reader.align;
  }
  /** An instruction with one or two index immediates and fixed counts of operands. */
  indexed(operands: number, type: IrType): void {
    const { reader } = this;
    const n = this.emit(this.ir.node(reader.op, type, this.popMany(operands), reader.index, reader.index2));
    if (type !== Type.none) this.push(n);
  }
  constant(type: IrType): void {
    const { op, value, low, high } = this.reader;
    const wide = type === Type.i64 || type === Type.f64;
    this.push(this.emit(this.ir.node(op, type, [], wide ? low : value, wide ? high : 0)));
  }

  localGet(): void {
    this.push(this.locals[this.reader.index]!);
  }
  localSet(): void {
    this.locals[this.reader.index] = this.pop();
  }
  localTee(): void {
    this.locals[this.reader.index] = this.stack[this.stack.length - 1]!;
  }

  call(op: number, type: FuncType, operands: number): void {
    const { reader, ir } = this;
    const types = type.results.map(irType);
    const result = types.length === 0 ? Type.none : types.length === 1 ? types[0]! : Type.tuple;
    const n = this.emit(ir.node(op, result, this.popMany(operands), reader.index, reader.index2));
    if (types.length === 1) this.push(n);
    else {
      let at = 0;
      for (const t of types) {
        this.push(this.emit(ir.node(Ir.project, t, [n], at)));
        at += t === Type.i64 ? 2 : 1;
      }
    }
  }
  callDirect(): void {
    const type = this.typed.typeOf(this.reader.index);
    this.call(OP.call, type, type.params.length);
  }
  callIndirect(): void {
    const type = this.typed.funcType(this.reader.index);
    const closed = this.facts.closedTable(this.reader.index2) !== undefined;
    this.call(closed ? Ir.callClosed : OP.call_indirect, type, type.params.length + 1);
  }

  private blockType(): { params: readonly IrType[]; results: readonly IrType[] } {
    const { reader } = this;
    if (reader.block === 'empty') return { params: [], results: [] };
    if (reader.block === 'value') return { params: [], results: [irType(reader.type)] };
    const type = this.typed.funcType(reader.index);
    return { params: type.params.map(irType), results: type.results.map(irType) };
  }

  block(): void {
    const { ir, reader } = this;
    const { params, results } = this.blockType();
    const carried = this.carried[this.opened++]!;
    const frame = ir.frame('block');
    this.marker(Ir.block, frame);
    this.control.push({
      op: reader.op,
      label: frame,
      labelTypes: results,
      exit: frame,
      results,
      carried,
      height: this.stack.length - params.length,
      exits: 0,
      saved: undefined,
    });
  }

  loop(): void {
    const { ir, reader } = this;
    const { params, results } = this.blockType();
    const carried = this.carried[this.opened++]!;
    const exit = ir.frame('block');
    const head = ir.frame('loop');
    this.marker(Ir.block, exit);
    const values = this.popMany(params.length);
    const height = this.stack.length;
    head.init = values.concat(carried.head.map((l) => this.locals[l]!));
    this.marker(Ir.loop, head);
    for (const t of params) this.push(ir.merge(head, t));
    for (const l of carried.head) this.locals[l] = ir.merge(head, this.locals[l]!.type);
    this.control.push({
      op: reader.op,
      label: head,
      labelTypes: params,
      exit,
      results,
      carried,
      height,
      exits: 0,
      saved: undefined,
    });
  }

  if(): void {
    const { ir, reader } = this;
    const { params, results } = this.blockType();
    const carried = this.carried[this.opened++]!;
    const frame = ir.frame('if');
    const condition = this.pop();
    this.marker(Ir.if, frame).inputs.push(condition);
    const height = this.stack.length - params.length;
    this.control.push({
      op: reader.op,
      label: frame,
      labelTypes: results,
      exit: frame,
      results,
      carried,
      height,
      exits: 0,
      saved: { stack: this.stack.slice(height), locals: carried.assigned.map((l) => this.locals[l]!) },
    });
  }

  private marker(op: number, frame: Frame): Node {
    const n = this.ir.node(op, Type.none, []);
    n.frame = frame;
    return this.emit(n);
  }

  private restore(c: Control): void {
    this.stack.length = c.height;
    for (const v of c.saved!.stack) this.push(v);
    for (const [i, l] of c.carried.assigned.entries()) this.locals[l] = c.saved!.locals[i]!;
  }

  else(): void {
    const c = this.control[this.control.length - 1]!;
    if (!this.dead) this.leave(c);
    this.marker(Ir.else, c.exit);
    this.restore(c);
    this.dead = false;
    // The `end` of an `if` without else builds an empty arm; this one is there.
    this.control[this.control.length - 1] = { ...c, op: OP.else };
  }

  end(): void {
    let c = this.control[this.control.length - 1]!;
    if (!this.dead) this.leave(c);
    if (c.op === OP.if) {
      this.marker(Ir.else, c.exit);
      this.restore(c);
      this.leave(c);
      c = this.control[this.control.length - 1]!;
    }
    this.control.pop();
    if (c.label === this.ir.exit) return;
    if (c.op === OP.loop) this.marker(Ir.end, c.label);
    this.marker(Ir.end, c.exit);
    this.dead = c.exits === 0;
    if (this.dead) return;
    this.stack.length = c.height;
    const { params } = c.exit;
    for (let i = 0; i < c.results.length; i++) this.push(params[i]!);
    for (const [i, l] of c.carried.after.entries()) this.locals[l] = params[c.results.length + i]!;
  }

  /** Falls off the end of a frame: a branch to what follows it. */
  private leave(c: Control): void {
    const values = this.stack.slice(this.stack.length - c.results.length);
    this.emit(this.branch(Ir.br, [], this.exitTarget(c, values)));
  }

  private exitTarget(c: Control, values: Node[]): Target {
    c.exits++;
    return this.carry(c, c.exit, c.results, values);
  }

  /** A branch target with the values given and the locals that the frame carries; makes its parameters at need. */
  private carry(c: Control, frame: Frame, types: readonly IrType[], values: Node[]): Target {
    const locals = frame.kind === 'loop' ? c.carried.head : c.carried.after;
    const args = values.concat(locals.map((l) => this.locals[l]!));
    if (frame.kind !== 'loop' && frame.kind !== 'exit' && frame.params.length === 0) {
      for (const t of types) this.ir.merge(frame, t);
      for (const l of locals) this.ir.merge(frame, this.locals[l]!.type);
    }
    return { frame, args };
  }

  private target(depth: number): Target {
    const c = this.control[this.control.length - 1 - depth]!;
    const values = this.stack.slice(this.stack.length - c.labelTypes.length);
    return c.label === c.exit ? this.exitTarget(c, values) : this.carry(c, c.label, c.labelTypes, values);
  }

  private branch(op: number, inputs: Node[], ...targets: Target[]): Node {
    const n = this.ir.node(op, Type.none, inputs);
    n.targets = targets;
    return n;
  }

  br(): void {
    this.emit(this.branch(Ir.br, [], this.target(this.reader.index)));
    this.dead = true;
  }
  brIf(): void {
    const condition = this.pop();
    this.emit(this.branch(Ir.brIf, [condition], this.target(this.reader.index)));
  }
  brTable(): void {
    const index = this.pop();
    const targets = this.reader.targets.map((depth) => this.target(depth));
    this.emit(this.branch(Ir.switch, [index], ...targets));
    this.dead = true;
  }
  return(): void {
    this.emit(this.branch(Ir.br, [], this.target(this.control.length - 1)));
    this.dead = true;
  }
  unreachable(): void {
    this.emit(this.ir.node(Ir.trap, Type.none, []));
    this.dead = true;
  }
  select(): void {
    const inputs = this.popMany(3);
    this.push(this.emit(this.ir.node(OP.select, inputs[0]!.type, inputs)));
  }

  /** Passes over an operator that cannot be reached. */
  private skip(): void {
    const { op } = this.reader;
    if (op === OP.block || op === OP.loop || op === OP.if) {
      this.deadDepth++;
      this.opened++;
    } else if (op === OP.end) {
      if (this.deadDepth > 0) this.deadDepth--;
      else this.end();
    } else if (op === OP.else && this.deadDepth === 0) this.else();
  }

  globalType(): IrType {
    return irType(this.typed.module.globals[this.reader.index]!.type.type);
  }
}

type Handler = (b: Builder) => void;
const handlers: Parameters<typeof byOp<Handler>>[0] = {
  unreachable: (b) => b.unreachable(),
  nop: () => {},
  block: (b) => b.block(),
  loop: (b) => b.loop(),
  if: (b) => b.if(),
  else: (b) => b.else(),
  end: (b) => b.end(),
  br: (b) => b.br(),
  br_if: (b) => b.brIf(),
  br_table: (b) => b.brTable(),
  return: (b) => b.return(),
  call: (b) => b.callDirect(),
  call_indirect: (b) => b.callIndirect(),
  drop: (b) => void b.pop(),
  select: (b) => b.select(),
  select_t: (b) => b.select(),
  'local.get': (b) => b.localGet(),
  'local.set': (b) => b.localSet(),
  'local.tee': (b) => b.localTee(),
  'global.get': (b) => b.indexed(0, b.globalType()),
  'global.set': (b) => b.indexed(1, Type.none),
  'memory.size': (b) => b.indexed(0, Type.i32),
  'memory.grow': (b) => b.indexed(1, Type.i32),
  'memory.init': (b) => b.indexed(3, Type.none),
  'memory.copy': (b) => b.indexed(3, Type.none),
  'memory.fill': (b) => b.indexed(3, Type.none),
  'data.drop': (b) => b.indexed(0, Type.none),
  'table.init': (b) => b.indexed(3, Type.none),
  'table.copy': (b) => b.indexed(3, Type.none),
  'table.fill': (b) => b.indexed(3, Type.none),
  'table.grow': (b) => b.indexed(2, Type.i32),
  'table.size': (b) => b.indexed(0, Type.i32),
  'table.get': (b) => b.indexed(1, Type.ref),
  'table.set': (b) => b.indexed(2, Type.none),
  'elem.drop': (b) => b.indexed(0, Type.none),
  'i32.const': (b) => b.constant(Type.i32),
  'i64.const': (b) => b.constant(Type.i64),
  'f32.const': (b) => b.constant(Type.f32),
  'f64.const': (b) => b.constant(Type.f64),
  'ref.null': (b) => b.indexed(0, Type.ref),
  'ref.is_null': (b) => b.indexed(1, Type.i32),
  'ref.func': (b) => b.indexed(0, Type.ref),
};

const HANDLERS: Handler[] = OPS.map((o) => (o.width > 0 ? (b) => b.access() : (b) => b.simple()));
for (const [op, handler] of byOp<Handler | undefined>(handlers, undefined).entries()) {
  if (handler) HANDLERS[op] = handler;
}
