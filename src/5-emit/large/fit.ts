/** Functions above the size up to which V8 optimises: the form in which they are printed. */
import type { FuncIR, Node } from '../../3-lower/ir.ts';
import type { FuncNotes } from '../../notes.ts';
import type { FuncCode } from '../js/scope.ts';
import { allAccesses, shorterAsCalls } from './accesses.ts';
import type { Region } from './candidates.ts';
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

/**
 * The function in a form that V8 optimises: spelled out if it is small enough, else with some accesses as calls, and some regions
 * as functions of their own. One that surely needs those is not spelled out first; they are chosen by a guess at its size.
 */
export function fitted(ir: FuncIR, print: Print, notes: FuncNotes | undefined): FuncCode {
  const { before, whole, least } = guessSizes(ir);
  if (least > OPTIMISED_LIMIT) {
    if (notes) notes.spelledOut = Math.round(whole);
    const reductions = new Reductions(ir, before, shorterAsCalls(ir, undefined));
    return reduced(reductions, print, likelyExcess(before[ir.code.length]!)).finish();
  }
  const spelledOut = print(new Set());
  if (spelledOut.bytes <= OPTIMISED_LIMIT) return spelledOut.finish();
  if (notes) notes.spelledOut = Math.round(spelledOut.bytes);
  const accesses = spelledOut.savings ? shorterAsCalls(ir, spelledOut.savings) : [];
  const reductions = new Reductions(ir, measured(spelledOut), accesses);
  return reduced(reductions, print, spelledOut.bytes - OPTIMISED_LIMIT + SLACK / 2).finish();
}

/** The function with calls for all its accesses, and cut if V8 would not optimise it even so. */
export function smallest(ir: FuncIR, print: Print, notes: FuncNotes | undefined): FuncCode {
  const compact = allAccesses(ir);
  const whole = print(compact);
  if (whole.bytes <= OPTIMISED_LIMIT) return whole.finish();
  if (notes) notes.spelledOut = Math.round(whole.bytes);
  const reductions = new Reductions(ir, measured(whole), []);
  return reduced(
    reductions,
    (_, regions) => print(compact, regions),
    whole.bytes - OPTIMISED_LIMIT + SLACK / 2,
  ).finish();
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
 * less or more is asked for as the last form had more or less than was asked for.
 */
function reduced(reductions: Reductions, print: Print, guessedExcess: number): Printed {
  let excess = guessedExcess;
  let before = '';
  let best: Printed | undefined;
  let few: Attempt | undefined;
  let many: Attempt | undefined;
  for (let attempt = 1; ; attempt++) {
    const { regions, compact, suffices } = reductions.choose(excess);
    const places = `${compact.size} ${regions.map((r) => `${r.start}-${r.end}`).join()}`;
    if (best && places === before) return best;
    before = places;
    const form = print(compact, regions);
    const left = form.bytes - OPTIMISED_LIMIT;
    if (!best || isBetter(form.bytes, best.bytes)) best = form;
    if (left > 0) few = { excess, left };
    else many = { excess, left };
    // Where all is done that can be, another attempt finds the same.
    const isDone = left > 0 ? !suffices : left > -SLACK;
    if (isDone || attempt === MOST_ATTEMPTS) return best;
    const saved = guessedExcess - SLACK / 2 - left;
    if (few && many) {
      const between = (few.left + SLACK / 2) / (few.left - many.left);
      excess = few.excess + between * (many.excess - few.excess);
    } else if (saved > 0) excess *= guessedExcess / saved;
    else excess += left + SLACK / 2;
  }
}
const MOST_ATTEMPTS = 4;
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
