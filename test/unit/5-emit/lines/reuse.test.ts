/** Views that are read again: where the local variable may stand for them, and where it may not. */
import { describe, expect, it } from 'vitest';
import { reuseViews } from '../../../../src/5-emit/lines/reuse.ts';

/** The lines as they become; indentation stays as it is. */
function reused(...lines: string[]): string[] {
  const { text, locals } = reuseViews(lines.map((line, i) => `\n${' '.repeat(i % 3)}${line}`).join(''));
  expect(new Set(locals)).toEqual(new Set(text.match(/\by\d+\b/g)));
  const [before, ...became] = text.split('\n');
  expect(before).toBe('');
  return became.map((line, i) => {
    const indent = ' '.repeat(i % 3);
    expect(line.startsWith(indent)).toBe(true);
    return line.slice(indent.length);
  });
}
const A = 'i0 = $v0$.i32[p0] ?? i32_load_0(p0);';
const FIRST = 'i0 = (y0 = $v0$.i32)[p0] ?? i32_load_0(p0);';
const AGAIN = 'i0 = y0[p0] ?? i32_load_0(p0);';

describe('a view', () => {
  it('is in a local behind a read of it, in later lines and in the same', () => {
    expect(reused(A, A, A)).toEqual([FIRST, AGAIN, AGAIN]);
    expect(reused('if ($v0$.i32[u = p0] === undefined) i32_store_0(p0, 1); else $v0$.i32[u] = 1;')).toEqual([
      'if ((y0 = $v0$.i32)[u = p0] === undefined) i32_store_0(p0, 1); else y0[u] = 1;',
    ]);
    expect(reused('i0 = $v0$.i32[t = $v0$.i32[p0] ?? i32_load_0(p0)] ?? i32_load_0(t);')).toEqual([
      'i0 = (y0 = $v0$.i32)[t = y0[p0] ?? i32_load_0(p0)] ?? i32_load_0(t);',
    ]);
  });
  it('is read where it stands if it is read once, and each view has its own local', () => {
    expect(reused(A)).toEqual([A]);
    const both = 'i0 = $v0$.u8[p0] + $v1$.i32[p0] | 0;';
    expect(reused(both, both)).toEqual([
      'i0 = (y0 = $v0$.u8)[p0] + (y1 = $v1$.i32)[p0] | 0;',
      'i0 = y0[p0] + y1[p0] | 0;',
    ]);
  });
  it('is read anew behind a call, and within the line of one', () => {
    expect(reused(A, '$f1(p0);', A, A)).toEqual([A, '$f1(p0);', FIRST, AGAIN]);
    for (const call of ['(p0 ?? r1)(p1);', '$t0$e[p0](p1);', 'p0(p1);', 'i1 = i32_load(p0) + $f1(i32_load_0(p0));'])
      expect(reused(A, call, A)).toEqual([A, call, A]);
    expect(reused(A, 'i1 = memory_grow_0(p0);', A)).toEqual([A, 'i1 = memory_grow_0(p0);', A]);
    expect(reused(A, 'i1 = $f1($v0$.i32[p0]) + $v0$.i32[p0] | 0;', A)).toEqual([
      A,
      'i1 = $f1($v0$.i32[p0]) + $v0$.i32[p0] | 0;',
      A,
    ]);
    expect(reused(A, 'i1 = Math.imul(p0, 3);', A)).toEqual([FIRST, 'i1 = Math.imul(p0, 3);', AGAIN]);
  });
  it('is not certain behind a choice, an arm or a condition', () => {
    for (const doubtful of [
      'i0 = p0 ? $v0$.i32[1] : 2;',
      'if (p0 && $v0$.i32[1]) break L0;',
      'if (p0 || $v0$.i32[1]) break L0;',
      'if (p0) i0 = $v0$.i32[1];',
    ])
      expect(reused(doubtful, A)).toEqual([doubtful, A]);
    expect(reused(A, 'i0 = p0 ? $v0$.i32[1] : 2;')).toEqual([FIRST, 'i0 = p0 ? y0[1] : 2;']);
    expect(reused('if ($v0$.i32[1]) break L0;', A)).toEqual(['if ((y0 = $v0$.i32)[1]) break L0;', AGAIN]);
  });
  it('goes into the arms of an if, and behind it if neither loses it', () => {
    expect(reused(A, 'if (p0) {', A, '} else {', A, '}', A)).toEqual([
      FIRST,
      'if (p0) {',
      AGAIN,
      '} else {',
      AGAIN,
      '}',
      AGAIN,
    ]);
    expect(reused(A, 'if (p0) {', '$f1();', A, '} else {', A, '}', A)).toEqual([
      A,
      'if (p0) {',
      '$f1();',
      A,
      '} else {',
      A,
      '}',
      A,
    ]);
    expect(reused(A, 'if (p0) {', '$f1();', A, A, '}', A, A)).toEqual([
      A,
      'if (p0) {',
      '$f1();',
      FIRST,
      AGAIN,
      '}',
      FIRST,
      AGAIN,
    ]);
    expect(reused('if (p0) {', A, '}', A)).toEqual(['if (p0) {', A, '}', A]);
  });
  it('is lost at the end of an if in another, for the outer one too', () => {
    const lines = ['if (p0) {', 'if (p1) {', '$f1();', A, A, '}', '}'];
    expect(reused(A, ...lines, A)).toEqual([A, ...lines.slice(0, 3), FIRST, AGAIN, '}', '}', A]);
  });
  it('is lost where control comes from elsewhere: behind blocks with labels, in loops, cases and handlers', () => {
    for (const [open, ...rest] of [['L0: {'], ['L0: if (p0) {'], ['for (;;) {'], ['while (p0) {'], ['do {'], ['try {']])
      expect(reused(A, open!, ...rest, '}', A)).toEqual([A, open, ...rest, '}', A]);
    expect(reused(A, 'for (;;) {', A, '}')).toEqual([A, 'for (;;) {', A, '}']);
    expect(reused(A, 'switch (p0) {', 'case 0:', A, 'case 1:', A, '}')).toEqual([
      A,
      'switch (p0) {',
      'case 0:',
      A,
      'case 1:',
      A,
      '}',
    ]);
    expect(reused('try {', A, '} catch (e) {', A, '}', A)).toEqual(['try {', A, '} catch (e) {', A, '}', A]);
    expect(reused(A, 'L0: {', A, '}')).toEqual([FIRST, 'L0: {', AGAIN, '}']);
  });
});
