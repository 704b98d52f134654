/**
 * The validation of a sequence of instructions (spec, appendix 7.3): a stack of operand types and a stack of control
 * frames, kept between functions so that nothing is allocated per operator. Operators whose signature is in the
 * opcode table are run from it; the rest have a handler each.
 */
import { OperatorReader } from '../1-decode/operators.ts';
import { CompileError } from '../errors.ts';
import type { Func } from '../wasm/module.ts';
import { OP, OPS, type Op } from '../wasm/opcodes.ts';
import { BOT, type FuncType, type HeapType, heapOf, isRef, typeName, type ValType } from '../wasm/types.ts';
import type { Context } from './context.ts';
import { CHECKS, HANDLERS } from './handlers/index.ts';
import { Locals } from './locals.ts';
import type { Flow } from './payloads/flow.ts';
import { UNKNOWN } from './payloads/payloads.ts';
import { ADDRESS, SIGNATURES, type Signature } from './signatures.ts';
import { BOT_REF, type TypeSpace } from './types.ts';

const NO_TYPES: readonly ValType[] = [];
/** Far above what any program needs; keeps hostile modules from filling the memory through calls of many results. */
const MAX_HEIGHT = 10_000_000;

/** A control frame (spec 7.3): `op` is the operator that opened it. */
export interface Frame {
  op: Op;
  params: readonly ValType[];
  results: readonly ValType[];
  /** Height of the operand stack at its start, and of the stack of initialised locals. */
  height: number;
  initialised: number;
  unreachable: boolean;
}

export class Body {
  readonly context: Context;
  readonly types: TypeSpace;
  readonly reader: OperatorReader;
  /** None in constant expressions. */
  readonly locals = new Locals();
  /** The current frame, `frames[depth - 1]`. */
  frame: Frame;
  depth = 0;
  /** Types of the results of the function, or of the constant expression. */
  results: readonly ValType[] = NO_TYPES;
  /** The address type that `a` in a signature stands for, set by the check before. */
  address: ValType = 0;
  /** In a constant expression the number of globals it may read, else -1. */
  visibleGlobals = -1;
  private readonly frames: Frame[] = [];
  private stack: ValType[] = [];
  private height = 0;
  /** Where floats come from and go to. */
  private readonly flow: Flow;
  private readonly oneType = new Map<ValType, readonly ValType[]>();

  constructor(context: Context, flow: Flow) {
    this.context = context;
    this.flow = flow;
    this.types = context.types;
    this.reader = new OperatorReader(context.module.bytes);
    this.frame = this.openFrame(OP.block, NO_TYPES, NO_TYPES);
    this.depth = 0;
  }

  /** Validates the body of a function. Throws CompileError placed in the function. */
  validateFunction(func: Func, type: FuncType): void {
    try {
      this.reader.reset(this.locals.declare(this.context, this.reader, func, type.params), func.end);
      this.flow.enter(func.index, type, (i) => this.locals.type(i));
      this.run(type.results);
      this.flow.leave();
    } catch (e) {
      if (e instanceof CompileError) throw e.inFunction(func.index, this.context.module.names.funcs.get(func.index));
      throw e;
    }
  }

  /** Validates the constant expression `[start, end)` (spec 3.4.14), whose operators the caller's range delimits. */
  validateConstant(start: number, end: number, type: ValType, visibleGlobals: number): void {
    this.reader.reset(start, end);
    this.locals.clear();
    this.visibleGlobals = visibleGlobals;
    this.run(this.single(type));
    this.visibleGlobals = -1;
  }

