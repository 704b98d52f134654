/**
 * What is printed inside its user and what gets a variable; and order of evaluation, by running the emitted code with
 * imports that note each call, natively and by both generators.
 */
import { describe, expect, it } from 'vitest';
import { Ir, isConst } from '../../../../src/3-lower/ir.ts';
import { formTrees } from '../../../../src/5-emit/form/trees.ts';
import { OP, type OpName } from '../../../../src/wasm/opcodes.ts';
import { loadEngine } from '../../../spec/engines.ts';
import { assemble, lower, through } from '../../../support/func-ir.ts';

const AROUND = `(import "m" "f" (func $f (param i32) (result i32)))
  (memory (export "memory") 1)
  (table $t 2 funcref) (elem (i32.const 0) $id $id)
  (global $g (mut i32) (i32.const 3))
  (func $id (param i32) (result i32) (call $f (local.get 0)))`;
const FIRST = 2;

/** For each value of an operation, in order of execution: is it printed inside its user? */
async function inlined(body: string, name: OpName, exact = true): Promise<boolean[]> {
  const ir = await lower(`(module ${AROUND} (func (param i32 i32) (result i32) ${body}))`, FIRST);
  through(ir, 'copies', 'dce', 'int64', 'dce');
  const trees = formTrees(ir, exact);
  return ir.code.filter((n) => n.op === OP[name]).map((n) => trees.inline[n.id] === 1);
}
const load = (at: number): string => `(i32.load (local.get ${at}))`;
const store = '(i32.store (local.get 0) (i32.const 1))';

describe('a load', () => {
  it.each([
    ['joins its user', `(i32.add ${load(0)} (local.get 1))`, [true]],
    ['passes another load', `(i32.sub ${load(0)} ${load(1)})`, [true, true]],
    ['does not pass a store', `${load(0)} ${store}`, [false]],
    ['does not pass a call', `(i32.add ${load(0)} (call $f (local.get 1)))`, [true]],
    ['stays before a call that follows', `${load(0)} (drop (call $f (local.get 1)))`, [false]],
    ['does not pass growth', `${load(0)} (drop (memory.grow (i32.const 1)))`, [false]],
    ['does not pass a fill', `${load(0)} (memory.fill (local.get 0) (local.get 1) (i32.const 1))`, [false]],
    ['does not pass a write of a global, since it may trap', `${load(0)} (global.set $g (i32.const 1))`, [false]],
    ['does not pass a division that may trap', `${load(0)} (i32.div_s (local.get 0) (local.get 1)) (drop)`, [false]],
    [
      'does not move into a loop',
      `${load(0)} (loop (br_if 0 (local.tee 1 (i32.shr_u (local.get 1) (i32.const 1)))))`,
      [false],
    ],
    ['that is read twice has a variable', `(local.tee 1 ${load(0)}) (i32.mul (local.get 1))`, [false]],
    ['before the end of a block has a variable', `(i32.sub (block (result i32) ${load(0)}) ${load(1)})`, [false, true]],
  ])('%s', async (_, body, expected) => {
    expect(await inlined(body, 'i32.load')).toEqual(expected);
  });
  it('passes a write of a global where traps are dropped', async () => {
    expect(await inlined(`${load(0)} (global.set $g (i32.const 1))`, 'i32.load', false)).toEqual([true]);
  });
});

describe('other values', () => {
  it.each<[string, string, OpName, boolean[]]>([
    ['a call joins an operation', '(i32.add (call $f (local.get 0)) (i32.const 1))', 'call', [true]],
    ['two calls join in order', '(i32.sub (call $f (local.get 0)) (call $f (local.get 1)))', 'call', [true, true]],
    [
      'a call in an arm of a select does not',
      '(select (call $f (local.get 0)) (local.get 1) (local.get 0))',
      'call',
      [false],
    ],
    [
      'a call as the condition of a select does',
      '(select (local.get 0) (local.get 1) (call $f (local.get 0)))',
      'call',
      [true],
    ],
    [
      'a call as the value of a store does not',
      '(i32.store (local.get 0) (call $f (local.get 1))) (i32.const 0)',
      'call',
      [false],
    ],
    [
      'a read of a global does not pass its write',
      '(global.get $g) (global.set $g (i32.const 9))',
      'global.get',
      [false],
    ],
    ['a read of a global passes a store', `(global.get $g) ${store}`, 'global.get', [true]],
    [
      'a read of a global does not pass a call',
      '(global.get $g) (drop (call $f (i32.const 1)))',
      'global.get',
      [false],
    ],
    ['arithmetic moves over a store', `(i32.mul (local.get 0) (local.get 1)) ${store}`, 'i32.mul', [true]],
    ['division by a constant does too', `(i32.div_u (local.get 0) (i32.const 10)) ${store}`, 'i32.div_u', [true]],
    ['division by a variable does not', `(i32.div_u (local.get 0) (local.get 1)) ${store}`, 'i32.div_u', [false]],
  ])('%s', async (_, body, name, expected) => {
    expect(await inlined(body, name)).toEqual(expected);
  });
  it('deep expressions are cut', async () => {
    const deep = Array.from({ length: 200 }).reduce<string>((e) => `(i32.mul ${e} (local.get 1))`, '(local.get 0)');
    const all = await inlined(deep, 'i32.mul');
    expect(all.filter((x) => !x).length).toBeGreaterThan(2);
    expect(all.filter((x) => x).length).toBeGreaterThan(150);
  });
  it('constants are printed wherever they are used', async () => {
    const ir = await lower(
      '(module (func (param i32) (result i32) (local i32) (i32.add (i32.mul (local.get 1) (local.get 0)) (local.get 1))))',
    );
    const trees = formTrees(ir, true);
    for (const n of ir.code) if (isConst(n)) expect(trees.inline[n.id]).toBe(1);
    expect(ir.code.some((n) => n.op === Ir.br)).toBe(true);
  });
});

