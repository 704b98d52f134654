/**
 * Exceptions: `try` stays `try`, and its clauses are tests of the tag in the one `catch` that JavaScript has, where `e3` is
 * the exception that the construct of label `L3` has caught. A clause of `try_table` is a branch.
 *
 * `delegate` may have to pass handlers that stand between it and its target: it sets `d` to the target's number, and
 * those that it passes, which come later in the text, throw on as long as that is smaller than their own.
 */
import { Effect, OP, OPS, type OpName } from '../../wasm/opcodes.ts';
import { mayBeJS } from '../../wasm/tags.ts';
import { EXNREF, type ValType } from '../../wasm/types.ts';
import { atom, list } from '../js/expr.ts';
import { endBlock, jump, open, restore, stop, target } from './control.ts';
import { convertTop } from './floats.ts';
import { type Frame, type FunctionEmitter, flatten } from './function.ts';
import { effectsOf, entry, ofParts, variables } from './stack.ts';
import { endsInSwitch } from './switches.ts';

/** What a `try` knows of itself while it is open. */
export interface TryState {
  /** `try_table`: its clauses, with the constructs that they branch to. */
  readonly branches: readonly { readonly kind: number; readonly tag: number; readonly to: Frame }[] | undefined;
  /** Its place among the open constructs. */
  readonly place: number;
  inBody: boolean;
  /** A `delegate` inside goes past it, or to it. */
  passed: boolean;
  aimedAt: boolean;
  /** It has a clause that catches all. */
  total: boolean;
}

const caught = (place: number): string => `e${place}`;

function openTry(f: FunctionEmitter, branches: TryState['branches']): void {
  f.stack.flush();
  const place = f.frames.length;
  const frame = open(f, 'try', 'try {');
  frame.try = { branches, place, inBody: true, passed: false, aimedAt: false, total: false };
  f.bodies++;
}

function tryTable(f: FunctionEmitter): void {
  if (f.reader.catches.length === 0) {
    f.stack.flush();
    open(f, 'block', '{');
    return;
  }
  openTry(
    f,
    f.reader.catches.map(({ kind, tag, label }) => ({ kind, tag, to: target(f, label) })),
  );
}

/** Values go to their slots, at the end of a body or of a clause. */
function leave(f: FunctionEmitter, frame: Frame): void {
  if (f.live) {
    convertTop(f, frame.results);
    f.stack.flush(frame.base, true);
    frame.endLive = true;
  }
  endsInSwitch(f, frame);
}

/** Ends the body, and opens the `catch` of JavaScript. */
function endBody(f: FunctionEmitter, { place, passed, aimedAt }: TryState): void {
  const name = caught(place);
  f.bodies--;
  f.out.turns(`} catch (${name}) {`);
  f.line(`${name} = ${f.scope.libcall('exn_caught')}(${name});`);
  if (passed) f.line(`if (${f.temp('d')} < ${place}) ${throwOn(f, place)}`);
  if (aimedAt) f.line(`${f.temp('d')} = void 0;`);
}

function throwOn(f: FunctionEmitter, place: number): string {
  return `throw ${f.scope.libcall('exn_thrown')}(${caught(place)});`;
}

const hasTag = (f: FunctionEmitter, place: number, tag: number): string =>
  `${caught(place)}.tag === ${f.scope.tag(tag)}`;

/** `catch` and `catch_all`. */
export function clause(f: FunctionEmitter): void {
  const frame = f.frames.at(-1)!;
  const state = frame.try!;
  const { op, index } = f.reader;
  leave(f, frame);
  // The constructs that a switch may take in end with the body.
  f.frames.pop();
  const first = state.inBody;
  if (first) endBody(f, state);
  state.inBody = false;
  const test = op === OP.catch ? `if (${hasTag(f, state.place, index)}) ` : '';
  state.total ||= op === OP.catch_all;
  if (first) f.out.opens(`${test}{`);
  else f.out.turns(`} else ${test}{`);
  f.frames.push(frame);
  restore(f, frame.base, []);
  if (op === OP.catch) pushPayload(f, state.place, index);
  f.live = true;
}

