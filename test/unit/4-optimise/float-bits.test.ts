/** Which floats move as bits: loads, constants, reinterpreted integers and merges of those, never results of arithmetic. */
import { describe, expect, it } from 'vitest';
import { type FuncIR, Ir } from '../../../src/3-lower/ir.ts';
import { count, expression, lower, through } from '../../support/func-ir.ts';

const func = async (body: string): Promise<FuncIR> =>
  through(
    await lower(`(module (memory 1) (func (param i32 i32 f32) (result i32) (local f32) ${body} (i32.const 0)))`),
    'copies',
    'dce',
    'float-bits',
  );
/** Values of the stores, integer or float. */
const stored = (ir: FuncIR): string[] =>
  ir.code
    .filter((n) => ['i32.store', 'f32.store'].some((name) => count({ code: [n] } as FuncIR, name as 'i32.store') === 1))
    .map((n) => `${n.inputs[1]!.type === 1 ? 'bits' : 'number'} ${expression(n.inputs[1]!)}`);

describe('a store', () => {
  it.each([
    ['of a load', '(f32.store (local.get 0) (f32.load offset=8 (local.get 1)))', ['bits i32.load+8(p1)']],
    ['of a constant', '(f32.store (local.get 0) (f32.const nan:0x200000))', ['bits 2141192192']],
    ['of bits', '(f32.store (local.get 0) (f32.reinterpret_i32 (local.get 1)))', ['bits p1']],
    ['of a parameter', '(f32.store (local.get 0) (local.get 2))', ['number p2']],
    [
      'of a sum',
      '(f32.store (local.get 0) (f32.add (local.get 2) (f32.load (local.get 1))))',
      ['number f32.add(p2, f32.load(p1))'],
    ],
    [
      'of a choice',
      '(f32.store (local.get 0) (select (f32.load (local.get 1)) (f32.const 1) (local.get 0)))',
      ['bits select(i32.load(p1), 1065353216, p0)'],
    ],
    [
      'of a choice with a number',
      '(f32.store (local.get 0) (select (f32.load (local.get 1)) (local.get 2) (local.get 0)))',
      ['number select(f32.load(p1), p2, p0)'],
    ],
    [
      'of a merge',
      '(f32.store (local.get 0) (if (result f32) (local.get 1) (then (f32.load (local.get 1))) (else (f32.const 0))))',
      ['bits m0.1'],
    ],
    [
      'of a merge with a number',
      '(f32.store (local.get 0) (if (result f32) (local.get 1) (then (f32.load (local.get 1))) (else (local.get 2))))',
      ['number m0.0'],
    ],
  ])('%s', async (_, body, expected) => {
    expect(stored(await func(body))).toEqual(expected);
  });
  it('in a loop that carries the value round', async () => {
    const ir = await func(`(local.set 3 (f32.load (local.get 0)))
      (loop (f32.store (local.get 0) (local.get 3))
        (local.set 3 (select (local.get 3) (f32.load (local.get 1)) (local.get 0)))
        (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))`);
    expect(stored(ir)[0]).toMatch(/^bits m1\.\d$/);
  });
});

describe('a load', () => {
  it('whose bits alone are used is not made as a number', async () => {
    expect(count(await func('(f32.store (local.get 0) (f32.load (local.get 1)))'), 'f32.load')).toBe(0);
  });
  it('that is used both ways is made both ways', async () => {
    const ir = await func(
      '(f32.store (local.get 0) (local.tee 3 (f32.load (local.get 1)))) (f32.store (local.get 0) (f32.add (local.get 3) (local.get 3)))',
    );
    expect([count(ir, 'f32.load'), count(ir, 'i32.load')]).toEqual([1, 1]);
    expect(stored(ir)).toEqual(['bits i32.load(p1)', 'number f32.add(f32.load(p1), f32.load(p1))']);
  });
  it('reinterpreted is a load of an integer', async () => {
    const ir = await func(
      '(i32.store (local.get 0) (i32.reinterpret_f32 (f32.load offset=4 (local.get 1)))) (i64.store (local.get 0) (i64.reinterpret_f64 (f64.load offset=8 (local.get 1))))',
    );
    expect([count(ir, 'f32.load'), count(ir, 'f64.load'), count(ir, 'i32.load'), count(ir, 'i64.load')]).toEqual([
      0, 0, 1, 1,
    ]);
    expect(ir.code.some((n) => n.op === Ir.merge)).toBe(false);
  });
});
