/** Facts of a module: which tables are closed. */
import { describe, expect, it } from 'vitest';
import { ModuleFacts } from '../../../src/3-lower/facts.ts';
import { typedOf } from '../../support/func-ir.ts';

const facts = async (fields: string): Promise<ModuleFacts> => new ModuleFacts(await typedOf(`(module ${fields})`));

describe('a table is closed', () => {
  const functions = '(func $a) (func $b)';
  it('if nothing changes it, with the last segment in each place', async () => {
    const f = await facts(`(table 4 4 funcref) (elem (i32.const 1) $a $b) (elem (i32.const 2) $a) ${functions}`);
    expect(f.closedTable(0)).toEqual([undefined, 0, 0, undefined]);
    expect(f.whyOpen(0)).toBeUndefined();
  });
  it.each([
    ['exported', `(table (export "t") 2 funcref) ${functions}`, 'it is exported'],
    ['imported', `(import "m" "t" (table 2 funcref)) ${functions}`, 'it is imported'],
    [
      'written',
      `(table 2 funcref) ${functions} (func (table.set (i32.const 0) (ref.null func)))`,
      'instructions write to it',
    ],
    [
      'grown',
      `(table 2 funcref) ${functions} (func (drop (table.grow (ref.null func) (i32.const 1))))`,
      'instructions write to it',
    ],
    [
      'filled',
      `(table 2 funcref) ${functions} (func (table.fill (i32.const 0) (ref.null func) (i32.const 1)))`,
      'instructions write to it',
    ],
    [
      'copied into',
      `(table 2 funcref) (table 2 funcref) ${functions} (func (table.copy 0 1 (i32.const 0) (i32.const 0) (i32.const 1)))`,
      'instructions write to it',
    ],
    [
      'initialised',
      `(table 2 funcref) (elem func $a) ${functions} (func (table.init 0 0 (i32.const 0) (i32.const 0) (i32.const 1)))`,
      'instructions write to it',
    ],
    [
      'placed by a global',
      `(import "m" "g" (global i32)) (table 2 funcref) (elem (global.get 0) $a) ${functions}`,
      'a segment is not known, or does not fit',
    ],
    [
      'overrun by a segment',
      `(table 2 funcref) (elem (i32.const 1) $a $b) ${functions}`,
      'a segment is not known, or does not fit',
    ],
  ])('but not one that is %s', async (_, fields, why) => {
    const f = await facts(fields);
    expect(f.closedTable(0)).toBeUndefined();
    expect(f.whyOpen(0)).toBe(why);
  });
  it('even if it is read, sized, or copied from', async () => {
    const f = await facts(`(table 2 funcref) (table 2 funcref) (elem (i32.const 0) $a) ${functions}
      (func (drop (table.get 0 (i32.const 0))) (drop (table.size 0)) (table.copy 1 0 (i32.const 0) (i32.const 0) (i32.const 1)))`);
    expect(f.closedTable(0)).toEqual([0, undefined]);
    expect(f.closedTable(1)).toBeUndefined();
  });
});
