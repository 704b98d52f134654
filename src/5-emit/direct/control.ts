/**
 * Structured control: blocks become labelled blocks, loops `for (;;)`, `if` stays `if`; a branch is `break label` or
 * `continue label`. Values that leave a construct by more than one way meet in its slots: the variables of the stack
 * places where its results will be. Labels nobody branches to, and the braces for them, are taken out again when the
 * construct ends.
 */

import { ofFunction, resultCell } from '../../2-validate/payloads/carried.ts';
import { Rep } from '../../2-validate/payloads/payloads.ts';
import { Effect, type OpName } from '../../wasm/opcodes.ts';
import { F32, F64, type FuncType, I64, V128, type ValType } from '../../wasm/types.ts';
import { conditional, type Js, list, Prec, within } from '../js/expr.ts';
import { truth } from '../js/scalar.ts';
import { carriedAs, converted, convertTop, noteText, repHere } from './floats.ts';
import { type Frame, type FunctionEmitter, flatten, isOptional } from './function.ts';
import { assignment, type Entry, effectsOf, entry, F32_BITS, F64_BITS, pair, vector } from './stack.ts';
import { endsInSwitch, writeSwitch } from './switches.ts';

type Handler = (f: FunctionEmitter) => void;

const NO_TYPES: readonly ValType[] = [];

type BlockType = Pick<FuncType, 'params' | 'results'>;
const EMPTY: BlockType = { params: NO_TYPES, results: NO_TYPES };

function blockType(f: FunctionEmitter): BlockType {
  const { block, type, index } = f.reader;
  if (block === 'empty') return EMPTY;
  return block === 'index' ? f.typed.funcType(index) : { params: NO_TYPES, results: [type] };
}

/** The same as floats are carried. */
function carriedBlockType(f: FunctionEmitter): BlockType {
  const type = blockType(f);
  const { params, results } = type;
  if (params.length === 0 && results.length === 0) return type;
  const reps = f.typed.payloads.block(f.reader.at);
  const opaque = f.typed.payloads.opaque.has(f.func.index) ? Rep.both : Rep.number;
  return {
    params: params.map((t, k) => carriedAs(t, reps?.params[k] ?? opaque)),
    results: results.map((t, k) => carriedAs(t, reps?.results[k] ?? opaque)),
  };
}

export function open(f: FunctionEmitter, kind: Frame['kind'], head: string): Frame {
  const { params, results } = carriedBlockType(f);
  const frame: Frame = {
    kind,
    label: `L${f.frames.length}`,
    base: f.stack.height - params.length,
    params,
    results,
    opener: f.out.length,
    head,
    uses: 0,
    inElse: false,
    endLive: false,
  };
  f.out.opens(head);
  f.frames.push(frame);
  return frame;
}

/** The function's own body: a branch to it returns. */
export function openFunction(f: FunctionEmitter): void {
  const { results } = f.type;
  const rest = { base: 0, params: NO_TYPES, opener: -1, head: '', uses: 0, inElse: false, endLive: false };
  f.frames.push({ kind: 'func', label: '', results, ...rest });
}

function block(f: FunctionEmitter): void {
  f.stack.flush();
  open(f, 'block', '{');
}

function loop(f: FunctionEmitter): void {
  const { params } = carriedBlockType(f);
  convertTop(f, params);
  f.stack.flush();
  f.stack.flush(f.stack.height - params.length, true);
  open(f, 'loop', 'for (;;) {');
}

function ifThen(f: FunctionEmitter): void {
  const condition = f.stack.pop();
  const { params } = carriedBlockType(f);
  convertTop(f, params);
  f.stack.flush();
  f.stack.flush(f.stack.height - params.length, true);
  open(f, 'if', `if (${truth(condition.low).text}) {`);
}

