/** Which floats are carried as bits, which as a number with bits for a NaN, and which as numbers alone. */
import { describe, expect, it } from 'vitest';
import { type FuncIR, Ir, opName } from '../../../src/3-lower/ir.ts';
import { count, expression, lower, through } from '../../support/func-ir.ts';

const func = async (body: string): Promise<FuncIR> =>
  through(
    await lower(`(module (memory 1) (func (param i32 i32 f32) (result i32) (local f32) ${body} (i32.const 0)))`),
    'copies',
    'dce',
    'float-bits',
    'dce',
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
    ['of a number', '(f32.store (local.get 0) (f32.const 2))', ['number 2']],
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
      ['number select(f32.load(p1), p2, p0)', 'bits select(m0.0, 2143289344, p0)'],
    ],
    [
      'of a merge',
      '(f32.store (local.get 0) (if (result f32) (local.get 1) (then (f32.load (local.get 1))) (else (f32.const 0))))',
      ['bits m0.0'],
    ],
    [
      'of a merge with a number',
      '(f32.store (local.get 0) (if (result f32) (local.get 1) (then (f32.load (local.get 1))) (else (local.get 2))))',
      ['number m0.0', 'bits m0.1'],
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

describe('what functions take and leave', () => {
  const texts = async (wat: string, index: number): Promise<string[]> =>
    through(await lower(wat, index), 'copies', 'dce', 'float-bits', 'int64', 'dce').code.map(
      (n) => `${opName(n.op)}${n.imm || ''}(${n.inputs.map(expression).join(', ')})`,
    );
  const MODULE = `(module (memory 1) (table 1 funcref)
    (func $store (param f32 f64) (f32.store (i32.const 0) (local.get 0)) (f64.store (i32.const 8) (local.get 1)))
    (func $twice (param f64) (result f64) (f64.add (local.get 0) (local.get 0)))
    (func (call $store (f32.load (i32.const 4)) (f64.load (i32.const 16))))
    (func (drop (call $twice (f64.load (i32.const 16)))))
    (func (export "leaf") (result f64) (call $twice (f64.const 1)))
    (func (export "load") (result f32) (f32.load (i32.const 4)))
    (func (export "one") (result f64) (f64.const 1))
    (func (param i32) (f64.store (i32.const 0) (call_indirect (result f64) (local.get 0)))))`;
  const sets = (all: readonly string[]): string[] => all.filter((t) => t.startsWith('nan'));
  it('a parameter that is stored comes with its bits', async () => {
    expect(sets(await texts(MODULE, 0))).toEqual(['nanGet()', 'nanGet2()', 'nanGet3()']);
  });
  it('an argument goes with its bits to a function that stores it', async () => {
    expect(sets(await texts(MODULE, 2))).toEqual(['nanSet(m0.0)', 'nanSet2(m1.0)', 'nanSet3(m1.1)']);
  });
  it('and without to one that computes with it', async () => {
    expect(sets(await texts(MODULE, 3))).toEqual([]);
  });
  it('a function that others call and that calls others leaves the canonical NaN', async () => {
    expect(sets(await texts(MODULE, 4))).toEqual(['nanSet2000(0)', 'nanSet2001(2146959360)']);
  });
  it('a function leaves the bits that it has', async () => {
    expect(sets(await texts(MODULE, 5))).toEqual(['nanSet2000(m0.0)']);
  });
  it('and nothing where its result is no NaN', async () => {
    expect(sets(await texts(MODULE, 6))).toEqual([]);
  });
  it('the result of an unknown function is expected to be the canonical NaN', async () => {
    expect(sets(await texts(MODULE, 7))).toEqual([
      'nanSet2000(0)',
      'nanSet2001(2146959360)',
      'nanGet2000()',
      'nanGet2001()',
    ]);
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
    expect(stored(ir)).toEqual(['number f32.load(p1)', 'bits m0.0', 'number f32.add(f32.load(p1), f32.load(p1))']);
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
