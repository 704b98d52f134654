/**
 * Selects that a branch predictor could not follow are computed without a branch. LLVM makes a select where it expects that,
 * for the conditional move of the machine; V8 makes a branch of `c ? a : b`. The forms are the minimum or maximum of two values
 * in a loop, `b ^ (a ^ b) & -(a < b)`, what a single bit decides to add, `x ^ (k & -(bit))`, and in a loop which of two values
 * it takes; so does a comparison there that something adds besides, and that is a number in any case. Edit distance takes 0.57 of
 * the time, longest common subsequence 0.72; on data that can be predicted they lose 5 to 18 %. The extreme of all that a loop
 * has met so far is such: it changes less and less, and keeps its branch.
 */
import { isFrameMarker } from '../../3-lower/effects.ts';
import { CodeWriter, type FuncIR, Ir, isI32Const, type Node, Type } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { OP, type OpName } from '../../wasm/opcodes.ts';
import { widthsOf } from '../bits.ts';
import { isBoolean } from '../fold/known.ts';
import { isExtreme, isLess, isMinOrMax, runningExtremes } from './extremes.ts';

export function selectWithoutBranches(ir: FuncIR, note?: Note): void {
  if (!ir.code.some((n) => n.op === OP.select && n.type === Type.i32)) return;
  const some = ir.code.some(isMinOrMax);
  const widths = some ? widthsOf(ir) : undefined;
  const running = some ? runningExtremes(ir) : NONE;
  const out = new CodeWriter(ir.code);
  const shared = sharedConditions(ir);
  const added = addedConditions(ir);
  let loops = 0;
  const rewriting = new Rewriting(ir, out, widths);
  for (const n of ir.code) {
    if (isFrameMarker(n.op)) rewriting.enter();
    if (n.op === Ir.loop) loops++;
    else if (n.op === Ir.end && n.frame!.kind === 'loop') loops--;
    if (n.op === OP.select && n.type === Type.i32) {
      const [, , c] = n.inputs as [Node, Node, Node];
      let became = RUNNING;
      if (shared.has(c) && !(isBit(c) && loops > 0)) became = SHARED;
      else if (!running.has(n)) became = rewriting.select(n, loops > 0, added.has(c));
      note?.(became, 1);
    }
    out.push(n);
  }
  ir.code = out.finish();
}

const NONE: ReadonlySet<Node> = new Set();
const RUNNING = 'minima and maxima of all that a loop has met so far';
const SHARED = 'selects that share their condition';
/** Conditions of several selects, which become one `if` (`selects.ts`). */
function sharedConditions(ir: FuncIR): ReadonlySet<Node> {
  const seen = new Set<Node>();
  const shared = new Set<Node>();
  for (const { op, inputs } of ir.code) {
    if (op !== OP.select) continue;
    if (seen.has(inputs[2]!)) shared.add(inputs[2]!);
    seen.add(inputs[2]!);
  }
  return shared;
}

/** Comparisons that something else adds: LLVM has made a number of what was a branch, and they are one in any case. */
function addedConditions(ir: FuncIR): ReadonlySet<Node> {
  const added = new Set<Node>();
  for (const { op, inputs } of ir.code) {
    if (op === OP['i32.add'] || op === OP['i32.sub']) for (const v of inputs) if (isBoolean(v)) added.add(v);
  }
  return added;
}

class Rewriting {
  private readonly ir: FuncIR;
  private readonly out: CodeWriter;
  private readonly widths: Uint8Array | undefined;

  constructor(ir: FuncIR, out: CodeWriter, widths: Uint8Array | undefined) {
    this.ir = ir;
    this.out = out;
    this.widths = widths;
  }

