/**
 * Operators → FuncIR. The operand stack and the locals hold SSA values while the body is read once; locals assigned
 * inside a block and read after it become parameters of its merge (or of the loop's head), and later passes drop those
 * that turn out not to differ. Code that cannot be reached is not built.
 */

import { ofFunction } from '../2-validate/payloads/carried.ts';
import type { TypedModule } from '../2-validate/typed.ts';
import type { Func } from '../wasm/module.ts';
import { OP } from '../wasm/opcodes.ts';
import type { TailSite } from './events.ts';
import type { ModuleFacts } from './facts.ts';
import { HANDLERS } from './handlers.ts';
import { narrowed } from './index64.ts';
import { splice } from './inline.ts';
import { type Frame, type FuncIR, Ir, type IrType, type Node, type Target, Type } from './ir.ts';
import { type Carried, type CarriedLocals, carriedLocals } from './locals.ts';
import { closeOutside, leaveTry, type Outside, openOutside } from './tries/outside.ts';
import { beginClause, endBody, isClause, type TryBody } from './tries/try-blocks.ts';
import { irType, ValueBuilder } from './values.ts';

/** A WebAssembly control frame: where its label leads, and how to go on after its `end`. */
export interface Control {
  readonly op: number;
  /** The frame that a branch to this label targets. */
  readonly label: Frame;
  /** Types of the values a branch to this label carries. */
  readonly labelTypes: readonly IrType[];
  /** The frame whose merge follows the `end`; for a loop a block around it. */
  readonly exit: Frame;
  readonly results: readonly IrType[];
  /** Locals that the merge and the loop head carry after the values. */
  readonly carried: Carried;
  readonly height: number;
  /** Branches to `exit` so far: none means that the code after the end cannot be reached. */
  exits: number;
  /** `if`: operands and locals as they were, for the else arm. */
  readonly saved: { stack: Node[]; locals: Node[] } | undefined;
  /** A block with handlers of exceptions. */
  readonly try: TryBody | undefined;
}

/** Functions built into one, which call each other in tail position by branches (merge.ts). */
export interface Cycle {
  /** The branch that calls a function with these arguments; undefined if it is not one of them. */
  call(func: number, args: readonly Node[]): Target | undefined;
  /** The same through a table, at index `at`. */
  callIndirect(type: number, table: number, args: readonly Node[], at: Node): Target | undefined;
}

export function buildIR(typed: TypedModule, func: Func, facts: ModuleFacts): FuncIR {
  return new Builder(typed, func, facts).build();
}

export class Builder extends ValueBuilder {
  readonly control: Control[] = [];
  carried: CarriedLocals = { blocks: [], delegates: false, tails: [] };
  opened = 1;
  dead = false;
  /** The bodies of blocks with handlers around the current point. */
  readonly bodies: TryBody[] = [];
  /** What no handler of the function is to see. */
  outside: Outside = { landing: undefined, tails: new Map() };
  /** Blocks of `outside` that something branches to. */
  readonly left = new Set<Frame>();
  /** Blocks opened since the code became unreachable. */
  private deadDepth = 0;
  private cycle: Cycle | undefined;
  /** The loop that tail calls of the function itself go round. */
  private again: Frame | undefined;

  build(): FuncIR {
    const { ir, func, typed } = this;
    const type = typed.typeOf(func.index);
    for (const [i, t] of type.params.entries()) {
      const p = ir.node(Ir.param, irType(t), [], i, i);
      p.refType = typed.types.normal(t);
      ir.params.push(p);
    }
    ir.results = type.results.map(irType);
    ir.carried = ofFunction(typed, func.index);
    this.body(ir.params);
    return ir;
  }

  /** Builds the function's body over values for its parameters; `cycle` is what its tail calls may go on in. */
  body(params: readonly Node[], cycle?: Cycle): void {
    const { ir, func, reader } = this;
    this.locals = params.slice();
    this.cycle = cycle;
    const start = this.declareLocals();
    const again = this.facts.tails.callsItself(func.index) ? this.openAgain(params.length) : undefined;
    reader.reset(start, func.end);
    this.carried = carriedLocals(reader, this.locals.length, this.typed.module);
    reader.reset(start, func.end);
    this.control.push({
      op: OP.block,
      label: ir.exit,
      labelTypes: ir.results,
      exit: ir.exit,
      results: ir.results,
      carried: { assigned: [], after: [], head: [], try: undefined },
      height: 0,
      exits: 0,
      saved: undefined,
      try: undefined,
    });
    this.outside = openOutside(this);
    while (reader.next()) {
      if (this.dead) this.skip();
      else HANDLERS[reader.op]!(this);
    }
    if (again) this.marker(Ir.end, again);
  }

