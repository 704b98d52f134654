/** Which functions are put where they are called, and what becomes of their code. */
import { describe, expect, it } from 'vitest';
import { ModuleFacts } from '../../../src/3-lower/facts.ts';
import { transpile } from '../../../src/index.ts';
import { assemble, typedOf } from '../../support/func-ir.ts';

/** Why function 0, `$f`, is not put into its caller; undefined if it is. */
async function whyNot(module: string): Promise<string | undefined> {
  const { calls } = new ModuleFacts(await typedOf(`(module ${module})`));
  const why = calls.whyNot(0);
  expect(why === undefined).toBe(calls.isInlined(0));
  return why;
}
const f = '(func $f (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))';
const call = '(drop (call $f (local.get 0)))';
const main = (body: string): string => `(func (export "main") (param i32) ${body})`;
const loop = (body: string): string => `(loop ${body} (br_if 0 (local.get 0)))`;

describe('a function', () => {
  it.each([
    ['called once, in a loop', `${f} ${main(loop(call))}`, undefined],
    ['called once, deep in a loop', `${f} ${main(loop(`(if (local.get 0) (then (block ${call})))`))}`, undefined],
    ['called once, after a loop', `${f} ${main(`${loop('')} ${call}`)}`, 'it is not called in a loop'],
    ['called twice', `${f} ${main(loop(call + call))}`, 'it is called at several places'],
    [
      'called from two functions',
      `${f} ${main(loop(call))} (func (param i32) ${loop(call)})`,
      'it is called at several places',
    ],
    [
      'that calls',
      `(func $f (param i32) (result i32) (call $g) (local.get 0)) (func $g) ${main(loop(call))}`,
      'it calls others, or handles exceptions',
    ],
    [
      'that calls itself',
      `(func $f (param i32) (result i32) ${loop(call)} (local.get 0))`,
      'it calls others, or handles exceptions',
    ],
    [
      'that is exported',
      `${f} (export "f" (func $f)) ${main(loop(call))}`,
      'it is exported, in a table or referred to',
    ],
    ['in a table', `${f} (table funcref (elem $f)) ${main(loop(call))}`, 'it is exported, in a table or referred to'],
    [
      'that is referred to',
      `${f} (elem declare func $f) ${main(loop(call))}`,
      'it is exported, in a table or referred to',
    ],
    ['that is the start', `(func $f) (start $f) (func (loop (call $f)))`, 'it is exported, in a table or referred to'],
    [
      'that is large',
      `(func $f (param i32) (result i32) ${'(nop)'.repeat(2000)} (local.get 0)) ${main(loop(call))}`,
      'it has more than 2000 bytes',
    ],
    [
      'whose caller is large',
      `${f} ${main('(nop)'.repeat(6000) + loop(call))}`,
      'its caller would take in more than 6000 bytes',
    ],
    [
      'called in tail position',
      `${f} (func (export "main") (param i32) (result i32) ${loop('')} (return_call $f (local.get 0)))`,
      'it is called in tail position',
    ],
    [
      'that works on vectors',
      `(func $f (param i32) (result i32) (i8x16.extract_lane_s 0 (i8x16.splat (local.get 0)))) ${main(loop(call))}`,
      'it works on vectors',
    ],
    ['that is imported', `(import "m" "f" (func $f (param i32) (result i32))) ${main(loop(call))}`, 'it is imported'],
  ])('%s', async (_, module, expected) => {
    expect(await whyNot(module)).toBe(expected);
  });
});

it('what is inlined has no function of its own in the output', async () => {
  const bytes = await assemble(`(module ${f} ${main(loop(call))})`);
  expect(transpile(bytes).code).not.toContain('function $f0');
  expect(transpile(bytes, { backend: 'wamr' }).code).toMatch(/function \$f(0)?\(/);
});
