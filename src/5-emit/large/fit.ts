/** Functions above the size up to which V8 optimises: the form in which they are printed. */
import type { Frame, FuncIR, Node } from '../../3-lower/ir.ts';
import type { FuncNotes } from '../../notes.ts';
import type { FuncCode } from '../js/scope.ts';
import { allAccesses, shorterAsCalls } from './accesses.ts';
import type { Region } from './candidates.ts';
import { groupCases, isDeep } from './cases.ts';
import { Reductions } from './reductions.ts';
import { guessSizes, OPTIMISED_LIMIT } from './size.ts';

export type Print = (compact: ReadonlySet<Node>, regions?: readonly Region[]) => Printed;
export interface Printed {
  /** Bytes of bytecode, about, of the function without those that were cut out of it. */
  readonly bytes: number;
  /** Length of its text without indentation. */
  readonly characters: number;
  /** Characters printed before each position. */
  readonly sizes: Int32Array;
  /** By node id: characters that an access is longer than a call for it would be. undefined in small functions. */
  readonly savings: Int32Array | undefined;
  readonly finish: () => FuncCode;
}

/** What a function is to become, and what has been found out about it. */
export interface Plan {
  /** Makes what prints the function as it is then. */
  readonly prepare: () => Print;
  /** Its cases have been brought together already. */
  readonly gathered: boolean;
  readonly notes: FuncNotes | undefined;
}

/**
 * The function in a form that V8 optimises: spelled out if it is small enough, else with some accesses as calls, and some regions
 * as functions of their own. One that surely needs those is not spelled out first; they are chosen by a guess at its size. If
 * they would not suffice, its cases are brought together first.
 */
export function fitted(ir: FuncIR, plan: Plan): FuncCode {
  const { prepare, gathered, notes } = plan;
  const { before, whole, least } = guessSizes(ir);
  const gathers = ({ reductions, excess }: Need): boolean =>
    !gathered && !reductions.choose(excess).suffices && gather(ir, before, notes);
  if (least > OPTIMISED_LIMIT) {
    if (notes) notes.spelledOut = Math.round(whole);
    const reductions = new Reductions(ir, before, shorterAsCalls(ir, undefined));
    const need = { reductions, excess: likelyExcess(before[ir.code.length]!) };
    return gathers(need) ? fitted(ir, { ...plan, gathered: true }) : reduced(need, prepare()).finish();
  }
  const print = prepare();
  const spelledOut = print(new Set());
  if (spelledOut.bytes <= OPTIMISED_LIMIT) return spelledOut.finish();
  if (notes) notes.spelledOut = Math.round(spelledOut.bytes);
  const accesses = spelledOut.savings ? shorterAsCalls(ir, spelledOut.savings) : [];
  const reductions = new Reductions(ir, measured(spelledOut), accesses);
  const need = { reductions, excess: spelledOut.bytes - OPTIMISED_LIMIT + SLACK / 2 };
  return gathers(need) ? fitted(ir, { ...plan, gathered: true }) : reduced(need, print).finish();
}

/** What could go of a function, and how many bytes of it have to. */
interface Need {
  readonly reductions: Reductions;
  readonly excess: number;
}

/** Brings the cases of tables together, if it can. */
function gather(ir: FuncIR, before: Float64Array, notes: FuncNotes | undefined): boolean {
  const cases = groupCases(ir, before);
  if (notes) notes.gathered = cases;
  return cases > 0;
}
/** The same in a function that parsers might find too deep; `flat` tells, where it is asked for, which frames take no level. */
export function gatherIfDeep(ir: FuncIR, flat: () => (frame: Frame) => boolean, notes: FuncNotes | undefined): boolean {
  return isDeep(ir) && isDeep(ir, flat()) && gather(ir, guessSizes(ir).before, notes);
}