  private run(results: readonly ValType[]): void {
    const { reader } = this;
    const constant = this.visibleGlobals >= 0;
    const usedOps = constant ? this.context.constantOps : this.context.usedOps;
    this.height = 0;
    this.depth = 0;
    this.results = results;
    this.openFrame(OP.block, NO_TYPES, results);
    while (this.depth > 0) {
      if (!reader.next()) reader.fail('unexpected end: the function ends before its last block does');
      const { op } = reader;
      usedOps[op] = 1;
      if (constant) this.checkConstant(op);
      const rule = constant ? undefined : this.flow.rules[op];
      rule?.before?.(this.flow, this);
      const signature = SIGNATURES[op];
      if (signature === undefined) HANDLERS[op]!(this);
      else {
        const check = CHECKS[op];
        if (check !== undefined) check(this);
        this.apply(signature);
      }
      rule?.after?.(this.flow, this);
    }
    if (reader.pos !== reader.end) reader.fail('operators after the end of the function');
  }

  private checkConstant(op: Op): void {
    if (!CONSTANT[op]) this.fail(`constant expression required: ${OPS[op]!.name} is not constant`);
  }

  private apply({ params, results }: Signature): void {
    for (let i = params.length - 1; i >= 0; i--) {
      const t = params[i]!;
      this.pop(t === ADDRESS ? this.address : t);
    }
    for (let i = 0; i < results.length; i++) {
      const t = results[i]!;
      this.push(t === ADDRESS ? this.address : t);
    }
  }

  fail(reason: string): never {
    throw new CompileError('invalid', reason, { offset: this.reader.at });
  }

  get opName(): string {
    return OPS[this.reader.op]!.name;
  }

  // Operands

  push(t: ValType): void {
    if (this.height >= MAX_HEIGHT) {
      throw new CompileError('limit', `more than ${MAX_HEIGHT} operands on the stack`, { offset: this.reader.at });
    }
    this.flow.origins[this.height] = UNKNOWN;
    this.stack[this.height++] = t;
  }

  /** How many operands there are. */
  get operands(): number {
    return this.height;
  }
  /** The type of the operand `depth` below the top; BOT where it is not known. */
  operandType(depth: number): ValType {
    const at = this.height - 1 - depth;
    return at >= this.frame.height ? this.stack[at]! : BOT;
  }

  pushAll(types: readonly ValType[]): void {
    for (let i = 0; i < types.length; i++) this.push(types[i]!);
  }

  pop(expected: ValType): void {
    if (this.height === this.frame.height) {
      if (this.frame.unreachable) return;
      this.mismatch(expected, undefined);
    }
    const found = this.stack[--this.height]!;
    if (found !== expected && !this.types.matches(found, expected)) this.mismatch(expected, found);
  }

  popAll(types: readonly ValType[]): void {
    for (let i = types.length - 1; i >= 0; i--) {
      if (this.height === this.frame.height && this.frame.unreachable) return;
      this.pop(types[i]!);
    }
  }

  /** Pops `count` operands of one type. */
  popMany(t: ValType, count: number): void {
    for (let i = 0; i < count; i++) {
      if (this.height === this.frame.height && this.frame.unreachable) return;
      this.pop(t);
    }
  }

  /** Pops an operand of any type; BOT where it is not known. */
  popAny(): ValType {
    if (this.height > this.frame.height) return this.stack[--this.height]!;
    if (!this.frame.unreachable) this.fail(`type mismatch: ${this.opName} expects an operand, found nothing`);
    return BOT;
  }

  /** Pops a reference; BOT_REF where its type is not known. */
  popRef(): ValType {
    const t = this.popAny();
    if (t === BOT) return BOT_REF;
    return isRef(t) ? t : this.fail(`type mismatch: ${this.opName} expects a reference, found ${typeName(t)}`);
  }

  /** That the operands on top have these types, without popping them. */
  checkTop(types: readonly ValType[]): void {
    let at = this.height;
    for (let i = types.length - 1; i >= 0; i--) {
      if (at === this.frame.height) {
        if (this.frame.unreachable) return;
        this.mismatch(types[i]!, undefined);
      }
      const found = this.stack[--at]!;
      if (!this.types.matches(found, types[i]!)) this.mismatch(types[i]!, found);
    }
  }

