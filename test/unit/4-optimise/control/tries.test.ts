/** Bodies that throw nothing lose their handlers. */
import { describe, expect, it } from 'vitest';
import { type FuncIR, Ir } from '../../../../src/3-lower/ir.ts';
import { count, lower, through } from '../../../support/func-ir.ts';

const PASSES = ['copies', 'dce', 'int64', 'fold', 'branches', 'tries'];
const func = async (body: string): Promise<FuncIR> =>
  through(
    await lower(`(module (import "m" "f" (func $f)) (tag $t (param i64)) (tag $u)
      (func (param i32) (result i64) (local i64) (block $h (result i64) ${body})))`),
    ...PASSES,
  );

describe('a try', () => {
  it('goes where all throws became branches', async () => {
    const ir = await func(`(try_table (catch $t $h)
      (if (local.get 0) (then (throw $t (i64.const 5))))) (i64.const 6)`);
    expect([count(ir, Ir.try), count(ir, Ir.exnIs), count(ir, Ir.exception), count(ir, Ir.throw)]).toEqual([
      0, 0, 0, 0,
    ]);
  });
  it('stays around a call', async () => {
    const ir = await func('(try_table (catch $t $h) (call $f)) (i64.const 6)');
    expect([count(ir, Ir.try), count(ir, Ir.exnIs), count(ir, Ir.exnGet)]).toEqual([1, 1, 2]);
  });
  it('stays around an inner handler that throws on', async () => {
    const ir = await func('(try_table (catch $t $h) (block (try_table (catch $u 0) (call $f)))) (i64.const 6)');
    expect(count(ir, Ir.try)).toBe(2);
  });
  it('goes with its handler, where only the inner one throws nothing', async () => {
    const ir = await func(`(try_table (catch $t $h) (block (try_table (catch $u 0) (local.set 1 (i64.const 3))))
      (call $f)) (local.get 1)`);
    expect(count(ir, Ir.try)).toBe(1);
  });
});

it('variables that no handler reads are not written', async () => {
  const body = '(local.set 1 (i64.const 3)) (call $f) (local.set 1 (i64.const 4))';
  const ir = through(
    await func(`(drop (block $i (result i64) (try_table (catch $t $i) ${body}) (i64.const 0))) (i64.const 6)`),
    'dce',
  );
  expect([count(ir, Ir.try), count(ir, Ir.varSet)]).toEqual([1, 0]);
});
