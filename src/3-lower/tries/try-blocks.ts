/**
 * Blocks with handlers of exceptions, the standard's and the legacy ones, in the same form: the body is a `try` frame that is
 * left by branches only; at its end, where exceptions arrive, tests of the tag branch to the clauses.
 *
 * A clause of `try_table` is a label outside; one of `try` becomes a block around, whose end the clause follows. So a throw
 * whose clause is known is a plain branch with the payload. Locals that a body assigns and a clause reads are kept in
 * variables besides (`varSet`), for an exception may leave the body at any call; everywhere else they stay SSA values.
 */
import { OP } from '../../wasm/opcodes.ts';
import { mayBeJS } from '../../wasm/tags.ts';
import type { Builder, Control } from '../build.ts';
import { type Frame, Ir, type IrType, type Node, type Target, Type } from '../ir.ts';
import type { CarriedTry } from '../locals.ts';
import { irType, slotsOf } from '../values.ts';
import { ALL, type Catcher, catcherOf } from './tries.ts';

/** A block with handlers while it is open. */
export interface TryBody extends Catcher {
  readonly carried: CarriedTry;
  readonly frame: Frame;
  /** Where inner `delegate`s hand exceptions to, and which value they are there. */
  readonly landing: { readonly frame: Frame; readonly exception: Node } | undefined;
  /** `try_table`: the construct that each clause branches to, and whether it passes the reference. */
  readonly labels: readonly { readonly to: Control; readonly ref: boolean }[] | undefined;
  /** `try`: a block for each clause. */
  readonly handlers: readonly Frame[];
  readonly depth: number;
  inBody: boolean;
  /** `try`: the clauses begun, and the exception that the current one has caught. */
  clause: number;
  caught: Node | undefined;
}

export function openTryTable(b: Builder): void {
  if (b.reader.catches.length === 0) return b.block();
  const labels = b.reader.catches.map((c) => ({
    to: b.control[b.control.length - 1 - c.label]!,
    ref: (c.kind & 1) === 1,
  }));
  open(b, labels, 0);
}

export function openTry(b: Builder): void {
  const { tags, delegates } = b.carried.blocks[b.opened]!.try!;
  if (tags.length === 0 && !delegates) return b.block();
  open(b, undefined, tags.length);
}

function open(b: Builder, labels: TryBody['labels'], clauses: number): void {
  const { ir, reader } = b;
  const { params, results } = b.blockType();
  const carried = b.carried.blocks[b.opened++]!;
  const info = carried.try!;
  const exit = ir.frame('block');
  b.marker(Ir.block, exit);
  const handlers = Array.from({ length: clauses }, () => ir.frame('block'));
  for (const h of handlers.slice().reverse()) b.marker(Ir.block, h);
  const landing = b.carried.delegates ? land(b) : undefined;
  for (const l of info.caught) b.track(l);
  const frame = ir.frame('try');
  ir.merge(frame, Type.ref);
  b.marker(Ir.try, frame);
  const height = b.stack.length - params.length;
  const { tags, delegates } = info;
  const depth = b.control.length;
  const body = { tags, delegates, carried: info, frame, landing, labels, handlers, depth };
  const opened: TryBody = { ...body, inBody: true, clause: 0, caught: undefined };
  b.bodies.push(opened);
  b.control.push({
    op: reader.op,
    label: exit,
    labelTypes: results,
    exit,
    results,
    carried,
    height,
    exits: 0,
    saved: { stack: [], locals: carried.assigned.map((l) => b.locals[l]!) },
    try: opened,
  });
}

/** Opens a block that exceptions are handed to by branches. */
export function land(b: Builder): { readonly frame: Frame; readonly exception: Node } {
  const frame = b.ir.frame('block');
  b.marker(Ir.block, frame);
  return { frame, exception: b.ir.merge(frame, Type.ref) };
}

/** After the last instruction of a body: what exceptions do that arrive there. */
export function endBody(b: Builder, c: Control, body: TryBody): void {
  body.inBody = false;
  b.bodies.pop();
  for (const l of body.carried.caught) b.untrack(l);
  b.marker(Ir.end, body.frame);
  b.restore(c);
  let [exception] = body.frame.params as [Node];
  if (body.landing) {
    b.emit(b.branch(Ir.br, [], { frame: body.landing.frame, args: [exception] }));
    b.marker(Ir.end, body.landing.frame);
    exception = body.landing.exception;
  }
  for (const l of body.carried.caught) {
    b.locals[l] = b.emit(b.ir.node(Ir.varGet, b.locals[l]!.type, [], l));
  }
  if (body.delegates) deliver(b, body, exception);
  else dispatch(b, body, exception);
  b.dead = true;
}

