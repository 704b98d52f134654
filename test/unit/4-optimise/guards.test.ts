/** Divisions whose divisor a condition on the way has tested. */
import { describe, expect, it } from 'vitest';
import { neededOf } from '../../../src/4-optimise/guards.ts';
import { Effect } from '../../../src/wasm/opcodes.ts';
import { lower, through } from '../../support/func-ir.ts';

/** For each division, in order: can it still trap? */
async function trapping(body: string): Promise<boolean[]> {
  const ir = through(
    await lower(`(module (func (param i32 i32) (result i32) ${body}))`),
    'copies',
    'dce',
    'fold',
    'guards',
  );
  return ir.code.filter((n) => neededOf(n) !== 0).map((n) => (n.effects & Effect.trap) !== 0);
}
const div = (name: string): string => `(i32.${name} (local.get 0) (local.get 1))`;
const d = '(local.get 1)';
const unless = (condition: string, then: string): string =>
  `(if (result i32) ${condition} (then (i32.const 7)) (else ${then}))`;
const when = (condition: string, then: string): string =>
  `(if (result i32) ${condition} (then ${then}) (else (i32.const 7)))`;

describe('a conversion of a float is', () => {
  /** Behind a condition on the float, which is local 1: can it still trap? */
  async function traps(conversion: string, condition: string): Promise<boolean[]> {
    const type = conversion.includes('f32') ? 'f32' : 'f64';
    const body = `(if (result i32) ${condition.replaceAll('T.', `${type}.`)} (then (${conversion} (local.get 1))) (else (i32.const 7)))`;
    const ir = await lower(`(module (func (param i32 ${type}) (result i32) ${body}))`);
    const { code } = through(ir, 'copies', 'dce', 'fold', 'guards');
    return code.filter((n) => neededOf(n) !== 0).map((n) => (n.effects & Effect.trap) !== 0);
  }
  const x = '(local.get 1)';
  const abs = (bound: number): string => `(T.lt (T.abs ${x}) (T.const ${bound}))`;
  const both = (low: number, high: number): string =>
    `(i32.and (T.lt ${x} (T.const ${high})) (T.ge ${x} (T.const ${low})))`;

  it.each([
    ['i32.trunc_f64_s', abs(2 ** 31)],
    ['i32.trunc_f32_s', abs(2 ** 31)],
    ['i32.trunc_f64_s', abs(1000)],
    ['i32.trunc_f64_u', both(0, 2 ** 32)],
    ['i32.trunc_f32_u', both(0, 2 ** 32)],
    ['i32.trunc_f64_u', both(5, 100)],
  ])('safe: %s behind %s', async (conversion, condition) => {
    expect(await traps(conversion, condition)).toEqual([false]);
  });
  it.each([
    ['i32.trunc_f64_s', abs(2 ** 31 + 1)],
    ['i32.trunc_f64_u', abs(2 ** 31)],
    ['i32.trunc_f64_s', both(0, 2 ** 32)],
    ['i32.trunc_f64_u', both(0, 2 ** 33)],
    ['i32.trunc_f64_u', both(-2, 2 ** 32)],
    ['i32.trunc_f64_u', `(T.lt ${x} (T.const ${2 ** 32}))`],
    ['i32.trunc_f64_s', `(i32.eqz ${abs(2 ** 31)})`],
    ['i32.trunc_f64_s', `(T.gt (T.abs ${x}) (T.const ${2 ** 31}))`],
    ['i32.trunc_f64_s', `(T.lt ${x} (T.const ${2 ** 31}))`],
  ])('not safe: %s behind %s', async (conversion, condition) => {
    expect(await traps(conversion, condition)).toEqual([true]);
  });
});

describe('a division is safe', () => {
  it.each([
    ['by what is not 0', when(d, div('div_u'))],
    ['by what is not 0, as a remainder', when(d, div('rem_s'))],
    ['by what is positive', when(`(i32.gt_s ${d} (i32.const 0))`, div('div_s'))],
    ['by what is below -1', when(`(i32.lt_s ${d} (i32.const -1))`, div('div_s'))],
    ['by a number', when(`(i32.eq ${d} (i32.const 5))`, div('div_s'))],
    [
      'by neither 0 nor -1, in one comparison',
      unless(`(i32.gt_u (i32.add ${d} (i32.const -1)) (i32.const -3))`, div('div_s')),
    ],
    [
      'by neither 0 nor -1, in two',
      when(`(i32.and (i32.ne ${d} (i32.const 0)) (i32.ne ${d} (i32.const -1)))`, div('div_s')),
    ],
    [
      'unless it was 0 or -1',
      unless(`(i32.or (i32.eq ${d} (i32.const 0)) (i32.eq ${d} (i32.const -1)))`, div('div_s')),
    ],
    ['after a branch', `(block (br_if 0 (i32.eqz ${d})) (return ${div('div_u')})) (i32.const 1)`],
    ['after an arm that leaves', `(if (i32.eqz ${d}) (then (return (i32.const 1)))) ${div('div_u')}`],
    ['in a loop behind the test', when(d, `(loop (result i32) ${div('rem_u')} (br_if 0 (local.get 0)))`)],
  ])('%s', async (_, body) => {
    expect(await trapping(body)).toEqual([false]);
  });
});

describe('a division may trap', () => {
  it.each([
    ['untested', div('div_u')],
    ['by 0', unless(d, div('div_u'))],
    ['by -1', when(d, div('div_s'))],
    ['by -1 with a bound above', when(`(i32.lt_s ${d} (i32.const 0))`, div('div_s'))],
    ['by 0 with a bound below', when(`(i32.ge_s ${d} (i32.const 0))`, div('div_s'))],
    ['by 0, a comparison away', unless(`(i32.gt_u (i32.add ${d} (i32.const -1)) (i32.const -2))`, div('div_s'))],
    ['where one arm alone has tested', `(if ${d} (then (local.set 0 (i32.const 3)))) ${div('div_u')}`],
    ['before the test', `${div('div_u')} (br_if 0 (i32.eqz ${d}))`],
    ['by another value', when('(local.get 0)', div('div_u'))],
    ['after an impossible test', when(`(i32.lt_u ${d} (i32.const 0))`, div('div_u'))],
  ])('%s', async (_, body) => {
    expect((await trapping(body)).every(Boolean)).toBe(true);
  });
});
