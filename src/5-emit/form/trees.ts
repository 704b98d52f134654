/**
 * Which values become part of the expression that uses them, and which get a variable.
 *
 * One walk in execution order keeps a list of pending values: used once, not yet placed, and not free to move (they read
 * memory, may trap, call). A node may absorb the pending values it uses if they are the last ones and in JavaScript's
 * evaluation order; a node that runs while others are pending makes those that do not commute with it stay where they
 * were computed, in variables. Values without effects move freely, but never into or out of a loop.
 */
import { commute, effectsOf, isFrameMarker } from '../../3-lower/effects.ts';
import {
  type FuncIR,
  hasHighAddress,
  Ir,
  isAccess,
  isConst,
  isStore,
  isTerminator,
  isWithinSpan,
  NODE_KINDS,
  type Node,
  type Target,
  Type,
} from '../../3-lower/ir.ts';
import { Known } from '../../4-optimise/indices/plans.ts';
import type { Engine } from '../../options.ts';
import { scratch } from '../../scratch.ts';
import { Effect, OP } from '../../wasm/opcodes.ts';
import { PLACED, placeOf } from '../terms/gc.ts';

/** Deeper expressions are cut into variables: engines parse recursively. */
const MAX_DEPTH = 48;

export interface Trees {
  /** By node id: true if the value is printed inside its one user. */
  readonly inline: Uint8Array;
  /** By node id: true if anything uses the value. */
  readonly used: Uint8Array;
  /** f32 values with a variable whose one use is to be stored. */
  readonly stored: ReadonlySet<Node>;
  /** By node id: effects of the node with all it absorbed. */
  readonly effects: Int32Array;
  /** By node id: index in `code` where the value is computed. */
  readonly position: Int32Array;
}

/** @param compact accesses are calls, which print each operand once, in order, and read the view last */
export function formTrees(ir: FuncIR, exact: boolean, compact = false, engine: Engine = 'jit'): Trees {
  return new Former(ir, exact, compact, engine).run();
}

interface Pending {
  readonly node: Node;
  readonly effects: number;
}

class Former {
  private readonly ir: FuncIR;
  private readonly exact: boolean;
  private readonly compact: boolean;
  private readonly engine: Engine;
  private readonly inline: Uint8Array;
  private readonly effects: Int32Array;
  private readonly depth: Int32Array;
  private readonly uses: Int32Array;
  /** Values that have a variable, or run as statements. */
  private readonly placed: Uint8Array;
  /** Innermost loop around a value's definition, numbered; 0 outside of all. */
  private readonly loop: Int32Array;
  /** By node id: id of the node that uses a value, where just one does. */
  private readonly user: Int32Array;
  private pending: Pending[] = [];
  private loops: number[] = [0];
  private loopCount = 0;

  constructor(ir: FuncIR, exact: boolean, compact: boolean, engine: Engine) {
    const n = ir.nodeCount;
    this.ir = ir;
    this.exact = exact;
    this.compact = compact;
    this.engine = engine;
    this.inline = scratch.bytes(n);
    this.effects = scratch.words(n);
    this.depth = scratch.words(n);
    this.uses = scratch.words(n);
    this.placed = scratch.bytes(n);
    this.loop = scratch.words(n);
    this.user = scratch.words(n);
  }

  run(): Trees {
    const { code } = this.ir;
    for (const n of code) this.countUses(n);
    for (const n of code) this.visit(n);
    this.flush();
    const { inline, uses, effects } = this;
    const position = scratch.words(this.ir.nodeCount, -1);
    const stored = new Set<Node>();
    for (let i = code.length - 1; i >= 0; i--) {
      const n = code[i]!;
      position[n.id] = inline[n.id] === 1 ? position[this.user[n.id]!]! : i;
      if (n.op === OP['f32.store'] && uses[storedValue(n).id] === 1) stored.add(storedValue(n));
    }
    const used = scratch.bytes(uses.length);
    for (let i = 0; i < uses.length; i++) used[i] = uses[i]! > 0 ? 1 : 0;
    return { inline, used, stored, effects, position };
  }

  private countUses(n: Node): void {
    for (const i of n.inputs) this.use(i, n);
    if (n.targets) for (const t of n.targets) for (const a of t.args) this.use(a, n);
    if (n.op === Ir.loop) for (const a of n.frame!.init) this.use(a, n);
  }
  private use(value: Node, by: Node): void {
    this.uses[value.id]!++;
    this.user[value.id] = by.id;
  }

  private get innermost(): number {
    return this.loops[this.loops.length - 1]!;
  }

