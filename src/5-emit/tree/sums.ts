/**
 * Sums of i32 values for interpreters, which count steps: a carry or another comparison is not made a number, to be added,
 * but chooses between a term and that term plus one. `a + b + (x < y ? 1 : 0)` is `a + (x < y ? b + 1 : b)`.
 */
import { conditional, int, isName, type Js, loose, withLoose } from '../js/expr.ts';
import { plus, toInt32 } from '../js/scalar.ts';

/** A part of a sum. */
export interface Addend {
  readonly js: Js;
  readonly minus: boolean;
  /** It has no effects and may be written twice, or elsewhere in the sum. */
  readonly pure: boolean;
}

/** Terms of more characters than this are not written twice. */
const MOST_REPEATED = 40;

/** The sum as an i32. */
export function i32Sum(terms: readonly Addend[]): Js {
  const joined = joinTruths(terms);
  const [only] = joined;
  if (joined.length > 1 || !only?.truth) return toInt32(chain(joined));
  // Where it is not the sum it is an i32 already.
  return withLoose(choice(only, toInt32), choice(only));
}

/** The sum without the final `| 0`. */
export function sum(terms: readonly Addend[]): Js {
  return chain(joinTruths(terms));
}

interface Joined extends Addend {
  /** Where this is true, one more, or less. */
  readonly truth?: Addend;
}

/**
 * Each truth value with the term that it changes by one, behind the others: those need no register of their own then. What is
 * left is at the front, while the sum is small.
 */
function joinTruths(terms: readonly Addend[]): Joined[] {
  const alone: Joined[] = terms.filter((t) => !isTruth(t));
  const joined: Joined[] = [];
  const left: Joined[] = [];
  for (const truth of terms.filter(isTruth)) {
    const at = shortest(alone);
    if (at < 0) left.push(truth);
    else joined.push({ ...alone.splice(at, 1)[0]!, truth });
  }
  const all = [...left, ...alone, ...joined];
  if (all[0]!.minus) {
    // From what is the first to be subtracted? Not from a term whose effects come later.
    const at = all.findIndex((t) => !t.minus && t.pure);
    all.unshift(at < 0 ? { js: int(0), minus: false, pure: true } : all.splice(at, 1)[0]!);
  }
  return all;
}
const isTruth = (t: Addend): boolean => t.pure && t.js.loose?.bool === true;

/** The term to be written twice, at best a literal; -1: none is short enough. */
function shortest(terms: readonly Addend[]): number {
  let best = -1;
  let least = MOST_REPEATED + 1;
  terms.forEach(({ js, pure }, i) => {
    const length = js.value !== undefined ? 0 : isName(js) ? 1 : js.text.length;
    if (pure && length <= least && length <= MOST_REPEATED) [best, least] = [i, length];
  });
  return best;
}

function chain(terms: readonly Joined[]): Js {
  let js: Js | undefined;
  for (const term of terms) {
    const next = term.truth ? choice(term) : term.js;
    js = js ? plus(js, next, term.minus) : next;
  }
  return js!;
}
function choice({ js, minus, truth }: Joined, finish = (sum: Js): Js => sum): Js {
  const less = truth!.minus !== minus;
  const changed = js.value === undefined ? finish(plus(js, int(1), less)) : int((js.value + (less ? -1 : 1)) | 0);
  return conditional(loose(truth!.js), changed, js);
}
