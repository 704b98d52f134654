/** Sums for interpreters: their texts, and that each is the number it was, by running it. */
import { describe, expect, it } from 'vitest';
import { atom, binary, int, type Js } from '../../../../src/5-emit/js/expr.ts';
import { fromBool } from '../../../../src/5-emit/js/scalar.ts';
import { type Addend, i32Sum, sum } from '../../../../src/5-emit/tree/sums.ts';

const VALUES = { a: 2147483647, b: -2147483648, c: 5, d: -1, e: 0x12345678 };
const NAMES = Object.keys(VALUES) as (keyof typeof VALUES)[];

const term = (js: Js, minus = false): Addend => ({ js, minus, pure: true });
const [a, b, c] = NAMES.map((name) => term(atom(name))) as [Addend, Addend, Addend];
const less = (left: string, right: string): Addend =>
  term(fromBool(binary('<', atom(left), atom(right)), 'interpreter'));
const truth = less('d', 'e');
const away = (t: Addend): Addend => ({ ...t, minus: true });
const effect = (js: Js): Addend => ({ ...term(js), pure: false });
const long = binary('^', atom('a'.repeat(30)), atom('b'.repeat(30)));

const value = (text: string): number => new Function(...NAMES, `return ${text};`)(...Object.values(VALUES)) as number;
/** Term by term, as the specification adds. */
const meant = (terms: readonly Addend[]): number =>
  terms.reduce((total, { js, minus }) => (minus ? total - value(js.text) : total + value(js.text)) | 0, 0);

describe('sums for interpreters', () => {
  it.each<[string, Addend[], string]>([
    ['without a comparison', [a, away(b), c], 'a - b + c | 0'],
    ['a comparison with the last of two', [a, b, truth], 'a + (d < e ? b + 1 : b) | 0'],
    ['nothing else', [truth, c], 'd < e ? c + 1 | 0 : c'],
    ['subtracted', [c, away(truth)], 'd < e ? c - 1 | 0 : c'],
    ['of what is subtracted', [a, away(b), truth], 'a - (d < e ? b - 1 : b) | 0'],
    ['both', [a, away(b), away(truth)], 'a - (d < e ? b + 1 : b) | 0'],
    ['a literal, whatever else there is', [a, term(int(-1)), truth], 'a + (d < e ? 0 : -1) | 0'],
    ['the largest literal', [term(int(2147483647)), truth], 'd < e ? -2147483648 : 2147483647'],
    ['one more than terms', [a, truth, less('a', 'b')], '(a < b ? 1 : 0) + (d < e ? a + 1 : a) | 0'],
    [
      'effects in order',
      [a, away(effect(atom('f()'))), effect(atom('g()')), truth],
      '(d < e ? a + 1 : a) - f() + g() | 0',
    ],
    [
      'effects in order',
      [truth, away(effect(atom('f()'))), away(b), effect(atom('g()'))],
      '0 - f() + g() - (d < e ? b - 1 : b) | 0',
    ],
    ['long terms only', [term(long), truth], `(d < e ? 1 : 0) + (${long.text}) | 0`],
    ['effects, which are had once', [effect(atom('f()')), truth], '(d < e ? 1 : 0) + f() | 0'],
    ['a comparison with effects, which stays', [a, { ...truth, pure: false }, b], 'a + (d < e ? 1 : 0) + b | 0'],
    ['what nothing but it adds', [truth, away(b)], '0 - (d < e ? b - 1 : b) | 0'],
    [
      'no term but subtracted ones left',
      [a, truth, away(b), away(less('a', 'b'))],
      '(a < b ? a - 1 : a) - (d < e ? b - 1 : b) | 0',
    ],
  ])('%s', (_, terms, text) => {
    const js = i32Sum(terms);
    expect(js.text).toBe(text);
    if (terms.every((t) => t.pure && t.js !== long)) expect(value(js.text)).toBe(meant(terms));
  });

  it('any terms in any order', () => {
    let seed = 1;
    const upTo = (n: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) | 0;
      return (seed >>> 8) % n;
    };
    const name = (): string => NAMES[upTo(NAMES.length)]!;
    const any = (): Addend =>
      [
        () => term(atom(name())),
        () => less(name(), name()),
        () => term(int(upTo(2 ** 24) - 2 ** 23)),
        () => term(binary('^', atom(name()), atom(name()))),
      ][upTo(4)]!();
    for (let round = 0; round < 500; round++) {
      const terms = [any(), ...Array.from({ length: upTo(9) + 1 }, () => ({ ...any(), minus: upTo(2) === 1 }))];
      expect(value(i32Sum(terms).text), i32Sum(terms).text).toBe(meant(terms));
      expect(value(sum(terms).text) | 0).toBe(meant(terms));
    }
  });
});