  private visit(n: Node): void {
    const own = effectsOf(n, this.exact);
    this.loop[n.id] = this.innermost;
    this.effects[n.id] = own;
    this.depth[n.id] = 1;
    if (n.targets || n.op === Ir.loop || this.isPlainTableCall(n)) this.takeLists(n);
    else if (n.inputs.length > 0 && !readsByName(n)) this.takeInputs(n);
    this.place(n, this.effects[n.id]!, this.depth[n.id]!);
  }

  private takeInputs(n: Node): void {
    const { inputs } = n;
    const isCall = this.isCallAccess(n);
    const repeats = !isCall && !this.isPlainStore(n) && hasRepeated(n);
    for (let k = inputs.length - 1; k >= 0; k--)
      if (!repeats || !isRepeated(n, k)) this.takeInOrder(n, inputs[k]!, isCall);
    if (repeats) for (let k = 0; k < inputs.length; k++) if (isRepeated(n, k)) this.takeOther(n, inputs[k]!);
  }
  /** The same of what has arguments, or prints its operands in another order. */
  private takeLists(n: Node): void {
    const ordered = this.ordered(n);
    const others = this.others(n);
    for (let k = ordered.length - 1; k >= 0; k--) this.takeInOrder(n, ordered[k]!, false);
    for (const v of others) this.takeOther(n, v);
  }
  private takeInOrder(n: Node, v: Node, isCall: boolean): void {
    if (!this.absorbable(v)) return;
    if (this.effects[v.id] === 0) this.absorb(n, v);
    else if (this.pending[this.pending.length - 1]?.node === v && (isCall || !this.replacesView(n, v))) {
      this.pending.pop();
      this.absorb(n, v);
    } else this.settle(v);
  }
  private takeOther(n: Node, v: Node): void {
    if (this.absorbable(v) && this.effects[v.id] === 0 && mayMoveInto(n, v, this.depth[v.id]!)) this.absorb(n, v);
    else this.settle(v);
  }
  /** Operands that are printed once and in order. */
  private ordered(n: Node): readonly Node[] {
    if (!this.isPlainTableCall(n)) return n.targets ? branchOperands(n, this.ir) : n.inputs;
    return this.startsWithIndex(n) ? n.inputs.slice(-1) : n.inputs.slice(0, -1);
  }
  /** The others. */
  private others(n: Node): readonly Node[] {
    if (!this.isPlainTableCall(n)) return n.targets ? otherArguments(n, n.targets, this.ir) : n.frame!.init;
    return this.startsWithIndex(n) ? n.inputs.slice(0, -1) : n.inputs.slice(-1);
  }
  /** The index of a table is printed before the arguments: if it has no effects, they are in order among themselves. */
  private startsWithIndex({ inputs }: Node): boolean {
    const at = inputs[inputs.length - 1]!;
    return this.absorbable(at) && this.effects[at.id] !== 0;
  }
  /** Is the element of a table called as it is? */
  private isPlainTableCall({ op }: Node): boolean {
    return !this.exact && (op === OP.call_indirect || (op === Ir.callClosed && this.engine === 'interpreter'));
  }
  private absorb(n: Node, v: Node): void {
    this.inline[v.id] = 1;
    this.effects[n.id]! |= this.effects[v.id]!;
    this.depth[n.id] = Math.max(this.depth[n.id]!, this.depth[v.id]! + 1);
  }

  /** After its operands are placed: does the node wait for its user, or run now? */
  private place(n: Node, effects: number, depth: number): void {
    if (isControl(n.op)) {
      this.flush();
      if (n.op === Ir.loop) this.loops.push(++this.loopCount);
      else if (n.op === Ir.end && n.frame!.kind === 'loop') this.loops.pop();
      return;
    }
    const waits = this.uses[n.id] === 1 && n.type !== Type.none && depth < MAX_DEPTH && !needsVariable(n);
    if (waits) {
      if (effects !== 0) this.pending.push({ node: n, effects });
    } else {
      this.placed[n.id] = 1;
      this.runNow(effects);
    }
  }

  /** Is an access printed as a call? Not where its address is a constant, which may be known to be in bounds. */
  private isCallAccess(n: Node): boolean {
    return this.compact && this.exact && isAccess(n) && !isWithinSpan(n) && !isConst(n.inputs[0]!);
  }
  /** Without traps a store is an assignment, with its operands once and in order. */
  private isPlainStore(n: Node): boolean {
    return !this.exact && isStore(n) && n.op !== Ir.storePair && !isWithinSpan(n) && !hasHighAddress(n);
  }
  /** The view that an access reads is evaluated before its operands: they must not make the memory grow. */
  private replacesView(n: Node, operand: Node): boolean {
    return (isAccess(n) || n.op === Ir.span) && (this.effects[operand.id]! & Effect.growMemory) !== 0;
  }
  /** Constants are printed wherever they are used; all else must be used once, in the same loop. */
  private absorbable(v: Node): boolean {
    if (isConst(v)) return true;
    return (
      this.uses[v.id] === 1 &&
      this.placed[v.id] === 0 &&
      v.op !== Ir.param &&
      v.op !== Ir.merge &&
      this.loop[v.id] === this.innermost
    );
  }