/** Bodies of `(param i32 i32) (result i32)`, over the module above. */
const ORDERS = [
  '(i32.sub (call $f (local.get 0)) (i32.mul (call $f (local.get 1)) (call $f (i32.const 7))))',
  `(i32.sub ${load(0)} (call $id (local.get 1)))`,
  '(i32.store (call $f (local.get 0)) (call $f (local.get 1))) (i32.const 0)',
  '(select (call $f (i32.const 1)) (call $f (i32.const 2)) (call $f (local.get 1)))',
  '(call_indirect $t (param i32) (result i32) (call $f (local.get 0)) (call $f (local.get 1)))',
  '(i32.rotl (call $f (local.get 0)) (call $f (local.get 1)))',
  '(i32.rotr (call $f (i32.const 4)) (i32.load (local.get 1)))',
  '(i32.add (global.get $g) (block (result i32) (global.set $g (call $f (local.get 0))) (global.get $g)))',
  '(i32.add (i32.div_s (local.get 0) (local.get 1)) (call $f (i32.const 5)))',
  '(i32.add (call $f (i32.const 5)) (i32.div_s (local.get 0) (local.get 1)))',
  '(call $f (local.get 0)) (loop (drop (call $f (local.get 1))) (br_if 0 (local.tee 1 (i32.shr_u (local.get 1) (i32.const 1)))))',
  '(if (result i32) (call $f (local.get 0)) (then (call $f (i32.const 1))) (else (call $f (i32.const 2)))) (i32.add (call $f (i32.const 3)))',
  '(block (result i32) (call $f (i32.const 1)) (br_if 0 (call $f (local.get 0))) (drop) (call $f (i32.const 2)))',
  '(memory.copy (call $f (i32.const 8)) (call $f (i32.const 16)) (call $f (i32.const 2))) (i32.const 0)',
  '(drop (call $f (i32.const 1))) (drop (i32.load (local.get 0))) (call $f (i32.const 2))',
  '(i64.store (call $f (local.get 0)) (i64.extend_i32_s (call $f (local.get 1)))) (i32.const 0)',
  '(i32.wrap_i64 (i64.div_s (i64.extend_i32_s (call $f (local.get 0))) (i64.extend_i32_s (call $f (local.get 1)))))',
  '(i32.add (memory.size) (i32.add (memory.grow (call $f (i32.const -1))) (memory.size)))',
];

describe('evaluation', () => {
  it.each(['wavm', 'wamr'] as const)('is in order by %s', async (backend) => {
    const funcs = ORDERS.map((body, i) => `(func (export "${i}") (param i32 i32) (result i32) ${body})`);
    const bytes = await assemble(`(module ${AROUND} ${funcs.join('\n')})`);
    const log = async (name: 'native' | typeof backend): Promise<string[]> => {
      const engine = await loadEngine(name);
      const lines: string[] = [];
      const f = (x: number): number => {
        lines.push(`f(${x})`);
        return x - 1;
      };
      const { exports } = new engine.Instance(new engine.Module(bytes), { m: { f } });
      for (const [i, body] of ORDERS.entries()) {
        for (const args of [
          [0, 0],
          [1, 2],
          [65532, 1],
          [-8, 5],
          [9, 65533],
        ]) {
          const call = exports[i] as (...a: number[]) => number;
          lines.push(`${body} of ${args}`);
          try {
            lines.push(String(call(...args)));
          } catch (error) {
            lines.push((error as Error).message);
          }
        }
      }
      return lines;
    };
    const native = await log('native');
    expect(native.filter((l) => l.startsWith('f(')).length).toBeGreaterThan(150);
    expect(await log(backend)).toEqual(native);
  });
});
