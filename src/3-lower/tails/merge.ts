/**
 * The functions of a cycle of tail calls as one: a loop around a branch table with a block for each function. The state says
 * which one runs next; the parameters of all of them share the loop's, by type and order. Where the cycle calls through
 * closed tables, the index into the table is the state, so that such a call is just a branch.
 */

import { memberParam, ofUnknown } from '../../2-validate/payloads/carried.ts';
import type { TypedModule } from '../../2-validate/typed.ts';
import { OP } from '../../wasm/opcodes.ts';
import type { ValType } from '../../wasm/types.ts';
import { Builder, type Cycle } from '../build.ts';
import type { ModuleFacts } from '../facts.ts';
import { type Frame, FuncIR, Ir, type IrType, type Node, type Target, Type } from '../ir.ts';
import { irType } from '../values.ts';
import type { Dispatch, TailGroup } from './tails.ts';

/** How a member is called: `slots` are the types of the whole's parameters after its state. */
export interface Entry {
  readonly slots: readonly ValType[];
  readonly state: number;
  /** By slot: the member's parameter, or -1. */
  readonly places: readonly number[];
}

export class MergedCycle implements Cycle {
  private readonly typed: TypedModule;
  private readonly facts: ModuleFacts;
  private readonly group: TailGroup;
  /** Types of the shared parameters. */
  private readonly slots: readonly ValType[];
  /** First state of each dispatch. */
  private readonly bases = new Map<Dispatch, number>();
  private readonly states = new Map<number, number>();
  /** By state: the function that it runs, or the dispatch whose calls fail there. */
  private readonly runs: (number | Dispatch)[] = [];
  private readonly ir: FuncIR;
  private readonly head: Frame;

  constructor(typed: TypedModule, facts: ModuleFacts, group: TailGroup) {
    this.typed = typed;
    this.facts = facts;
    this.group = group;
    this.slots = sharedSlots(group.members.map((f) => typed.typeOf(f).params));
    this.ir = new FuncIR(group.members[0]!);
    this.head = this.ir.frame('loop');
    this.numberStates();
  }

  private numberStates(): void {
    const members = new Set(this.group.members);
    for (const d of this.group.dispatches) {
      this.bases.set(d, this.runs.length);
      const contents = this.facts.closedTable(d.table)!;
      for (const func of contents) {
        const runs = func !== undefined && members.has(func) && this.fits(func, d.type) ? func : d;
        if (runs !== d && !this.states.has(func!)) this.states.set(func!, this.runs.length);
        this.runs.push(runs);
      }
    }
    for (const func of this.group.members) {
      if (!this.states.has(func)) this.states.set(func, this.runs.push(func) - 1);
    }
  }
  private fits(func: number, type: number): boolean {
    const { canonical } = this.typed.types;
    return canonical[this.typed.module.funcs[func]!.type] === canonical[type];
  }

  /** How a member is called. */
  entry(func: number): Entry {
    const places = this.slots.map(() => -1);
    for (const [i, slot] of this.placesOf(this.typed.typeOf(func).params).entries()) places[slot] = i;
    return { slots: this.slots, state: this.states.get(func)!, places };
  }

  /** The slot of each parameter: the first of its type that is free. */
  private placesOf(params: readonly ValType[]): number[] {
    const taken = new Set<number>();
    return params.map((t) => {
      const place = this.slots.findIndex((s, i) => irType(s) === irType(t) && !taken.has(i));
      taken.add(place);
      return place;
    });
  }

  build(): FuncIR {
    const { ir, head, runs } = this;
    const types = [Type.i32, ...this.slots.map(irType)];
    for (const [i, t] of types.entries()) ir.params.push(ir.node(Ir.param, t, [], i, memberParam(i - 1)));
    for (const t of types) ir.merge(head, t);
    head.init = ir.params.slice();
    const type = this.typed.typeOf(ir.index);
    ir.results = type.results.map(irType);
    const floats = ofUnknown({ ...type, params: this.slots }).params;
    ir.carried = { params: floats.map(memberParam), results: ofUnknown(type).results };
    this.marker(Ir.loop, head);
    // Where calls through the first table need no check of their index, those out of its bounds come last.
    const all = [...runs, this.group.dispatches[0] ?? runs[0]!];
    const blocks = new Map<number | Dispatch, Frame>();
    for (const run of all) if (!blocks.has(run)) blocks.set(run, ir.frame('block'));
    const order = [...blocks];
    for (const [, frame] of order.slice().reverse()) this.marker(Ir.block, frame);
    const table = this.add(ir.node(Ir.switch, Type.none, [head.params[0]!]));
    table.targets = all.map((run) => ({ frame: blocks.get(run)!, args: [] }));
    for (const [run, frame] of order) {
      this.marker(Ir.end, frame);
      if (typeof run === 'number') this.member(run);
      else this.outOfCycle(run);
    }
    this.marker(Ir.end, head);
    return ir;
  }

