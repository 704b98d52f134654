/** Values that an engine does not know to be numbers say what they are where they merge, in loops around a switch. */
import { describe, expect, it } from 'vitest';
import { transpile } from '../../../../src/index.ts';
import type { Options } from '../../../../src/options.ts';
import { assemble } from '../../../support/func-ir.ts';

/** The text of the one function that is not imported; `dispatch` stands for a switch between two cases. */
async function text(body: string, options: Options = {}, results = ''): Promise<string> {
  const dispatch = '(block $b (block $a (br_table $a $b (local.get 0))) (call $g))';
  const wat = `(module (import "m" "f" (func $f (result i32))) (import "m" "g" (func $g))
    (import "m" "d" (func $d (result f64))) (import "m" "t" (func $t (param f64))) (global $s (mut i32) (i32.const 0)) (export "s" (global $s))
    (func (export "h") (param i32 f64) ${results} ${body.replaceAll('DISPATCH', dispatch)}))`;
  const { code } = await transpile(await assemble(wat), options);
  return /function \$f4\([\s\S]*?\n}/.exec(code)![0];
}

describe('in a loop around a switch', () => {
  it('results of calls and variables of the module that merge are integers', async () => {
    const loop = (value: string): string => `(loop $l DISPATCH (local.set 0 ${value}) (br_if $l (local.get 0)))`;
    expect(await text(loop('(call $f)'))).toMatch(/\(\) \| 0;/);
    expect(await text(loop('(global.get $s)'))).toMatch(/= \$g0\$\.v \| 0;/);
  });
  it('parameters that merge are, once, at the start', async () => {
    const loop = '(loop $l DISPATCH (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $l (local.get 0)))';
    expect((await text(loop)).match(/p0 = p0 \| 0;/g)).toHaveLength(1);
  });
  it('doubles are numbers', async () => {
    const loop =
      '(loop $l DISPATCH (if (local.get 0) (then (local.set 1 (call $d)))) (br_if $l (i32.lt_s (local.get 0) (i32.trunc_sat_f64_s (local.get 1)))))';
    expect(await text(`${loop} (local.get 1)`, {}, '(result f64)')).toMatch(/= \+\S+\(\);/);
  });
  it('what merges with nothing stays as it is where it is read once', async () => {
    expect(await text('(loop $l DISPATCH (br_if $l (i32.add (call $f) (i32.const 3))))')).not.toContain('| 0;');
  });
  it('what comes into the loop and is read there in several places is an integer, once, at the start', async () => {
    const loop = '(loop $l DISPATCH (br_if $l (i32.add (call $f) (local.get 0))))';
    expect((await text(loop)).match(/\| 0;/g)).toEqual(['| 0;']);
    expect(await text(loop)).toMatch(/p0 = p0 \| 0;/);
  });
  it('what comes into the loop and is passed on stays as it is', async () => {
    const loop = '(loop $l DISPATCH (call $t (local.get 1)) (call $t (local.get 1)) (br_if $l (call $f)))';
    expect(await text(loop)).not.toMatch(/p1 = \+p1/);
  });
  it.each<Options>([{ optimize: 'size' }, { engine: 'interpreter' }])(
    'they stay as they are with %j',
    async (options) => {
      const loop = '(loop $l DISPATCH (local.set 0 (call $f)) (br_if $l (local.get 0)))';
      expect(await text(loop, options)).not.toMatch(/\(\) ?\| ?0/);
    },
  );
});

it('without a switch, or with one that no loop is around, they stay as they are', async () => {
  const loop = '(loop $l (local.set 0 (call $f)) (br_if $l (local.get 0)))';
  expect(await text(loop)).not.toMatch(/\(\) \| 0/);
  expect(await text(`${loop} DISPATCH`)).not.toMatch(/\(\) \| 0/);
});
