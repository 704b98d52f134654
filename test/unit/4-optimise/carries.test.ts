/** Which sums of i64 are taken for steady: what counts and shifts, not what mixes bits or comes from elsewhere. */
import { describe, expect, it } from 'vitest';
import { steadySums } from '../../../src/4-optimise/int64/carries.ts';
import { lower, through } from '../../support/func-ir.ts';

/** A loop that adds `step` to the i64 local 1; local 2 is another i64. */
async function isSteady(step: string, more = ''): Promise<boolean> {
  const loop = `(loop (local.set 1 (i64.add (local.get 1) ${step})) ${more} (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))`;
  const ir = await lower(`(module (memory 1) (func (param i32) (result i64) (local i64 i64) ${loop} (local.get 1)))`);
  return steadySums(through(ir, 'copies', 'dce')).size > 0;
}
const other = '(local.get 2)';
const shifted = '(i64.shr_s (local.get 1) (i64.const 7))';

describe('a sum that goes round a loop', () => {
  it.each<readonly [string, string, string?]>([
    ['of shifts', shifted, ''],
    ['of small products', `(i64.mul ${shifted} (i64.const 12))`],
    ['of products by a shifted factor', `(i64.mul ${shifted} (i64.const 0x30000000))`],
    ['of masks', `(i64.and ${shifted} (i64.const -32))`],
    ['of another that is steady', other, `(local.set 2 (i64.sub ${other} ${shifted}))`],
  ])('%s is steady', async (_, step, more) => {
    expect(await isSteady(step as string, more)).toBe(true);
  });
  it.each<readonly [string, string, string?]>([
    ['of memory', '(i64.load (local.get 0))'],
    ['of a parameter', '(i64.extend_i32_u (local.get 0))'],
    ['of a constant alone', '(i64.const 5)'],
    ['of exclusive or', `(i64.xor ${shifted} (local.get 1))`],
    ['of rotations', '(i64.rotl (local.get 1) (i64.const 7))'],
    ['of large products', '(i64.mul (local.get 1) (i64.const 6364136223846793005))'],
    ['of products of values', `(i64.mul ${shifted} ${shifted})`],
    ['of another that is mixed', other, `(local.set 2 (i64.xor ${other} ${shifted}))`],
  ])('%s is not', async (_, step, more) => {
    expect(await isSteady(step as string, more)).toBe(false);
  });
});
