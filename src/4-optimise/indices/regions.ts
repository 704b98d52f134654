/**
 * Where values are defined, and where a new node may stand: regions are the bodies of frames, the two arms of an `if` apart.
 * What stands earlier in a region, or in one around it, runs before.
 */
import { type FuncIR, Ir, isOpening, type Node } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';
import { paramsAt } from '../control/frames.ts';

class Region {
  readonly parent: Region | undefined;
  /** Position of the node that opens the frame; -1: the function's own region. */
  readonly opening: number;
  /** The innermost loop around it, itself included. */
  readonly loop: Region | undefined;
  /** Its number in the order of the text, and that of the last region inside it. */
  readonly first: number;
  last: number;

  constructor(parent: Region | undefined, opening: number, isLoop: boolean, first: number) {
    this.parent = parent;
    this.opening = opening;
    this.loop = isLoop ? this : parent?.loop;
    this.first = first;
    this.last = first;
  }
}

/** Where a value is defined: at the node of this position. */
interface Definition {
  readonly region: Region;
  readonly position: number;
}

export class Regions {
  /** In the order of the text; the first is the function's own. */
  private readonly all: Region[] = [new Region(undefined, -1, false, 0)];
  /** By position, the number of its region; an opening belongs to the region around it. */
  private readonly at: Int32Array;
  /** By position: the number of the region behind the node. */
  private readonly inside: Int32Array;
  /** By node id: the position after that of the definition; 0 for parameters of the function. */
  private readonly defined: Int32Array;

  constructor(ir: FuncIR) {
    const { all } = this;
    let region = all[0]!;
    this.at = scratch.words(ir.code.length);
    this.inside = scratch.words(ir.code.length);
    this.defined = scratch.words(ir.nodeCount);
    const open: number[] = [];
    for (let position = 0; position < ir.code.length; position++) {
      const n = ir.code[position]!;
      if (n.op === Ir.end || n.op === Ir.else) {
        region.last = all.length - 1;
        region = region.parent!;
      }
      this.at[position] = region.first;
      this.defined[n.id] = position + 1;
      for (const value of paramsAt(n)) this.defined[value.id] = position + 1;
      if (n.op === Ir.end) open.pop();
      else if (isOpening(n.op)) open.push(position);
      if (isOpening(n.op) || n.op === Ir.else) {
        const opening = open[open.length - 1]!;
        region = new Region(region, opening, n.op === Ir.loop, all.length);
        all.push(region);
      }
      this.inside[position] = region.first;
    }
    all[0]!.last = all.length;
  }

  private regionAt(position: number): Region {
    return this.all[this.at[position]!]!;
  }

  private definition(n: Node): Definition {
    const position = (this.defined[n.id] ?? 0) - 1;
    return { region: this.all[position < 0 ? 0 : this.inside[position]!]!, position };
  }

  /** Is `inner` the region `outer`, or inside it? */
  private contains(outer: Region, inner: Region): boolean {
    return inner.first >= outer.first && inner.first <= outer.last;
  }
  /** Is the position in a loop, and the value the same in all its rounds? */
  isInvariant(n: Node, position: number): boolean {
    const { loop } = this.regionAt(position);
    return loop !== undefined && !this.contains(loop, this.definition(n).region);
  }

  /**
   * The position for a node that is computed from a value and used at these positions, ascending: before the first of them and
   * whatever frame around it does not hold all others, and outside of loops in which the value stays the same. But a
   * value may reach what follows its frame, if all ways out of that pass it: then right behind the value.
   */
  anchor(positions: readonly number[], value: Node): number {
    const { region: from, position: defined } = this.definition(value);
    let [position] = positions as [number];
    let region = this.regionAt(position);
    const up = (): void => {
      position = region.opening;
      region = region.parent!;
    };
    for (const p of positions) while (!this.contains(region, this.regionAt(p))) up();
    for (let loop = region.loop; loop && !this.contains(loop, from); loop = region.loop) {
      while (region !== loop) up();
      up();
    }
    return Math.max(position, defined + 1);
  }
}
