/**
 * Typed references and objects in one pass. Where JavaScript would evaluate an operand after a check that WebAssembly
 * makes last, an operand that may trap or act is computed before (`pure`); one that is printed twice is made a name.
 */

import { unpacked } from '../../2-validate/types.ts';
import { Effect, OP, OPS, type OpName } from '../../wasm/opcodes.ts';
import { Heap, I32, I64, refType, type StorageType, V128, type ValType } from '../../wasm/types.ts';
import { assign, atom, binary, call, comma, conditional, int, type Js } from '../js/expr.ts';
import type { Libcall } from '../js/libcall.ts';
import {
  arrayOf,
  checkedElement,
  defaultParts,
  type ElementKind,
  elementAt,
  elementKind,
  extended,
  fieldNames,
  fillOf,
  fixedElements,
  isTestedOnce,
  member,
  newElements,
  newObject,
  nonNull,
  refTest,
  structOf,
} from '../js/objects.ts';
import { fromBool } from '../js/scalar.ts';
import { pushCall } from './calls.ts';
import { branchWhen } from './control.ts';
import { type FunctionEmitter, flatten } from './function.ts';
import { type Entry, effectsOf, pair, readsOf, vector } from './stack.ts';

type Handler = (f: FunctionEmitter) => void;

const ACTIONS = Effect.trap | Effect.call | Effect.writeMemory | Effect.growMemory | Effect.writeGlobal;
/** Computes the entry `depth` below the top before, if it may trap or act. */
function pure(f: FunctionEmitter, depth: number): void {
  f.stack.spillUnless(depth, (e) => (e.effects & ACTIONS) === 0 && e.statements === undefined);
}

const typesOf = (f: FunctionEmitter) => f.typed.module.types;
const elementType = (f: FunctionEmitter): StorageType => arrayOf(typesOf(f), f.reader.index).field.type;
const object = (f: FunctionEmitter, ref: Js): Js => nonNull(f.scope, ref, false);
const own = (f: FunctionEmitter): number => OPS[f.reader.op]!.effects;

/** Pushes a field's or element's value of one, two or four parts: the first of them checks. */
function pushRead(f: FunctionEmitter, type: StorageType, parts: readonly Js[], from: readonly Entry[]): void {
  const effects = effectsOf(from) | own(f);
  const [low, high] = parts as [Js, Js];
  if (type === V128) f.stack.push({ ...vector(parts, effects, readsOf(from)), chained: true });
  else if (type === I64) f.stack.push(pair(low, high, effects, readsOf(from), true));
  else f.pushValue(unpacked(type), low, effects, readsOf(from));
}

function structGet(f: FunctionEmitter): void {
  const { type } = structOf(typesOf(f), f.reader.index).fields[f.reader.index2]!;
  const [name, ...more] = fieldNames(type, f.reader.index2);
  if (more.length > 0) f.simplify(0);
  const e = f.operands(1)[0]!;
  const low = extended(member(object(f, e.low), name!), type, f.reader.op === OP['struct.get_s'], false);
  const others = more.map((part) => member(e.low, part));
  pushRead(f, type, [low, ...others], [e]);
}

function structSet(f: FunctionEmitter): void {
  const { type } = structOf(typesOf(f), f.reader.index).fields[f.reader.index2]!;
  const names = fieldNames(type, f.reader.index2);
  pure(f, 0);
  if (names.length > 1) f.simplify(1);
  const [ref, value] = f.operands(2) as [Entry, Entry];
  const stores = flatten([value]).map((part, i) => {
    return assign(member(i === 0 ? object(f, ref.low) : ref.low, names[i]!).text, part);
  });
  f.statement(`${comma(...stores).text};`, effectsOf([ref, value]) | own(f));
}

function arrayGet(f: FunctionEmitter): void {
  const type = elementType(f);
  const kind = elementKind(type);
  pure(f, 0);
  if (kind.parts > 1) for (const depth of [1, 0]) f.simplify(depth);
  const [ref, index] = f.operands(2) as [Entry, Entry];
  const v = member(object(f, ref.low), 'v');
  const value = checkedElement(f.scope, v, index.low, kind);
  const low = extended(value, type, f.reader.op === OP['array.get_s'], true);
  const others = Array.from({ length: kind.parts - 1 }, (_, i) =>
    elementAt(member(ref.low, 'v'), index.low, kind, i + 1),
  );
  pushRead(f, type, [low, ...others], [ref, index]);
}

