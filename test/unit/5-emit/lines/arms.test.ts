/** What both arms of an if assign first is assigned before it, where nothing can tell. */
import { describe, expect, it } from 'vitest';
import { commonStart, isAssignment } from '../../../../src/5-emit/lines/arms.ts';
import { emitted } from '../tree/emitted.ts';

const start = (head: string, first: string[], second: string[]): string[] => [...commonStart(head, first, second)];
const HEAD = 'if (p0 < i3) {';

describe('the start of both arms', () => {
  it('is what they share, in the order of the second', () => {
    expect(start(HEAD, ['i0 = 1;', 'i1 = p2;', 'd2 = -1.5;'], ['i1 = p2;', 'i4 = 7;', 'i0 = 1;'])).toEqual([
      'i1 = p2;',
      'i0 = 1;',
    ]);
  });
  it.each([
    ['what the condition reads', 'if (i0 < i3) {', ['i0 = 1;'], ['i0 = 1;']],
    ['what the condition assigns', 'if ($v0$.i32[t = i3 + 4 | 0] ?? i32_load_0(t)) {', ['i0 = t;'], ['i0 = t;']],
    ['different values', HEAD, ['i0 = 1;'], ['i0 = 2;']],
    ['what another one before it reads', HEAD, ['i1 = i0;', 'i0 = 1;'], ['i0 = 1;']],
    ['what another one before it assigns', HEAD, ['i1 = 3;', 'i0 = i1;'], ['i0 = i1;']],
    ['a variable that is assigned twice', HEAD, ['i0 = 1;', 'i0 = 2;'], ['i0 = 1;']],
  ] as const)('does not have %s', (_, head, first, second) => {
    expect(start(head, [...first], [...second])).toEqual([]);
  });
  it('is of names and literals alone', () => {
    const lines = [
      'i0 = 1;',
      'd0 = NaN;',
      'r1 = null;',
      'f0 = -2.5e-7;',
      'i0 = i1 + 1 | 0;',
      'i0 = f(1);',
      '$g0$ = 1;',
      'break;',
    ];
    expect(lines.filter(isAssignment)).toEqual(lines.slice(0, 4));
  });
});

describe('a loop behind a test', () => {
  it('has no other arm', async () => {
    const text = await emitted(`(memory 1) (func $f (param i32 i32) (result i32) (local i32)
      (local.set 2 (i32.const 7))
      (block (br_if 0 (i32.lt_s (local.get 1) (i32.const 1)))
        (loop
          (local.set 2 (i32.add (i32.load8_u (local.get 0)) (i32.mul (local.get 2) (i32.const 31))))
          (local.set 0 (i32.add (local.get 0) (i32.const 1)))
          (br_if 0 (i32.lt_s (local.get 2) (local.get 1)))))
      (i32.mul (local.get 0) (local.get 2)))`);
    expect(text).toMatch(/ i0 = 7;\n if \(p1 >= 1\) \{\n {2}do \{/);
    expect(text).not.toContain('else {');
  });
});
