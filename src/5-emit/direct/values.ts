/** Constants, variables, and all scalar instructions without memory. */
import { Rep } from '../../2-validate/payloads/payloads.ts';
import { Effect, OPS, type OpName } from '../../wasm/opcodes.ts';
import { F32, F64, I32, I64, V128, type ValType } from '../../wasm/types.ts';
import { atom, call, int, type Js, num } from '../js/expr.ts';
import { mayTrap, scalar } from '../js/scalar.ts';
import { carriedAs, constantNaN, convertTop, FLOAT_BITS, numbers } from './floats.ts';
import { type FunctionEmitter, isOptional } from './function.ts';
import {
  assignment,
  type Entry,
  entry,
  F32_BITS,
  F64_BITS,
  integer,
  isVariable,
  joined,
  laneAssignment,
  laneNames,
  pair,
  vector,
  withBits,
} from './stack.ts';

type Handler = (f: FunctionEmitter) => void;

const view = new DataView(new ArrayBuffer(8));
const CANONICAL_NAN32 = 0x7fc00000;
const CANONICAL_NAN64 = 0x7ff80000;

/** A NaN with other bits than JavaScript's own is made from its bits, and stored as bits where it is only stored. */
function float32(f: FunctionEmitter): void {
  const bits = f.reader.value;
  view.setInt32(0, bits);
  const x = view.getFloat32(0);
  if (!Number.isNaN(x) || bits === CANONICAL_NAN32) {
    f.stack.push(entry(F32, num(x)));
    return;
  }
  constantNaN(f, F32, call(f.scope.libcall('f32_reinterpret_i32'), int(bits)), bits, 0);
}

function float64(f: FunctionEmitter): void {
  const { low, high } = f.reader;
  view.setInt32(0, high);
  view.setInt32(4, low);
  const x = view.getFloat64(0);
  if (!Number.isNaN(x) || (high === CANONICAL_NAN64 && low === 0)) f.stack.push(entry(F64, num(x)));
  else constantNaN(f, F64, call(f.scope.libcall('f64_reinterpret_i64'), int(low), int(high)), low, high);
}

/** The value of a local; the same entry whenever it is read. */
function readLocal(f: FunctionEmitter, index: number): Entry {
  return (f.localEntries[index] ??= localEntry(f, index));
}
function localEntry(f: FunctionEmitter, index: number): Entry {
  const type = f.locals[index]!;
  if (type === F32_BITS || type === F64_BITS) return withBits(type, `l${index}`, [index]);
  const low = atom(`l${index}`);
  if (type === V128) return vector(laneNames(`l${index}`).map(atom), 0, [index]);
  return type === I64 ? pair(low, atom(`l${index}h`), 0, [index]) : entry(type, low, 0, [index]);
}

function setLocal(f: FunctionEmitter): void {
  const { index } = f.reader;
  convertTop(f, [f.locals[index]!]);
  const e = f.stack.pop();
  // A local set to itself is what remains of copies.
  if (isVariable(e, `l${index}`)) return;
  // A handler must not see the local change before a call that comes first and throws.
  f.stack.order(f.bodies > 0 ? e.effects | Effect.control : e.effects, readLocal(f, index).reads);
  f.line(assignment(e, `l${index}`, `l${index}h`, f.temps));
}

function teeLocal(f: FunctionEmitter): void {
  setLocal(f);
  f.stack.push(readLocal(f, f.reader.index));
}

function readGlobal(f: FunctionEmitter): void {
  const { index } = f.reader;
  const { type, mutable } = f.typed.module.globals[index]!.type;
  const effects = mutable ? Effect.readGlobal : 0;
  if (type === V128) {
    f.stack.push(vector(globalLanes(f, index).map(member), effects));
    return;
  }
  const low = member(f.scope.global(index));
  if (type === I64) f.stack.push(pair(low, member(f.scope.globalHigh(index)), effects));
  else if (!f.typed.payloads.global(index)) f.stack.push(entry(type, low, effects));
  else {
    const words = [0, 1].map((word) => member(f.scope.globalBits(index, word)));
    const bits = { low: words[0]!, high: type === F64 ? words[1] : undefined };
    f.stack.push({ ...entry(carriedAs(type, Rep.both), low, effects), bits });
  }
}

/** `name` or `name.v`: no literal and, for the latter, no plain name. */
const member = (text: string): Js => atom(text);

function globalLanes(f: FunctionEmitter, index: number): string[] {
  return [0, 1, 2, 3].map((lane) => f.scope.globalSlot(index, lane));
}

function setGlobal(f: FunctionEmitter): void {
  const { index } = f.reader;
  const { type } = f.typed.module.globals[index]!.type;
  const carried = f.typed.payloads.global(index);
  convertTop(f, [carriedAs(type, carried ? Rep.both : Rep.number)]);
  const e = f.stack.pop();
  if (e.lanes !== undefined) {
    f.stack.order(e.effects | Effect.writeGlobal);
    f.line(laneAssignment(e, globalLanes(f, index), f.temps));
    return;
  }
  const high = type === I64 ? f.scope.globalHigh(index) : '';
  f.stack.order(e.effects | Effect.writeGlobal);
  f.line(assignment({ ...e, bits: undefined }, f.scope.global(index), high, f.temps));
  if (!e.bits) return;
  f.line(`${f.scope.globalBits(index, 0)} = ${e.bits.low.text};`);
  if (e.bits.high) f.line(`${f.scope.globalBits(index, 1)} = ${e.bits.high.text};`);
}

function drop(f: FunctionEmitter): void {
  f.ready(1);
  const e = f.stack.pop();
  if (isOptional(e) || (e.chained && e.effects === 0)) return;
  f.statement(`${e.low.text};`, e.effects);
}

/** An instruction that `scalar` has a template for. */
function plain(name: OpName, params: string, type: ValType): Handler {
  const op = OPS.find((o) => o.name === name)!.op;
  const floats = /[fF]/.test(params);
  const two = params.length === 2;
  return (f) => {
    if (floats) numbers(f, params);
    const b = two ? f.stack.pop() : undefined;
    const a = f.stack.pop();
    const inputs = b === undefined ? [a.low] : [a.low, b.low];
    const trap = mayTrap(op, inputs, f.exact) ? Effect.trap : 0;
    const value = scalar(op, f.scope, inputs, f.exact)!;
    if (b === undefined) f.pushValue(type, value, a.effects | trap, a.reads);
    else f.pushValue(type, value, a.effects | b.effects | trap, joined(a.reads, b.reads));
  };
}

const LETTERS: Record<string, ValType> = { i: I32, f: F32, F: F64 };

/** Handlers for every instruction on i32, f32 and f64 operands alone. */
export function plainHandlers(isScalar: (op: number) => boolean): Partial<Record<OpName, Handler>> {
  const handlers: Partial<Record<OpName, Handler>> = {};
  for (const { op, name, signature } of OPS) {
    if (!isScalar(op)) continue;
    handlers[name] = plain(name, signature!.params, LETTERS[signature!.results]!);
  }
  return handlers;
}

export const VALUES: Partial<Record<OpName, Handler>> = {
  'i32.const': (f) => f.stack.push(integer(f.reader.value)),
  'f32.const': float32,
  'f64.const': float64,
  'local.get': (f) => f.stack.push(readLocal(f, f.reader.index)),
  'local.set': setLocal,
  'local.tee': teeLocal,
  'global.get': readGlobal,
  'global.set': setGlobal,
  drop,
  ...FLOAT_BITS,
};
