/** The variables that a text names: what a region that becomes a function declares. */
import { describe, expect, it } from 'vitest';
import { variablesIn } from '../../../../src/5-emit/large/names.ts';

/** The same, by a regular expression. */
const expected = (text: string): string[] => [
  ...new Set(text.match(/(?<![\w$.])(?:[idfrupvx]\d+|w\d+(?:h[23]?)?|[tu])(?![\w$])/g)),
];

describe('variablesIn', () => {
  for (const text of [
    'i0 = i1 + p0 | 0; i0 = $i3 + i4$ + a.i5 + i6h;',
    'w0h = w0; w1h = w12; w = wh; w3hh = 1;',
    'w30h2 = w30h3 + w30h1 + w30h22 + w30h4 + w31h2; w1h2h = w3h3_',
    't = u; tt = u_; u.t = t; $t = 1',
    'x12 = f64_load_0(d7, 8), r9(v10) + 1e5 + 0x10 + 12',
    'L7: for (;;) { if (i10 === i100) break L7; }',
    'é1 = i2; i3é; "i4"',
    'i7',
    '',
  ]) {
    it(JSON.stringify(text), () => {
      expect(variablesIn(text)).toEqual(expected(text));
    });
  }
  it('finds something at all', () => expect(variablesIn('i0 = t + w1h')).toEqual(['i0', 't', 'w1h']));
});
