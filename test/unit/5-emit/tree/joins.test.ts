/** Assignments that become part of the statement behind them, and those that must not. */
import { describe, expect, it } from 'vitest';
import { join } from '../../../../src/5-emit/tree/joins.ts';

describe('an assignment joins', () => {
  it.each([
    ['i0 = f(p0);', 'g(i0, 4);', 'g(i0 = f(p0), 4);'],
    ['i0 = f(p0);', 'i1 = i0;', 'i1 = i0 = f(p0);'],
    ['i0 = f(p0);', 'return i0;', 'return i0 = f(p0);'],
    ['i0 = p0 + 1 | 0;', 'i1 = i0 + 4 | 0;', 'i1 = (i0 = p0 + 1 | 0) + 4 | 0;'],
    ['i0 = f(p0);', 'if (i0) {', 'if (i0 = f(p0)) {'],
    ['i0 = f(p0);', 'if (p1 === i0) break;', 'if (p1 === (i0 = f(p0))) break;'],
    ['i0 = f(p0);', '} while (i0 !== p1);', '} while ((i0 = f(p0)) !== p1);'],
    ['i0 = f(p0);', 'switch (i0) {', 'switch (i0 = f(p0)) {'],
    ['i0 = f(p0);', 'g(p1, Math.imul(p1, 3) + i0);', 'g(p1, Math.imul(p1, 3) + (i0 = f(p0)));'],
    ['i0 = f(p0);', '$g0$.v = i0;', '$g0$.v = i0 = f(p0);'],
    ['i0 = 0;', 'i1 = 0;', 'i1 = i0 = 0;'],
    ['i1 = i0 = p0;', 'i2 = p0;', 'i2 = i1 = i0 = p0;'],
    ['i0 = f(p0);', 'i1 = g(i0); i2 = $hi[0];', 'i1 = g(i0 = f(p0)); i2 = $hi[0];'],
  ])('%s %s', (before, after, both) => {
    expect(join(before, after)).toBe(both);
  });
});

describe('an assignment stays', () => {
  it.each([
    ['not read', 'i0 = f(p0);', 'g(i1);'],
    ['another name', 'i0 = f(p0);', 'g(i00);'],
    ['a property', 'i0 = f(p0);', 'g(a.i0);'],
    ['behind a call', 'i0 = f(p0);', 'i1 = g(p1) + i0;'],
    ['behind a global', 'i0 = f(p0);', 'i1 = $g0$ + i0;'],
    ['behind a view', 'i0 = f(p0);', 'i1 = $v0$.i32[4] + i0;'],
    ['behind a condition', 'i0 = f(p0);', 'i1 = p1 ? i0 : 0;'],
    ['behind an and', 'i0 = f(p0);', 'if (p1 && i0) {'],
    ['behind an or', 'i0 = f(p0);', 'if (p1 || i0) {'],
    ['what it changes is read first', 'i0 = f(i1 = p0);', 'g(i1, i0);'],
    ['the head of a loop', 'i0 = f(p0);', 'while (i0) {'],
    ['no assignment', 'f(p0);', 'g(i0);'],
    ['another literal', 'i0 = 0;', 'i1 = 1;'],
    ['two statements', 'i0 = f(p0); i1 = $hi[0];', 'g(i1);'],
  ])('%s', (_, before, after) => {
    expect(join(before, after)).toBeUndefined();
  });
});