/** The function with calls for all its accesses, and cut if V8 would not optimise it even so. */
export function smallest(ir: FuncIR, print: Print, notes: FuncNotes | undefined): FuncCode {
  const compact = allAccesses(ir);
  const whole = print(compact);
  if (whole.bytes <= OPTIMISED_LIMIT) return whole.finish();
  if (notes) notes.spelledOut = Math.round(whole.bytes);
  const reductions = new Reductions(ir, measured(whole), []);
  const need = { reductions, excess: whole.bytes - OPTIMISED_LIMIT + SLACK / 2 };
  return reduced(need, (_, regions) => print(compact, regions)).finish();
}

/** By position: bytes of bytecode before it, as they were printed. */
const measured = ({ sizes, bytes }: Printed): Float64Array =>
  Float64Array.from(sizes, (size) => (size * bytes) / sizes[sizes.length - 1]!);

/** What was asked to be saved, and by how much the form with that is too large. */
interface Attempt {
  readonly excess: number;
  readonly left: number;
}

/**
 * The function less what has to go. If it is still too large then, or much smaller than need be, it is printed anew: as much
 * less or more is asked for as the last forms had more or less than was asked for.
 */
function reduced({ reductions, excess: guessedExcess }: Need, print: Print): Printed {
  const attempts: Attempt[] = [];
  let excess = guessedExcess;
  let before = '';
  let best: Printed | undefined;
  for (;;) {
    const { regions, compact, suffices } = reductions.choose(excess);
    const places = `${compact.size} ${regions.map((r) => `${r.start}-${r.end}`).join()}`;
    if (best && places === before) {
      // A large region that came last saves more than was asked for: it takes more for another to come.
      if (best.bytes <= OPTIMISED_LIMIT || !suffices) return best;
      excess += SLACK / 2;
      continue;
    }
    before = places;
    const form = print(compact, regions);
    const left = form.bytes - OPTIMISED_LIMIT;
    if (!best || isBetter(form.bytes, best.bytes)) best = form;
    attempts.push({ excess, left });
    // Where all is done that can be, another attempt finds the same.
    const isDone = left > 0 ? !suffices : left > -SLACK;
    const most = best.bytes <= OPTIMISED_LIMIT ? MOST_ATTEMPTS : MOST_ATTEMPTS_ABOVE;
    if (isDone || attempts.length >= most) return best;
    excess = nextExcess(attempts, guessedExcess);
  }
}
/** So often a function is printed, and one that is still above the limit: running so takes longer than anything here. */
const MOST_ATTEMPTS = 4;
const MOST_ATTEMPTS_ABOVE = 8;

/** What to ask for after these attempts: between two that asked for too little and too much, or beyond the last one. */
function nextExcess(attempts: readonly Attempt[], guessedExcess: number): number {
  const last = attempts[attempts.length - 1]!;
  const others = attempts.slice(0, -1).reverse();
  const opposite = others.find(({ left }) => left > 0 !== last.left > 0);
  const other = opposite ?? others[0];
  if (other) {
    const slope = (other.left - last.left) / (last.excess - other.excess);
    if (slope > LEAST_SLOPE) return last.excess + (last.left + SLACK / 2) / slope;
  }
  const saved = guessedExcess - SLACK / 2 - last.left;
  return saved > 0 ? (last.excess * guessedExcess) / saved : last.excess + last.left + SLACK / 2;
}
/** Bytes that went for each that was asked for, at the least: fewer are chance. */
const LEAST_SLOPE = 0.1;

/**
 * What has to go of a function of a guessed size, as it turned out for large functions of Go, SQLite and QuickJS: less than the
 * guess says, since what regions leave behind, jumps above all, is small.
 */
const likelyExcess = (guess: number): number =>
  Math.max(0.9 * guess - OPTIMISED_LIMIT, 0.75 * (guess - OPTIMISED_LIMIT));
/** So many bytes less than need be are close enough. */
const SLACK = OPTIMISED_LIMIT / 20;

/** Of two sizes, that which V8 optimises; the larger of two such, which leaves more in place. */
function isBetter(a: number, b: number): boolean {
  return b > OPTIMISED_LIMIT ? a < b : a <= OPTIMISED_LIMIT && a > b;
}
