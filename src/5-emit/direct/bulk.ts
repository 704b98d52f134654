/**
 * Instructions on whole memories: libcalls on their objects. Where an address is 64 bits wide, a libcall of its own takes
 * pairs; sizes are 32 bits wide in either case, and are extended.
 */
import { Effect, OPS, type OpName } from '../../wasm/opcodes.ts';
import { I32, I64 } from '../../wasm/types.ts';
import { atom, binary, call, conditional, int, type Js } from '../js/expr.ts';
import type { Libcall } from '../js/libcall.ts';
import { type FunctionEmitter, flatten, isOptional } from './function.ts';
import { type Entry, effectsOf, entry, pair, readsOf } from './stack.ts';

type Handler = (f: FunctionEmitter) => void;

function run(f: FunctionEmitter, name: Libcall, lead: readonly string[], args: readonly Entry[]): void {
  const text = call(f.scope.libcall(name), ...lead.map(atom), ...flatten(args)).text;
  f.statement(`${text};`, effectsOf(args) | OPS[f.reader.op]!.effects);
}

const isWide = (args: readonly Entry[]): boolean => args.some((e) => e.high !== undefined);

/** A libcall on a memory: its leading arguments, then the operands. */
function bulk(name: Libcall, name64: Libcall, lead: (f: FunctionEmitter) => readonly string[]): Handler {
  return (f) => {
    const args = f.operands(3);
    run(f, isWide(args) ? name64 : name, lead(f), args);
  };
}

/** Between memories of different address types all operands are made 64 bits wide. */
function memoryCopy(f: FunctionEmitter): void {
  const args = f.operands(3);
  const wide = isWide(args);
  const [d, s, n] = args.map((e) => flatten([wide && !e.high ? { ...e, high: int(0) } : e]));
  const to = atom(f.scope.memory(f.reader.index));
  const from = atom(f.scope.memory(f.reader.index2));
  // The libcall takes (dst, d, src, s, n): the operands stay in order.
  const text = call(f.scope.libcall(wide ? 'memory_copy64' : 'memory_copy'), to, ...d!, from, ...s!, ...n!).text;
  f.statement(`${text};`, effectsOf(args) | OPS[f.reader.op]!.effects);
}

/** Pushes a size: an i32, or the i64 that extends it. */
export function pushSize(
  f: FunctionEmitter,
  value: Js,
  is64: boolean,
  effects: number,
  reads: readonly number[],
): void {
  f.pushValue(I32, value, effects, reads);
  if (!is64) return;
  // After growing it may be -1.
  const isSigned = OPS[f.reader.op]!.name.endsWith('.grow');
  if (isSigned) f.simplify(0);
  const e = f.stack.pop();
  f.stack.push(pair(e.low, isSigned ? binary('>>', e.low, int(31)) : int(0), e.effects, e.reads));
}

const is64 = (f: FunctionEmitter): boolean => f.typed.module.memories[f.reader.index]!.type.is64;

function memorySize(f: FunctionEmitter): void {
  const value = call(f.scope.libcall('memory_size'), atom(f.scope.memory(f.reader.index)));
  pushSize(f, value, is64(f), Effect.readMemory, []);
}

function memoryGrow(f: FunctionEmitter): void {
  const args = f.operands(1);
  const name = is64(f) ? 'memory_grow64' : 'memory_grow';
  const value = call(f.scope.libcall(name), atom(f.scope.memory(f.reader.index)), ...flatten(args));
  const grown = Effect.growMemory | Effect.writeMemory;
  pushSize(f, value, is64(f), effectsOf(args) | grown, readsOf(args));
}

/**
 * Makes the i64 `depth` below the top, an index or count of table elements, an i32. No table has 2^32 - 1 elements: what
 * does not fit becomes that number, and fails as it must.
 */
export function narrowIndex(f: FunctionEmitter, depth: number): void {
  if (f.stack.peek(depth).type !== I64) return;
  f.stack.spillUnless(depth, isOptional);
  const [e, ...above] = f.stack.take(depth + 1) as [Entry, ...Entry[]];
  const { low, high, effects, reads } = e;
  const known = high!.value === undefined ? conditional(high!, int(-1), low) : high!.value === 0 ? low : int(-1);
  for (const one of [entry(I32, known, effects, reads), ...above]) f.stack.push(one);
}

export const BULK: Partial<Record<OpName, Handler>> = {
  'memory.size': memorySize,
  'memory.grow': memoryGrow,
  'memory.fill': bulk('memory_fill', 'memory_fill64', (f) => [f.scope.memory(f.reader.index)]),
  'memory.copy': memoryCopy,
  'memory.init': bulk('memory_init', 'memory_init64', (f) => [
    f.scope.memory(f.reader.index2),
    f.scope.data(f.reader.index),
  ]),
  'data.drop': (f) => run(f, 'data_drop', [f.scope.data(f.reader.index)], []),
};
