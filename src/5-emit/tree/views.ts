/**
 * Memory views in local variables: before an outermost loop without calls, the views that it uses are read into locals
 * once. Elsewhere the module's variables are read at each access: a call may have replaced them, and where it cannot
 * have, a local that must be kept across it gains nothing (a recursive parser lost 7 % by it).
 */

import { isCall } from '../../3-lower/effects.ts';
import type { FuncIR, Node } from '../../3-lower/ir.ts';
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
  /** Positions of calls and of what grows a memory, ascending. */
  private readonly barriers: readonly number[];
  /** Loops open since the one that holds views in locals. */
  private depth = 0;

  constructor(scope: TreeScope, ir: FuncIR) {
    this.scope = scope;
    const isBarrier = (n: Node): boolean => isCall(n) || n.op === OP['memory.grow'];
    this.barriers = [...ir.code.keys()].filter((i) => isBarrier(ir.code[i]!));
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
    if (this.barriers.some((at) => at > begin && at < end)) return false;
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
