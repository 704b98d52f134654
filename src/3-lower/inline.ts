/**
 * Functions that are put where they are called: such as call nothing themselves, are called at one place only, in a loop,
 * and can be reached in no other way. They have no JavaScript function of their own then. Nothing is copied, so the
 * output never grows; what a call costs, and what an engine cannot know across one, goes.
 *
 * Whether a function goes into its caller follows from the module alone, so that both find the same when they are compiled.
 */
import { OperatorReader } from '../1-decode/operators.ts';
import type { TypedModule } from '../2-validate/typed.ts';
import type { Func } from '../wasm/module.ts';
import { OP, OPS } from '../wasm/opcodes.ts';
import { type FuncIR, Ir, type Node, resolveAll } from './ir.ts';

/** Bytes of a body that is put into another, and of a caller with all that it takes in: far below engines' limits. */
const MAX_CALLEE = 2000;
const MAX_CALLER = 6000;

const OPENING = 1;
const CLOSING = 2;
/** What has a meaning of its own in the function that it stands in, or calls. */
const CALL = 4;
const VECTOR = 8;
/** By operator. */
const ROLES = Uint8Array.from(OPS, ({ name, feature }) => {
  let role = 0;
  if (/^(block|loop|if|try|try_table)$/.test(name)) role |= OPENING;
  if (/^(end|delegate)$/.test(name)) role |= CLOSING;
  if (/call|^(try|catch|throw|rethrow|delegate)|^br_on/.test(name)) role |= CALL;
  if (/^(relaxed-)?simd$/.test(feature)) role |= VECTOR;
  return role;
});

/** What stands for a caller where there is none that a function can go into. */
const [SEVERAL, TAIL, NO_LOOP] = [-1, -2, -3];
const NO_CALLER: Readonly<Record<number, string>> = {
  [SEVERAL]: 'it is called at several places',
  [TAIL]: 'it is called in tail position',
  [NO_LOOP]: 'it is not called in a loop',
};

/** Gathers who calls whom while the bodies are read. */
export class CallFacts {
  private readonly typed: TypedModule;
  /** The only caller of a function, if it calls in a loop; below 0 otherwise. */
  private readonly caller = new Map<number, number>();
  private readonly leaves = new Set<number>();
  private reader: OperatorReader | undefined;
  private func = -1;
  /** For each frame that is open: does a loop stand around its code? */
  private inLoop: boolean[] = [];
  private accepted: ReadonlySet<number> | undefined;

  constructor(typed: TypedModule) {
    this.typed = typed;
  }

  begin(func: Func, reader: OperatorReader): void {
    this.func = func.index;
    this.reader = reader;
    this.inLoop = [false];
    if (func.end - func.start <= MAX_CALLEE) this.leaves.add(func.index);
  }
  /** Takes in the operator that the reader stands at. */
  see(op: number): void {
    const role = ROLES[op]!;
    if (role === 0) return;
    const { inLoop, caller } = this;
    const around = inLoop[inLoop.length - 1] ?? false;
    if ((role & OPENING) !== 0) inLoop.push(around || op === OP.loop);
    else if ((role & CLOSING) !== 0) inLoop.pop();
    // Lane by lane a vector is so much code that engines do better by a function of its own.
    if ((role & (CALL | VECTOR)) !== 0) this.leaves.delete(this.func);
    if ((role & CALL) === 0) return;
    if (op !== OP.call && op !== OP.return_call) return;
    const { index } = this.reader!;
    if (caller.has(index)) caller.set(index, SEVERAL);
    else if (op === OP.return_call) caller.set(index, TAIL);
    else caller.set(index, around ? this.func : NO_LOOP);
  }

  /** Does the function stand in its caller? */
  isInlined(func: number): boolean {
    this.accepted ??= this.accept();
    return this.accepted.has(func);
  }

  /** The caller that a function stands in. */
  callerOf(func: number): number {
    return this.caller.get(func)!;
  }
  /** Why a function does not stand in its caller; undefined if it does. */
  whyNot(func: number): string | undefined {
    const { funcs, start } = this.typed.module;
    const f = funcs[func]!;
    if (this.isInlined(func)) return undefined;
    if (f.import) return 'it is imported';
    if (func === start || this.typed.referenced.has(func)) return 'it is exported, in a table or referred to';
    if (f.end - f.start > MAX_CALLEE) return `it has more than ${MAX_CALLEE} bytes`;
    if (!this.leaves.has(func))
      return this.holds(f, VECTOR) ? 'it works on vectors' : 'it calls others, or handles exceptions';
    return NO_CALLER[this.caller.get(func) ?? 0] ?? `its caller would take in more than ${MAX_CALLER} bytes`;
  }
  private holds(func: Func, role: number): boolean {
    const reader = new OperatorReader(this.typed.module.bytes, func.start, func.end);
    reader.reset(reader.localGroups(func.start, func.end).start, func.end);
    while (reader.next()) if ((ROLES[reader.op]! & role) !== 0) return true;
    return false;
  }

  private accept(): Set<number> {
    const { funcs, start } = this.typed.module;
    const size = (f: number): number => funcs[f]!.end - funcs[f]!.start;
    const room = new Map<number, number>();
    const accepted = new Set<number>();
    for (const func of [...this.leaves].sort((a, b) => a - b)) {
      const caller = this.caller.get(func) ?? -1;
      if (caller < 0 || func === start || this.typed.referenced.has(func)) continue;
      const left = (room.get(caller) ?? MAX_CALLER - size(caller)) - size(func);
      if (left < 0) continue;
      room.set(caller, left);
      accepted.add(func);
    }
    return accepted;
  }
}

/**
 * Puts the code of `callee` at the end of `ir`'s, as a block that its returns leave.
 * @returns the results, undefined if it never returns
 */
export function splice(ir: FuncIR, callee: FuncIR, args: readonly Node[]): readonly Node[] | undefined {
  ir.adopt(callee);
  const frame = ir.frame('block');
  for (const [i, p] of callee.params.entries()) p.forward = args[i]!;
  resolveAll(callee);
  let returns = false;
  for (const n of callee.code) {
    for (const t of n.targets ?? []) {
      if (t.frame !== callee.exit) continue;
      t.frame = frame;
      returns = true;
    }
  }
  const open = ir.marker(Ir.block, frame);
  if (returns) for (const t of callee.results) ir.merge(frame, t);
  // One by one: a body may be too long for the arguments of a call.
  ir.code.push(open);
  for (const n of callee.code) ir.code.push(n);
  ir.code.push(ir.marker(Ir.end, frame));
  return returns ? frame.params : undefined;
}