  /** A value that its user cannot absorb gets a variable; if it was pending, it runs where it stands. */
  private settle(v: Node): void {
    let at = this.pending.length - 1;
    while (at >= 0 && this.pending[at]!.node !== v) at--;
    if (at >= 0) this.materialise(at);
  }

  private materialise(at: number): void {
    const [done] = this.pending.splice(at, 1);
    for (let j = at - 1; j >= 0; j--) {
      const earlier = this.pending[j];
      if (earlier && !commute(earlier.effects, done!.effects)) this.materialise(j);
    }
  }

  private runNow(effects: number): void {
    if (effects === 0) return;
    for (let j = this.pending.length - 1; j >= 0; j--) {
      const p = this.pending[j];
      if (p && !commute(p.effects, effects)) this.materialise(j);
    }
  }

  /** All pending values stay where they were computed. */
  private flush(): void {
    if (this.pending.length > 0) this.pending = [];
  }
}

const NONE: readonly Node[] = [];
const storedValue = (n: Node): Node => n.inputs[n.inputs.length - 1]!;
const isControl = (op: number): boolean => isFrameMarker(op) || op === Ir.brIf || isTerminator(op);

/** Results that are read by name: tuples, and spans, whose users read a view before their operands. */
function needsVariable(n: Node): boolean {
  return n.type === Type.tuple || n.op === Ir.span;
}

/** Parts of what a call has returned: they read a cell, or its variable. */
const readsByName = ({ op }: Node): boolean => op === Ir.high || op === Ir.lane || op === Ir.project;

/** Of a plain branch, the arguments: if just one has effects, its order does not matter. */
function branchOperands(n: Node, ir: FuncIR): readonly Node[] {
  if (n.op !== Ir.br) return n.inputs;
  const { frame, args } = n.targets![0]!;
  return frame === ir.exit && args.length === 1 ? args : NONE;
}

/** Arguments that may be absorbed only if they have no effects. */
function otherArguments(n: Node, targets: readonly Target[], ir: FuncIR): readonly Node[] {
  const inOrder = branchOperands(n, ir);
  if (inOrder.length === 0 && targets.length === 1) return targets[0]!.args;
  if (targets.every((t) => t.args.length === 0)) return NONE;
  const others: Node[] = [];
  for (const { args } of targets) for (const a of args) if (!inOrder.includes(a)) others.push(a);
  return others;
}

/** Is operand `i` printed more than once, not always, or before operands that WebAssembly evaluates first? */
function isRepeated(n: Node, i: number): boolean {
  if (n.op === OP.select) return i < 2;
  // The address is for the libcall alone.
  if (n.op === Ir.place) return i === 1;
  if (n.op === Ir.index) return n.imm2 !== Known.aligned && n.imm2 !== Known.alignedSigned;
  if (n.op === OP.call_indirect) return i < n.inputs.length - 1;
  if (n.op === OP['i32.rotl'] || n.op === OP['i32.rotr']) return true;
  if (PLACED.has(n.op)) return placeOf(n, i) !== 'in order';
  return i > 0 && (isStore(n) || (i === 1 && hasHighAddress(n)));
}
const hasRepeated = (n: Node): boolean => REPEATS[n.op] === 1 || isStore(n) || hasHighAddress(n);
/** By kind of node. */
const REPEATS = new Uint8Array(NODE_KINDS);
for (const op of [OP.select, OP.call_indirect, OP['i32.rotl'], OP['i32.rotr']]) REPEATS[op] = 1;
for (const op of [Ir.place, Ir.index, ...PLACED.keys()]) REPEATS[op] = 1;

/** A value without effects may be absorbed by these even where it is not printed exactly once in order. */
function mayMoveInto(n: Node, v: Node, depth: number): boolean {
  if (isConst(v) || n.targets !== undefined || n.op === Ir.loop) return true;
  if (n.op === OP.select || n.op === OP.call_indirect || n.op === Ir.callClosed || n.op === Ir.place) return true;
  if (PLACED.has(n.op)) return placeOf(n, n.inputs.indexOf(v)) === 'pure';
  if (isWithinSpan(n)) return true;
  // The value of a store is printed twice, of which one runs; the high half of an address twice, and both may.
  return isStore(n) && depth <= 2 && !(hasHighAddress(n) && v === n.inputs[1]);
}