  /** A loop around the body: to call itself in tail position is to go round with other parameters. */
  private openAgain(params: number): Frame {
    const { ir, locals } = this;
    const frame = ir.frame('loop');
    frame.init = locals.slice(0, params);
    this.marker(Ir.loop, frame);
    for (let i = 0; i < params; i++) locals[i] = ir.merge(frame, locals[i]!.type);
    this.again = frame;
    return frame;
  }

  /** A call, or the code of a function that stands in its caller. */
  override callDirect(): void {
    const { typed, facts, ir, reader } = this;
    if (!facts.calls.isInlined(reader.index)) return super.callDirect();
    const callee = buildIR(typed, typed.module.funcs[reader.index]!, facts);
    const results = splice(ir, callee, this.popMany(callee.params.length));
    if (results) for (const r of results) this.push(r);
    else this.dead = true;
  }

  blockType(): { params: readonly IrType[]; results: readonly IrType[] } {
    const { reader } = this;
    if (reader.block === 'empty') return { params: [], results: [] };
    if (reader.block === 'value') return { params: [], results: [irType(reader.type)] };
    const type = this.typed.funcType(reader.index);
    return { params: type.params.map(irType), results: type.results.map(irType) };
  }

  block(): void {
    const { ir, reader } = this;
    const { params, results } = this.blockType();
    const carried = this.carried.blocks[this.opened++]!;
    const frame = ir.frame('block');
    this.marker(Ir.block, frame);
    this.control.push({
      op: reader.op,
      label: frame,
      labelTypes: results,
      exit: frame,
      results,
      carried,
      height: this.stack.length - params.length,
      exits: 0,
      saved: undefined,
      try: undefined,
    });
  }

  loop(): void {
    const { ir, reader } = this;
    const { params, results } = this.blockType();
    const carried = this.carried.blocks[this.opened++]!;
    const exit = ir.frame('block');
    const head = ir.frame('loop');
    this.marker(Ir.block, exit);
    const values = this.popMany(params.length);
    const height = this.stack.length;
    head.init = this.withLocals(values, carried.head);
    this.marker(Ir.loop, head);
    for (const t of params) this.push(ir.merge(head, t));
    for (const l of carried.head) this.locals[l] = ir.merge(head, this.locals[l]!.type);
    this.control.push({
      op: reader.op,
      label: head,
      labelTypes: params,
      exit,
      results,
      carried,
      height,
      exits: 0,
      saved: undefined,
      try: undefined,
    });
  }

  if(): void {
    const { ir, reader } = this;
    const { params, results } = this.blockType();
    const carried = this.carried.blocks[this.opened++]!;
    const frame = ir.frame('if');
    const condition = this.pop();
    this.marker(Ir.if, frame).inputs = [condition];
    const height = this.stack.length - params.length;
    this.control.push({
      op: reader.op,
      label: frame,
      labelTypes: results,
      exit: frame,
      results,
      carried,
      height,
      exits: 0,
      saved: { stack: this.stack.slice(height), locals: carried.assigned.map((l) => this.locals[l]!) },
      try: undefined,
    });
  }

  marker(op: number, frame: Frame): Node {
    return this.emit(this.ir.marker(op, frame));
  }

  restore(c: Control): void {
    this.stack.length = c.height;
    for (const v of c.saved!.stack) this.push(v);
    for (const [i, l] of c.carried.assigned.entries()) this.locals[l] = c.saved!.locals[i]!;
  }

  else(): void {
    const c = this.control[this.control.length - 1]!;
    if (!this.dead) this.leave(c);
    this.marker(Ir.else, c.exit);
    this.restore(c);
    this.dead = false;
    // The `end` of an `if` without else builds an empty arm; this one is there.
    this.control[this.control.length - 1] = { ...c, op: OP.else };
  }

  end(): void {
    let c = this.control[this.control.length - 1]!;
    if (!this.dead) this.leave(c);
    if (c.op === OP.if) {
      this.marker(Ir.else, c.exit);
      this.restore(c);
      this.leave(c);
      c = this.control[this.control.length - 1]!;
    }
    if (c.try?.inBody) endBody(this, c, c.try);
    this.control.pop();
    if (c.label === this.ir.exit) return closeOutside(this);
    if (c.op === OP.loop) this.marker(Ir.end, c.label);
    this.marker(Ir.end, c.exit);
    this.dead = c.exits === 0;
    if (this.dead) return;
    this.stack.length = c.height;
    const { params } = c.exit;
    for (let i = 0; i < c.results.length; i++) this.push(params[i]!);
    for (const [i, l] of c.carried.after.entries()) this.locals[l] = params[c.results.length + i]!;
  }

  /** Falls off the end of a frame: a branch to what follows it. */
  leave(c: Control): void {
    const values = this.stack.slice(this.stack.length - c.results.length);
    this.emit(this.branch(Ir.br, [], this.exitTarget(c, values)));
  }

