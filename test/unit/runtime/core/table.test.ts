/** Table instructions: bounds, overlaps, segments, and which of V8's texts each failure has. */
import { beforeEach, expect, it } from 'vitest';
import * as core from '../../../../runtime/core/index.ts';
import { describe_func, Table } from '../../../../runtime/vm/index.ts';

const OUT = 'table index is out of bounds';
const letters = (table: Table): string => table.elems.map((e) => e ?? '-').join('');
let table: Table;
beforeEach(() => {
  table = new Table({ element: 'externref', initial: 6, maximum: 9 }, null);
  for (const [i, c] of [...'abcdef'].entries()) table.elems[i] = c;
});

it('gets and sets', () => {
  expect(core.table_get(table, 2)).toBe('c');
  core.table_set(table, 2, undefined);
  expect(core.table_get(table, 2)).toBe(undefined);
  for (const index of [6, -1]) {
    expect(() => core.table_get(table, index)).toThrow(OUT);
    expect(() => core.table_set(table, index, 1)).toThrow(OUT);
  }
  expect(table.elems.length).toBe(6);
});

it('grows up to its maximum and tells its size', () => {
  expect([core.table_grow(table, 'x', 3), core.table_size(table)]).toEqual([6, 9]);
  expect([core.table_grow(table, 'x', 1), core.table_grow(table, 'x', -1), core.table_grow(table, 'x', 0)]).toEqual([
    -1, -1, 9,
  ]);
  expect(letters(table)).toBe('abcdefxxx');
});

it('fills', () => {
  core.table_fill(table, 1, 'x', 2);
  expect(letters(table)).toBe('axxdef');
  core.table_fill(table, 6, 'x', 0);
  expect(() => core.table_fill(table, 5, 'y', 2)).toThrow(OUT);
  expect(() => core.table_fill(table, 0, 'y', -1)).toThrow(OUT);
  expect(() => core.table_fill(table, 7, 'y', 0)).toThrow(OUT);
  expect(letters(table)).toBe('axxdef');
});

it('copies overlapping ranges in both directions, and between tables', () => {
  core.table_copy(table, 1, table, 0, 4);
  expect(letters(table)).toBe('aabcdf');
  core.table_copy(table, 0, table, 1, 4);
  expect(letters(table)).toBe('abcddf');
  const other = new Table({ element: 'externref', initial: 3 }, null);
  core.table_copy(other, 1, table, 0, 2);
  expect(letters(other)).toBe('-ab');
  expect(() => core.table_copy(other, 2, table, 0, 2)).toThrow(OUT);
  expect(() => core.table_copy(other, 0, table, 5, 2)).toThrow(OUT);
  expect(letters(other)).toBe('-ab');
});

it('initialises from segments, which can be dropped', () => {
  const segment = { v: ['1', '2', '3'] };
  core.table_init(table, segment, 4, 1, 2);
  expect(letters(table)).toBe('abcd23');
  expect(() => core.table_init(table, segment, 5, 0, 2)).toThrow(OUT);
  expect(() => core.table_init(table, segment, 0, 2, 2)).toThrow('element segment out of bounds');
  core.elem_drop(segment);
  core.table_init(table, segment, 0, 0, 0);
  expect(() => core.table_init(table, segment, 0, 0, 1)).toThrow('element segment out of bounds');
  expect(letters(table)).toBe('abcd23');
});

it('checks callees: out of range, null, of another type', () => {
  const f = describe_func(() => 1, ':i', '0');
  expect(core.check_func(f, ':i')).toBe(f);
  const mismatch = 'null function or function signature mismatch';
  expect(() => core.check_func(f, ':I')).toThrow(mismatch);
  expect(() => core.check_func(null, ':i')).toThrow(mismatch);
  expect(() => core.check_func(undefined, ':i')).toThrow(OUT);
});

it('throws traps by the name of WebAssembly.RuntimeError', () => {
  expect(() => core.trap_unreachable()).toThrow(core.Trap);
  const error = new core.Trap('unreachable');
  expect(String(error)).toBe('RuntimeError: unreachable');
  expect(error.stack).toMatch(/^RuntimeError: unreachable\n/);
  expect(Object.keys(error)).toEqual([]);
});
