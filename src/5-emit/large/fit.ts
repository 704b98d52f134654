/** Functions above the size up to which V8 optimises: the form in which they are printed. */
import type { FuncIR, Node } from '../../3-lower/ir.ts';
import type { FuncNotes } from '../../notes.ts';
import type { FuncCode } from '../js/scope.ts';
import type { Region } from './candidates.ts';
import { expectedSavings, Regions } from './regions.ts';
import { allAccesses, compactAccesses, guessSizes, OPTIMISED_LIMIT } from './size.ts';

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

/**
 * The function in a form that V8 optimises: spelled out if it is small enough, else cut into several functions or with accesses
 * as calls, whichever is expected to run longer without such a call. One that can only be cut is so at once, by a guess at its size.
 */
export function fitted(ir: FuncIR, print: Print, notes: FuncNotes | undefined): FuncCode {
  const { before, whole, least } = guessSizes(ir);
  if (least > OPTIMISED_LIMIT) {
    if (notes) notes.spelledOut = Math.round(whole);
    const excess = OF_GUESSED_EXCESS * (before[ir.code.length]! - OPTIMISED_LIMIT);
    return cut(new Regions(ir, before), print, before, excess, new Set()).finish();
  }
  const spelledOut = print(new Set());
  if (spelledOut.bytes <= OPTIMISED_LIMIT) return spelledOut.finish();
  if (notes) notes.spelledOut = Math.round(spelledOut.bytes);
  const excess = spelledOut.bytes - OPTIMISED_LIMIT;
  const bytes = measured(spelledOut);
  const regions = new Regions(ir, bytes);
  const cutting = regions.choose(bytes, excess);
  const compaction = spelledOut.savings && compactAccesses(ir, spelledOut.savings, excess);
  const prefersCuts =
    cutting.suffices && cutting.cost * REGION_PER_ACCESS <= (compaction?.cost ?? Number.POSITIVE_INFINITY);
  const forms = [() => compacted(ir, print, spelledOut), () => cut(regions, print, bytes, excess, new Set())];
  if (prefersCuts) forms.reverse();
  const first = forms[0]!();
  return (first && first.bytes <= OPTIMISED_LIMIT ? first : (forms[1]!() ?? first!)).finish();
}
/** What a region takes longer as a function of its own, over what an access does as a call: variables go to and fro. */
const REGION_PER_ACCESS = 4;
const MOST_ATTEMPTS = 3;

/** With as many accesses as calls as need be; undefined if that does not suffice. */
function compacted(ir: FuncIR, print: Print, spelledOut: Printed): Printed | undefined {
  const { savings } = spelledOut;
  let excess = spelledOut.bytes - OPTIMISED_LIMIT;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const compaction = savings && compactAccesses(ir, savings, excess);
    if (!compaction) return undefined;
    const shorter = print(compaction.accesses);
    const left = shorter.bytes - OPTIMISED_LIMIT;
    if (left <= 0) return shorter;
    // What calls save is known to a few characters each.
    excess += 2 * left;
  }
  return undefined;
}

/** The function with calls for all its accesses, and cut if V8 would not optimise it even so. */
export function smallest(ir: FuncIR, print: Print, notes: FuncNotes | undefined): FuncCode {
  const compact = allAccesses(ir);
  const whole = print(compact);
  if (whole.bytes <= OPTIMISED_LIMIT) return whole.finish();
  if (notes) notes.spelledOut = Math.round(whole.bytes);
  const bytes = measured(whole);
  return cut(new Regions(ir, bytes), print, bytes, whole.bytes - OPTIMISED_LIMIT, compact).finish();
}

/** By position: bytes of bytecode before it, as they were printed. */
const measured = ({ sizes, bytes, characters }: Printed): Float64Array =>
  Float64Array.from(sizes, (size) => (size * bytes) / characters);

/**
 * Cuts regions out, by the bytes before each position; anew, by what was printed, if it is still too large then, or if much
 * more was cut out than has to be.
 */
function cut(
  candidates: Regions,
  print: Print,
  guess: Float64Array,
  guessedExcess: number,
  compact: ReadonlySet<Node>,
): Printed {
  let bytes = guess;
  let excess = guessedExcess;
  let before = '';
  let best: Printed | undefined;
  for (let attempt = 1; ; attempt++) {
    const { regions, suffices } = candidates.choose(bytes, excess);
    const places = regions.map((r) => `${r.start}-${r.end}`).join();
    if (best && places === before) return best;
    before = places;
    const form = print(compact, regions);
    const left = form.bytes - OPTIMISED_LIMIT;
    if (!best || isBetter(form.bytes, best.bytes)) best = form;
    const fits = best.bytes <= OPTIMISED_LIMIT;
    // Where all regions are out that can be, another attempt finds the same.
    const isDone = fits ? attempt > 1 || left > -SLACK : !suffices;
    if (isDone || attempt === MOST_ATTEMPTS) return best;
    bytes = measured(form);
    // Beyond what the regions are expected to save: what their calls take.
    excess = left + expectedSavings(regions, bytes) + SLACK / 2;
  }
}
/** Regions have more of a function's text than the guess says, and what stays, its jumps above all, has less. */
const OF_GUESSED_EXCESS = 0.92;
/** So many bytes less than need be are close enough. */
const SLACK = OPTIMISED_LIMIT / 10;

/** Of two sizes, that which V8 optimises; the larger of two such, which leaves more in place. */
function isBetter(a: number, b: number): boolean {
  return b > OPTIMISED_LIMIT ? a < b : a <= OPTIMISED_LIMIT && a > b;
}
