/** Which regions of a function that is too large become functions of their own. */
import { type FuncIR, Ir, isTerminator } from '../../3-lower/ir.ts';
import { frequencies } from '../../4-optimise/control/frequencies.ts';

/** Smaller regions are not worth a call, larger ones would not be optimised themselves. */
const MIN_BYTES = 350;
const MAX_BYTES = 40_000;
/** What stands for a region. */
const CALL_BYTES = 250;

export interface Region {
  /** First and last position. */
  readonly start: number;
  readonly end: number;
}

export interface Choice {
  readonly regions: readonly Region[];
  /** False if there are no more that could be cut out. */
  readonly suffices: boolean;
  /** How often one of them is entered when the function runs once, as `frequencies` guesses it. */
  readonly cost: number;
}

/**
 * Regions to cut out of a function, so that `excess` bytes go; `bytes` is the size of the text before each position. Those
 * first that are entered least often for what they save.
 */
export function chooseRegions(ir: FuncIR, bytes: ArrayLike<number>, excess: number): Choice {
  const heat = frequencies(ir);
  const fits = handlersStay(ir);
  const regions = candidates(ir).flatMap(({ start, end }): Costed[] => {
    const size = sizeOf({ start, end }, bytes);
    if (size < MIN_BYTES || size > MAX_BYTES || !fits({ start, end })) return [];
    return [{ start, end, saves: size - CALL_BYTES, cost: heat[start]! }];
  });
  regions.sort((a, b) => a.cost / a.saves - b.cost / b.saves || a.start - b.start);
  const chosen = new Set<Costed>();
  let left = excess;
  for (const r of regions) {
    if (left <= 0) break;
    const overlapping = [...chosen].filter((c) => c.start <= r.end && c.end >= r.start);
    // Regions lie apart or one in the other. One that is around others takes their place if that saves more.
    if (overlapping.some((c) => c.start <= r.start && c.end >= r.end)) continue;
    const gain = overlapping.reduce((sum, c) => sum - c.saves, r.saves);
    if (gain < MIN_BYTES - CALL_BYTES) continue;
    for (const c of overlapping) chosen.delete(c);
    chosen.add(r);
    left -= gain;
  }
  const list = [...chosen];
  return { regions: list, suffices: left <= 0, cost: list.reduce((sum, c) => sum + c.cost, 0) };
}
/** Bytes that are expected to leave a function with these regions. */
export function expectedSavings(regions: readonly Region[], bytes: ArrayLike<number>): number {
  return regions.reduce((sum, r) => sum + sizeOf(r, bytes) - CALL_BYTES, 0);
}
const sizeOf = ({ start, end }: Region, bytes: ArrayLike<number>): number => bytes[end + 1]! - bytes[start]!;

/** What a region saves, in bytes, and how often it is entered. */
interface Costed extends Region {
  readonly saves: number;
  readonly cost: number;
}

/** Is no variable that handlers of exceptions read shared between the region and what is around it? */
function handlersStay(ir: FuncIR): (r: Region) => boolean {
  const spans = new Map<number, { first: number; last: number; all: number[] }>();
  for (const [at, n] of ir.code.entries()) {
    if (n.op !== Ir.varGet && n.op !== Ir.varSet) continue;
    const span = spans.get(n.imm);
    if (!span) spans.set(n.imm, { first: at, last: at, all: [at] });
    else {
      span.last = at;
      span.all.push(at);
    }
  }
  const inside = ({ start, end }: Region, at: number): boolean => at >= start && at <= end;
  return (r) =>
    [...spans.values()].every(({ first, last, all }) => {
      if (inside(r, first) && inside(r, last)) return true;
      return !all.some((at) => inside(r, at));
    });
}

/** From the end of each inner block, and from the start of each arm, to where the frame around closes. */
function candidates(ir: FuncIR): Region[] {
  const regions: Region[] = [];
  const starts: number[][] = [[]];
  const close = (at: number, list: readonly number[]): void => {
    const { op } = ir.code[at - 1]!;
    // What follows a branch table may be its cases.
    if (!isTerminator(op) || op === Ir.switch) return;
    for (const start of list) if (start < at - 1) regions.push({ start, end: at - 1 });
  };
  for (let i = 0; i < ir.code.length; i++) {
    const { op } = ir.code[i]!;
    if (op === Ir.block || op === Ir.loop || op === Ir.try) starts.push([]);
    else if (op === Ir.if) starts.push([i + 1]);
    else if (op === Ir.else) {
      close(i, starts.pop()!);
      starts.push([i + 1]);
    } else if (op === Ir.end) {
      close(i, starts.pop()!);
      if (ir.code[i]!.frame!.kind !== 'loop') starts[starts.length - 1]!.push(i + 1);
    }
  }
  return regions;
}
