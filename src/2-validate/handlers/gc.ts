/** Structures and arrays (spec 3.4.7, 3.4.8). */
import { checkLimit } from '../../1-decode/limits.ts';
import {
  type ArrayType,
  type FieldType,
  Heap,
  I8,
  I16,
  I32,
  isRef,
  refType,
  type StorageType,
  type StructType,
  typeName,
  type ValType,
} from '../../wasm/types.ts';
import type { Body } from '../body.ts';
import { isDefaultable, unpacked } from '../types.ts';
import { useData, useElement } from './immediates.ts';
import type { Handler } from './index.ts';

const isPacked = (t: StorageType): boolean => t === I8 || t === I16;

function structType(v: Body): StructType {
  const c = v.context.module.types[v.reader.index]?.composite;
  return c?.kind === 'struct' ? c : v.fail(`type ${v.reader.index} is no structure type`);
}

function arrayType(v: Body, index: number): ArrayType {
  const c = v.context.module.types[index]?.composite;
  return c?.kind === 'array' ? c : v.fail(`type ${index} is no array type`);
}

/** The reference to type `index`. */
function reference(v: Body, index: number, nullable: boolean): ValType {
  return refType(v.types.canonical[index]!, nullable);
}

/** The type of the field's values on the stack. */
function valueType(v: Body, f: FieldType): ValType {
  return v.types.normal(unpacked(f.type));
}

function checkDefault(v: Body, f: FieldType): void {
  if (!isDefaultable(f.type)) v.fail(`${v.opName}: ${typeName(f.type)} has no default value`);
}

function checkMutable(v: Body, f: FieldType): void {
  if (!f.mutable) v.fail(`${v.opName} of something immutable`);
}

/** Reads of packed fields must say how to extend, all others must not. */
function checkExtension(v: Body, f: FieldType, extends_: boolean): void {
  if (isPacked(f.type) !== extends_) v.fail(`${v.opName} of a field of type ${typeName(f.type)}`);
}

function structNew(v: Body): void {
  structType(v);
  v.popAll(v.types.struct(v.reader.index).values);
  v.push(reference(v, v.reader.index, false));
}

function structNewDefault(v: Body): void {
  structType(v);
  const without = v.types.struct(v.reader.index).withoutDefault;
  if (without !== undefined) checkDefault(v, without);
  v.push(reference(v, v.reader.index, false));
}

function field(v: Body): FieldType {
  const { index, index2 } = v.reader;
  return structType(v).fields[index2] ?? v.fail(`unknown field ${index2} of type ${index}`);
}

function structGet(v: Body, extended: boolean): void {
  const f = field(v);
  checkExtension(v, f, extended);
  v.pop(reference(v, v.reader.index, true));
  v.push(valueType(v, f));
}

function structSet(v: Body): void {
  const f = field(v);
  checkMutable(v, f);
  v.pop(valueType(v, f));
  v.pop(reference(v, v.reader.index, true));
}

function arrayNew(v: Body): void {
  const { field: f } = arrayType(v, v.reader.index);
  v.pop(I32);
  v.pop(valueType(v, f));
  v.push(reference(v, v.reader.index, false));
}

function arrayNewDefault(v: Body): void {
  checkDefault(v, arrayType(v, v.reader.index).field);
  v.pop(I32);
  v.push(reference(v, v.reader.index, false));
}

function arrayNewFixed(v: Body): void {
  const { index, index2, at } = v.reader;
  const t = valueType(v, arrayType(v, index).field);
  checkLimit('operands of array.new_fixed', index2, at);
  v.popMany(t, index2);
  v.push(reference(v, index, false));
}

/** An array of numbers, whose elements can come from a data segment. */
function checkData(v: Body): void {
  const { field: f } = arrayType(v, v.reader.index);
  if (isRef(f.type)) v.fail(`${v.opName}: array type is not numeric or vector`);
  useData(v, v.reader.index2);
}

function checkElement(v: Body): void {
  const { field: f } = arrayType(v, v.reader.index);
  const t = useElement(v, v.reader.index2);
  if (!isRef(f.type) || !v.types.matches(t, v.types.normal(f.type))) {
    v.fail(`type mismatch: ${v.opName} of ${typeName(t)} into an array of ${typeName(f.type)}`);
  }
}

function arrayNewSegment(v: Body, check: Handler): void {
  check(v);
  v.pop(I32);
  v.pop(I32);
  v.push(reference(v, v.reader.index, false));
}

function arrayInit(v: Body, check: Handler): void {
  checkMutable(v, arrayType(v, v.reader.index).field);
  check(v);
  v.pop(I32);
  v.pop(I32);
  v.pop(I32);
  v.pop(reference(v, v.reader.index, true));
}

function arrayGet(v: Body, extended: boolean): void {
  const { field: f } = arrayType(v, v.reader.index);
  checkExtension(v, f, extended);
  v.pop(I32);
  v.pop(reference(v, v.reader.index, true));
  v.push(valueType(v, f));
}

function arraySet(v: Body): void {
  const { field: f } = arrayType(v, v.reader.index);
  checkMutable(v, f);
  v.pop(valueType(v, f));
  v.pop(I32);
  v.pop(reference(v, v.reader.index, true));
}

function arrayFill(v: Body): void {
  const { field: f } = arrayType(v, v.reader.index);
  checkMutable(v, f);
  v.pop(I32);
  v.pop(valueType(v, f));
  v.pop(I32);
  v.pop(reference(v, v.reader.index, true));
}

function arrayCopy(v: Body): void {
  const { index, index2 } = v.reader;
  const to = arrayType(v, index).field;
  const from = arrayType(v, index2).field;
  checkMutable(v, to);
  const a = v.types.normal(from.type);
  const b = v.types.normal(to.type);
  if (!v.types.matches(a, b)) {
    v.fail(`array types do not match: array.copy of ${typeName(a)} into ${typeName(b)}`);
  }
  v.pop(I32);
  v.pop(I32);
  v.pop(reference(v, index2, true));
  v.pop(I32);
  v.pop(reference(v, index, true));
}

export const gc = {
  'struct.new': structNew,
  'struct.new_default': structNewDefault,
  'struct.get': (v) => structGet(v, false),
  'struct.get_s': (v) => structGet(v, true),
  'struct.get_u': (v) => structGet(v, true),
  'struct.set': structSet,
  'array.new': arrayNew,
  'array.new_default': arrayNewDefault,
  'array.new_fixed': arrayNewFixed,
  'array.new_data': (v) => arrayNewSegment(v, checkData),
  'array.new_elem': (v) => arrayNewSegment(v, checkElement),
  'array.get': (v) => arrayGet(v, false),
  'array.get_s': (v) => arrayGet(v, true),
  'array.get_u': (v) => arrayGet(v, true),
  'array.set': arraySet,
  'array.len': (v) => {
    v.pop(refType(Heap.array, true));
    v.push(I32);
  },
  'array.fill': arrayFill,
  'array.copy': arrayCopy,
  'array.init_data': (v) => arrayInit(v, checkData),
  'array.init_elem': (v) => arrayInit(v, checkElement),
} satisfies Record<string, Handler>;
