/**
 * Memory views in local variables: an innermost loop in which no memory can grow reads the views that it uses into locals.
 * Elsewhere they are read where they are needed (`reuse.ts`): compiled code has them for constants either way.
 *
 * They are read before the loop, so that their addresses stay in registers (floats: up to 1.3 without). But a loop of bytes
 * alone reads them at the top of its body, where they are constants again: it has many short steps and wants the registers
 * for them (base64 1.15 without, a JSON scanner 1.2).
 *
 * But V8 also enters optimised code in the middle of a loop that runs for long, and takes locals that were set before for
 * anything there. So a loop around others has none (a sieve took half the time), and neither has one with a switch, since
 * interpreters seldom leave it. For one load a round (or two of bytes) they are not worth a statement either. In other loops
 * they pay where code is interpreted, and in larger bodies too: a product of matrices took 0.8 of the time.
 */

import { isCall } from '../../3-lower/effects.ts';
import { type FuncIR, Ir, isAccess, isStore, type Node } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { OP, OPS } from '../../wasm/opcodes.ts';
import { FuncScope, type ModuleScope, type ViewKind } from '../js/scope.ts';

/** Statements that read views into the locals of a loop; empty where there are none. */
export interface LoopReads {
  readonly before: string;
  /** At the top of the body. */
  readonly inside: string;
}

/** A scope that prints a local variable for a view while a loop has it in one. */
export class TreeScope extends FuncScope {
  /** Local variables by view name; undefined outside such loops. */
  private active: Map<string, string> | undefined;
  private inHead: ReadonlySet<string> = new Set();
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
  begin(): void {
    this.active = new Map();
  }
  /** Runs `print` outside of the loop that is open, if one is. */
  apart(print: () => void): void {
    const { active } = this;
    this.active = undefined;
    print();
    this.active = active;
  }
  /** Ends the head of the loop that is open: what it uses must be read before it. */
  headed(): void {
    this.inHead = new Set(this.active?.keys());
  }
  /** Assignments for the views used since `begin`. */
  finish(inside: boolean): LoopReads {
    const reads: [string[], string[]] = [[], []];
    for (const [view, local] of this.active ?? []) {
      reads[inside && !this.inHead.has(view) ? 1 : 0].push(`${local} = ${view};`);
    }
    this.active = undefined;
    return { before: reads[0].join(' '), inside: reads[1].join(' ') };
  }
}

const isFloat = (n: Node): boolean => OPS[n.op]?.name.startsWith('f') === true;

const FEW = ['it has no accesses', 'it has one load only'];
function barrierName(n: Node): string {
  if (n.op === Ir.loop) return 'a loop inside';
  if (n.op === Ir.switch) return 'a switch inside';
  return isCall(n) ? 'a call inside' : 'a memory that grows inside';
}

function barriersOf(code: readonly Node[]): number[] {
  const barriers: number[] = [];
  for (let i = 0; i < code.length; i++) {
    const n = code[i]!;
    if (n.op === Ir.loop || n.op === Ir.switch || n.op === OP['memory.grow'] || isCall(n)) barriers.push(i);
  }
  return barriers;
}

/** In a loop that computes more than this for each access, integers want the registers themselves: SHA-512 took 1.07. */
const NODES_PER_ACCESS = 28;

export class LoopViews {
  private readonly scope: TreeScope;
  /** Positions of what a loop with locals may not contain: calls, what grows a memory, loops and switches. */
  private readonly barriers: readonly number[];
  /** Number of barriers up to the last loop entered: loops are entered in order. */
  private passed = 0;
  /** Is it a loop of bytes alone that was entered last? */
  private bytes = false;
  private readonly code: readonly Node[];
  private readonly note: Note | undefined;
  /** Loops entered so far. */
  private loops = 0;

  constructor(scope: TreeScope, ir: FuncIR, note?: Note) {
    this.scope = scope;
    this.note = note;
    this.code = ir.code;
    this.barriers = barriersOf(ir.code);
  }
  get declared(): readonly string[] {
    return [...this.scope.locals.values()];
  }

  /** Enters the loop at positions `begin` to `end`; true if its views go to locals from here. */
  enter(begin: number, end: number): boolean {
    this.loops++;
    while (this.barriers[this.passed]! <= begin) this.passed++;
    if (this.barriers[this.passed]! < end)
      return this.stays(`there is ${barrierName(this.code[this.barriers[this.passed]!]!)}`);
    const accesses = this.code.slice(begin, end).filter(isAccess);
    this.bytes = accesses.every((n) => OPS[n.op]?.width === 1);
    if (accesses.length < (this.bytes ? 3 : 2) && !accesses.some(isStore))
      return this.stays(FEW[accesses.length] ?? 'it has few accesses');
    const isBusy = end - begin > NODES_PER_ACCESS * accesses.length;
    if (isBusy && !accesses.some((n) => isFloat(n))) return this.stays('it does much else besides');
    this.scope.begin();
    return true;
  }
  /** The loop just entered has no locals, for a reason. */
  private stays(why: string): false {
    this.note?.(`read in each round, since ${why}`, `loop ${this.loops}`);
    return false;
  }
  /** Runs `print` for code that becomes a function of its own, where the locals of the loop around it do not exist. */
  apart(print: () => void): void {
    this.scope.apart(print);
  }
  /** The head of the loop just entered has been printed. */
  headed(): void {
    this.scope.headed();
  }
  /** Leaves a loop; no assignments if it was none that `enter` said true to. */
  leave(): LoopReads {
    const reads = this.scope.finish(this.bytes && this.scope.module.engine !== 'interpreter');
    if (reads.before !== '') this.note?.('in locals before it', `loop ${this.loops}`);
    if (reads.inside !== '') this.note?.('in locals at the top of its body, since all are bytes', `loop ${this.loops}`);
    return reads;
  }
}