function arraySet(f: FunctionEmitter): void {
  const kind = elementKind(elementType(f));
  pure(f, 0);
  for (const depth of [2, 1]) f.simplify(depth);
  const operands = f.operands(3) as [Entry, Entry, Entry];
  const [ref, index, value] = operands;
  const v = member(object(f, ref.low), 'v');
  f.statement(`${elementStore(f, kind, v, ref.low, index.low, flatten([value])).text};`, effectsOf(operands) | own(f));
}
function elementStore(f: FunctionEmitter, kind: ElementKind, v: Js, ref: Js, index: Js, parts: readonly Js[]): Js {
  if (kind.host) return call(f.scope.libcall('array_put'), v, index, parts[0]!);
  const stores = parts.map((part, i) => assign(elementAt(member(ref, 'v'), index, kind, i).text, part));
  const missing = binary('===', elementAt(v, index, kind), atom('undefined'));
  const store = stores.length === 1 ? stores[0]! : atom(`(${comma(...stores).text})`);
  return conditional(missing, call(f.scope.libcall('trap_array')), store);
}

/** Pushes a new object. To make one is no effect: it is done once, wherever. */
function create(f: FunctionEmitter, from: readonly Entry[], value: Js): void {
  const effects = effectsOf(from) | (own(f) & ~Effect.writeObject);
  f.pushValue(refType(f.reader.index, false), value, effects, readsOf(from));
}
function createArray(f: FunctionEmitter, operands: number, elements: (args: Js[], kind: ElementKind) => Js): void {
  const from = f.operands(operands);
  create(f, from, newObject(f.scope, f.reader.index, [elements(flatten(from), elementKind(elementType(f)))]));
}
function arrayNew(f: FunctionEmitter): void {
  createArray(f, 2, (args, kind) => newElements(f.scope, kind, args.slice(0, -1), args[args.length - 1]!));
}
function structNew(f: FunctionEmitter): void {
  const from = f.operands(structOf(typesOf(f), f.reader.index).fields.length);
  create(f, from, newObject(f.scope, f.reader.index, flatten(from)));
}
function structNewDefault(f: FunctionEmitter): void {
  const parts = structOf(typesOf(f), f.reader.index).fields.flatMap((field) => defaultParts(field.type));
  create(f, [], newObject(f.scope, f.reader.index, parts));
}

/** A libcall without result: its leading arguments, then all operands. */
function statement(name: (f: FunctionEmitter) => Libcall, count: number, lead: (f: FunctionEmitter) => Js[]): Handler {
  return (f) => {
    const args = f.operands(count);
    const value = call(f.scope.libcall(name(f)), ...lead(f), ...flatten(args));
    f.statement(`${value.text};`, effectsOf(args) | own(f));
  };
}

/** Pushes what one reference gives. */
function ofReference(f: FunctionEmitter, type: ValType, value: (ref: Js) => Js): void {
  const e = f.operands(1)[0]!;
  f.pushValue(type, value(e.low), e.effects | own(f), e.reads);
}

const targetOf = (f: FunctionEmitter): ValType => refType(f.reader.heap, f.reader.nullable);
function test(f: FunctionEmitter): void {
  const target = f.typed.types.normal(targetOf(f));
  if (!isTestedOnce(target)) f.simplify(0);
  ofReference(f, I32, (ref) => fromBool(refTest(f.scope, ref, target)));
}
function cast(f: FunctionEmitter): void {
  const target = f.typed.types.normal(targetOf(f));
  f.simplify(0);
  const failure = call(f.scope.libcall('trap_cast'));
  ofReference(f, target, (ref) => conditional(refTest(f.scope, ref, target), ref, failure));
}

