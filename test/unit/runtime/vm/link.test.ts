/** Imports: what fits, and the words of the error where one does not. */
import { describe, expect, it } from 'vitest';
import {
  describe_func,
  Global,
  import_func,
  import_global,
  import_memory,
  import_table,
  LinkError,
  Memory,
  Table,
  to_func,
} from '../../../../runtime/vm/index.ts';

const of = (field: unknown): Record<string, unknown> => ({ m: { f: field } });
const wasm = to_func(describe_func((a: number) => a, 'i:I', '5'));

describe('functions', () => {
  const adapt = (host: (a: number) => number) => (a: number) => host(a) + 1;

  it('are adapted, or used as they are if they come from wasm', () => {
    const adapted = import_func(
      of((a: number) => a * 2),
      'm',
      'f',
      'i:i',
      3,
      adapt,
    );
    expect([(adapted as (a: number) => number)(5), adapted.t, adapted.n]).toEqual([11, 'i:i', '3']);
    const raw = import_func(of(wasm), 'm', 'f', 'i:I', 3, adapt);
    expect([to_func(raw) === wasm, raw.n]).toEqual([true, '5']);
  });

  it.each([
    [of(wasm), 'import "m" "f": expected function (i32, f64) -> (), found function (i32) -> i64'],
    [of(undefined), 'import "m" "f": expected function (i32, f64) -> (), found nothing'],
    [of(5), 'import "m" "f": expected function (i32, f64) -> (), found a value of type number'],
    [of(null), 'import "m" "f": expected function (i32, f64) -> (), found null'],
    [
      of(new Memory({ initial: 1 })),
      'import "m" "f": expected function (i32, f64) -> (), found memory, pages 1 without maximum',
    ],
  ])('%#: that do not fit', (imports, text) => {
    expect(() => import_func(imports, 'm', 'f', 'iF:', 0, adapt)).toThrow(new LinkError(text));
  });

  it('need a module object', () => {
    const text = 'import "m\\"" "f": module "m\\"" is not an object or function, but nothing';
    expect(() => import_func({}, 'm"', 'f', ':', 0, adapt)).toThrow(new TypeError(text));
    expect(() => import_func({ m: 5 }, 'm', 'f', ':', 0, adapt)).toThrow(TypeError);
    const module = Object.assign(() => 0, { f: wasm });
    expect(to_func(import_func({ m: module }, 'm', 'f', 'i:I', 0, adapt))).toBe(wasm);
  });
});

describe('memories', () => {
  const memory = new Memory({ initial: 2, maximum: 3 });
  it('fit by their present size and declared maximum', () => {
    for (const [min, max] of [[2], [1, 3], [0, 9]] as [number, number?][]) {
      expect(import_memory(of(memory), 'm', 'f', min, max)).toBe(memory);
    }
  });
  it.each([
    [memory, [3], 'expected memory, pages 3 without maximum, found memory, pages 2 of at most 3'],
    [memory, [1, 2], 'expected memory, pages 1 of at most 2, found memory, pages 2 of at most 3'],
    [
      new Memory({ initial: 1 }),
      [1, 2],
      'expected memory, pages 1 of at most 2, found memory, pages 1 without maximum',
    ],
    [{}, [1], 'expected memory, pages 1 without maximum, found a value of type object'],
  ] as const)('%#: that do not fit', (value, limits, text) => {
    const [min, max] = limits;
    expect(() => import_memory(of(value), 'm', 'f', min, max)).toThrow(new LinkError(`import "m" "f": ${text}`));
  });

  it('may be native: growth on either side is seen on the other', () => {
    const { Memory: Native } = (globalThis as unknown as { WebAssembly: { Memory: typeof Memory } }).WebAssembly;
    const native = new Native({ initial: 1, maximum: 4 });
    const imported = import_memory(of(native), 'm', 'f', 1);
    expect(imported.host).toBe(native);
    let seen: ArrayBufferLike | undefined;
    imported.watch((buffer) => {
      seen = buffer;
    });
    expect([imported.grow_by(1), native.buffer.byteLength, seen === native.buffer]).toEqual([1, 131072, true]);
    native.grow(1);
    expect([imported.bytes.length, imported.view.byteLength, seen === native.buffer]).toEqual([196608, 196608, true]);
    expect([imported.grow_by(2), imported.pages]).toEqual([-1, 3]);
    expect(() => import_memory(of(native), 'm', 'f', 4)).toThrow(LinkError);
  });
});

describe('tables', () => {
  const table = new Table({ element: 'anyfunc', initial: 2, maximum: 3 });
  it('fit by element type, length and maximum', () => {
    expect(import_table(of(table), 'm', 'f', 'r', 2, 3)).toBe(table);
  });
  it.each([
    ['e', 2, 3, 'expected table of externref, length 2 of at most 3, found table of funcref, length 2 of at most 3'],
    [
      'r',
      3,
      undefined,
      'expected table of funcref, length 3 without maximum, found table of funcref, length 2 of at most 3',
    ],
    ['r', 1, 2, 'expected table of funcref, length 1 of at most 2, found table of funcref, length 2 of at most 3'],
  ] as const)('%#: that do not fit', (element, min, max, text) => {
    expect(() => import_table(of(table), 'm', 'f', element, min, max)).toThrow(
      new LinkError(`import "m" "f": ${text}`),
    );
  });
});

describe('globals', () => {
  const cell = new Global({ value: 'i64', mutable: true }, 5n);
  it('are the cell given, or a new one for a plain value', () => {
    expect(import_global(Global, of(cell), 'm', 'f', 'I', true)).toBe(cell);
    const made = import_global(Global, of(-1n), 'm', 'f', 'I', false);
    expect([made.v, made.h, made.mutable]).toEqual([-1, -1, false]);
    expect(import_global(Global, of(5.5), 'm', 'f', 'i', false).v).toBe(5);
    expect(import_global(Global, of(undefined), 'm', 'f', 'e', false).v).toBe(undefined);
    expect(import_global(Global, of(wasm), 'm', 'f', 'r', false).value).toBe(wasm);
  });
  it.each([
    [cell, 'I', false, 'expected immutable global i64, found mutable global i64'],
    [cell, 'i', true, 'expected mutable global i32, found mutable global i64'],
    [5, 'I', false, 'expected immutable global i64, found a value of type number'],
    [5n, 'i', false, 'expected immutable global i32, found a value of type bigint'],
    [5, 'i', true, 'expected mutable global i32, found a value of type number'],
    [undefined, 'r', false, 'expected immutable global funcref, found nothing'],
  ] as const)('%#: that do not fit', (value, type, mutable, text) => {
    expect(() => import_global(Global, of(value), 'm', 'f', type, mutable)).toThrow(
      new LinkError(`import "m" "f": ${text}`),
    );
  });
});

it('throws errors by the name of WebAssembly.LinkError', () => {
  expect(String(new LinkError('x'))).toBe('LinkError: x');
});
