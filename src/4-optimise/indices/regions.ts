/**
 * Where values are defined, and where a new node may stand: regions are the bodies of frames, the two arms of an `if` apart.
 * What stands earlier in a region, or in one around it, runs before.
 */
import { type FuncIR, Ir, isOpening, type Node } from '../../3-lower/ir.ts';
import { paramsAt } from '../control/frames.ts';

export interface Region {
  readonly parent: Region | undefined;
  readonly depth: number;
  /** Position of the node that opens the frame; -1: the function's own region. */
  readonly opening: number;
  readonly isLoop: boolean;
}

/** Where a value is defined: at the node of this position. */
interface Definition {
  readonly region: Region;
  readonly position: number;
}

export class Regions {
  private readonly root: Region = { parent: undefined, depth: 0, opening: -1, isLoop: false };
  /** By position; an opening belongs to the region around it. */
  private readonly at: Region[] = [];
  /** By position: the region behind the node. */
  private readonly inside: Region[] = [];
  /** By node id: the position after that of the definition; 0 for parameters of the function. */
  private readonly defined: Int32Array;

  constructor(ir: FuncIR) {
    let region = this.root;
    this.defined = new Int32Array(ir.nodeCount);
    const open: number[] = [];
    for (let position = 0; position < ir.code.length; position++) {
      const n = ir.code[position]!;
      if (n.op === Ir.end || n.op === Ir.else) region = region.parent!;
      this.at.push(region);
      this.defined[n.id] = position + 1;
      for (const value of paramsAt(n)) this.defined[value.id] = position + 1;
      if (n.op === Ir.end) open.pop();
      else if (isOpening(n.op)) open.push(position);
      if (isOpening(n.op) || n.op === Ir.else) {
        const opening = open[open.length - 1]!;
        region = { parent: region, depth: region.depth + 1, opening, isLoop: n.op === Ir.loop };
      }
      this.inside.push(region);
    }
  }

  private definition(n: Node): Definition {
    const position = (this.defined[n.id] ?? 0) - 1;
    return { region: position < 0 ? this.root : this.inside[position]!, position };
  }

  /** The innermost loop around a region, itself included. */
  private loopOf(region: Region): Region | undefined {
    let r: Region | undefined = region;
    while (r && !r.isLoop) r = r.parent;
    return r;
  }
  /** Is `inner` the region `outer`, or inside it? */
  private contains(outer: Region, inner: Region): boolean {
    let r: Region | undefined = inner;
    while (r && r.depth > outer.depth) r = r.parent;
    return r === outer;
  }
  /** Is the position in a loop, and the value the same in all its rounds? */
  isInvariant(n: Node, position: number): boolean {
    const loop = this.loopOf(this.at[position]!);
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
    let region = this.at[position]!;
    const up = (): void => {
      position = region.opening;
      region = region.parent!;
    };
    for (const p of positions) while (!this.contains(region, this.at[p]!)) up();
    for (let loop = this.loopOf(region); loop && !this.contains(loop, from); loop = this.loopOf(region)) {
      while (region !== loop) up();
      up();
    }
    return Math.max(position, defined + 1);
  }
}
