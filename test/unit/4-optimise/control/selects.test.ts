/** Selects on one condition: joined where they may be, and what that prints. */
import { describe, expect, it } from 'vitest';
import { Ir } from '../../../../src/3-lower/ir.ts';
import { count, lower, through } from '../../../support/func-ir.ts';

async function shape(body: string): Promise<{ ifs: number; selects: number }> {
  const ir = await lower(`(module (memory 1) (func (param i32 i32 i32) (result i32) ${body}))`);
  through(ir, 'copies', 'dce', 'float-bits', 'int64', 'fold', 'dce', 'selects');
  return { ifs: count(ir, Ir.if), selects: count(ir, 'select') };
}
const pick = (a: string, b: string, c = '(local.get 2)'): string => `(select ${a} ${b} ${c})`;
const [x, y] = ['(local.get 0)', '(local.get 1)'];

describe('selects', () => {
  it.each([
    ['one stays', pick(x, y), { ifs: 0, selects: 1 }],
    ['two on one condition are an if', `(i32.sub ${pick(x, y)} ${pick(y, x)})`, { ifs: 1, selects: 0 }],
    ['two on different conditions stay', `(i32.sub ${pick(x, y)} ${pick(y, x, x)})`, { ifs: 0, selects: 2 }],
    ['one from the other stay', pick(pick(x, y), x), { ifs: 0, selects: 2 }],
    [
      'a load between stays where it was',
      `(i32.sub ${pick(x, y)} ${pick(`(i32.load ${y})`, x)})`,
      { ifs: 1, selects: 0 },
    ],
    [
      'the half of an i64 that is used stays',
      '(i32.wrap_i64 (i64.mul (select (i64.const 5000000000) (i64.const 7) (local.get 2)) (i64.extend_i32_u (local.get 0))))',
      { ifs: 0, selects: 1 },
    ],
    [
      'both halves that are used are one if',
      '(i64.eqz (select (i64.load (local.get 0)) (i64.load (local.get 1)) (local.get 2)))',
      { ifs: 1, selects: 0 },
    ],
  ])('%s', async (_, body, expected) => {
    expect(await shape(body)).toEqual(expected);
  });
});
