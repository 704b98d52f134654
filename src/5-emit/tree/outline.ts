/**
 * Functions that even compact accesses do not bring under V8's size limit are cut: regions of the code, such as the cases
 * of a switch or the arms of an if, become functions of their own.
 *
 * A region has one entry and leaves by branches only. It keeps the names of its variables: those that live into it become
 * parameters, and what it has written goes back, when it leaves, through cells `$o0`, `$o1`…; it returns a number that says
 * which way it left, and the caller goes on from there.
 */
import { type Frame, type FuncIR, Ir, isTerminator, type Node, Type } from '../../3-lower/ir.ts';
import { frequencies } from '../../4-optimise/control/frequencies.ts';
import type { Range, Ranges } from './ranges.ts';
import type { Shape } from './shape.ts';
import type { Trees } from './trees.ts';
import type { Variables } from './variables.ts';

/** Smaller regions are not worth a call, larger ones would not be optimised themselves. */
const MIN_BYTES = 300;
const MAX_BYTES = 40_000;
/** What stands for a region. */
const CALL_BYTES = 150;

export interface Region {
  /** First and last position. */
  readonly start: number;
  readonly end: number;
}

export interface Choice {
  readonly regions: readonly Region[];
  /** False if there are no more that could be cut out. */
  readonly suffices: boolean;
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
    if (gain < MIN_BYTES) continue;
    for (const c of overlapping) chosen.delete(c);
    chosen.add(r);
    left -= gain;
  }
  return { regions: [...chosen], suffices: left <= 0 };
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

/** Knows what a region shares with the code around it. */
export class Part {
  readonly name: string;
  readonly region: Region;
  /** Variables that hold a value when the region is entered. */
  readonly liveIn: ReadonlySet<string>;
  /** The first position at which each variable may be assigned, and the last that runs before a way out is taken. */
  private readonly written: ReadonlyMap<string, number>;
  private readonly lastBefore: ReadonlyMap<Frame, number>;
  private readonly context: PartContext;
  /** The ways out, in order of first use. */
  readonly exits: { readonly frame: Frame; readonly names: readonly string[] }[] = [];

  constructor(name: string, region: Region, context: PartContext) {
    this.name = name;
    this.region = region;
    this.context = context;
    this.liveIn = liveNames(context, 2 * region.start, (r) => r.start < 2 * region.start && r.end >= 2 * region.start);
    this.written = firstWrites(context, region);
    this.lastBefore = lastBeforeExits(context, region);
  }

  isOutside(frame: Frame): boolean {
    return frame.kind === 'exit' || this.context.shape.begin.get(frame)! < this.region.start;
  }

  /** The number of the way out to a frame, and the variables to hand back on it. */
  exit(frame: Frame): { number: number; names: readonly string[] } {
    let number = this.exits.findIndex((e) => e.frame === frame);
    if (number < 0) {
      const { begin, end } = this.context.shape;
      const lands = 2 * (frame.kind === 'loop' ? begin : end).get(frame)! + 1;
      const live = liveNames(this.context, lands, (r) => r.start <= lands && r.end > lands);
      const last = this.lastBefore.get(frame)!;
      // What nothing on the way has assigned, the caller still has.
      const names = [...live].filter((name) => (this.written.get(name) ?? Number.POSITIVE_INFINITY) <= last);
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
    const initial = (name: string): string => (/^[ruxw]/.test(name) || name.startsWith('v') ? name : `${name} = 0`);
    const head = locals.length === 0 ? '' : `\n var ${locals.map(initial).join(', ')};`;
    return { text: `function ${this.name}(${args}) {${head}${body}}\n`, args };
  }
}

/**
 * The function's own variables that a text names, in order of first use: a letter and a number, for a handler's upper words
 * with `h`, `h2` or `h3` behind, or a letter alone. By hand: a regular expression makes a string of each that it finds.
 */
export function variablesIn(text: string): string[] {
  const seen = new Set<number>();
  for (let i = 0; i < text.length; i++) {
    if (classOf(text, i) === OTHER) continue;
    const start = i;
    const letter = text.charCodeAt(i++);
    let number = 0;
    while (classOf(text, i) === DIGIT) number = (10 * number + text.charCodeAt(i++) - ZERO) & 0xffffff;
    const digits = i - start - 1;
    let word = 0;
    if (letter === W && digits > 0 && text.charCodeAt(i) === H) {
      word = text.charCodeAt(++i) - ZERO;
      if (word === 2 || word === 3) i++;
      else word = 1;
    }
    const ends = classOf(text, i) === OTHER;
    while (classOf(text, i) !== OTHER) i++;
    if (!ends || text.charCodeAt(start - 1) === DOT) continue;
    const form = (digits === 0 ? ALONE : NUMBERED)[letter] ?? 0;
    if (form === 1) seen.add(digits === 0 ? -letter : ((letter << 24) | number) * 4 + word);
  }
  return [...seen].map((key) => {
    if (key < 0) return String.fromCharCode(-key);
    const whole = Math.floor(key / 4);
    return `${String.fromCharCode(whole >> 24)}${whole & 0xffffff}${HIGH_WORDS[key % 4]}`;
  });
}
const [OTHER, LETTER, DIGIT] = [0, 1, 2];
/** What follows the number of a handler's variable, by the word of the value that it holds. */
export const HIGH_WORDS = ['', 'h', 'h2', 'h3'];
const [ZERO, DOT, W, H] = ['0', '.', 'w', 'h'].map((c) => c.charCodeAt(0)) as [number, number, number, number];
const CLASSES = Uint8Array.from({ length: 128 }, (_, c) => {
  const text = String.fromCharCode(c);
  return /\d/.test(text) ? DIGIT : /[\w$]/.test(text) ? LETTER : OTHER;
});
function classOf(text: string, i: number): number {
  if (i >= text.length) return OTHER;
  const c = text.charCodeAt(i);
  return c < 128 ? CLASSES[c]! : OTHER;
}
const among = (letters: string): Uint8Array =>
  Uint8Array.from({ length: 128 }, (_, c) => (letters.includes(String.fromCharCode(c)) ? 1 : 0));
const NUMBERED = among('idfrupvxw');
const ALONE = among('tu');

export interface PartContext {
  readonly ir: FuncIR;
  readonly shape: Shape;
  readonly trees: Trees;
  readonly variables: Variables;
  readonly live: LiveIndex;
}

/** Names of variables whose values are live at a position in the sense of `isLive`. */
function liveNames({ live, variables }: PartContext, at: number, isLive: (r: Range) => boolean): Set<string> {
  const names = new Set<string>();
  for (const list of live.near(at)) {
    for (const { value, range } of list) if (isLive(range)) names.add(variables.nameOf(value)!);
  }
  return names;
}

interface Live {
  readonly value: Node;
  readonly range: Range;
}
const STRIDE = 256;

/** Finds the values that are live at a position without looking at all of them: lists by stretches of positions. */
export class LiveIndex {
  /** Values that are live into a stretch, and those that start in it. */
  private readonly carried: Live[][] = [];
  private readonly started: Live[][] = [];

  constructor(values: readonly Node[], ranges: Ranges) {
    for (const value of values) {
      const range = ranges.of(value);
      if (!range) continue;
      const live = { value, range };
      const first = stretch(range.start);
      (this.started[first] ??= []).push(live);
      for (let i = first + 1; i <= stretch(range.end); i++) (this.carried[i] ??= []).push(live);
    }
  }
  /** All values whose range, ends included, contains the position, and some others; in two lists. */
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
