/** The regions of a large function that could become functions of their own, and what calls of them would take. */
import { type Frame, type FuncIR, Ir, isConst, isOpening, isTerminator, type Node } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';

/** Smaller regions are not worth a call, larger ones would not be optimised themselves. */
const MIN_BYTES = 200;
const MAX_BYTES = 40_000;
/** Nor are those that save less. */
export const LEAST_SAVED = 100;

export interface Region {
  /** First and last position. */
  readonly start: number;
  readonly end: number;
}
interface Sized extends Region {
  /** Bytes of bytecode. */
  readonly size: number;
}
export interface Candidate extends Region {
  /** Bytes of bytecode that it has more than its call. */
  readonly saves: number;
  /** How often it is entered when the function runs once, by the guess of `heatOf`, times what a call takes: about 1. */
  readonly cost: number;
}

/** What a call takes, by what goes to and fro: V8 pushes each parameter as a tagged value, and checks it where it is used. */
const [CALL, PER_PARAMETER, PER_RESULT] = [0.4, 0.08, 0.05];
/** The bytes of bytecode of a call, as they are estimated (`size.ts`); a way out assigns two variables besides its results, often. */
const [CALL_BYTES, BYTES_PER_PARAMETER, BYTES_PER_RESULT, BYTES_PER_WAY] = [14, 6, 11, 25];

/**
 * Regions from the end of each inner block, and from the start of each arm, to where the frame around closes.
 * @param bytes size of the text before each position
 * @param heat how often each position runs
 */
export function findCandidates(ir: FuncIR, bytes: ArrayLike<number>, heat: ArrayLike<number>): Candidate[] {
  const fits = handlersStay(ir);
  const traffic = new Traffic(ir);
  return placesOf(ir, bytes)
    .filter(fits)
    .map(({ start, end, size }) => {
      const { takes, bytes } = traffic.of({ start, end });
      return { start, end, cost: heat[start]! * takes, saves: size - bytes };
    })
    .filter(({ saves }) => saves >= LEAST_SAVED);
}

function placesOf({ code }: FuncIR, bytes: ArrayLike<number>): Sized[] {
  const places: Sized[] = [];
  const starts: number[][] = [[]];
  const close = (end: number, list: readonly number[]): void => {
    const { op } = code[end]!;
    // What follows a branch table may be its cases.
    if (!isTerminator(op) || op === Ir.switch) return;
    for (const start of list) {
      const size = bytes[end + 1]! - bytes[start]!;
      if (start < end && size >= MIN_BYTES && size <= MAX_BYTES) places.push({ start, end, size });
    }
  };
  for (let i = 0; i < code.length; i++) {
    const { op, frame } = code[i]!;
    if (op === Ir.block || op === Ir.loop || op === Ir.try) starts.push([]);
    else if (op === Ir.if) starts.push([i + 1]);
    else if (op === Ir.else) {
      close(i - 1, starts.pop()!);
      starts.push([i + 1]);
    } else if (op === Ir.end) {
      close(i - 1, starts.pop()!);
      if (frame!.kind !== 'loop') starts[starts.length - 1]!.push(i + 1);
    }
  }
  return places;
}

/** What goes into regions and out of them. */
class Traffic {
  private readonly code: readonly Node[];
  /** By node id: where a value is defined; parameters before all else. */
  private readonly definedAt: Int32Array;
  private readonly begin = new Map<Frame, number>();
  /** By node id: number of the last region, from 1, for which a value has been counted. */
  private readonly counted: Int32Array;
  private regions = 0;

  constructor(ir: FuncIR) {
    const { code } = ir;
    this.code = code;
    this.definedAt = scratch.words(ir.nodeCount, -1);
    this.counted = scratch.words(ir.nodeCount);
    for (let i = 0; i < code.length; i++) {
      const n = code[i]!;
      this.definedAt[n.id] = i;
      const { frame } = n;
      if (!frame) continue;
      if (isOpening(n.op)) this.begin.set(frame, i);
      // What a loop merges is there from its head on, what others do from their end.
      if (n.op === (frame.kind === 'loop' ? Ir.loop : Ir.end)) for (const p of frame.params) this.definedAt[p.id] = i;
    }
  }

  /** What a call of the region takes, in time and in bytes of bytecode. */
  of({ start, end }: Region): { takes: number; bytes: number } {
    const mark = ++this.regions;
    const ways = new Map<Frame, number>();
    let passed = 0;
    const count = (values: readonly Node[]): void => {
      for (const v of values) {
        if (isConst(v) || this.counted[v.id] === mark || this.definedAt[v.id]! >= start) continue;
        this.counted[v.id] = mark;
        passed++;
      }
    };
    for (let i = start; i <= end; i++) {
      const n = this.code[i]!;
      count(n.inputs);
      if (n.op === Ir.loop) count(n.frame!.init);
      if (!n.targets) continue;
      for (const { frame, args } of n.targets) {
        count(args);
        if ((this.begin.get(frame) ?? -1) < start) ways.set(frame, args.length);
      }
    }
    let results = 0;
    for (const args of ways.values()) results += args;
    return {
      takes: CALL + PER_PARAMETER * passed + (PER_RESULT * results) / Math.max(1, ways.size),
      bytes: CALL_BYTES + BYTES_PER_PARAMETER * passed + BYTES_PER_RESULT * results + BYTES_PER_WAY * ways.size,
    };
  }
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
