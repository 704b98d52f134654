/** Negations that may keep the sign of a NaN: not where anything but arithmetic and comparisons takes it. */
import { describe, expect, it } from 'vitest';
import { Ir } from '../../../src/3-lower/ir.ts';
import { count, lower, through } from '../../support/func-ir.ts';

const BEFORE = ['copies', 'dce', 'float-bits', 'int64', 'fold', 'ifs', 'dce'] as const;
const x = '(local.get 0)';
const neg = (of: string): string => `(f64.neg ${of})`;

/** How many negations of a function are of the plain kind. */
async function plain(body: string, more = ''): Promise<number> {
  const func = `(func (param f64 i32) (result f64) (local f64) ${body})`;
  const ir = await lower(`(module ${func} (memory 1) (global $g (export "g") (mut f64) (f64.const 0)) ${more})`);
  return count(await through(ir, ...BEFORE, 'negations'), Ir.minus);
}

describe('a negation whose sign nobody sees', () => {
  const sum = (a: string): string => `(f64.add ${a} (f64.const 1))`;
  it.each<[string, string]>([
    ['in a sum', sum(neg(x))],
    ['in a comparison', `(f64.convert_i32_s (f64.lt ${neg(x)} (f64.const 1)))`],
    ['in a conversion', `(f64.convert_i32_s (i32.trunc_sat_f64_s ${neg(x)}))`],
    ['through a select', sum(`(select ${neg(x)} ${x} (local.get 1))`)],
    ['through a merge', sum(`(if (result f64) (local.get 1) (then ${neg(x)}) (else ${x}))`)],
    [
      'round a loop',
      `(loop (local.set 0 ${neg(x)}) (br_if 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 1))))) ${sum(x)}`,
    ],
  ])('%s', async (_, body) => {
    expect(await plain(body)).toBe(1);
  });
  it('through another one', async () => {
    expect(await plain(sum(neg(`(select ${neg(x)} ${x} (local.get 1))`)))).toBe(2);
  });
});

describe('a negation whose sign is seen', () => {
  it.each<[string, string]>([
    ['by a caller', neg(x)],
    ['by a caller, through a select', `(select ${neg(x)} ${x} (local.get 1))`],
    ['by a caller, round a loop', `(loop (local.set 0 ${neg(x)}) (br_if 0 (local.get 1))) ${x}`],
    ['in memory', `(f64.store (i32.const 0) ${neg(x)}) (f64.const 0)`],
    ['as bits', `(f64.convert_i64_s (i64.reinterpret_f64 ${neg(x)}))`],
    ['as the sign of another value', `(f64.copysign (f64.const 1) ${neg(x)})`],
    ['in a global', `(global.set $g ${neg(x)}) (f64.const 0)`],
    ['by a function', `(call 1 ${neg(x)}) (f64.const 0)`],
  ])('%s', async (_, body) => {
    const callee = '(func (param f64) (f64.store (i32.const 0) (local.get 0)))';
    expect(await plain(body, callee)).toBe(0);
  });
});
