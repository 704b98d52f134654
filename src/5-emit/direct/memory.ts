/** Loads and stores: loads stay expressions, stores are statements. */
import { Rep } from '../../2-validate/payloads/payloads.ts';
import { Effect, OPS, type OpName } from '../../wasm/opcodes.ts';
import { F32, F64, I32, I64, type ValType } from '../../wasm/types.ts';
import {
  type LoadOp,
  load,
  loadPair,
  NARROW_LOADS,
  NARROW_STORES,
  type StoreOp,
  store,
  storePair,
  withHigh,
} from '../js/access.ts';
import type { Access } from '../js/element.ts';
import { atom, binary, int, type Js } from '../js/expr.ts';
import { carriedAs, isNumber, repHere } from './floats.ts';
import { type FunctionEmitter, isOptional } from './function.ts';
import { type Entry, pair } from './stack.ts';

type Handler = (f: FunctionEmitter) => void;

/** Values up to this length are printed in both arms of a store; longer ones go to a variable first. */
const MAX_REPEATED = 24;

function access(f: FunctionEmitter): Access {
  const { memory, align, offset } = f.reader;
  return { memory, align, offset, exact: f.exact, compact: f.compact };
}

function effects(f: FunctionEmitter): number {
  const all = OPS[f.reader.op]!.effects;
  return f.exact ? all : all & ~Effect.trap;
}

/** What may grow the memory must come before the view of it is read. */
function spillCalls(f: FunctionEmitter, depth: number): void {
  f.stack.spillUnless(depth, (e) => (e.effects & (Effect.call | Effect.growMemory)) === 0);
}

/** Both halves of a 64-bit address are printed more than once. */
function simplifyAddress(f: FunctionEmitter, depth: number): void {
  if (f.typed.module.memories[f.reader.memory]!.type.is64) f.simplify(depth);
}
const withAddress = (f: FunctionEmitter, m: Access, { high }: Entry): Access =>
  high === undefined ? m : withHigh(f.scope, m, high);

interface Load {
  readonly value: Js;
  readonly address: Entry;
  readonly m: Access;
}
function loadValue(f: FunctionEmitter, op: LoadOp): Load {
  spillCalls(f, 0);
  simplifyAddress(f, 0);
  const address = f.stack.pop();
  const m = withAddress(f, access(f), address);
  return { value: load(f.scope, op, address.low, m, f.temp('t')), address, m };
}

function scalarLoad(op: LoadOp, type: ValType): Handler {
  return (f) => {
    const { value, address } = loadValue(f, op);
    f.pushValue(type, value, address.effects | effects(f), address.reads);
  };
}

/** A float as a number, as its bits, or at once as both. */
function floatLoad(op: 'f32_load' | 'f64_load', type: ValType): Handler {
  const number = scalarLoad(op, type);
  const bits = type === F32 ? scalarLoad('i32_load', I32) : pairLoad;
  return (f) => {
    const rep = repHere(f);
    if (rep !== Rep.both) return rep === Rep.bits ? bits(f) : number(f);
    f.simplify(0);
    const address = f.stack.pop();
    const m = withAddress(f, access(f), address);
    const at = f.stack.height;
    const name = f.stack.slotName(at);
    f.stack.order(effects(f), [f.stack.slotVariable(at)]);
    const a = address.low;
    // The address may lie in the slot.
    const value = a.text === name ? f.temp('v') : name;
    f.line(`${value} = ${load(f.scope, op, a, m).text};`);
    f.out.opens(`if (${value} !== ${value}) {`);
    if (type === F64) f.line(loadPair(f.scope, a, `${name}n`, `${name}m`, m));
    else f.line(`${name}n = ${load(f.scope, 'i32_load', a, m).text};`);
    f.out.closes();
    if (value !== name) f.line(`${name} = ${value};`);
    f.stack.push(f.stack.slot(at, carriedAs(type, Rep.both)));
  };
}

function pairLoad(f: FunctionEmitter): void {
  f.simplify(0);
  const address = f.stack.pop();
  const m = withAddress(f, access(f), address);
  const spare = m.high === undefined ? '' : f.temp('v');
  const statements = (low: string, high: string): string => {
    if (m.high?.text !== high) return loadPair(f.scope, address.low, low, high, m);
    return `${spare} = ${high}; ${loadPair(f.scope, address.low, low, high, { ...m, high: atom(spare) })}`;
  };
  f.stack.push({ ...pair(int(0), int(0), effects(f), address.reads), statements });
}

