/** Short names: one each, the frequent ones shortest, and none that something else has. */
import { describe, expect, it } from 'vitest';
import { shortened, withoutMath } from '../../../src/6-link/names.ts';

const short = (text: string, fixed: Record<string, string> = {}, ours: readonly string[] = []): string =>
  shortened(text, new Set(ours), new Map(Object.entries(fixed)));

describe('names', () => {
  it('are shortest where they are frequent, and the same everywhere', () => {
    expect(short('function $f1(p0) { i0 = p0 + p0; } function $f2(i0) { return $f1(i0) + i0; }')).toBe(
      'function c(b) { a = b + b; } function d(a) { return c(a) + a; }',
    );
  });
  it('in strings, of properties and keys, and of what the text does not declare stay', () => {
    const text = 'var $f0 = { i0: "i0 \\" $f0", v: i0.i0 }; Math.imul($f0, i0);';
    expect(short(text)).toBe('var a = { i0: "i0 \\" $f0", v: b.i0 }; Math.imul(a, b);');
  });
  it('are none that is used otherwise', () => {
    expect(short('b_c(i0, run);', { run: 'a', b_c: 'c' })).toBe('c(b, a);');
    expect(short('a(i0);')).toBe('a(b);');
    expect(() => short('fetch(i0);', { f: 'fetch' })).toThrow('fetch is taken');
  });
  it('are no reserved words, however many there are', () => {
    const all = Array.from({ length: 5000 }, (_, i) => `$f${i}`);
    const names = short(all.join(' ')).split(' ');
    expect(new Set(names).size).toBe(5000);
    for (const name of names) expect(() => new Function(`"use strict"; var ${name}`)).not.toThrow();
  });
  it('of labels are apart', () => {
    expect(short('L0: for (;;) { L1: { if (i0) break L1; continue L0; } break L0; }')).toBe(
      'a: for (;;) { b: { if (a) break b; continue a; } break a; }',
    );
  });
});

it('functions of Math that are frequent are variables', () => {
  const calls = 'f(Math.imul(i0, 3));'.repeat(8);
  const { text, declarations } = withoutMath(`${calls} Math.fround(i0); "Math.imul("; i0.Math.imul(1);`);
  expect(declarations).toBe('var $imul$ = Math.imul;\n');
  expect(text).toBe(`${'f($imul$(i0, 3));'.repeat(8)} Math.fround(i0); "Math.imul("; i0.Math.imul(1);`);
});