  /** Rewrites a select if it has one of the forms; says what became of it. `added`: its condition is a number, too. */
  select(n: Node, inLoop: boolean, added: boolean): string {
    const [a, b, c] = n.inputs as [Node, Node, Node];
    if (isExtreme(a, b, c)) {
      if (!inLoop) return 'minima and maxima outside of loops';
      if (this.isNarrow(a) && this.isNarrow(b)) {
        this.byDifference(n, isLess(c.op) === (c.inputs[0] === a));
        return 'minima and maxima by their difference';
      }
      this.choose(n, c);
      return 'minima and maxima without a branch';
    }
    if (isBit(c) && this.combined(n, a, b, c)) return 'what a single bit adds, without a branch';
    if (isBit(c) && isI32Const(a) && isI32Const(b)) {
      this.becomes(n, 'i32.add', b, this.op('i32.and', this.constant(a.imm - b.imm), this.mask(c)));
      return 'constants of which a single bit chooses one';
    }
    if (isBit(c) && inLoop) {
      this.choose(n, c);
      return 'values of which a single bit chooses one';
    }
    if (added && inLoop) {
      this.choose(n, c);
      return 'values of which a condition that is added to others chooses one';
    }
    return 'selects of no such form';
  }

  /** `bit ? x ^ k : x`, and the same of sums. */
  private combined(n: Node, a: Node, b: Node, bit: Node): boolean {
    const name = COMBINES.get(a.op);
    const k = a.inputs[0] === b ? a.inputs[1] : a.inputs[1] === b ? a.inputs[0] : undefined;
    if (!name || !k || !isI32Const(k)) return false;
    this.becomes(n, name, b, this.op('i32.and', k, this.mask(bit)));
    return true;
  }

  /** Has it no sign bit, so that the difference of two is an i32? */
  private isNarrow(n: Node): boolean {
    return this.widths![n.id]! < 32;
  }
  /** `b + (d & d >> 31)`, the minimum of a and b where d is their difference, or `a - (d & d >> 31)`, the maximum. */
  private byDifference(n: Node, isLeast: boolean): void {
    const [a, b] = n.inputs as [Node, Node, Node];
    const difference = this.op('i32.sub', a, b);
    const below = this.op('i32.and', difference, this.op('i32.shr_s', difference, this.constant(31)));
    if (isLeast) this.becomes(n, 'i32.add', b, below);
    else this.becomes(n, 'i32.sub', a, below);
  }

  private becomes(n: Node, name: OpName, ...inputs: Node[]): void {
    n.op = OP[name];
    n.inputs = inputs;
  }
  /** `b ^ (a ^ b) & -c`, where c is 0 or 1. */
  private choose(n: Node, c: Node): void {
    const [a, b] = n.inputs as [Node, Node, Node];
    this.becomes(n, 'i32.xor', b, this.op('i32.and', this.op('i32.xor', a, b), this.mask(c)));
  }
  /** All bits of what is 0 or 1. The halves of an i64 share it. */
  private mask(bit: Node): Node {
    let mask = this.masks.get(bit);
    if (mask === undefined) this.masks.set(bit, (mask = this.op('i32.sub', this.constant(0), bit)));
    return mask;
  }
  private readonly masks = new Map<Node, Node>();
  /** What was computed in another frame may not have been. */
  enter(): void {
    this.masks.clear();
  }
  private constant(value: number): Node {
    const n = this.ir.i32(value | 0);
    this.out.push(n);
    return n;
  }
  private op(name: OpName, ...inputs: Node[]): Node {
    const n = this.ir.node(OP[name], Type.i32, inputs);
    this.out.push(n);
    return n;
  }
}

const isBit = (n: Node): boolean =>
  (n.op === OP['i32.and'] && isI32Const(n.inputs[1]!) && n.inputs[1]!.imm === 1) ||
  (n.op === OP['i32.shr_u'] && isI32Const(n.inputs[1]!) && (n.inputs[1]!.imm & 31) === 31);

const COMBINES = new Map<number, OpName>((['i32.xor', 'i32.add'] as const).map((name) => [OP[name], name]));
