/** How often code is guessed to run: the calls of `$a`, `$b`… in functions, by the heat of where they stand. */
import { expect, it } from 'vitest';
import { heatOf } from '../../../../src/5-emit/large/heat.ts';
import { OP } from '../../../../src/wasm/opcodes.ts';
import { lower } from '../../../support/func-ir.ts';

const NAMES = ['a', 'b', 'c', 'd'];

/** By name of the function called. */
async function heats(body: string): Promise<Record<string, number>> {
  const imports = NAMES.map((name) => `(import "m" "${name}" (func $${name}))`).join(' ');
  const ir = await lower(`(module ${imports} (func (param i32) ${body}))`, NAMES.length);
  const heat = heatOf(ir);
  const calls = [...ir.code.entries()].filter(([, n]) => n.op === OP.call);
  return Object.fromEntries(calls.map(([at, n]) => [NAMES[n.imm], Number(heat[at]!.toFixed(4))]));
}

it.each<[string, string, Record<string, number>]>([
  ['is 1 in straight code', '(call $a)', { a: 1 }],
  [
    'is shared by the arms of an if, and whole behind it',
    '(if (local.get 0) (then (call $a)) (else (call $b))) (call $c)',
    { a: 0.5, b: 0.5, c: 1 },
  ],
  ['passes by an arm that is empty', '(if (local.get 0) (then (call $a))) (call $b)', { a: 0.5, b: 1 }],
  [
    'is low where there is nothing but a trap',
    '(if (local.get 0) (then (call $a) (unreachable))) (call $b)',
    { a: 0.0625, b: 0.9375 },
  ],
  [
    'is that of some rounds in a loop, and as before behind it',
    '(loop $l (call $a) (br_if $l (local.get 0))) (call $b)',
    { a: 8, b: 1 },
  ],
  [
    'is low where a loop is left early, and all that leaves comes to what has entered',
    `(block $out (block $error (loop $l
        (br_if $error (local.get 0)) (call $a) (br_if $l (local.get 0))) (call $b) (br $out)) (call $c)) (call $d)`,
    { a: 7.5, b: 0.4839, c: 0.5161, d: 1 },
  ],
  [
    'is low on a way within the loop that only leaves it',
    `(block $out (loop $l (block $error
        (if (local.get 0) (then (br $error)))
        (call $a) (br $l)) (call $b) (br $out)))`,
    { a: 7.5, b: 0.5 },
  ],
  [
    'is shared by the cases of a table',
    '(block $x (block $y (block $z (br_table $x $y $z (local.get 0))) (call $a) (br $x)) (call $b)) (call $c)',
    { a: 0.3333, b: 0.3333, c: 1 },
  ],
  [
    'is low on a way that calls, if there is another that does not',
    '(block $out (if (local.get 0) (then (if (local.get 0) (then (call $a)) (else (call $b))))))',
    { a: 0.0625, b: 0.0625 },
  ],
  [
    'is low in the cases of a table that call',
    `(loop $l
       (block $x (block $y (block $z (br_table $x $y $z (local.get 0)))
         (if (local.get 0) (then (call $a))) (br $l))
         (call $b) (br $l)))`,
    { a: 0.4706, b: 0.4706 },
  ],
])('%s', async (_, body, expected) => {
  expect(await heats(body)).toEqual(expected);
});

it('is low where only an exception leads', async () => {
  const imports = '(import "m" "a" (func $a)) (import "m" "b" (func $b))';
  const ir = await lower(
    `(module ${imports} (tag $t) (func (block $h (try_table (catch $t $h) (call $a)) (return)) (call $b)))`,
    2,
  );
  const heat = heatOf(ir);
  const [a, b] = [0, 1].map((f) => heat[ir.code.findIndex((n) => n.op === OP.call && n.imm === f)]);
  expect(a).toBe(1);
  // A sixteenth, and of that what the handler does not throw again.
  expect(b).toBe(15 / 256);
});
