/** What makes a function smaller that is too large: regions that become functions of their own, and accesses that become calls. */
import type { FuncIR, Node } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';
import type { Access } from './accesses.ts';
import { type Candidate, findCandidates, LEAST_SAVED, type Region } from './candidates.ts';
import { heatOf } from './heat.ts';

/** What an access takes longer as a call, over what the call of a region takes. */
const ACCESS = 1;

export interface Choice {
  readonly regions: readonly Region[];
  readonly compact: ReadonlySet<Node>;
  /** False if there is no more that could be saved. */
  readonly suffices: boolean;
}

/** What a function could save. */
export class Reductions {
  private readonly byPrice: readonly Reduction[];
  private readonly positions: number;

  /**
   * @param bytes size of the text before each position, about, with all accesses spelled out
   * @param accesses those that may become calls
   */
  constructor(ir: FuncIR, bytes: ArrayLike<number>, accesses: readonly Access[]) {
    const heat = heatOf(ir);
    this.positions = ir.code.length;
    const all: Reduction[] = [];
    for (const region of findCandidates(ir, bytes, heat)) {
      const { start, saves, cost } = region;
      all.push({ start, saves, price: cost / saves, region, access: undefined });
    }
    for (const access of accesses) {
      const { at, saves } = access;
      all.push({ start: at, saves, price: (heat[at]! * ACCESS) / saves, region: undefined, access: access.node });
    }
    this.byPrice = all.sort((a, b) => a.price - b.price || a.start - b.start);
  }

  /** What is to be done so that `excess` bytes go: first what takes least for what it saves. */
  choose(excess: number): Choice {
    const regions = new Map<Region, number>();
    /** By position: the access that becomes a call, and what that saves. */
    const calls = new Map<number, Node>();
    const saved = scratch.doubles(this.positions);
    const inside = scratch.bytes(this.positions);
    let left = excess;
    for (const { start, saves, region, access } of this.byPrice) {
      if (left <= 0) break;
      if (!region) {
        if (inside[start] === 1) continue;
        calls.set(start, access!);
        saved[start] = saves;
        left -= saves;
        continue;
      }
      // Regions lie apart or one in the other. One that is around others takes their place if that saves more.
      const overlapping = [...regions.keys()].filter((c) => c.start <= region.end && c.end >= region.start);
      if (overlapping.some((c) => c.start <= region.start && c.end >= region.end)) continue;
      let gain = saves;
      for (const c of overlapping) gain -= regions.get(c)!;
      // In a function of its own, accesses are spelled out.
      for (let i = start; i <= region.end; i++) gain -= saved[i]!;
      if (gain < LEAST_SAVED) continue;
      for (const c of overlapping) regions.delete(c);
      for (let i = start; i <= region.end; i++) {
        inside[i] = 1;
        if (saved[i] !== 0) calls.delete(i);
        saved[i] = 0;
      }
      regions.set(region, saves);
      left -= gain;
    }
    // The last one may have saved far more than was left to save.
    for (let i = this.byPrice.length - 1; i >= 0 && left < 0; i--) {
      const { start, saves, region } = this.byPrice[i]!;
      if (saves <= -left && (region ? regions.delete(region) : calls.delete(start))) left += saves;
    }
    return { regions: [...regions.keys()], compact: new Set(calls.values()), suffices: left <= 0 };
  }
}

interface Reduction {
  readonly start: number;
  /** Bytes of bytecode. */
  readonly saves: number;
  /** What it takes longer, for each byte. */
  readonly price: number;
  /** One of the two. */
  readonly region: Candidate | undefined;
  readonly access: Node | undefined;
}
