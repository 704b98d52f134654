/** How many low bits of a value are known to be 0. */
import { describe, expect, it } from 'vitest';
import { trailingZeros } from '../../../src/4-optimise/indices/alignment.ts';
import { lower, through } from '../../support/func-ir.ts';

/** Known zeros of what the function returns; locals 2 to 4 are i32. */
async function zeros(body: string): Promise<number> {
  const ir = await lower(`(module (memory 1) (func (param i32 i32) (result i32) (local i32 i32 i32) ${body}))`);
  through(ir, 'copies', 'dce', 'fold', 'dce');
  const last = ir.code.filter((n) => n.targets?.some((t) => t.frame === ir.exit)).pop()!;
  return trailingZeros(ir)[last.targets![0]!.args[0]!.id]!;
}
const [p, q, i, j] = ['(local.get 0)', '(local.get 1)', '(local.get 2)', '(local.get 3)'];
const num = (value: number): string => `(i32.const ${value})`;
const op = (name: string, a: string, b: string): string => `(i32.${name} ${a} ${b})`;
/** A value of which a number of low bits is 0. */
const low = (count: number, of = p): string => op('and', of, num(-(2 ** count)));
const set = (local: number, value: string): string => `(local.set ${local} ${value})`;
/** A loop that local 1 keeps going. */
const loop = (body: string): string => `(loop ${body} (br_if 0 ${q}))`;

describe('known zeros', () => {
  it.each<[string, string, number]>([
    ['of a number', num(24), 3],
    ['of 0', num(0), 32],
    ['of the sign bit', num(-(2 ** 31)), 31],
    ['of a parameter', p, 0],
    ['of a load', `(i32.load ${p})`, 0],
    ['of a sum', op('add', low(3), low(2, q)), 2],
    ['of a difference', op('sub', low(3), low(5, q)), 3],
    ['of a union', op('or', low(4), low(3, q)), 3],
    ['of an exclusive one', op('xor', low(4), low(6, q)), 4],
    ['of an intersection', op('and', low(3), op('shl', q, num(4))), 4],
    ['of a product', op('mul', low(2), low(3, q)), 5],
    ['of a multiple', op('mul', p, num(12)), 2],
    ['of a product that is 0', op('mul', low(16), low(17, q)), 32],
    ['of a shift to the left', op('shl', p, num(3)), 3],
    ['of a shift by more than 31', op('shl', low(1), num(35)), 4],
    ['of a shift to the left by what is not known', op('shl', low(3), q), 3],
    ['of a shift to the right', op('shr_u', low(5), num(2)), 3],
    ['of a signed one', op('shr_s', low(5), num(34)), 3],
    ['of one that takes all', op('shr_u', low(2), num(3)), 0],
    ['of one by what is not known', op('shr_u', low(5), q), 0],
    ['of a rotation', op('rotl', low(5), num(1)), 0],
    ['of a choice', `(select ${low(4)} ${num(24)} ${q})`, 3],
    ['of a choice with what is not known', `(select ${low(4)} ${q} ${p})`, 0],
  ])('%s', async (_, body, expected) => {
    expect(await zeros(body)).toBe(expected);
  });
});

describe('known zeros of what arms and branches bring together', () => {
  it.each<[string, string, number]>([
    ['are those of both', `(if (result i32) ${q} (then ${num(16)}) (else ${low(3)}))`, 3],
    ['are none if one is not known', `(if (result i32) ${q} (then ${num(16)}) (else ${p}))`, 0],
    ['count a branch out of a block', `(block (result i32) (drop (br_if 0 ${num(12)} ${p})) ${num(16)})`, 2],
    [
      'count all cases of a table',
      `(block (result i32) (block (result i32) (br_table 0 1 0 ${num(48)} ${p})) (drop) ${num(8)})`,
      3,
    ],
  ])('%s', async (_, body, expected) => {
    expect(await zeros(body)).toBe(expected);
  });
});

describe('known zeros of what a loop changes', () => {
  const up = (by: number): string => set(2, op('add', i, num(by)));
  it.each<[string, string, number]>([
    ['counting up from 0', `${loop(up(8))} ${i}`, 3],
    ['counting up from 4', `${set(2, num(4))} ${loop(up(8))} ${i}`, 2],
    ['counting up from what is not known', `${set(2, p)} ${loop(up(8))} ${i}`, 0],
    ['counting down', `${set(2, low(4))} ${loop(up(-16))} ${i}`, 4],
    ['in steps that are not known', `${loop(set(2, op('add', i, p)))} ${i}`, 0],
    ['in steps of an aligned value', `${loop(set(2, op('add', i, low(2))))} ${i}`, 2],
    ['in steps of two sizes', `(loop ${up(8)} (br_if 0 ${p}) ${up(4)} (br_if 0 ${q})) ${i}`, 2],
    ['in steps of one size, then another', `${loop(up(16))} ${loop(up(8))} ${i}`, 3],
    ['one loop in another', `${loop(`${set(3, i)} ${loop(set(3, op('add', j, num(4))))} ${up(8)}`)} ${j}`, 2],
    [
      'trading places',
      `${set(2, num(8))} ${set(3, num(12))} ${loop(`${i} ${set(2, j)} (local.set 3)`)} ${op('or', i, num(32))}`,
      2,
    ],
    ['losing bits', `${set(2, num(2 ** 30))} ${loop(set(2, op('shr_u', i, num(1))))} ${i}`, 0],
    ['masked again each time', `${set(2, num(32))} ${loop(set(2, low(3, op('add', i, p))))} ${i}`, 3],
  ])('%s', async (_, body, expected) => {
    expect(await zeros(body)).toBe(expected);
  });
});

it('nothing is said of values that are not i32', async () => {
  const ir = await lower(`(module (memory 1) (func (param i64) (result f64 i64) (f64.const 0) (i64.const 8)))`);
  const known = trailingZeros(ir);
  expect(ir.code.filter((n) => n.inputs.length === 0 && known[n.id] !== 0)).toEqual([]);
});
