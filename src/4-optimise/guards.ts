/**
 * Divisions behind a test of their divisor need none of their own: after `if (d)` d is not 0, and after LLVM's
 * `d - 1 >u -3` went the other way it is neither 0 nor -1. Likewise conversions of floats to i32, before which LLVM asks
 * whether `|x| < 2^31`, or `x < 2^32` and `x >= 0`.
 *
 * One walk in execution order keeps what the conditions on the way say about values. A condition on a sum with a constant or
 * a comparison with one puts a value in an interval of the circle of 32-bit numbers.
 */
import { type FuncIR, floatValue, isConst, isI32Const, type Node } from '../3-lower/ir.ts';
import type { Note } from '../notes.ts';
import { byOp, Effect, OP } from '../wasm/opcodes.ts';
import { Facts } from './control/facts.ts';
import { isAbs } from './floats/float-flow.ts';
import { isBoolean } from './fold/known.ts';

/** What may be known of a value: of an i32, of a float. */
const Is = { notZero: 1, notMinusOne: 2, withinI32: 4, notNegative: 8, below2To32: 16 } as const;

export function useGuards(ir: FuncIR, note?: Note): void {
  const traps = ir.code.filter((n) => neededOf(n) !== 0 && !isI32Const(guarded(n)));
  if (traps.length === 0) return;
  new Guards(ir).run();
  if (!note) return;
  const tested = traps.filter((n) => (n.effects & Effect.trap) !== 0).length;
  note('divisions and conversions behind a test of their operand', traps.length - tested);
  note('divisions and conversions keep their own test: no condition on the way excludes what traps', tested);
}
/** The operand that decides whether it traps. */
const guarded = (n: Node): Node => n.inputs[n.inputs.length - 1]!;

class Guards {
  private readonly ir: FuncIR;
  private readonly facts: Facts;

  constructor(ir: FuncIR) {
    this.ir = ir;
    this.facts = new Facts(ir, (condition, holds) => this.assume(condition, holds));
  }
  run(): void {
    for (const n of this.ir.code) {
      this.facts.pass(n);
      this.use(n);
    }
  }

  /** Takes in that a condition holds, or does not. */
  private assume(condition: Node, holds: boolean): void {
    const [c, is] = plain(condition, holds);
    const joins = c.op === (is ? OP['i32.and'] : OP['i32.or']) && c.inputs.every(isBoolean);
    // Chains of them stay: what is beyond the first two is not worth a walk.
    for (const part of joins ? c.inputs : [c]) {
      const [n, stands] = plain(part, is);
      if (stands) this.facts.add(n, Is.notZero);
      this.compared(n, stands);
      if (stands) this.bounded(n);
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
    this.facts.add(value, (has(0) ? 0 : Is.notZero) | (has(-1) ? 0 : Is.notMinusOne));
  }

  /** Takes in a comparison of a float that holds, which it does for no NaN. */
  private bounded({ op, inputs }: Node): void {
    const [value, bound] = inputs as [Node, Node];
    if ((op !== OP['f64.lt'] && op !== OP['f32.lt'] && op !== OP['f64.ge'] && op !== OP['f32.ge']) || !isConst(bound))
      return;
    const limit = floatValue(bound);
    if (op === OP['f64.ge'] || op === OP['f32.ge']) this.facts.add(value, limit >= 0 ? Is.notNegative : 0);
    else if (isAbs(value)) this.facts.add(value.inputs[0]!, limit <= 2 ** 31 ? Is.withinI32 : 0);
    else this.facts.add(value, limit <= 2 ** 32 ? Is.below2To32 : 0);
  }

  private use(n: Node): void {
    const needed = neededOf(n);
    if (needed === 0) return;
    const known = this.facts.known(guarded(n));
    if ((known & needed) === needed) n.effects &= ~Effect.trap;
  }
}

/** A condition without the negations around it. */
function plain(condition: Node, holds: boolean): [Node, boolean] {
  while (condition.op === OP['i32.eqz']) [condition, holds] = [condition.inputs[0]!, !holds];
  return [condition, holds];
}

const NEITHER = Is.notZero | Is.notMinusOne;
const WITHIN_U32 = Is.notNegative | Is.below2To32;
/** What has to be known of the last operand of an instruction so that it does not trap; 0 for all that no test guards. */
export const neededOf = (n: Node): number => GUARDED[n.op] ?? 0;
const GUARDED = byOp<number>(
  {
    'i32.div_s': NEITHER,
    'i32.div_u': Is.notZero,
    'i32.rem_s': Is.notZero,
    'i32.rem_u': Is.notZero,
    'i32.trunc_f32_s': Is.withinI32,
    'i32.trunc_f64_s': Is.withinI32,
    'i32.trunc_f32_u': WITHIN_U32,
    'i32.trunc_f64_u': WITHIN_U32,
  },
  0,
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