  private member(func: number): void {
    const { head } = this;
    const params = this.placesOf(this.typed.typeOf(func).params).map((slot) => head.params[slot + 1]!);
    new Builder(this.typed, this.typed.module.funcs[func]!, this.facts, this.ir).body(params, this);
  }

  /** A call through a table at an index that holds no member: it leaves the cycle, or traps. */
  private outOfCycle(d: Dispatch): void {
    const { head } = this;
    const args = this.placesOf(this.typed.funcType(d.type).params).map((slot) => head.params[slot + 1]!);
    this.indirect(d, args, this.shifted(head.params[0]!, -this.bases.get(d)!));
  }
  private indirect(d: Dispatch, args: readonly Node[], at: Node): void {
    const n = this.add(this.ir.node(OP.return_call_indirect, Type.none, [...args, at], d.type, d.table));
    n.carried = ofUnknown(this.typed.funcType(d.type));
  }

  call(func: number, args: readonly Node[]): Target | undefined {
    const state = this.states.get(func);
    if (state === undefined) return undefined;
    return this.again(this.add(this.ir.i32(state)), this.typed.typeOf(func).params, args);
  }

  callIndirect(type: number, table: number, args: readonly Node[], at: Node): Target | undefined {
    const { canonical } = this.typed.types;
    const d = this.group.dispatches.find((x) => x.table === table && canonical[x.type] === canonical[type]);
    if (!d) return undefined;
    // Any index is a state of its own if there are no other states.
    if (d.length < this.runs.length) this.checkIndex(d, args, at);
    return this.again(this.shifted(at, this.bases.get(d)!), this.typed.funcType(type).params, args);
  }
  private checkIndex(d: Dispatch, args: readonly Node[], at: Node): void {
    const { ir } = this;
    const inBounds = ir.frame('block');
    this.marker(Ir.block, inBounds);
    const length = this.add(ir.i32(d.length));
    const test = this.add(ir.node(OP['i32.lt_u'], Type.i32, [at, length]));
    const branch = this.add(ir.node(Ir.brIf, Type.none, [test]));
    branch.targets = [{ frame: inBounds, args: [] }];
    this.indirect(d, args, at);
    this.marker(Ir.end, inBounds);
  }

  /** Round the loop: parameters that the next function does not have stay as they are. */
  private again(state: Node, params: readonly ValType[], args: readonly Node[]): Target {
    const all = this.head.params.slice();
    all[0] = state;
    for (const [i, slot] of this.placesOf(params).entries()) all[slot + 1] = args[i]!;
    return { frame: this.head, args: all };
  }
  private shifted(at: Node, by: number): Node {
    if (by === 0) return at;
    return this.add(this.ir.node(OP['i32.add'], Type.i32, [at, this.add(this.ir.i32(by))]));
  }
  private marker(op: number, frame: Frame): void {
    this.add(this.ir.marker(op, frame));
  }
  private add(n: Node): Node {
    this.ir.code.push(n);
    return n;
  }
}

/** Of each type as many as the function that has most. */
function sharedSlots(signatures: readonly (readonly ValType[])[]): ValType[] {
  const most = new Map<IrType, ValType[]>();
  for (const params of signatures) {
    const own = new Map<IrType, ValType[]>();
    for (const t of params) own.set(irType(t), [...(own.get(irType(t)) ?? []), t]);
    for (const [type, list] of own) if (list.length > (most.get(type)?.length ?? 0)) most.set(type, list);
  }
  return [...most.values()].flat();
}
