/** Which regions of a function that is too large become functions of their own. */
import type { FuncIR } from '../../3-lower/ir.ts';
import { type Candidate, findCandidates, MAX_BYTES, MIN_BYTES, type Region } from './candidates.ts';

/** What stands for a region. */
const CALL_BYTES = 250;

export interface Choice {
  readonly regions: readonly Region[];
  /** False if there are no more that could be cut out. */
  readonly suffices: boolean;
  /** How often one of them is entered when the function runs once, as it is guessed, in calls of the usual size. */
  readonly cost: number;
}

/** The regions of a function that could be cut out of it. */
export class Regions {
  private readonly candidates: readonly Candidate[];

  /** @param bytes size of the text before each position, about */
  constructor(ir: FuncIR, bytes: ArrayLike<number>) {
    this.candidates = findCandidates(ir, bytes);
  }

  /**
   * Those to cut out, so that `excess` bytes go: first what takes least for what it saves.
   * @param bytes size of the text before each position
   */
  choose(bytes: ArrayLike<number>, excess: number): Choice {
    const costed = this.candidates.flatMap((r): Costed[] => {
      const size = sizeOf(r, bytes);
      if (size < MIN_BYTES || size > MAX_BYTES) return [];
      const saves = size - CALL_BYTES;
      return [{ ...r, saves, price: r.cost / saves }];
    });
    costed.sort((a, b) => a.price - b.price || a.start - b.start);
    const chosen = new Set<Costed>();
    let left = excess;
    for (const r of costed) {
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
    const regions = [...chosen];
    return { regions, suffices: left <= 0, cost: regions.reduce((sum, c) => sum + c.cost, 0) };
  }
}
interface Costed extends Candidate {
  /** Bytes. */
  readonly saves: number;
  readonly price: number;
}

/** Bytes that are expected to leave a function with these regions. */
export function expectedSavings(regions: readonly Region[], bytes: ArrayLike<number>): number {
  return regions.reduce((sum, r) => sum + sizeOf(r, bytes) - CALL_BYTES, 0);
}
const sizeOf = ({ start, end }: Region, bytes: ArrayLike<number>): number => bytes[end + 1]! - bytes[start]!;
