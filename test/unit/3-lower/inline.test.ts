/** Which functions are put where they are called, and what becomes of their code. */
import { describe, expect, it } from 'vitest';
import { ModuleFacts } from '../../../src/3-lower/facts.ts';
import { transpile } from '../../../src/index.ts';
import { assemble, typedOf } from '../../support/func-ir.ts';

/** Is function 0, `$f`, put into its caller? */
async function isInlined(module: string): Promise<boolean> {
  return new ModuleFacts(await typedOf(`(module ${module})`)).calls.isInlined(0);
}
const f = '(func $f (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))';
const call = '(drop (call $f (local.get 0)))';
const main = (body: string): string => `(func (export "main") (param i32) ${body})`;
const loop = (body: string): string => `(loop ${body} (br_if 0 (local.get 0)))`;

describe('a function', () => {
  it.each([
    ['called once, in a loop', `${f} ${main(loop(call))}`, true],
    ['called once, deep in a loop', `${f} ${main(loop(`(if (local.get 0) (then (block ${call})))`))}`, true],
    ['called once, after a loop', `${f} ${main(`${loop('')} ${call}`)}`, false],
    ['called twice', `${f} ${main(loop(call + call))}`, false],
    ['called from two functions', `${f} ${main(loop(call))} (func (param i32) ${loop(call)})`, false],
    ['that calls', `(func $f (param i32) (result i32) (call $g) (local.get 0)) (func $g) ${main(loop(call))}`, false],
    ['that calls itself', `(func $f (param i32) (result i32) ${loop(call)} (local.get 0))`, false],
    ['that is exported', `${f} (export "f" (func $f)) ${main(loop(call))}`, false],
    ['in a table', `${f} (table funcref (elem $f)) ${main(loop(call))}`, false],
    ['that is referred to', `${f} (elem declare func $f) ${main(loop(call))}`, false],
    ['that is the start', `(func $f) (start $f) (func (loop (call $f)))`, false],
    [
      'that is large',
      `(func $f (param i32) (result i32) ${'(nop)'.repeat(2000)} (local.get 0)) ${main(loop(call))}`,
      false,
    ],
    ['whose caller is large', `${f} ${main('(nop)'.repeat(6000) + loop(call))}`, false],
  ])('%s', async (_, module, expected) => {
    expect(await isInlined(module)).toBe(expected);
  });
});

it('what is inlined has no function of its own in the output', async () => {
  const bytes = await assemble(`(module ${f} ${main(loop(call))})`);
  expect(transpile(bytes).code).not.toContain('function $f0');
  expect(transpile(bytes, { backend: 'wamr' }).code).toMatch(/function \$f(0)?\(/);
});