function dispatch(b: Builder, body: TryBody, exception: Node): void {
  const { ir } = b;
  const seen = new Set<number>();
  for (const [clause, tag] of body.tags.entries()) {
    if (tag === ALL) {
      b.emit(b.branch(Ir.br, [], clauseTarget(b, body, clause, exception, [])));
      return;
    }
    if (seen.has(tag)) continue;
    seen.add(tag);
    const frame = ir.frame('if');
    const is = b.emit(ir.node(Ir.exnIs, Type.i32, [exception], tag));
    b.marker(Ir.if, frame).inputs = [is];
    let at = 0;
    const payload = payloadTypes(b, tag).map((type) => {
      const value = b.emit(ir.node(Ir.exnGet, type, [exception], at));
      at += slotsOf(type);
      return value;
    });
    b.emit(b.branch(Ir.br, [], clauseTarget(b, body, clause, exception, payload)));
    b.marker(Ir.else, frame);
    b.emit(b.branch(Ir.br, [], { frame, args: [] }));
    b.marker(Ir.end, frame);
  }
  throwNode(b, exception, 1);
}

/** A branch to a clause, from wherever the exception is in hand. */
function clauseTarget(b: Builder, body: TryBody, clause: number, exception: Node, payload: readonly Node[]): Target {
  const { ir, locals } = b;
  if (body.labels) {
    const { to, ref } = body.labels[clause]!;
    return b.targetOf(to, ref ? [...payload, exception] : [...payload]);
  }
  const frame = body.handlers[clause]!;
  const args = [exception, ...payload, ...body.carried.clauses[clause]!.map((l) => locals[l]!)];
  if (frame.params.length === 0) for (const a of args) ir.merge(frame, a.type);
  return { frame, args };
}

function payloadTypes(b: Builder, tag: number): IrType[] {
  return b.typed.funcType(b.typed.module.tags[tag]!.type).params.map(irType);
}

function throwNode(b: Builder, exception: Node, imm: 0 | 1 | 2): void {
  b.emit(b.ir.node(Ir.throw, Type.none, [exception], imm));
  b.dead = true;
}

/** The exception of a `delegate` goes on as if it had been thrown where its label is, past the handlers in between. */
function deliver(b: Builder, body: TryBody, exception: Node): void {
  let to = body.depth - 1 - b.reader.index;
  while (to >= 0 && b.control[to]!.try?.inBody !== true) to--;
  const between = b.control.slice(to + 1, body.depth).some((c) => c.try?.inBody === true);
  if (!between) return throwNode(b, exception, 1);
  const landing = to < 0 ? b.outside.landing! : b.control[to]!.try!.landing!;
  b.left.add(landing.frame);
  b.emit(b.branch(Ir.br, [], { frame: landing.frame, args: [exception] }));
}

/** `catch` and `catch_all`: ends the body, or the clause before. */
export function beginClause(b: Builder): void {
  const c = b.control[b.control.length - 1]!;
  const body = c.try!;
  if (!b.dead) b.leave(c);
  if (body.inBody) endBody(b, c, body);
  const clause = body.clause++;
  const frame = body.handlers[clause]!;
  b.marker(Ir.end, frame);
  b.restore(c);
  // Nothing branches to a clause behind one that takes the same.
  b.dead = frame.params.length === 0;
  if (b.dead) return;
  const tag = body.tags[clause]!;
  const count = tag === ALL ? 0 : payloadTypes(b, tag).length;
  body.caught = frame.params[0];
  for (let i = 1; i <= count; i++) b.push(frame.params[i]!);
  for (const [i, l] of body.carried.clauses[clause]!.entries()) b.locals[l] = frame.params[count + 1 + i]!;
}

export function throwTag(b: Builder): void {
  const { module } = b.typed;
  const tag = b.reader.index;
  const payload = b.popMany(payloadTypes(b, tag).length);
  const exception = b.emit(b.ir.node(Ir.exception, Type.ref, payload, tag));
  const found = catcherOf(b.bodies, tag, module);
  if (!found) return throwNode(b, exception, mayBeJS(module, tag) ? 1 : 0);
  const values = found.by.tags[found.clause] === ALL ? [] : payload;
  b.emit(b.branch(Ir.br, [], clauseTarget(b, found.by, found.clause, exception, values)));
  b.dead = true;
}

export function throwRef(b: Builder): void {
  throwNode(b, b.pop(), 2);
}

export function rethrow(b: Builder): void {
  throwNode(b, b.control[b.control.length - 1 - b.reader.index]!.try!.caught!, 1);
}

export const isClause = (op: number): boolean => op === OP.catch || op === OP.catch_all;
