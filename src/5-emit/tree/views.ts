/**
 * Memory views in local variables: before an outermost loop in which no memory can grow, the views that it uses are read
 * into locals once. Elsewhere the module's variables are read at each access, since a call may have replaced them.
 */

import type { ModuleFacts } from '../../3-lower/facts.ts';
import { type FuncIR, Ir, type Node } from '../../3-lower/ir.ts';
import { OP } from '../../wasm/opcodes.ts';
import { FuncScope, type ModuleScope, type ViewKind } from '../js/scope.ts';

/** A scope that prints a local variable for a view while a loop has it in one. */
export class TreeScope extends FuncScope {
  /** Local variables by view name; undefined outside such loops. */
  private active: Map<string, string> | undefined;
  readonly locals = new Map<string, string>();

  constructor(module: ModuleScope) {
    super(module);
  }
  override view(kind: ViewKind, memory: number): string {
    const name = super.view(kind, memory);
    if (!this.active) return name;
    let local = this.locals.get(name);
    if (local === undefined) {
      local = `v${this.locals.size}`;
      this.locals.set(name, local);
    }
    this.active.set(name, local);
    return local;
  }
  setAside(): Map<string, string> | undefined {
    const { active } = this;
    this.active = undefined;
    return active;
  }
  putBack(active: Map<string, string> | undefined): void {
    this.active = active;
  }
  begin(): void {
    this.active = new Map();
  }
  /** Assignments for the views used since `begin`. */
  finish(): string {
    const text = Array.from(this.active!, ([view, local]) => `${local} = ${view};`).join(' ');
    this.active = undefined;
    return text;
  }
}

export class LoopViews {
  private readonly scope: TreeScope;
  /** Positions of nodes that may grow a memory, ascending. */
  private readonly growers: readonly number[];
  /** Loops open since the one that holds views in locals. */
  private depth = 0;

  constructor(scope: TreeScope, ir: FuncIR, mayGrow: (n: Node) => boolean) {
    this.scope = scope;
    this.growers = [...ir.code.keys()].filter((i) => mayGrow(ir.code[i]!));
  }
  get declared(): readonly string[] {
    return [...this.scope.locals.values()];
  }

  /** Enters the loop at positions `begin` to `end`; true if its views go to locals from here. */
  enter(begin: number, end: number): boolean {
    if (this.depth > 0) {
      this.depth++;
      return false;
    }
    if (this.growers.some((at) => at > begin && at < end)) return false;
    this.depth = 1;
    this.scope.begin();
    return true;
  }
  /** Runs `print` for code that becomes a function of its own, where the locals of loops around it do not exist. */
  apart(print: () => void): void {
    const { depth } = this;
    const active = this.scope.setAside();
    this.depth = 0;
    print();
    this.depth = depth;
    this.scope.putBack(active);
  }
  /** Leaves a loop; the assignments to put before it, if it was one that `enter` said true to. */
  leave(): string {
    if (this.depth === 0) return '';
    this.depth--;
    return this.depth === 0 ? this.scope.finish() : '';
  }
}

/** May running this node make a memory grow? */
export function mayGrowMemory(n: Node, facts: ModuleFacts): boolean {
  if (n.op === OP.call) return facts.mayGrow(n.imm);
  if (n.op === OP.call_indirect || n.op === Ir.callClosed) return facts.indirectMayGrow;
  return n.op === OP['memory.grow'];
}