  /** The operands on top must have these types, and have exactly them afterwards. */
  retype(types: readonly ValType[]): void {
    const base = this.height - types.length;
    if (base < this.frame.height) {
      this.popAll(types);
      this.pushAll(types);
      return;
    }
    this.checkTop(types);
    for (let i = 0; i < types.length; i++) this.stack[base + i] = types[i]!;
  }

  private mismatch(expected: ValType, found: ValType | undefined): never {
    const what = found === undefined ? 'nothing' : typeName(found);
    return this.fail(`type mismatch: ${this.opName} expects ${typeName(expected)}, found ${what}`);
  }

  // Control

  openFrame(op: Op, params: readonly ValType[], results: readonly ValType[]): Frame {
    let f = this.frames[this.depth];
    if (f === undefined) {
      f = { op, params, results, height: 0, initialised: 0, unreachable: false };
      this.frames.push(f);
    }
    f.op = op;
    f.params = params;
    f.results = results;
    f.height = this.height;
    f.initialised = this.locals.setCount;
    f.unreachable = false;
    this.depth++;
    this.frame = f;
    this.pushAll(params);
    return f;
  }

  /** Pops the results of the current frame, and the frame. The caller pushes the results, or opens another arm. */
  closeFrame(): Frame {
    const f = this.frame;
    this.popAll(f.results);
    if (this.height !== f.height) {
      const extra = this.height - f.height;
      this.fail(`type mismatch: ${extra} ${extra === 1 ? 'value' : 'values'} too many at the end of the block`);
    }
    this.locals.unset(f.initialised);
    this.depth--;
    if (this.depth > 0) this.frame = this.frames[this.depth - 1]!;
    return f;
  }

  /** The frame that label `depth` names. */
  label(depth: number): Frame {
    if (depth >= this.depth) this.fail(`unknown label ${depth}`);
    return this.frames[this.depth - 1 - depth]!;
  }

  /** The types that a branch to the label carries. */
  labelTypes(depth: number): readonly ValType[] {
    const f = this.label(depth);
    return f.op === OP.loop ? f.params : f.results;
  }

  setUnreachable(): void {
    this.height = this.frame.height;
    this.frame.unreachable = true;
  }

  /** The parameters and results of the block type just read. */
  blockType(): FuncType {
    const { reader, context } = this;
    if (reader.block === 'index') {
      context.features.add('multi-value');
      return context.funcType(reader.index, reader.at);
    }
    if (reader.block === 'empty') return EMPTY_BLOCK;
    const results = this.single(context.valType(reader.type, reader.at));
    return { kind: 'func', params: NO_TYPES, results };
  }

  /** A list of the one type, the same list each time. */
  single(t: ValType): readonly ValType[] {
    let list = this.oneType.get(t);
    if (list === undefined) this.oneType.set(t, (list = [t]));
    return list;
  }

  // References

  /** The heap type of the reference on top, which it pops. */
  popHeap(): HeapType {
    return heapOf(this.popRef());
  }
}

const EMPTY_BLOCK: FuncType = { kind: 'func', params: NO_TYPES, results: NO_TYPES };

/** Operators that a constant expression may contain (spec 3.4.14). */
const CONSTANT = new Uint8Array(OPS.length);
for (const name of [
  'end',
  'i32.const',
  'i64.const',
  'f32.const',
  'f64.const',
  'v128.const',
  'i32.add',
  'i32.sub',
  'i32.mul',
  'i64.add',
  'i64.sub',
  'i64.mul',
  'global.get',
  'ref.null',
  'ref.func',
  'ref.i31',
  'struct.new',
  'struct.new_default',
  'array.new',
  'array.new_default',
  'array.new_fixed',
  'any.convert_extern',
  'extern.convert_any',
] as const) {
  CONSTANT[OP[name]] = 1;
}