/** Opens the second arm; the first has ended at this point or, if not live, before. */
export function elseArm(f: FunctionEmitter): void {
  const frame = f.frames.at(-1)!;
  if (f.live) {
    convertTop(f, frame.results);
    f.stack.flush(frame.base, true);
    frame.endLive = true;
  }
  endsInSwitch(f, frame);
  frame.inElse = true;
  restore(f, frame.base, frame.params);
  f.frames.pop();
  f.out.turns('} else {');
  f.frames.push(frame);
  f.live = true;
}

/** Makes the stack `base` high, with values of these types in their slots on top. */
export function restore(f: FunctionEmitter, base: number, types: readonly ValType[]): void {
  f.stack.truncate(base);
  for (const type of types) f.stack.push(f.stack.slot(f.stack.height, type));
}

/** Closes the innermost construct. */
export function end(f: FunctionEmitter): void {
  const frame = f.frames.at(-1)!;
  if (frame.kind === 'func') {
    endFunction(f, frame);
    return;
  }
  const isIf = frame.kind === 'if';
  const merges = isIf || (frame.kind === 'block' && frame.uses > 0);
  if (merges && f.live) {
    convertTop(f, frame.results);
    f.stack.flush(frame.base, true);
  }
  const taken = endsInSwitch(f, frame);
  f.frames.pop();
  const onward = f.live;
  if (frame.kind === 'loop') endLoop(f, frame);
  else if (!taken) endBlock(f, frame);
  if (!merges) return;
  f.live = onward || frame.uses > 0 || frame.endLive || (isIf && !frame.inElse);
  if (f.live) restore(f, frame.base, frame.results);
}

function endFunction(f: FunctionEmitter, frame: Frame): void {
  if (f.live && frame.results.length > 0) {
    f.ready(frame.results.length);
    readyToNote(f, frame.results.length);
    f.line(jump(f, frame));
  }
  endsInSwitch(f, frame);
  f.frames.pop();
  f.live = false;
}

/** Writes a construct's first line again, with its label or without. */
function reopen(f: FunctionEmitter, frame: Frame, text: string): void {
  f.out.opensAt(frame.opener, text);
}

export function endBlock(f: FunctionEmitter, frame: Frame): void {
  if (frame.uses > 0) reopen(f, frame, `${frame.label}: ${frame.head}`);
  else if (frame.kind === 'block') {
    f.out.removeAt(frame.opener);
    return;
  }
  f.out.closes();
}

function endLoop(f: FunctionEmitter, frame: Frame): void {
  if (frame.uses === 0) {
    f.out.removeAt(frame.opener);
    return;
  }
  const { line, label, condition } = f.lastContinue;
  if (f.live && frame.uses === 1 && line === f.out.length - 1 && label === frame.label) {
    reopen(f, frame, 'do {');
    f.out.removeLast();
    f.out.closes(`} while (${condition});`);
    return;
  }
  reopen(f, frame, `${frame.label}: ${frame.head}`);
  if (f.live) f.line(`break ${frame.label};`);
  f.out.closes();
}

export function target(f: FunctionEmitter, depth: number): Frame {
  return f.frames[f.frames.length - 1 - depth]!;
}

/** The types that a branch to the frame carries. */
function carried(frame: Frame): readonly ValType[] {
  return frame.kind === 'loop' ? frame.params : frame.results;
}

/** The statements of a branch that takes its values from the top of the stack, which stays as it is. */
export function jump(f: FunctionEmitter, frame: Frame): string {
  frame.uses++;
  const count = carried(frame).length;
  const first = f.stack.height - count;
  if (frame.kind === 'func') return returnStatement(f, f.stack.entries.slice(first));
  let text = '';
  for (let k = 0; k < count; k++) {
    const e = converted(f, f.stack.entries[first + k]!, carried(frame)[k]!);
    const name = f.stack.slotName(frame.base + k);
    if (f.stack.isSlot(e, frame.base + k)) continue;
    f.stack.slot(frame.base + k, e.type);
    text += `${assignment(e, name, `${name}h`, f.temps)} `;
  }
  return `${text}${frame.kind === 'loop' ? 'continue' : 'break'} ${frame.label};`;
}

