/** Facts of a module: who may grow a memory, and which tables are closed. */
import { describe, expect, it } from 'vitest';
import { ModuleFacts } from '../../../src/3-lower/facts.ts';
import { typedOf } from '../../support/func-ir.ts';

const facts = async (fields: string): Promise<ModuleFacts> => new ModuleFacts(await typedOf(`(module ${fields})`));
const GROW = '(drop (memory.grow (i32.const 1)))';

describe('growth', () => {
  it('spreads to callers, through any number of calls and circles', async () => {
    const f = await facts(`(memory 1)
      (func $grows ${GROW}) (func (call $grows)) (func (call 1) (call 3)) (func (call 2)) (func $still (nop)) (func (call $still))`);
    expect([0, 1, 2, 3, 4, 5].map((i) => f.mayGrow(i))).toEqual([true, true, true, true, false, false]);
    expect(f.indirectMayGrow).toBe(false);
  });
  it('is nowhere if nothing grows and nobody outside sees the memory', async () => {
    const f = await facts('(import "m" "f" (func)) (memory 1) (func (call 0))');
    expect([f.mayGrow(0), f.mayGrow(1), f.indirectMayGrow]).toEqual([false, false, false]);
  });
  it.each([
    ['the memory is exported', '(memory (export "m") 1)', ''],
    ['the memory is imported', '', '(import "m" "m" (memory 1))'],
    ['some function grows it', `(memory 1) (func ${GROW})`, ''],
  ])('is possible in imports if %s', async (_, fields, imports) => {
    const f = await facts(`${imports} (import "m" "f" (func)) (func (call 0)) ${fields}`);
    expect([f.mayGrow(0), f.mayGrow(1)]).toEqual([true, true]);
  });
  it('is possible through a table with a function that grows', async () => {
    const table = '(table 2 funcref) (elem (i32.const 0) $f)';
    const call = '(func (call_indirect (i32.const 0)))';
    const growing = await facts(`(memory 1) ${table} ${call} (func $f ${GROW})`);
    expect([growing.indirectMayGrow, growing.mayGrow(0)]).toEqual([true, true]);
    const still = await facts(`(memory 1) ${table} ${call} (func $f) (func $other ${GROW})`);
    expect([still.indirectMayGrow, still.mayGrow(0), still.mayGrow(2)]).toEqual([false, false, true]);
  });
  it('is possible through a table that others fill', async () => {
    const f = await facts(
      `(memory (export "m") 1) (table (export "t") 2 funcref) (func (call_indirect (i32.const 0)))`,
    );
    expect([f.indirectMayGrow, f.mayGrow(0)]).toEqual([true, true]);
  });
});

describe('a table is closed', () => {
  const functions = '(func $a) (func $b)';
  it('if nothing changes it, with the last segment in each place', async () => {
    const f = await facts(`(table 4 4 funcref) (elem (i32.const 1) $a $b) (elem (i32.const 2) $a) ${functions}`);
    expect(f.closedTable(0)).toEqual([undefined, 0, 0, undefined]);
  });
  it.each([
    ['exported', `(table (export "t") 2 funcref) ${functions}`],
    ['imported', `(import "m" "t" (table 2 funcref)) ${functions}`],
    ['written', `(table 2 funcref) ${functions} (func (table.set (i32.const 0) (ref.null func)))`],
    ['grown', `(table 2 funcref) ${functions} (func (drop (table.grow (ref.null func) (i32.const 1))))`],
    ['filled', `(table 2 funcref) ${functions} (func (table.fill (i32.const 0) (ref.null func) (i32.const 1)))`],
    [
      'copied into',
      `(table 2 funcref) (table 2 funcref) ${functions} (func (table.copy 0 1 (i32.const 0) (i32.const 0) (i32.const 1)))`,
    ],
    [
      'initialised',
      `(table 2 funcref) (elem func $a) ${functions} (func (table.init 0 0 (i32.const 0) (i32.const 0) (i32.const 1)))`,
    ],
    ['placed by a global', `(import "m" "g" (global i32)) (table 2 funcref) (elem (global.get 0) $a) ${functions}`],
    ['overrun by a segment', `(table 2 funcref) (elem (i32.const 1) $a $b) ${functions}`],
  ])('but not one that is %s', async (_, fields) => {
    expect((await facts(fields)).closedTable(0)).toBeUndefined();
  });
  it('even if it is read, sized, or copied from', async () => {
    const f = await facts(`(table 2 funcref) (table 2 funcref) (elem (i32.const 0) $a) ${functions}
      (func (drop (table.get 0 (i32.const 0))) (drop (table.size 0)) (table.copy 1 0 (i32.const 0) (i32.const 0) (i32.const 1)))`);
    expect(f.closedTable(0)).toEqual([0, undefined]);
    expect(f.closedTable(1)).toBeUndefined();
  });
});