  exitTarget(c: Control, values: Node[]): Target {
    c.exits++;
    return this.carry(c, c.exit, c.results, values);
  }

  /** A branch target with the values given and the locals that the frame carries; makes its parameters at need. */
  carry(c: Control, frame: Frame, types: readonly IrType[], values: Node[]): Target {
    const locals = frame.kind === 'loop' ? c.carried.head : c.carried.after;
    const args = this.withLocals(values, locals);
    if (frame.kind !== 'loop' && frame.kind !== 'exit' && frame.params.length === 0) {
      for (const t of types) this.ir.merge(frame, t);
      for (const l of locals) this.ir.merge(frame, this.locals[l]!.type);
    }
    return { frame, args };
  }

  /** A new list of values and what is in locals: cut from a longer one, it has neither holes nor room to spare. */
  private withLocals(values: readonly Node[], locals: readonly number[]): Node[] {
    let length = 0;
    for (let i = 0; i < values.length; i++) LIST[length++] = values[i]!;
    for (let i = 0; i < locals.length; i++) LIST[length++] = this.locals[locals[i]!]!;
    return LIST.slice(0, length);
  }

  target(depth: number): Target {
    const c = this.control[this.control.length - 1 - depth]!;
    const values = this.stack.slice(this.stack.length - c.labelTypes.length);
    return this.targetOf(c, values);
  }
  /** A branch to the label of a construct. */
  targetOf(c: Control, values: Node[]): Target {
    return c.label === c.exit ? this.exitTarget(c, values) : this.carry(c, c.label, c.labelTypes, values);
  }

  branch(op: number, inputs: Node[], ...targets: Target[]): Node {
    const n = this.ir.node(op, Type.none, inputs);
    n.targets = targets;
    return n;
  }

  br(): void {
    this.emit(this.branch(Ir.br, [], this.target(this.reader.index)));
    this.dead = true;
  }
  brIf(): void {
    const condition = this.pop();
    this.emit(this.branch(Ir.brIf, [condition], this.target(this.reader.index)));
  }
  brTable(): void {
    const index = this.pop();
    const targets = this.reader.targets.map((depth) => this.target(depth));
    this.emit(this.branch(Ir.switch, [index], ...targets));
    this.dead = true;
  }
  return(): void {
    this.emit(this.branch(Ir.br, [], this.target(this.control.length - 1)));
    this.dead = true;
  }
  unreachable(): void {
    this.emit(this.ir.node(Ir.trap, Type.none, []));
    this.dead = true;
  }

  returnCall(): void {
    const { index } = this.reader;
    const args = this.popMany(this.typed.typeOf(index).params.length);
    const { again } = this;
    const target = again && index === this.func.index ? { frame: again, args } : this.cycle?.call(index, args);
    this.leaveBy(target, this.reader, args);
  }
  returnCallIndirect(): void {
    const { index, index2 } = this.reader;
    this.push(narrowed(this, this.pop()));
    const inputs = this.popMany(this.typed.funcType(index).params.length + 1);
    if (this.bodies.length > 0) this.leaveBy(undefined, this.reader, inputs);
    else this.tailCall({ op: OP.return_call_indirect, index, index2 }, inputs);
  }
  /** A tail call outside of blocks with handlers. */
  tailCall(site: TailSite, inputs: Node[]): void {
    const { op, index, index2 } = site;
    const [at] = inputs.slice(-1) as [Node];
    const target =
      op === OP.return_call_indirect ? this.cycle?.callIndirect(index, index2, inputs.slice(0, -1), at) : undefined;
    this.leaveBy(target, site, inputs);
  }
  returnCallRef(): void {
    this.leaveBy(undefined, this.reader, this.popMany(this.typed.funcType(this.reader.index).params.length + 1));
  }
  /** Ends the function by a branch, or by the tail call that stands here, with these inputs. */
  private leaveBy(target: Target | undefined, site: TailSite, inputs: Node[]): void {
    if (target) this.emit(this.branch(Ir.br, [], target));
    else if (this.bodies.length > 0) leaveTry(this, site, inputs);
    else {
      const n = this.emit(this.ir.node(site.op, Type.none, inputs, site.index, site.index2));
      n.carried = this.carriedBy(site.op === OP.return_call, site.index);
    }
    this.dead = true;
  }

  /** Passes over an operator that cannot be reached. */
  private skip(): void {
    const { op } = this.reader;
    if (op === OP.block || op === OP.loop || op === OP.if || op === OP.try || op === OP.try_table) {
      this.deadDepth++;
      this.opened++;
    } else if (op === OP.end || op === OP.delegate) {
      if (this.deadDepth > 0) this.deadDepth--;
      else this.end();
    } else if (this.deadDepth > 0) return;
    else if (op === OP.else) this.else();
    else if (isClause(op)) beginClause(this);
  }
}

/** Where lists are put together. */
const LIST: Node[] = [];
