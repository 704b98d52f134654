/** Minima and maxima of i32, as selects by a comparison of their arms, and which of them a branch predictor can follow. */
import { type Frame, type FuncIR, Ir, isI32Const, type Node, Type } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';
import { OP } from '../../wasm/opcodes.ts';
import { Incoming } from './frames.ts';

const LESS = new Set<number>((['i32.lt_s', 'i32.lt_u', 'i32.le_s', 'i32.le_u'] as const).map((name) => OP[name]));
const GREATER = (['i32.gt_s', 'i32.gt_u', 'i32.ge_s', 'i32.ge_u'] as const).map((name): number => OP[name]);
const COMPARISONS = new Set<number>([...LESS, ...GREATER]);

/** Is it true where the first operand is the less one, and not where it is the greater? */
export const isLess = (op: number): boolean => LESS.has(op);
/** Is it the greater or the less of two values that are not known now? */
export function isExtreme(a: Node, b: Node, c: Node): boolean {
  if (!COMPARISONS.has(c.op) || isI32Const(a) || isI32Const(b)) return false;
  const [x, y] = c.inputs;
  return (x === a && y === b) || (x === b && y === a);
}
export const isMinOrMax = ({ op, type, inputs }: Node): boolean =>
  op === OP.select && type === Type.i32 && isExtreme(inputs[0]!, inputs[1]!, inputs[2]!);

/** More values than this are not looked through for one such. */
const MAX_LOOKED = 64;

/**
 * Minima and maxima that are, through others at most, those of themselves in the round before. Where each round stores its
 * own, as in a table of dynamic programming, they are not: there, every round may be as good as another.
 */
export function runningExtremes(ir: FuncIR): ReadonlySet<Node> {
  const running = new Set<Node>();
  const incoming = new Incoming(ir);
  const places = loopPlaces(ir);
  const stored = ir.code.filter(isI32Store);
  for (const frame of incoming.frames) {
    const loop = places.loops.get(frame);
    if (loop === undefined) continue;
    const { start, end } = loop;
    const at = (n: Node): number => places.positions[n.id]!;
    const kept = stored.filter((s) => at(s) > start && at(s) < end && at(s.inputs[0]!) > start);
    frame.params.forEach((param, i) => {
      if (param.type !== Type.i32) return;
      const extremes = extremesOf(
        param,
        incoming
          .of(frame)
          .slice(1)
          .map((list) => list[i]!),
        incoming,
      );
      if (!kept.some((s) => extremes.includes(s.inputs[1]!))) for (const n of extremes) running.add(n);
    });
  }
  return running;
}

/** The minima and maxima between a parameter of a loop and the values that it gets from the round before. */
function extremesOf(param: Node, next: readonly Node[], incoming: Incoming): Node[] {
  const extremes: Node[] = [];
  // Whether the parameter is among what a value is made of; a value on a circle that is looked through already is not.
  const found = new Map<Node, boolean>([[param, true]]);
  const leads = (v: Node): boolean => {
    const known = found.get(v);
    if (known !== undefined || found.size > MAX_LOOKED) return known === true;
    found.set(v, false);
    const isExtreme = isMinOrMax(v);
    const parts = isExtreme ? v.inputs.slice(0, 2) : v.op === Ir.merge ? argsOf(v, incoming) : [];
    const does = parts.filter(leads).length > 0;
    found.set(v, does);
    if (does && isExtreme) extremes.push(v);
    return does;
  };
  next.forEach(leads);
  return extremes;
}

/** Where nodes and merges stand, by id, and where loops start and end. */
function loopPlaces(ir: FuncIR): {
  readonly positions: Int32Array;
  readonly loops: ReadonlyMap<Frame, { start: number; end: number }>;
} {
  const positions = scratch.words(ir.nodeCount);
  const loops = new Map<Frame, { start: number; end: number }>();
  ir.code.forEach((n, i) => {
    positions[n.id] = i;
    if (n.op === Ir.loop) {
      loops.set(n.frame!, { start: i, end: i });
      for (const p of n.frame!.params) positions[p.id] = i + 1;
    } else if (n.op === Ir.end && n.frame!.kind === 'loop') loops.get(n.frame!)!.end = i;
    else if (n.op === Ir.end) for (const p of n.frame!.params) positions[p.id] = i;
  });
  return { positions, loops };
}
const isI32Store = ({ op }: Node): boolean =>
  op === OP['i32.store'] || op === OP['i32.store16'] || op === OP['i32.store8'];
const argsOf = (merge: Node, incoming: Incoming): Node[] => {
  const at = merge.frame!.params.indexOf(merge);
  return incoming.of(merge.frame!).map((list) => list[at]!);
};
