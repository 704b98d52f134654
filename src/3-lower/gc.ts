/**
 * Typed references and objects → FuncIR. Nodes keep the number of their instruction, with a type index in `imm` and a
 * field or segment in `imm2`; tests and casts have the target's value type in `imm`. Branches on references are a test and
 * a conditional branch. What types prove is not built: casts up, tests that hold, checks of what is never null.
 *
 * To make an object is no effect here: it is done once, wherever, and not at all if nobody wants the object.
 */

import { unpacked } from '../2-validate/types.ts';
import { Effect, OP, OPS, type OpName } from '../wasm/opcodes.ts';
import {
  Heap,
  heapOf,
  isConcrete,
  isNullable,
  refType,
  type StorageType,
  type StructType,
  type SubType,
  type ValType,
} from '../wasm/types.ts';
import type { Builder } from './build.ts';
import { Ir, type IrType, isNonNull, type Node, Type } from './ir.ts';
import { irType } from './values.ts';

type Handler = (b: Builder) => void;

const fieldsOf = (t: SubType): StructType['fields'] => {
  const { composite: c } = t;
  return c.kind === 'struct' ? c.fields : c.kind === 'array' ? [c.field] : [];
};
const fields = (b: Builder): StructType['fields'] => fieldsOf(b.typed.module.types[b.reader.index]!);
const canonical = (b: Builder, type: number): number => b.typed.types.canonical[type]!;

/** Appends a node for the current instruction, with `effects` in place of the opcode table's. */
function make(b: Builder, type: IrType, inputs: Node[], effects: number): Node {
  const { reader, ir } = b;
  const n = ir.node(reader.op, type, inputs, canonical(b, reader.index), reader.index2);
  n.effects = effects;
  return b.emit(n);
}
function create(b: Builder, operands: number, effects = 0): void {
  const n = make(b, Type.ref, b.popMany(operands), effects);
  n.refType = refType(n.imm, false);
  b.push(n);
}
/** The trap on null, unless the reference cannot be null. */
const nullTrap = (ref: Node): number => (isNonNull(ref) ? 0 : Effect.trap);

/** Reads a field or element. */
function read(b: Builder, operands: number, { type, mutable }: { type: StorageType; mutable: boolean }): void {
  const inputs = b.popMany(operands);
  const trap = operands > 1 ? Effect.trap : nullTrap(inputs[0]!);
  const n = make(b, irType(unpacked(type)), inputs, trap | (mutable ? Effect.readObject : 0));
  n.refType = b.typed.types.normal(type);
  b.push(n);
}
function write(b: Builder, operands: number): void {
  make(b, Type.none, b.popMany(operands), OPS[b.reader.op]!.effects);
}

function nullTest(b: Builder, ref: Node): Node {
  return b.emit(b.ir.node(OP['ref.is_null'], Type.i32, [ref]));
}
function negated(b: Builder, condition: Node): Node {
  return b.emit(b.ir.node(OP['i32.eqz'], Type.i32, [condition]));
}
function targetType(b: Builder, heap: number, nullable: boolean): ValType {
  return b.typed.types.normal(refType(heap, nullable));
}
/** Whether types alone say that `ref` is of type `target`. */
function isOfType(b: Builder, ref: Node, target: ValType): boolean {
  return ref.refType >= 0 && b.typed.types.matches(ref.refType, target);
}
function typeTest(b: Builder, ref: Node, target: ValType): Node {
  const { ir } = b;
  if (isOfType(b, ref, target)) return b.emit(ir.i32(1));
  // Only null is in question.
  if (isOfType(b, ref, target | 1)) return negated(b, nullTest(b, ref));
  const heap = heapOf(target);
  if (!isConcrete(heap) && BOTTOMS.has(heap)) return isNullable(target) ? nullTest(b, ref) : b.emit(ir.i32(0));
  return b.emit(ir.node(OP['ref.test'], Type.i32, [ref], target));
}
const BOTTOMS: ReadonlySet<number> = new Set([Heap.none, Heap.nofunc, Heap.noextern, Heap.noexn]);

function cast(b: Builder): void {
  const { reader, ir } = b;
  const target = targetType(b, reader.heap, reader.nullable);
  const ref = b.pop();
  if (isOfType(b, ref, target)) {
    b.push(ref);
    return;
  }
  const n = b.emit(ir.node(OP['ref.cast'], Type.ref, [ref], target));
  n.refType = target;
  b.push(n);
}

