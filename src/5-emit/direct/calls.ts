/** Calls, tables and references. */

import type { Carried } from '../../2-validate/payloads/carried.ts';
import { ofCallee, ofUnknown, paramCell, resultCell } from '../../2-validate/payloads/carried.ts';
import { Rep } from '../../2-validate/payloads/payloads.ts';
import { Effect, OPS, type OpName } from '../../wasm/opcodes.ts';
import { type FuncType, I32, I64, V128, type ValType } from '../../wasm/types.ts';
import { atom, binary, call as callOf, type Js } from '../js/expr.ts';
import type { Libcall } from '../js/libcall.ts';
import { fromBool } from '../js/scalar.ts';
import { checkedFunc } from '../js/types.ts';
import { narrowIndex, pushSize } from './bulk.ts';
import { carriedAs, convertTop, expectText, noteText, repHere, takeText } from './floats.ts';
import { type FunctionEmitter, flatten } from './function.ts';
import { type Entry, effectsOf, entry, F32_BITS, F64_BITS, joined, pair, readsOf, variables } from './stack.ts';
import { vectorCall } from './vectors.ts';

type Handler = (f: FunctionEmitter) => void;

/** How the results of a call are carried. */
function resultTypes(f: FunctionEmitter, { params, results }: FuncType, func: number | undefined): ValType[] {
  const { payloads } = f.typed;
  const here = func === undefined ? repHere(f) : Rep.number;
  return results.map((t, j) => {
    const carried = func === undefined ? here !== Rep.number : payloads.result(func, params.length, j);
    return carriedAs(t, carried ? Rep.both : Rep.number);
  });
}
/** The arguments of a call, as numbers, and the statements that note the bits of those whose callee looks for them. */
export function callArguments(f: FunctionEmitter, { params }: FuncType, carried: Carried): [Entry[], string] {
  for (const k of carried.params) f.simplify(params.length - 1 - k);
  f.ready(params.length);
  // A call within would overwrite the cells.
  if (carried.params.length > 0) {
    for (let depth = params.length - 1; depth >= 0; depth--) {
      f.stack.spillUnless(depth, (e) => (e.effects & Effect.call) === 0);
    }
  }
  const notes =
    carried.params.length === 0
      ? ''
      : carried.params.map((k) => noteText(f, f.stack.peek(params.length - 1 - k), paramCell(k))).join('');
  convertTop(f, params);
  return [f.stack.take(params.length), notes];
}

/** Prints or pushes a call, by what it returns; of function `func`, if that is known. */
export function pushCall(
  f: FunctionEmitter,
  type: FuncType,
  callee: string,
  calleeReads: readonly number[],
  func?: number,
): void {
  const carried = func === undefined ? ofUnknown(type) : ofCallee(f.typed, func);
  const isPlain = carried.params.length === 0 && carried.results.length === 0;
  const types = isPlain ? type.results : resultTypes(f, type, func);
  const [args, notes] = callArguments(f, type, carried);
  const before = isPlain ? '' : expectedText(f, type, types, carried) + notes;
  if (!isPlain && (before !== '' || types.some((t, j) => t !== type.results[j]))) {
    printCall(f, types, callOf(callee, ...flatten(args)).text, effectsOf(args) | Effect.call, before);
    return;
  }
  const effects = effectsOf(args) | Effect.call;
  const own = readsOf(args);
  const reads = joined(own, calleeReads);
  const { results } = type;
  const value: Js = callOf(callee, ...flatten(args));
  if (results.length === 0) f.statement(`${value.text};`, effects);
  else if (results.length > 1) pushResults(f, type.results, value.text, effects);
  else if (results[0] === V128) f.stack.push(vectorCall(f.scope, value, effects, reads));
  else if (results[0] !== I64) f.pushValue(results[0]!, value, effects, reads);
  else f.stack.push(pair(value, atom(f.scope.high()), effects, reads, true));
}

/** The statements that set the cells of results which a callee may leave alone. */
function expectedText(
  f: FunctionEmitter,
  { results }: FuncType,
  types: readonly ValType[],
  { unknown }: Carried,
): string {
  if (!unknown) return '';
  return types.map((t, j) => (t === results[j] ? '' : expectText(f, results[j]!, resultCell(j)))).join('');
}

/** A call that cells of payloads go with, as statements: results go to their slots at once. */
function printCall(f: FunctionEmitter, types: readonly ValType[], text: string, effects: number, before: string): void {
  const base = f.stack.height;
  f.stack.order(
    effects,
    types.map((_, k) => f.stack.slotVariable(base + k)),
  );
  if (before !== '') f.line(before.trim());
  if (types.length === 0) f.line(`${text};`);
  else if (types.length > 1) pushResults(f, types, text, effects);
  else {
    const name = f.stack.slotName(base);
    const [first, ...rest] = variables(name, types[0]!);
    const place = (k: number): string => (types[0] === I64 ? f.scope.high() : f.scope.lane(k + 1));
    f.line(`${first} = ${text};${rest.map((part, k) => ` ${part} = ${place(k)};`).join('')}`);
    f.stack.push(f.stack.slot(base, types[0]!));
  }
  for (const [j, t] of types.entries()) {
    if (t === F32_BITS || t === F64_BITS) f.line(takeText(f, t, f.stack.slotName(base + j), resultCell(j)));
  }
}

/** Several results come as an array: each goes to its slot. */
function pushResults(f: FunctionEmitter, results: readonly ValType[], text: string, effects: number): void {
  const base = f.stack.height;
  f.stack.order(
    effects,
    results.map((_, k) => f.stack.slotVariable(base + k)),
  );
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
  pushCall(f, f.typed.typeOf(index), f.scope.func(index), [], index);
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

/** The function of a type at an index of a table: checked, unless traps are dropped. */
export function checkedElement(f: FunctionEmitter, type: number, table: number, at: Entry): string {
  const element = `${f.scope.elems(table)}[${at.low.text}]`;
  return f.exact ? checkedFunc(f.scope, element, type) : element;
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