/** The statements that note the payloads of results, and the results as numbers. */
function returnStatement(f: FunctionEmitter, values: readonly Entry[]): string {
  const { results } = ofFunction(f.typed, f.func.index);
  const notes = results.map((k) => noteText(f, values[k]!, resultCell(k))).join('');
  return (
    notes +
    plainReturn(
      f,
      values.map((e, k) => converted(f, e, f.type.results[k]!)),
    )
  );
}
function plainReturn(f: FunctionEmitter, values: readonly Entry[]): string {
  const [value] = values;
  if (value === undefined) return 'return;';
  if (values.length > 1) return `return [${list(flatten(values))}];`;
  if (value.lanes !== undefined) return returnLanes(f, value);
  if (value.high === undefined) return `return ${value.low.text};`;
  const hi = f.scope.high();
  if (value.high.text === hi) return `return ${value.low.text};`;
  const set = `${hi} = ${value.high.text};`;
  // A call in the low half may leave something in the cell: it goes first.
  if (!value.chained && !value.low.text.includes('(')) return `${set} return ${value.low.text};`;
  return `${f.temp('v')} = ${value.low.text}; ${set} return v;`;
}

/** No lane of an entry that is an expression calls anything that returns a v128. */
function returnLanes(f: FunctionEmitter, { low, lanes, chained }: Entry): string {
  const sets = lanes!.map((lane, i) => `${f.scope.lane(i + 1)} = ${within(lane, Prec.assign)};`);
  return chained
    ? `${f.temp('v')} = ${low.text}; ${sets.join(' ')} return v;`
    : `${sets.join(' ')} return ${low.text};`;
}

/** After an instruction that never falls through. */
export function stop(f: FunctionEmitter): void {
  f.live = false;
  f.skipped = 0;
}

/** Calls among the results of the function, before payloads are noted in the cells that they would use. */
function readyToNote(f: FunctionEmitter, count: number): void {
  if (ofFunction(f.typed, f.func.index).results.length === 0) return;
  for (let depth = count - 1; depth >= 0; depth--) f.stack.spillUnless(depth, (e) => (e.effects & Effect.call) === 0);
}

function branch(f: FunctionEmitter, frame: Frame): void {
  const count = carried(frame).length;
  f.ready(count);
  // A handler may find in its slot what the first of several assignments would overwrite.
  if (f.bodies > 0 && count > 1) for (let depth = count - 1; depth >= 0; depth--) f.simplify(depth);
  if (frame.kind === 'func') readyToNote(f, count);
  settleBelow(f, count);
  f.line(jump(f, frame));
  stop(f);
}

/** Prints what must happen before control leaves, of the entries below the `count` that a branch carries. */
function settleBelow(f: FunctionEmitter, count: number): void {
  const values = f.stack.take(count);
  f.stack.order(effectsOf(values) | Effect.control);
  for (const e of values) f.stack.push(e);
}

function branchIf(f: FunctionEmitter): void {
  const condition = f.stack.pop();
  branchWhen(f, f.reader.index, truth(condition.low), condition.effects);
}

/** A branch to label `depth` with the values on top of the stack if the condition `test` holds. */
export function branchWhen(f: FunctionEmitter, depth: number, test: Js, effects: number): void {
  const frame = target(f, depth);
  for (let k = carried(frame).length - 1; k >= 0; k--) f.simplify(k);
  f.stack.order(effects | Effect.control);
  const text = jump(f, frame);
  const condition = test.text;
  if (frame.kind === 'loop' && text.startsWith('continue')) {
    f.lastContinue = { line: f.out.length, label: frame.label, condition };
  }
  f.line(`if (${condition}) ${text.indexOf(';') === text.length - 1 ? text : `{ ${text} }`}`);
}

