/**
 * Functions above V8's size limit are cut: regions of the code, such as the cases of a switch or the arms of an if, become
 * functions of their own.
 *
 * A region has one entry and leaves by branches only. It keeps the names of its variables: those that live into it become
 * parameters, and what it has written goes back, when it leaves, through cells `$o0`, `$o1`…; it returns a number that says
 * which way it left, and the caller goes on from there.
 */
import { type Frame, type FuncIR, Ir, type IrType, type Node, Type } from '../../3-lower/ir.ts';
import type { Ranges } from '../form/ranges.ts';
import type { Shape } from '../form/shape.ts';
import type { Trees } from '../form/trees.ts';
import type { Variables } from '../form/variables.ts';
import type { Region } from './candidates.ts';
import { variablesIn } from './names.ts';

/** A way out of a region, and the variables that it hands back on it. */
export interface Exit {
  readonly frame: Frame;
  readonly names: readonly { readonly name: string; readonly type: IrType }[];
}

/** Knows what a region shares with the code around it. */
export class Part {
  readonly name: string;
  readonly region: Region;
  /** Variables that hold a value when the region is entered. */
  readonly liveIn: ReadonlyMap<string, IrType>;
  /** The first position at which each variable may be assigned, and the last that runs before a way out is taken. */
  private readonly written: ReadonlyMap<string, number>;
  private readonly lastBefore: ReadonlyMap<Frame, number>;
  private readonly context: PartContext;
  /** The ways out, in order of first use. */
  readonly exits: Exit[] = [];

  constructor(name: string, region: Region, context: PartContext) {
    this.name = name;
    this.region = region;
    this.context = context;
    this.liveIn = liveNames(
      context,
      2 * region.start,
      (start, end) => start < 2 * region.start && end >= 2 * region.start,
    );
    this.written = firstWrites(context, region);
    this.lastBefore = lastBeforeExits(context, region);
  }

  isOutside(frame: Frame): boolean {
    return frame.kind === 'exit' || this.context.shape.begin.get(frame)! < this.region.start;
  }

  /** The number of the way out to a frame, and the variables to hand back on it. */
  exit(frame: Frame): { number: number; names: Exit['names'] } {
    let number = this.exits.findIndex((e) => e.frame === frame);
    if (number < 0) {
      const { begin, end } = this.context.shape;
      const lands = 2 * (frame.kind === 'loop' ? begin : end).get(frame)! + 1;
      const live = liveNames(this.context, lands, (start, end) => start <= lands && end > lands);
      const last = this.lastBefore.get(frame)!;
      // What nothing on the way has assigned, the caller still has.
      const names = [...live]
        .filter(([name]) => (this.written.get(name) ?? Number.POSITIVE_INFINITY) <= last)
        .map(([name, type]) => ({ name, type }));
      number = this.exits.push({ frame, names }) - 1;
    }
    return { number, names: this.exits[number]!.names };
  }
  /** The number of the way out that returns from the function. */
  returning(frame: Frame): number {
    const known = this.exits.findIndex((e) => e.frame === frame);
    return known >= 0 ? known : this.exits.push({ frame, names: [] }) - 1;
  }

  /** The function's declaration around its body, and the arguments of the call. */
  wrap(body: string): { text: string; args: string } {
    const used = variablesIn(body);
    const args = used.filter((name) => this.liveIn.has(name)).join(', ');
    const locals = used.filter((name) => !this.liveIn.has(name));
    const initial = (name: string): string => (/^[ruvwxy]/.test(name) ? name : `${name} = 0`);
    const head = locals.length === 0 ? '' : `\n var ${locals.map(initial).join(', ')};`;
    return { text: `function ${this.name}(${args}) {${head}${body}}\n`, args };
  }
}

export interface PartContext {
  readonly ir: FuncIR;
  readonly shape: Shape;
  readonly trees: Trees;
  readonly variables: Variables;
  readonly live: LiveIndex;
}

/** Names of variables whose values are live at a position in the sense of `isLive`, with their types. */
function liveNames(
  { live, variables }: PartContext,
  at: number,
  isLive: (start: number, end: number) => boolean,
): Map<string, IrType> {
  const names = new Map<string, IrType>();
  for (const list of live.near(at)) {
    for (const { value, start, end } of list) if (isLive(start, end)) names.set(variables.nameOf(value)!, value.type);
  }
  return names;
}

/** A segment of a value's life. */
interface Live {
  readonly value: Node;
  readonly start: number;
  readonly end: number;
}
const STRIDE = 256;

/** Finds the values that are live at a position without looking at all of them: lists by stretches of positions. */
export class LiveIndex {
  /** Segments that are live into a stretch, and those that start in it. */
  private readonly carried: Live[][] = [];
  private readonly started: Live[][] = [];

  constructor(values: readonly Node[], ranges: Ranges) {
    for (const value of values) {
      const bounds = ranges.of(value) ?? [];
      for (let k = 0; k < bounds.length; k += 2) this.add({ value, start: bounds[k]!, end: bounds[k + 1]! });
    }
  }
  private add(live: Live): void {
    const first = stretch(live.start);
    (this.started[first] ??= []).push(live);
    for (let i = first + 1; i <= stretch(live.end); i++) (this.carried[i] ??= []).push(live);
  }
  /** All segments that contain the position, ends included, and some others; in two lists. */
  near(at: number): (readonly Live[])[] {
    const i = stretch(at);
    return [this.carried[i] ?? [], this.started[i] ?? []];
  }
}
/** Parameters start before the first position. */
function stretch(at: number): number {
  return Math.max(0, Math.floor(at / STRIDE));
}

/** Variables that the region may assign, by statements or by the copies of its branches: where it does so first. */
function firstWrites({ ir, trees, variables }: PartContext, region: Region): Map<string, number> {
  const first = new Map<string, number>();
  const write = (at: number, name: string | undefined): void => {
    if (name !== undefined && !first.has(name)) first.set(name, at);
  };
  const copies = (at: number, { params }: Frame, args: readonly Node[]): void => {
    for (const [k, param] of params.entries()) {
      const name = variables.nameOf(param);
      if (variables.nameOf(args[k]!) !== name) write(at, name);
    }
  };
  for (let i = region.start; i <= region.end; i++) {
    const n = ir.code[i]!;
    if (n.type !== Type.none && trees.inline[n.id] === 0) write(i, variables.nameOf(n));
    if (n.op === Ir.loop) copies(i, n.frame!, n.frame!.init);
    if (n.targets) for (const t of n.targets) copies(i, t.frame, t.args);
  }
  return first;
}

/** By frame that the region branches out to: the last position in it that may have run before. */
function lastBeforeExits({ ir, shape }: PartContext, region: Region): Map<Frame, number> {
  const last = new Map<Frame, number>();
  // Of the outermost loop around, all may have run.
  let loopEnd = -1;
  for (let i = region.start; i <= region.end; i++) {
    const n = ir.code[i]!;
    if (n.op === Ir.loop && i > loopEnd) loopEnd = shape.end.get(n.frame!)!;
    if (n.targets) for (const t of n.targets) last.set(t.frame, Math.max(i, loopEnd));
  }
  return last;
}
