/**
 * Divisions behind a test of their divisor need none of their own: after `if (d)` d is not 0, and after LLVM's
 * `d - 1 >u -3` went the other way it is neither 0 nor -1.
 *
 * One walk in execution order keeps what the conditions on the way say about values. What is known at a point is the chain
 * of facts that ends there; where paths meet, the beginning that their chains have in common remains. A condition on a sum
 * with a constant or a comparison with one puts a value in an interval of the circle of 32-bit numbers.
 */
import { type Frame, type FuncIR, Ir, isI32Const, isOpening, type Node } from '../3-lower/ir.ts';
import type { Note } from '../notes.ts';
import { byOp, Effect, OP } from '../wasm/opcodes.ts';
import { isBoolean } from './fold.ts';

/** Facts looked through before a value counts as unknown. */
const MAX_LOOKED = 100;

interface Fact {
  readonly before: Fact | undefined;
  readonly depth: number;
  readonly value: Node;
  readonly notZero: boolean;
  readonly notMinusOne: boolean;
}

export function useGuards(ir: FuncIR, note?: Note): void {
  const divisions = ir.code.filter((n) => DIVISIONS[n.op] !== undefined && !isI32Const(n.inputs[1]!));
  if (divisions.length === 0) return;
  new Guards().run(ir);
  if (!note) return;
  const tested = divisions.filter((n) => (n.effects & Effect.trap) !== 0).length;
  note('divisions behind a test of their divisor', divisions.length - tested);
  note('divisions keep their own test: no condition on the way excludes the divisors that trap', tested);
}

class Guards {
  private facts: Fact | undefined;
  /** Of each frame that is open: what is known at its start, and wherever a branch leaves to it (undefined: none yet). */
  private readonly start: (Fact | undefined)[] = [];
  private readonly after = new Map<Frame, { facts: Fact | undefined }>();
  /** The condition of each `if` that is open. */
  private readonly conditions: (Node | undefined)[] = [];

  run(ir: FuncIR): void {
    for (const n of ir.code) {
      if (n.targets) for (const t of n.targets) this.leave(t.frame);
      if (n.op === Ir.else) {
        this.facts = this.start[this.start.length - 1];
        this.assume(this.conditions[this.conditions.length - 1]!, false);
      } else if (n.op === Ir.end) this.end(n.frame!);
      else if (isOpening(n.op)) this.begin(n);
      else if (n.op === Ir.brIf) this.assume(n.inputs[0]!, false);
      else this.use(n);
    }
  }

  private begin(n: Node): void {
    this.start.push(this.facts);
    this.conditions.push(n.inputs[0]);
    if (n.op === Ir.if) this.assume(n.inputs[0]!, true);
  }
  private end(frame: Frame): void {
    const start = this.start.pop();
    this.conditions.pop();
    const after = this.after.get(frame);
    // Nothing arrives where no branch leads.
    this.facts = after && frame.kind !== 'loop' ? after.facts : start;
  }
  private leave(frame: Frame): void {
    const after = this.after.get(frame);
    if (after) after.facts = common(after.facts, this.facts);
    else this.after.set(frame, { facts: this.facts });
  }

  private add(value: Node, notZero: boolean, notMinusOne: boolean): void {
    if ((!notZero && !notMinusOne) || isI32Const(value)) return;
    const before = this.facts;
    this.facts = { before, depth: (before?.depth ?? 0) + 1, value, notZero, notMinusOne };
  }

  /** Takes in that a condition holds, or does not. */
  private assume(condition: Node, holds: boolean): void {
    const [c, is] = plain(condition, holds);
    const joins = c.op === (is ? OP['i32.and'] : OP['i32.or']) && c.inputs.every(isBoolean);
    // Chains of them stay: what is beyond the first two is not worth a walk.
    for (const part of joins ? c.inputs : [c]) {
      const [n, stands] = plain(part, is);
      if (stands) this.add(n, true, false);
      this.compared(n, stands);
    }
  }

  private compared({ op, inputs }: Node, holds: boolean): void {
    const rule = COMPARED[op];
    const [value, bound] = inputs as [Node, Node];
    if (!rule || !isI32Const(bound)) return;
    let [low, high] = rule(bound.imm);
    // An interval that is empty, or everything, says nothing; so does the rest of the circle then.
    if (((high - low + 1) | 0) === 0) return;
    if (!holds) [low, high] = [high + 1, low - 1];
    this.inside(value, low, high);
    if (value.op === OP['i32.add'] && isI32Const(value.inputs[1]!)) {
      const by = value.inputs[1]!.imm;
      this.inside(value.inputs[0]!, low - by, high - by);
    }
  }

  /** The value lies in the interval that goes up from `low` to `high`, round the circle. */
  private inside(value: Node, low: number, high: number): void {
    const has = (x: number): boolean => (x - low) >>> 0 <= (high - low) >>> 0;
    this.add(value, !has(0), !has(-1));
  }

  private use(n: Node): void {
    const overflows = DIVISIONS[n.op];
    if (overflows === undefined) return;
    let notZero = false;
    let notMinusOne = !overflows;
    let fact = this.facts;
    for (let looked = 0; fact && looked < MAX_LOOKED; looked++, fact = fact.before) {
      if (fact.value !== n.inputs[1]) continue;
      notZero ||= fact.notZero;
      notMinusOne ||= fact.notMinusOne;
    }
    if (notZero && notMinusOne) n.effects &= ~Effect.trap;
  }
}

/** A condition without the negations around it. */
function plain(condition: Node, holds: boolean): [Node, boolean] {
  while (condition.op === OP['i32.eqz']) [condition, holds] = [condition.inputs[0]!, !holds];
  return [condition, holds];
}

function common(a: Fact | undefined, b: Fact | undefined): Fact | undefined {
  while (a !== b) {
    if ((a?.depth ?? 0) >= (b?.depth ?? 0)) a = a?.before;
    else b = b?.before;
  }
  return a;
}

/** Divisions, and whether they also trap on the quotient of the least number by -1. */
export const DIVISIONS = byOp<boolean | undefined>(
  { 'i32.div_s': true, 'i32.div_u': false, 'i32.rem_s': false, 'i32.rem_u': false },
  undefined,
);

const LEAST = -2147483648;
const MOST = 2147483647;
/** The interval that a value is in if it compares so with a constant. */
const COMPARED = byOp<((bound: number) => [number, number]) | undefined>(
  {
    'i32.eq': (k) => [k, k],
    'i32.ne': (k) => [k + 1, k - 1],
    'i32.lt_s': (k) => [LEAST, k - 1],
    'i32.le_s': (k) => [LEAST, k],
    'i32.gt_s': (k) => [k + 1, MOST],
    'i32.ge_s': (k) => [k, MOST],
    'i32.lt_u': (k) => [0, k - 1],
    'i32.le_u': (k) => [0, k],
    'i32.gt_u': (k) => [k + 1, -1],
    'i32.ge_u': (k) => [k, -1],
  },
  undefined,
);
