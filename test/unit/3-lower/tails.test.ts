/** Which tail calls are calls, loops, or jumps, and which cycles become one function. */
import { describe, expect, it } from 'vitest';
import { ModuleFacts } from '../../../src/3-lower/facts.ts';
import { cycles } from '../../../src/3-lower/tails/cycles.ts';
import type { TailPlan } from '../../../src/3-lower/tails/tails.ts';
import { lower, plainText, typedOf } from '../../support/func-ir.ts';

const plan = async (fields: string): Promise<TailPlan> => new ModuleFacts(await typedOf(`(module ${fields})`)).tails;

describe('cycles', () => {
  it('are found with what lies in them, and nothing else', () => {
    const found = cycles([[1], [2], [1, 3], [4], [4], []]);
    expect(found[1]).toBe(found[2]);
    expect([found[0], found[3], found[5]]).toEqual([-1, -1, -1]);
    expect(found[4]).toBeGreaterThanOrEqual(0);
    expect(found[4]).not.toBe(found[1]);
  });
  it('of many nodes cost no stack', () => {
    const n = 200_000;
    const found = cycles(Array.from({ length: n }, (_, i) => [(i + 1) % n]));
    expect(found.every((c) => c === found[0])).toBe(true);
    expect(cycles(Array.from({ length: n }, (_, i) => (i + 1 < n ? [i + 1] : []))).every((c) => c === -1)).toBe(true);
  });
});

describe('direct tail calls', () => {
  it('outside of cycles are calls', async () => {
    const p = await plan('(func $a (return_call $b)) (func $b (return_call $c)) (func $c)');
    expect([p.direct(0, 1), p.direct(1, 2), p.groupOf(0), p.groupOf(2)]).toEqual([
      'call',
      'call',
      undefined,
      undefined,
    ]);
  });
  it('of the function itself are loops', async () => {
    const p = await plan('(func $a (return_call $a))');
    expect([p.callsItself(0), p.direct(0, 0), p.groupOf(0)]).toEqual([true, 'self', undefined]);
  });
  it('in a cycle are jumps, into and out of it calls', async () => {
    const p = await plan(`(func $in (return_call $a)) (func $a (return_call $b))
      (func $b (block (br_if 0 (i32.const 1)) (return_call $a)) (return_call $out)) (func $out)`);
    expect([p.direct(0, 1), p.direct(1, 2), p.direct(2, 1), p.direct(2, 3)]).toEqual(['call', 'jump', 'jump', 'call']);
    expect(p.groupOf(1)).toEqual({ members: [1, 2], dispatches: [], merges: true });
  });
  it('of imports are jumps only where the import may come back', async () => {
    const p = await plan('(import "m" "f" (func $f)) (func (export "e") (return_call $f)) (func $g (return_call $f))');
    expect([p.direct(1, 0), p.direct(2, 0)]).toEqual(['either', 'call']);
    expect(p.groupOf(1)).toMatchObject({ members: [1], merges: false });
  });
});

describe('tail calls through tables', () => {
  const body = '(func $a (return_call_indirect $t (i32.const 0))) (func $b (param i32)) (func $c (return_call $a))';
  it('that are closed reach what they hold', async () => {
    const p = await plan(`(table $t 2 2 funcref) (elem (i32.const 0) $b $c) ${body}`);
    expect(p.groupOf(0)).toEqual({ members: [0, 2], dispatches: [{ table: 0, type: 0, length: 2 }], merges: true });
    const none = await plan(`(table $t 2 2 funcref) (elem (i32.const 0) $b) ${body}`);
    expect([none.groupOf(0), none.indirect(0, 0, 0)]).toEqual([undefined, 'call']);
  });
  it('that are written reach all functions of the type that are referred to', async () => {
    const p = await plan(
      `(table $t 2 funcref) (elem declare func $c) ${body} (func (table.set $t (i32.const 0) (ref.func $c)))`,
    );
    expect([p.groupOf(0)?.members, p.groupOf(0)?.merges, p.indirect(0, 0, 0)]).toEqual([[0, 2], false, 'either']);
  });
  it('that are exported reach other modules', async () => {
    const p = await plan(`(table $t (export "t") 2 funcref) (elem (i32.const 0) $a) ${body}`);
    expect(p.groupOf(0)?.members).toEqual([0]);
    expect(p.groupOf(1)).toBeUndefined();
  });
});

it('a large cycle is not one function', async () => {
  const many = Array.from({ length: 300 }, (_, i) => `(func $f${i} (return_call $f${(i + 1) % 300}))`).join('\n');
  expect((await plan(many)).groupOf(7)).toMatchObject({ merges: false });
});

it('a tail call of itself branches to a loop whose parameters are those of the function', async () => {
  const ir = await lower('(module (func $a (param i32) (local i32) (return_call $a (local.get 1))))');
  expect(plainText(ir)).toBe(
    ['func 0 (v0:i32) -> ()', '  v1:i32 = i32.const 0', '  loop @0(v2 = v0)', '    br @0(v1)', '  end @0', ''].join(
      '\n',
    ),
  );
});