const isNull = (ref: Js, not = false): Js => binary(not ? '!==' : '===', ref, atom('null'));
function branchOnNull(f: FunctionEmitter): void {
  f.simplify(0);
  const e = f.stack.pop();
  branchWhen(f, f.reader.index, isNull(e.low), e.effects);
  f.stack.push(e);
}
function branchOnNonNull(f: FunctionEmitter): void {
  f.simplify(0);
  branchWhen(f, f.reader.index, isNull(f.stack.peek().low, true), 0);
  f.stack.pop();
}
function branchOnCast(f: FunctionEmitter, fails: boolean): void {
  const { heap2, nullable2, index } = f.reader;
  f.simplify(0);
  const is = refTest(f.scope, f.stack.peek().low, f.typed.types.normal(refType(heap2, nullable2)));
  branchWhen(f, index, fails ? { ...atom(`!(${is.text})`), bool: true } : is, 0);
}

/** JavaScript evaluates the callee before the arguments, WebAssembly after: arguments that may notice go first. */
function callRef(f: FunctionEmitter): void {
  const type = f.typed.funcType(f.reader.index);
  const callee = f.operands(1)[0]!;
  f.stack.order(callee.effects | Effect.trap);
  for (let depth = type.params.length - 1; depth >= 0; depth--) pure(f, depth);
  pushCall(f, type, `(${object(f, callee.low).text})`, callee.reads);
}

const bytes = (f: FunctionEmitter): Js => int(elementKind(elementType(f)).bytes);
const data = (f: FunctionEmitter): Js => atom(f.scope.data(f.reader.index2));
const element = (f: FunctionEmitter): Js => atom(f.scope.element(f.reader.index2));
const ANY = refType(Heap.any, true);
const EXTERN = refType(Heap.extern, true);

export const GC: Partial<Record<OpName, Handler>> = {
  call_ref: callRef,
  'ref.as_non_null': (f) => ofReference(f, f.stack.peek().type, (ref) => object(f, ref)),
  br_on_null: branchOnNull,
  br_on_non_null: branchOnNonNull,
  br_on_cast: (f) => branchOnCast(f, false),
  br_on_cast_fail: (f) => branchOnCast(f, true),
  'ref.eq': (f) => {
    const from = f.operands(2) as [Entry, Entry];
    f.pushValue(I32, fromBool(binary('===', from[0].low, from[1].low)), effectsOf(from), readsOf(from));
  },
  'ref.test': test,
  'ref.test_null': test,
  'ref.cast': cast,
  'ref.cast_null': cast,
  'ref.i31': (f) =>
    ofReference(f, refType(Heap.i31, false), (value) => binary('>>', binary('<<', value, int(1)), int(1))),
  'i31.get_s': (f) => ofReference(f, I32, (ref) => object(f, ref)),
  'i31.get_u': (f) => ofReference(f, I32, (ref) => binary('&', object(f, ref), int(0x7fffffff))),
  'any.convert_extern': (f) => ofReference(f, ANY, (ref) => call(f.scope.libcall('any_convert_extern'), ref)),
  'extern.convert_any': (f) => ofReference(f, EXTERN, (ref) => call(f.scope.libcall('extern_convert_any'), ref)),
  'struct.new': structNew,
  'struct.new_default': structNewDefault,
  'struct.get': structGet,
  'struct.get_s': structGet,
  'struct.get_u': structGet,
  'struct.set': structSet,
  'array.new': arrayNew,
  'array.new_default': (f) =>
    createArray(f, 1, ([count], kind) => newElements(f.scope, kind, defaultParts(elementType(f)), count!)),
  'array.new_fixed': (f) => createArray(f, f.reader.index2, (args, kind) => fixedElements(kind, args)),
  'array.new_data': (f) =>
    createArray(f, 2, (args, kind) => {
      return call(f.scope.libcall('array_data'), atom(kind.elements), bytes(f), data(f), ...args);
    }),
  'array.new_elem': (f) => createArray(f, 2, (args) => call(f.scope.libcall('array_elements'), element(f), ...args)),
  'array.get': arrayGet,
  'array.get_s': arrayGet,
  'array.get_u': arrayGet,
  'array.set': arraySet,
  'array.len': (f) => ofReference(f, I32, (ref) => member(object(f, ref), 'n')),
  'array.fill': statement(
    (f) => fillOf(elementType(f)),
    4,
    () => [],
  ),
  'array.copy': statement(
    () => 'array_copy',
    5,
    () => [],
  ),
  'array.init_data': statement(
    () => 'array_init_data',
    4,
    (f) => [bytes(f), data(f)],
  ),
  'array.init_elem': statement(
    () => 'array_init_elements',
    4,
    (f) => [element(f)],
  ),
};
