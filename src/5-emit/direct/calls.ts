/** Calls, tables and references. */
import { Effect, OPS, type OpName } from '../../wasm/opcodes.ts';
import { type FuncType, I32, I64, V128 } from '../../wasm/types.ts';
import { atom, binary, call as callOf, type Js } from '../js/expr.ts';
import type { Libcall } from '../js/libcall.ts';
import { fromBool } from '../js/scalar.ts';
import { checkedFunc } from '../js/types.ts';
import { narrowIndex, pushSize } from './bulk.ts';
import { type FunctionEmitter, flatten } from './function.ts';
import { type Entry, effectsOf, entry, pair, readsOf, variables } from './stack.ts';
import { vectorCall } from './vectors.ts';

type Handler = (f: FunctionEmitter) => void;

/** Prints or pushes a call, by what it returns. */
export function pushCall(f: FunctionEmitter, type: FuncType, callee: string, calleeReads: readonly number[]): void {
  const args = f.operands(type.params.length);
  const effects = effectsOf(args) | Effect.call;
  const reads = [...readsOf(args), ...calleeReads];
  const { results } = type;
  const value: Js = callOf(callee, ...flatten(args));
  if (results.length === 0) f.statement(`${value.text};`, effects);
  else if (results.length > 1) pushResults(f, type, value.text, effects);
  else if (results[0] === V128) f.stack.push(vectorCall(f.scope, value, effects, reads));
  else if (results[0] !== I64) f.pushValue(results[0]!, value, effects, reads);
  else f.stack.push(pair(value, atom(f.scope.high()), effects, reads, true));
}

/** Several results come as an array: each goes to its slot. */
function pushResults(f: FunctionEmitter, { results }: FuncType, text: string, effects: number): void {
  const base = f.stack.height;
  f.stack.order(effects, ...results.map((_, k) => f.stack.slotVariable(base + k)));
  const from = f.temp('r');
  let place = 0;
  const sets: string[] = [];
  for (const type of results) {
    const name = f.stack.slotName(f.stack.height);
    for (const part of variables(name, type)) sets.push(`${part} = ${from}[${place++}];`);
    f.stack.push(f.stack.slot(f.stack.height, type));
  }
  f.line(`${from} = ${text}; ${sets.join(' ')}`);
}

function call(f: FunctionEmitter): void {
  const { index } = f.reader;
  pushCall(f, f.typed.typeOf(index), f.scope.func(index), []);
}

/** JavaScript evaluates the callee before the arguments, WebAssembly after: arguments that may notice go first. */
function callIndirect(f: FunctionEmitter): void {
  const { index, index2 } = f.reader;
  narrowIndex(f, 0);
  const at = f.stack.pop();
  f.stack.order(at.effects | Effect.trap | Effect.readTable);
  const type = f.typed.funcType(index);
  for (let depth = type.params.length - 1; depth >= 0; depth--) {
    f.stack.spillUnless(depth, (e) => (e.effects & (Effect.trap | Effect.call)) === 0);
  }
  pushCall(f, type, checkedElement(f, index, index2, at), at.reads);
}

/** The function of a type at an index of a table. */
export function checkedElement(f: FunctionEmitter, type: number, table: number, at: Entry): string {
  const element = `${f.scope.elems(table)}[${at.low.text}]`;
  return checkedFunc(f.scope, element, type);
}

/** A libcall on a table, as an expression. */
function tableValue(f: FunctionEmitter, name: Libcall, count: number, result: 'size' | 'element'): void {
  const args = tableOperands(f, count);
  const { ref, is64 } = f.typed.module.tables[f.reader.index]!.type;
  const value = callOf(f.scope.libcall(name), atom(f.scope.table(f.reader.index)), ...flatten(args));
  const effects = effectsOf(args) | OPS[f.reader.op]!.effects;
  if (result === 'size') pushSize(f, value, is64, effects, readsOf(args));
  else f.pushValue(ref, value, effects, readsOf(args));
}

/** A libcall without result: its leading arguments, then `count` operands. */
function statement(name: Libcall, count: number, lead: (f: FunctionEmitter) => readonly string[]): Handler {
  return (f) => {
    const args = tableOperands(f, count);
    const text = callOf(f.scope.libcall(name), ...lead(f).map(atom), ...flatten(args)).text;
    f.statement(`${text};`, effectsOf(args) | OPS[f.reader.op]!.effects);
  };
}

/** Takes the operands, indices and counts of 64 bits narrowed. */
function tableOperands(f: FunctionEmitter, count: number): Entry[] {
  for (let depth = count - 1; depth >= 0; depth--) narrowIndex(f, depth);
  return f.stack.take(count);
}
const table = (f: FunctionEmitter, index = f.reader.index): string => f.scope.table(index);

function tableCopy(f: FunctionEmitter): void {
  const args = tableOperands(f, 3);
  const [d, s, n] = flatten(args) as [Js, Js, Js];
  const to = atom(table(f));
  const from = atom(table(f, f.reader.index2));
  const text = callOf(f.scope.libcall('table_copy'), to, d, from, s, n).text;
  f.statement(`${text};`, effectsOf(args) | OPS[f.reader.op]!.effects);
}

function isNull(f: FunctionEmitter): void {
  const e = f.stack.pop();
  f.pushValue(I32, fromBool(binary('===', e.low, atom('null'))), e.effects, e.reads);
}

export const CALLS: Partial<Record<OpName, Handler>> = {
  call,
  call_indirect: callIndirect,
  'table.get': (f) => tableValue(f, 'table_get', 1, 'element'),
  'table.set': statement('table_set', 2, (f) => [table(f)]),
  'table.size': (f) => tableValue(f, 'table_size', 0, 'size'),
  'table.grow': (f) => tableValue(f, 'table_grow', 2, 'size'),
  'table.fill': statement('table_fill', 3, (f) => [table(f)]),
  'table.copy': tableCopy,
  'table.init': statement('table_init', 3, (f) => [table(f, f.reader.index2), f.scope.element(f.reader.index)]),
  'elem.drop': statement('elem_drop', 0, (f) => [f.scope.element(f.reader.index)]),
  'ref.null': (f) => f.stack.push(entry(0, atom('null'))),
  'ref.is_null': isNull,
  'ref.func': (f) => f.stack.push(entry(0, atom(f.scope.funcRef(f.reader.index)))),
};
