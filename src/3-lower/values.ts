/**
 * The part of lowering that knows no control flow: the operand stack, the locals, and the operators that take values and
 * make one. `local.get`, `set` and `tee` are no nodes: they only move SSA values.
 */
import { OperatorReader } from '../1-decode/operators.ts';
import { type Carried, NOT_CARRIED, ofCallee, ofUnknown } from '../2-validate/payloads/carried.ts';
import type { TypedModule } from '../2-validate/typed.ts';
import type { Func } from '../wasm/module.ts';
import { OP, OPS } from '../wasm/opcodes.ts';
import { F32, F64, type FuncType, I32, I64, V128, type ValType } from '../wasm/types.ts';
import type { ModuleFacts } from './facts.ts';
import { narrowed } from './index64.ts';
import { FuncIR, Ir, type IrType, type Node, Type } from './ir.ts';
import { vectorConst, wordsOf } from './vectors.ts';

export function irType(t: ValType): IrType {
  if (t === I32) return Type.i32;
  if (t === I64) return Type.i64;
  if (t === F32) return Type.f32;
  if (t === F64) return Type.f64;
  return t === V128 ? Type.v128 : Type.ref;
}
/** How many JavaScript values a value is made of. */
export const slotsOf = (t: IrType): number => (t === Type.i64 ? 2 : t === Type.v128 ? 4 : 1);
const LETTERS: Record<string, IrType> = {
  i: Type.i32,
  I: Type.i64,
  f: Type.f32,
  F: Type.f64,
  V: Type.v128,
  a: Type.i32,
};

export class ValueBuilder {
  readonly typed: TypedModule;
  readonly reader: OperatorReader;
  readonly func: Func;
  protected readonly facts: ModuleFacts;
  readonly ir: FuncIR;
  stack: Node[] = [];
  locals: Node[] = [];
  /** Locals that handlers of exceptions read, with how many bodies around ask for it. */
  private readonly tracked = new Map<number, number>();

  constructor(typed: TypedModule, func: Func, facts: ModuleFacts, ir = new FuncIR(func.index)) {
    this.facts = facts;
    this.typed = typed;
    this.func = func;
    this.ir = ir;
    this.reader = new OperatorReader(typed.module.bytes, func.start, func.end);
  }

  /** Reads the local declarations; returns where the operators start. */
  declareLocals(): number {
    const { reader, func } = this;
    const { start, groups } = reader.localGroups(func.start, func.end);
    for (const { count, type } of groups) {
      const zero = this.zero(irType(type));
      for (let i = 0; i < count; i++) this.locals.push(zero);
    }
    return start;
  }

  private zero(type: IrType): Node {
    if (type === Type.v128) return this.emit(vectorConst(this.ir, [0, 0, 0, 0]));
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
    const { stack } = this;
    if (count === 0) return [];
    if (count === 1) return [stack.pop()!];
    if (count > 2) return stack.splice(stack.length - count, count);
    const second = stack.pop()!;
    return [stack.pop()!, second];
  }

  /** An instruction whose types are in the opcode table. */
  simple(): void {
    const { op } = this.reader;
    const { params, results } = OPS[op]!.signature!;
    const n = this.ir.node(op, results === '' ? Type.none : LETTERS[results]!, this.popMany(params.length));
    this.emit(n);
    if (n.type !== Type.none) this.push(n);
  }
  /** Wide arithmetic: the node is the low i64 of the result. */
  wide(): void {
    const { op } = this.reader;
    const low = this.emit(this.ir.node(op, Type.i64, this.popMany(OPS[op]!.signature!.params.length)));
    this.push(low);
    this.push(this.emit(this.ir.node(Ir.wideHigh, Type.i64, [low])));
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

  /** `v128.const` and shuffles: 16 bytes. */
  bytes16(operands: number): void {
    const { op, bytes16 } = this.reader;
    const n = this.emit(this.ir.node(op, Type.v128, this.popMany(operands)));
    n.lanes = op === OP['v128.const'] ? wordsOf(bytes16) : Array.from(bytes16);
    this.push(n);
  }
  /** An instruction on one lane of a vector. */
  lane(): void {
    this.simple();
    this.ir.code[this.ir.code.length - 1]!.imm = this.reader.value;
  }
  accessLane(): void {
    this.access();
    this.ir.code[this.ir.code.length - 1]!.lanes = [this.reader.value];
  }

  localGet(): void {
    this.push(this.locals[this.reader.index]!);
  }
  localSet(): void {
    this.assign(this.reader.index, this.pop());
  }
  localTee(): void {
    this.assign(this.reader.index, this.stack[this.stack.length - 1]!);
  }
  private assign(local: number, value: Node): void {
    this.locals[local] = value;
    if (this.tracked.has(local)) this.setVariable(local);
  }

  /** Keeps a local in a variable besides, from here to the matching `untrack`. */
  track(local: number): void {
    const count = this.tracked.get(local) ?? 0;
    this.tracked.set(local, count + 1);
    if (count === 0) this.setVariable(local);
  }
  untrack(local: number): void {
    const count = this.tracked.get(local)!;
    if (count === 1) this.tracked.delete(local);
    else this.tracked.set(local, count - 1);
  }
  private setVariable(local: number): void {
    this.emit(this.ir.node(Ir.varSet, Type.none, [this.locals[local]!], local));
  }

  call(op: number, type: FuncType, operands: number): void {
    const { reader, ir } = this;
    const types = type.results.map(irType);
    const result = types.length === 0 ? Type.none : types.length === 1 ? types[0]! : Type.tuple;
    const n = this.emit(ir.node(op, result, this.popMany(operands), reader.index, reader.index2));
    n.carried = this.carriedBy(op === OP.call, reader.index);
    if (types.length === 1) {
      n.refType = this.typed.types.normal(type.results[0]!);
      this.push(n);
    } else {
      let at = 0;
      for (const [j, t] of types.entries()) {
        this.push(this.emit(ir.node(Ir.project, t, [n], at, j)));
        at += slotsOf(t);
      }
    }
  }
  /** What goes through the cells of payloads: `index` is that of a function, or of a type. */
  protected carriedBy(direct: boolean, index: number): Carried {
    return direct ? ofCallee(this.typed, index) : ofUnknown(this.typed.funcType(index));
  }
  callDirect(): void {
    const type = this.typed.typeOf(this.reader.index);
    this.call(OP.call, type, type.params.length);
  }
  callIndirect(): void {
    const type = this.typed.funcType(this.reader.index);
    const closed = this.facts.closedTable(this.reader.index2) !== undefined;
    this.push(narrowed(this, this.pop()));
    this.call(closed ? Ir.callClosed : OP.call_indirect, type, type.params.length + 1);
  }
  select(): void {
    const inputs = this.popMany(3);
    this.push(this.emit(this.ir.node(OP.select, inputs[0]!.type, inputs)));
  }
  /** Does the memory or table that the instruction names have 64-bit addresses? */
  is64(kind: 'memory' | 'table'): boolean {
    const { memories, tables } = this.typed.module;
    return (kind === 'memory' ? memories : tables)[this.reader.index]!.type.is64;
  }
  /** `global.get` and `global.set`. */
  global(operands: number, type: IrType): void {
    this.indexed(operands, type);
    if (this.typed.payloads.global(this.reader.index)) this.ir.code[this.ir.code.length - 1]!.carried = NOT_CARRIED;
  }
  globalType(): IrType {
    return irType(this.typed.module.globals[this.reader.index]!.type.type);
  }
}
