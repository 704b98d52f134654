/**
 * Tail calls. A call of the function itself goes round a loop around its body, with new parameters and the other locals as
 * they were at first; the others are calls or jumps (../js/tails.ts) whose value is returned.
 */
import { Effect, type OpName } from '../../wasm/opcodes.ts';
import { atom, call, Prec, within } from '../js/expr.ts';
import { nonNull } from '../js/objects.ts';
import { callLast, jumpTo } from '../js/tails.ts';
import { narrowIndex } from './bulk.ts';
import { checkedElement } from './calls.ts';
import { stop } from './control.ts';
import { type FunctionEmitter, flatten } from './function.ts';
import { assignment, type Entry, effectsOf, isVariable, variables, zero } from './stack.ts';

type Handler = (f: FunctionEmitter) => void;

const LOOP = 'S';
const OUTSIDE = 'T';

/** Before the body: the loop, if the function calls itself in tail position. */
export function openTailLoop(f: FunctionEmitter): void {
  if (!f.scope.module.tails?.callsItself(f.func.index)) return;
  f.line(`${LOOP}: for (;;) {`);
  f.locals.forEach((type, i) => {
    if (i < f.type.params.length) return;
    f.line(`${variables(`l${i}`, type).join(' = ')} = ${zero(type).text};`);
  });
  f.tailLoop = true;
}

/** The callee runs when the handlers around are gone: arguments go to variables, and the call follows the body. */
function leaveTry(f: FunctionEmitter, callee: string, args: readonly Entry[], last: readonly string[]): void {
  f.stack.order(effectsOf(args) | Effect.call | Effect.control);
  const names = [...flatten(args), ...last.map(atom)].map((value, i) => {
    f.temps.add(`q${i}`);
    f.line(`q${i} = ${within(value, Prec.assign)};`);
    return atom(`q${i}`);
  });
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
  f.out[f.outsideLine] = `${OUTSIDE}: {`;
  if (f.type.results.length === 0) f.line('return;');
  f.line('}');
  f.line('switch (k) {');
  for (const [i, text] of f.outside.entries()) f.line(`${i === 0 ? 'default' : `case ${i}`}: ${text}`);
  f.line('}');
}

/** After the body; its end returns. */
export function closeTailLoop(f: FunctionEmitter): void {
  if (!f.tailLoop) return;
  if (f.type.results.length === 0) f.line('return;');
  f.line('}');
}

/** Prints the call, with all that must come before it. */
function leave(f: FunctionEmitter, callee: string, args: readonly Entry[], last: readonly string[] = []): void {
  if (f.bodies > 0) return leaveTry(f, callee, args, last);
  const text = call(callee, ...flatten(args), ...last.map(atom)).text;
  f.statement(`return ${text};`, effectsOf(args) | Effect.call | Effect.control);
  stop(f);
}

function returnCall(f: FunctionEmitter): void {
  const { index } = f.reader;
  const { typed, scope } = f;
  const count = typed.typeOf(index).params.length;
  const form = scope.module.facts.tails.direct(f.func.index, index);
  if (form === 'self') return again(f, count);
  const args = f.operands(count);
  if (form === 'jump') leave(f, jumpTo(scope, index), args);
  else if (form === 'call') leave(f, scope.func(index), args);
  else leave(f, callLast(scope, typed.module.funcs[index]!.type, true), args, [scope.func(index)]);
}

/** Assigns the parameters one after the other: an argument that reads one that is already new is computed before. */
function again(f: FunctionEmitter, count: number): void {
  for (let k = 1; k < count; k++) {
    f.stack.spillUnless(count - 1 - k, (e) => e.reads.every((local) => local >= k));
  }
  const args = f.stack.take(count);
  f.stack.order(effectsOf(args) | Effect.control, ...args.keys());
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
  const [at, ...args] = f.operands(f.typed.funcType(index).params.length + 1).reverse() as [Entry, ...Entry[]];
  const callee = checkedElement(f, index, index2, at);
  leave(f, callLast(f.scope, index, form === 'either'), args.reverse(), [callee]);
}

function returnCallRef(f: FunctionEmitter): void {
  const { index } = f.reader;
  const form = f.scope.module.facts.tails.indirect(f.func.index, index, undefined);
  const args = f.operands(f.typed.funcType(index).params.length + 1);
  const callee = args.pop()!;
  const effects = callee.effects | Effect.trap;
  const checked = { ...callee, low: nonNull(f.scope, callee.low, false), effects };
  leave(f, callLast(f.scope, index, form === 'either'), [...args, checked]);
}

export const TAILS: Partial<Record<OpName, Handler>> = {
  return_call: returnCall,
  return_call_indirect: returnCallIndirect,
  return_call_ref: returnCallRef,
};