function asNonNull(b: Builder): void {
  const ref = b.pop();
  if (isNonNull(ref)) {
    b.push(ref);
    return;
  }
  const n = b.emit(b.ir.node(OP['ref.as_non_null'], Type.ref, [ref]));
  n.refType = ref.refType >= 0 ? ref.refType & ~1 : refType(Heap.any, false);
  b.push(n);
}

function branchIf(b: Builder, condition: Node): void {
  b.emit(b.branch(Ir.brIf, [condition], b.target(b.reader.index)));
}
function branchOnNull(b: Builder): void {
  const ref = b.pop();
  branchIf(b, nullTest(b, ref));
  b.push(ref);
}
function branchOnNonNull(b: Builder): void {
  const ref = b.stack[b.stack.length - 1]!;
  branchIf(b, negated(b, nullTest(b, ref)));
  b.pop();
}
function branchOnCast(b: Builder, fails: boolean): void {
  const { heap2, nullable2 } = b.reader;
  const test = typeTest(b, b.stack[b.stack.length - 1]!, targetType(b, heap2, nullable2));
  branchIf(b, fails ? negated(b, test) : test);
}

function callRef(b: Builder): void {
  const type = b.typed.funcType(b.reader.index);
  b.call(OP.call_ref, type, type.params.length + 1);
}

/** A pure function of one reference. */
function convert(b: Builder, name: string): void {
  b.push(b.emit(b.ir.libcall(name, Type.ref, [b.pop()], 0)));
}
function ofReference(b: Builder, type: IrType): void {
  const ref = b.pop();
  const n = b.emit(b.ir.node(b.reader.op, type, [ref]));
  n.effects = nullTrap(ref);
  b.push(n);
}

const get: Handler = (b) => read(b, 1, fields(b)[b.reader.index2]!);
const getElement: Handler = (b) => read(b, 2, fields(b)[0]!);

export const GC: Partial<Record<OpName, Handler>> = {
  call_ref: callRef,
  'ref.as_non_null': asNonNull,
  br_on_null: branchOnNull,
  br_on_non_null: branchOnNonNull,
  br_on_cast: (b) => branchOnCast(b, false),
  br_on_cast_fail: (b) => branchOnCast(b, true),
  'ref.eq': (b) => b.push(b.emit(b.ir.node(OP['ref.eq'], Type.i32, b.popMany(2)))),
  'ref.test': (b) => b.push(typeTest(b, b.pop(), targetType(b, b.reader.heap, false))),
  'ref.test_null': (b) => b.push(typeTest(b, b.pop(), targetType(b, b.reader.heap, true))),
  'ref.cast': cast,
  'ref.cast_null': cast,
  'ref.i31': (b) => {
    const n = b.emit(b.ir.node(OP['ref.i31'], Type.ref, [b.pop()]));
    n.refType = refType(Heap.i31, false);
    b.push(n);
  },
  'i31.get_s': (b) => ofReference(b, Type.i32),
  'i31.get_u': (b) => ofReference(b, Type.i32),
  'any.convert_extern': (b) => convert(b, 'any_convert_extern'),
  'extern.convert_any': (b) => convert(b, 'extern_convert_any'),
  'struct.new': (b) => create(b, fields(b).length),
  'struct.new_default': (b) => create(b, 0),
  'struct.get': get,
  'struct.get_s': get,
  'struct.get_u': get,
  'struct.set': (b) => write(b, 2),
  'array.new': (b) => create(b, 2, Effect.trap),
  'array.new_default': (b) => create(b, 1, Effect.trap),
  'array.new_fixed': (b) => create(b, b.reader.index2),
  'array.new_data': (b) => create(b, 2, Effect.trap | Effect.readMemory),
  'array.new_elem': (b) => create(b, 2, Effect.trap | Effect.readTable),
  'array.get': getElement,
  'array.get_s': getElement,
  'array.get_u': getElement,
  'array.set': (b) => write(b, 3),
  'array.len': (b) => ofReference(b, Type.i32),
  'array.fill': (b) => write(b, 4),
  'array.copy': (b) => write(b, 5),
  'array.init_data': (b) => write(b, 4),
  'array.init_elem': (b) => write(b, 4),
};