/** The payload of what a construct has caught. It stays what it is, as literals do. */
function pushPayload(f: FunctionEmitter, place: number, tag: number): void {
  let at = 0;
  const next = (): string => `${caught(place)}.values[${at++}]`;
  for (const type of payloadOf(f, tag)) {
    const parts = variables('', type).map(() => atom(next()));
    f.stack.push(ofParts(type, parts));
  }
}

function payloadOf(f: FunctionEmitter, tag: number): readonly ValType[] {
  return f.typed.funcType(f.typed.module.tags[tag]!.type).params;
}

export function endTry(f: FunctionEmitter): void {
  const frame = f.frames.at(-1)!;
  const state = frame.try!;
  leave(f, frame);
  if (!state.inBody) {
    f.out.closes(state.total ? '}' : `} else ${throwOn(f, state.place)}`);
  } else {
    endBody(f, state);
    if (!branches(f, frame, state)) f.line(throwOn(f, state.place));
  }
  finish(f, frame);
}

/** The branches of a `try_table`; true if the last one catches all. */
function branches(f: FunctionEmitter, frame: Frame, { branches, place }: TryState): boolean {
  const seen = new Set<number>();
  for (const { kind, tag, to } of branches ?? []) {
    const tagged = kind < 2;
    if (tagged && seen.has(tag)) continue;
    seen.add(tag);
    f.stack.truncate(frame.base);
    if (tagged) pushPayload(f, place, tag);
    if (kind === 1 || kind === 3) f.stack.push(entry(EXNREF, atom(caught(place))));
    const text = jump(f, to);
    f.line(tagged ? `if (${hasTag(f, place, tag)}) { ${text} }` : text);
    if (!tagged) return true;
  }
  return false;
}

function finish(f: FunctionEmitter, frame: Frame): void {
  f.frames.pop();
  endBlock(f, frame);
  f.live = frame.uses > 0 || frame.endLive;
  if (f.live) restore(f, frame.base, frame.results);
}

export function delegate(f: FunctionEmitter): void {
  const frame = f.frames.at(-1)!;
  const state = frame.try!;
  leave(f, frame);
  let to = state.place - 1 - f.reader.index;
  while (to > 0 && f.frames[to]!.try?.inBody !== true) to--;
  const between = f.frames.slice(to + 1, state.place).flatMap((o) => (o.try?.inBody ? [o.try] : []));
  endBody(f, state);
  if (between.length > 0) {
    for (const other of between) other.passed = true;
    const aim = f.frames[to]!.try;
    if (aim) aim.aimedAt = true;
    f.line(`${f.temp('d')} = ${to};`);
  }
  f.line(throwOn(f, state.place));
  finish(f, frame);
}

function throwTag(f: FunctionEmitter): void {
  const { index } = f.reader;
  const args = f.operands(payloadOf(f, index).length);
  const exception = `new ${f.scope.thrown()}(${f.scope.tag(index)}, [${list(flatten(args))}])`;
  const thrown = mayBeJS(f.typed.module, index) ? `${f.scope.libcall('exn_thrown')}(${exception})` : exception;
  f.statement(`throw ${thrown};`, effectsOf(args) | OPS[f.reader.op]!.effects);
  stop(f);
}

function throwRef(f: FunctionEmitter): void {
  const e = f.stack.pop();
  const text = `throw ${f.scope.libcall('exn_ref_thrown')}(${e.low.text});`;
  f.statement(text, e.effects | Effect.trap | Effect.control);
  stop(f);
}

function rethrow(f: FunctionEmitter): void {
  const { place } = target(f, f.reader.index).try!;
  f.statement(throwOn(f, place), Effect.trap | Effect.control);
  stop(f);
}

export const EXCEPTIONS: Partial<Record<OpName, (f: FunctionEmitter) => void>> = {
  try_table: tryTable,
  try: (f) => openTry(f, undefined),
  catch: clause,
  catch_all: clause,
  delegate,
  throw: throwTag,
  throw_ref: throwRef,
  rethrow,
};
