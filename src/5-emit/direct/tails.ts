/**
 * Tail calls. A call of the function itself goes round a loop around its body, with new parameters and the other locals as
 * they were at first; the others are calls or jumps (../js/tails.ts) whose value is returned.
 */
import { type Carried, ofCallee, ofFunction, ofUnknown, resultCell } from '../../2-validate/payloads/carried.ts';
import { Effect, type OpName } from '../../wasm/opcodes.ts';
import type { FuncType } from '../../wasm/types.ts';
import { atom, call, Prec, within } from '../js/expr.ts';
import { nonNull } from '../js/objects.ts';
import { callLast, jumpTo } from '../js/tails.ts';
import { narrowIndex } from './bulk.ts';
import { callArguments, checkedElement } from './calls.ts';
import { stop } from './control.ts';
import { convertTop, expectText } from './floats.ts';
import { type FunctionEmitter, flatten } from './function.ts';
import { assignment, type Entry, effectsOf, isVariable, variables, zero } from './stack.ts';

type Handler = (f: FunctionEmitter) => void;

const LOOP = 'S';
const OUTSIDE = 'T';

/** Before the body: the loop, if the function calls itself in tail position. */
export function openTailLoop(f: FunctionEmitter): void {
  if (!f.scope.module.tails?.callsItself(f.func.index)) return;
  f.out.opens(`${LOOP}: for (;;) {`);
  f.locals.forEach((type, i) => {
    if (i < f.type.params.length) return;
    f.line(`${variables(`l${i}`, type).join(' = ')} = ${zero(type).text};`);
  });
  f.tailLoop = true;
}

/** The arguments of a tail call, and the statements that note their payloads. */
type Operands = readonly [args: readonly Entry[], notes: string];

/** The callee runs when the handlers around are gone: arguments go to variables, and the call follows the body. */
function leaveTry(f: FunctionEmitter, callee: string, [args, notes]: Operands, last: readonly string[]): void {
  f.stack.order(effectsOf(args) | Effect.call | Effect.control);
  const names = [...flatten(args), ...last.map(atom)].map((value, i) => {
    f.temps.add(`q${i}`);
    f.line(`q${i} = ${within(value, Prec.assign)};`);
    return atom(`q${i}`);
  });
  // Nothing runs between here and there.
  if (notes !== '') f.line(notes.trim());
  const number = f.outside.push(`return ${call(callee, ...names).text};`) - 1;
  f.line(`${f.temp('k')} = ${number};`);
  f.line(`break ${OUTSIDE};`);
  stop(f);
}
/** Before the body: room for a block around it. */
export function openOutside(f: FunctionEmitter): void {
  f.outsideLine = f.out.length;
  f.line('');
}
export function closeOutside(f: FunctionEmitter): void {
  if (f.outside.length === 0) return;
  f.out.opensAt(f.outsideLine, `${OUTSIDE}: {`);
  if (f.type.results.length === 0) f.line('return;');
  f.out.closes();
  f.out.opens('switch (k) {');
  for (const [i, text] of f.outside.entries()) f.line(`${i === 0 ? 'default' : `case ${i}`}: ${text}`);
  f.out.closes();
}

/** After the body; its end returns. */
export function closeTailLoop(f: FunctionEmitter): void {
  if (!f.tailLoop) return;
  if (f.type.results.length === 0) f.line('return;');
  f.out.closes();
}

/** Prints the call, with all that must come before it. */
function leave(f: FunctionEmitter, callee: string, operands: Operands, last: readonly string[] = []): void {
  if (f.bodies > 0) return leaveTry(f, callee, operands, last);
  const [args, notes] = operands;
  if (notes !== '') {
    f.stack.order(effectsOf(args) | Effect.call | Effect.control);
    f.line(notes.trim());
  }
  const text = call(callee, ...flatten(args), ...last.map(atom)).text;
  f.statement(`return ${text};`, effectsOf(args) | Effect.call | Effect.control);
  stop(f);
}

/** The operands of a tail call. Callers of this function may not know the callee, nor it them. */
function tailOperands(f: FunctionEmitter, type: FuncType, carried: Carried): Operands {
  const [args, notes] = callArguments(f, type, carried);
  if (!carried.unknown) return [args, notes];
  const { results } = ofFunction(f.typed, f.func.index);
  return [args, results.map((k) => expectText(f, f.type.results[k]!, resultCell(k))).join('') + notes];
}

function returnCall(f: FunctionEmitter): void {
  const { index } = f.reader;
  const { typed, scope } = f;
  const count = typed.typeOf(index).params.length;
  const form = scope.module.facts.tails.direct(f.func.index, index);
  if (form === 'self') return again(f, count);
  const args = tailOperands(f, typed.typeOf(index), ofCallee(typed, index));
  if (form === 'jump') leave(f, jumpTo(scope, index), args);
  else if (form === 'call') leave(f, scope.func(index), args);
  else leave(f, callLast(scope, typed.module.funcs[index]!.type, true), args, [scope.func(index)]);
}

/** Assigns the parameters one after the other: an argument that reads one that is already new is computed before. */
function again(f: FunctionEmitter, count: number): void {
  convertTop(f, f.locals.slice(0, count));
  for (let k = 1; k < count; k++) {
    f.stack.spillUnless(count - 1 - k, (e) => e.reads.every((local) => local >= k));
  }
  const args = f.stack.take(count);
  f.stack.order(effectsOf(args) | Effect.control, [...args.keys()]);
  for (const [i, e] of args.entries()) {
    const name = `l${i}`;
    if (!isVariable(e, name)) f.line(assignment(e, name, `${name}h`, f.temps));
  }
  f.line(`continue ${LOOP};`);
  stop(f);
}

function returnCallIndirect(f: FunctionEmitter): void {
  const { index, index2 } = f.reader;
  narrowIndex(f, 0);
  const form = f.scope.module.facts.tails.indirect(f.func.index, index, index2);
  f.simplify(0);
  const at = f.stack.pop();
  const type = f.typed.funcType(index);
  const args = tailOperands(f, type, ofUnknown(type));
  const callee = checkedElement(f, index, index2, at);
  leave(f, callLast(f.scope, index, form === 'either'), args, [callee]);
}

function returnCallRef(f: FunctionEmitter): void {
  const { index } = f.reader;
  const form = f.scope.module.facts.tails.indirect(f.func.index, index, undefined);
  f.simplify(0);
  const callee = f.stack.pop();
  const type = f.typed.funcType(index);
  const [args, notes] = tailOperands(f, type, ofUnknown(type));
  const effects = callee.effects | Effect.trap;
  const checked = { ...callee, low: nonNull(f.scope, callee.low, false), effects };
  leave(f, callLast(f.scope, index, form === 'either'), [[...args, checked], notes]);
}

export const TAILS: Partial<Record<OpName, Handler>> = {
  return_call: returnCall,
  return_call_indirect: returnCallIndirect,
  return_call_ref: returnCallRef,
};
