/**
 * Negations of which nobody sees the sign of a NaN. `-x` leaves that sign as it is, where WebAssembly's turns it, so that an exact
 * negation asks for NaNs first. Arithmetic and comparisons do not tell one NaN from another, and what only they take,
 * through selects, merges and further negations, is `-x`.
 *
 * Backward over those, from the values that anything else takes: stores, reinterpretations, calls, what leaves the function.
 */
import { type FuncIR, Ir, type Node } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { byOp, type OpName } from '../../wasm/opcodes.ts';
import { Incoming } from '../control/frames.ts';
import { isFloat, isNeg, partsOf } from './float-flow.ts';

export function simplifyNegations(ir: FuncIR, note?: Note): void {
  const negations = ir.code.filter(isNeg);
  if (negations.length === 0) return;
  const incoming = new Incoming(ir);
  const seen = new Set<Node>();
  const work = seenAtOnce(ir);
  for (let v = work.pop(); v !== undefined; v = work.pop()) {
    if (seen.has(v)) continue;
    seen.add(v);
    work.push(...partsOf(v, incoming));
  }
  const blind = negations.filter((n) => !seen.has(n));
  for (const n of blind) n.op = Ir.minus;
  note?.('negations of which nobody sees the sign of a NaN', blind.length);
  note?.('negations whose sign is seen', negations.length - blind.length);
}

/** Values that something takes which is neither blind nor hands them on to a value of this function. */
function seenAtOnce(ir: FuncIR): Node[] {
  const seen: Node[] = [];
  for (const n of ir.code) {
    if (!BLIND[n.op]) {
      const parts = isFloat(n) ? partsOf(n) : NONE;
      for (const v of n.inputs) if (isFloat(v) && !parts.includes(v)) seen.push(v);
    }
    for (const { frame, args } of n.targets ?? []) {
      if (frame === ir.exit) seen.push(...args.filter(isFloat));
    }
  }
  return seen;
}

const NONE: readonly Node[] = [];

/** Operations to which all NaN are the same; what they make of one is any NaN that arithmetic makes. */
const BLIND = byOp<boolean>(
  Object.fromEntries(
    (['f32', 'f64'] as const).flatMap((type) =>
      [
        ...['add', 'sub', 'mul', 'div', 'sqrt', 'min', 'max', 'ceil', 'floor', 'trunc', 'nearest'].map(
          (op) => `${type}.${op}`,
        ),
        ...['eq', 'ne', 'lt', 'gt', 'le', 'ge'].map((op) => `${type}.${op}`),
        ...['i32', 'i64'].flatMap((to) =>
          ['', 'sat_'].flatMap((how) => ['s', 'u'].map((sign) => `${to}.trunc_${how}${type}_${sign}`)),
        ),
        type === 'f32' ? 'f64.promote_f32' : 'f32.demote_f64',
      ].map((name) => [name as OpName, true] as const),
    ),
  ) as Partial<Record<OpName, boolean>>,
  false,
);