/** Branches by index: a `switch` with a case for each different target. */
function branchTable(f: FunctionEmitter): void {
  const { targets } = f.reader;
  const last = targets.length - 1;
  const fallback = targets[last]!;
  const selector = f.stack.pop();
  for (let depth = carried(target(f, fallback)).length - 1; depth >= 0; depth--) f.simplify(depth);
  f.stack.order(selector.effects | Effect.control);
  const cases = new Map<Frame, string[]>();
  for (let i = 0; i < last; i++) {
    if (targets[i] === fallback) continue;
    const frame = target(f, targets[i]!);
    const labels = cases.get(frame);
    if (labels === undefined) cases.set(frame, [`case ${i}:`]);
    else labels.push(`case ${i}:`);
  }
  const otherwise = target(f, fallback);
  if (cases.size > 0) writeSwitch(f, selector.low, cases.set(otherwise, ['default:']), (frame) => jump(f, frame));
  else {
    if (selector.effects !== 0) f.line(`${selector.low.text};`);
    f.line(jump(f, otherwise));
  }
  stop(f);
}

function unreachable(f: FunctionEmitter): void {
  f.statement(`throw ${f.scope.libcall('trap_unreachable')}();`, Effect.trap | Effect.control);
  stop(f);
}

/** Chooses without branching out of order: JavaScript evaluates the condition first and one arm only. */
function select(f: FunctionEmitter): void {
  const type = choiceType(f, f.stack.peek(2).type, f.stack.peek(1).type);
  if (type !== undefined) convertTop(f, [type, type, f.stack.peek().type]);
  for (const depth of [2, 1]) f.stack.spillUnless(depth, isOptional);
  if ([1, 2].some((depth) => isInParts(f.stack.peek(depth)))) f.simplify(0);
  const condition = f.stack.pop();
  f.stack.order(condition.effects);
  const [a, b] = f.stack.take(2) as [Entry, Entry];
  if (a.chained || b.chained) f.fail('wasmelt bug: a choice of halves');
  f.stack.push(choose(condition, a, b));
}

/** Of these the condition is printed several times. */
const isInParts = (e: Entry): boolean => e.type === I64 || e.type === V128 || e.bits !== undefined;

/** How a choice between two floats is carried; undefined for other types. */
function choiceType(f: FunctionEmitter, a: ValType, b: ValType): ValType | undefined {
  const wide = [a, b].some((t) => t === F64 || t === F64_BITS);
  if (!wide && ![a, b].some((t) => t === F32 || t === F32_BITS)) return undefined;
  const rep = repHere(f);
  return rep === Rep.number && a === b ? a : carriedAs(wide ? F64 : F32, rep);
}

function choose(condition: Entry, a: Entry, b: Entry): Entry {
  const test = truth(condition.low);
  const effects = condition.effects | a.effects | b.effects;
  const reads = [...condition.reads, ...a.reads, ...b.reads];
  const low = conditional(test, a.low, b.low);
  if (a.lanes !== undefined) {
    const lanes = a.lanes.map((lane, i) => conditional(test, lane, b.lanes![i]!));
    return vector([low, ...lanes], effects, reads);
  }
  if (a.bits && b.bits) {
    const pick = (x: Js, y: Js): Js => conditional(test, x, y);
    const high = a.bits.high && pick(a.bits.high, b.bits.high!);
    return { ...entry(a.type, low, effects, reads), bits: { low: pick(a.bits.low, b.bits.low), high } };
  }
  if (a.high === undefined) return entry(a.type, low, effects, reads);
  return pair(low, conditional(test, a.high, b.high!), effects, reads);
}

export const CONTROL: Partial<Record<OpName, Handler>> = {
  nop: () => undefined,
  unreachable,
  block,
  loop,
  if: ifThen,
  br: (f) => branch(f, target(f, f.reader.index)),
  br_if: branchIf,
  br_table: branchTable,
  return: (f) => branch(f, f.frames[0]!),
  select,
  select_t: select,
};