function narrowLoad(op: LoadOp, signed: boolean): Handler {
  return (f) => {
    const { value, address } = loadValue(f, op);
    f.pushValue(I32, value, address.effects | effects(f), address.reads);
    if (signed) f.simplify(0);
    const e = f.stack.pop();
    f.stack.push(pair(e.low, signed ? binary('>>', e.low, int(31)) : int(0), e.effects, e.reads));
  };
}

/** Values that may be printed twice, and evaluated after the bounds check. */
function isStorable(e: Entry): boolean {
  if (e.statements !== undefined || e.chained || e.low.text.length > MAX_REPEATED) return false;
  if (e.high !== undefined && (!isOptional(e) || e.high.text.length > MAX_REPEATED)) return false;
  return (e.effects & ~(Effect.trap | Effect.readMemory | Effect.readGlobal | Effect.readTable)) === 0;
}

function prepareStore(f: FunctionEmitter): [address: Entry, value: Entry] {
  spillCalls(f, 1);
  simplifyAddress(f, 1);
  f.stack.spillUnless(0, isStorable);
  const value = f.stack.pop();
  const address = f.stack.pop();
  f.stack.order(address.effects | value.effects | effects(f));
  return [address, value];
}

function writeStore(f: FunctionEmitter, op: StoreOp): void {
  const [address, value] = prepareStore(f);
  const m = withAddress(f, access(f), address);
  f.line(store(f.scope, op, address.low, value.low, m, { index: () => f.temp('i'), address: f.temp('a') }));
}

function scalarStore(op: StoreOp): Handler {
  return (f) => {
    writeStore(f, op);
  };
}

function floatStore(op: 'f32_store' | 'f64_store'): Handler {
  return (f) => {
    const value = f.stack.peek();
    if (value.type === I64) pairStore(f);
    else if (value.type === I32) writeStore(f, 'i32_store');
    else if (value.bits) bothStore(f, op);
    else writeStore(f, op);
  };
}
/** The bits where it is a NaN. */
function bothStore(f: FunctionEmitter, op: 'f32_store' | 'f64_store'): void {
  f.simplify(0);
  const [address, value] = prepareStore(f);
  const m = withAddress(f, access(f), address);
  const { low, high } = value.bits!;
  const temps = { index: () => f.temp('i'), address: f.temp('a') };
  f.out.opens(`if (${isNumber(value).text}) {`);
  f.line(store(f.scope, op, address.low, value.low, m, temps));
  f.out.turns('} else {');
  if (high) f.line(storePair(f.scope, address.low, low, high, m, temps));
  else f.line(store(f.scope, 'i32_store', address.low, low, m, temps));
  f.out.closes();
}

function pairStore(f: FunctionEmitter): void {
  const [address, value] = prepareStore(f);
  const m = withAddress(f, access(f), address);
  const temps = { index: () => f.temp('i'), address: f.temp('a') };
  f.line(storePair(f.scope, address.low, value.low, value.high!, m, temps));
}

function narrowStore(op: StoreOp): Handler {
  return (f) => {
    f.ready(1);
    const value = f.stack.pop();
    f.pushValue(I32, value.asI32?.() ?? value.low, value.effects, value.reads);
    writeStore(f, op);
  };
}

function narrow(): Partial<Record<OpName, Handler>> {
  const loads = Object.entries(NARROW_LOADS).map(([name, n]) => [name, narrowLoad(n.load, n.signed)]);
  const stores = Object.entries(NARROW_STORES).map(([name, op]) => [name, narrowStore(op)]);
  return Object.fromEntries([...loads, ...stores]);
}

export const MEMORY: Partial<Record<OpName, Handler>> = {
  'i32.load': scalarLoad('i32_load', I32),
  'i32.load8_s': scalarLoad('i32_load8_s', I32),
  'i32.load8_u': scalarLoad('i32_load8_u', I32),
  'i32.load16_s': scalarLoad('i32_load16_s', I32),
  'i32.load16_u': scalarLoad('i32_load16_u', I32),
  'f32.load': floatLoad('f32_load', F32),
  'f64.load': floatLoad('f64_load', F64),
  'i64.load': pairLoad,
  'i32.store': scalarStore('i32_store'),
  'i32.store8': scalarStore('i32_store8'),
  'i32.store16': scalarStore('i32_store16'),
  'f32.store': floatStore('f32_store'),
  'f64.store': floatStore('f64_store'),
  'i64.store': pairStore,
  ...narrow(),
};
