/** Memory, Table and Global: the JS API's behaviour, growth, and what the host cannot do. */
import { describe, expect, it, vi } from 'vitest';
import { describe_func, from_func, Global, Memory, Table, to_func, with_value } from '../../../../runtime/vm/index.ts';
import { NativeMemory } from '../../../../runtime/vm/native-memory.ts';

describe('Memory', () => {
  it('grows to its maximum: RangeError for the host, -1 for the guest', () => {
    const memory = new Memory({ initial: 1, maximum: 3 });
    memory.bytes[65535] = 7;
    expect([memory.grow(1), memory.pages, memory.buffer.byteLength, memory.bytes[65535]]).toEqual([1, 2, 131072, 7]);
    expect(() => memory.grow(2)).toThrow(new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded'));
    expect([memory.grow_by(2), memory.grow_by(0xffffffff), memory.pages]).toEqual([-1, -1, 2]);
    expect(new Memory({ initial: 1 }).grow_by(65536)).toBe(-1);
  });

  it('never has the last page that 32-bit addresses reach', () => {
    expect(() => new Memory({ initial: 65536 })).toThrow(
      "Property 'initial': value 65536 is above the upper bound 65535",
    );
    expect(new Memory({ initial: 1, maximum: 65536 }).grow_by(65535)).toBe(-1);
    const buffer = { byteLength: 2 ** 32 - 65536 } as ArrayBuffer;
    const grow = vi.fn(() => 65535);
    const native = Object.assign(Object.create(NativeMemory.prototype) as NativeMemory, {
      host: { buffer, grow },
      is64: false,
    });
    expect([native.grow_by(1), grow.mock.calls.length]).toEqual([-1, 0]);
    Object.assign(native, { host: { buffer: { byteLength: 2 ** 32 }, grow } });
    expect(() => native.bytes).toThrow(
      new RangeError('a memory of 65536 pages, of which generated code can reach 65535'),
    );
  });

  it.each([0, 1])('detaches the old buffer when it grows by %i', (pages) => {
    const memory = new Memory({ initial: 1 });
    const old = memory.buffer;
    const view = new Uint8Array(old);
    memory.grow(pages);
    expect([old.byteLength, view.length, memory.buffer === old]).toEqual([0, 0, false]);
  });

  it('keeps the contents where buffers cannot be transferred, and detaches by structuredClone', () => {
    const transfer = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'transfer');
    Reflect.deleteProperty(ArrayBuffer.prototype, 'transfer');
    try {
      const memory = new Memory({ initial: 1 });
      const old = memory.buffer;
      memory.bytes[9] = 5;
      memory.grow(1);
      expect([old.byteLength, memory.bytes[9]]).toEqual([0, 5]);
      vi.stubGlobal('structuredClone', undefined);
      memory.grow(1);
      expect([memory.pages, memory.bytes[9]]).toEqual([3, 5]);
    } finally {
      vi.unstubAllGlobals();
      if (transfer !== undefined) Object.defineProperty(ArrayBuffer.prototype, 'transfer', transfer);
    }
  });

  it('tells its watchers of each buffer and size, the present ones first', () => {
    const memory = new Memory({ initial: 1 });
    const seen: [ArrayBufferLike, number][] = [];
    memory.watch((buffer, size) => seen.push([buffer, size]));
    expect(seen).toEqual([[memory.buffer, 65536]]);
    memory.grow(1);
    expect(seen.at(-1)).toEqual([memory.buffer, 131072]);
    const { length } = seen;
    memory.grow_by(-1 >>> 0);
    expect(seen.length).toBe(length);
  });

  it('grows in place while nobody looks at the buffer', () => {
    const memory = new Memory({ initial: 1 });
    const stores = new Set<ArrayBufferLike>();
    memory.watch((store) => stores.add(store));
    for (let i = 0; i < 1000; i++) {
      memory.bytes[memory.bytes.length - 1] = 1;
      memory.grow(1);
    }
    expect([memory.pages, memory.view.byteLength, memory.bytes.length]).toEqual([1001, 1001 * 65536, 1001 * 65536]);
    expect(memory.bytes.reduce((a, b) => a + b)).toBe(1000);
    expect(stores.size).toBeLessThan(15);
    const { buffer } = memory;
    expect([buffer.byteLength, memory.bytes.buffer === buffer, memory.buffer === buffer]).toEqual([
      1001 * 65536,
      true,
      true,
    ]);
    memory.grow(1);
    expect([buffer.byteLength, memory.buffer.byteLength]).toEqual([0, 1002 * 65536]);
  });

  it('answers -1, or throws at first, where the host has no room', () => {
    const memory = new Memory({ initial: 1 });
    const old = memory.buffer;
    const failing = function FailingBuffer() {
      throw new RangeError('Array buffer allocation failed');
    };
    vi.stubGlobal('ArrayBuffer', failing);
    const transfer = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(old), 'transfer');
    if (transfer !== undefined) Object.defineProperty(old, 'transfer', { value: failing });
    try {
      expect(memory.grow_by(1)).toBe(-1);
      expect(() => new Memory({ initial: 1 })).toThrow(RangeError);
    } finally {
      vi.unstubAllGlobals();
    }
    expect([memory.buffer === old, old.byteLength]).toEqual([true, 65536]);
  });

  it('refuses limits out of range', () => {
    expect(() => new Memory({ initial: 65537 })).toThrow(RangeError);
    expect(() => new Memory({ initial: 3, maximum: 2 })).toThrow(RangeError);
    expect(() => new Memory({ initial: 3, maximum: 65537 })).toThrow(RangeError);
    expect(() => new Memory({} as never)).toThrow(TypeError);
    expect(() => new Memory({ initial: -1 })).toThrow(TypeError);
    expect(() => new Memory({ initial: 1.5 })).toThrow(TypeError);
  });
});

describe('Table', () => {
  const f = describe_func(() => 1, ':i', '3');

  it('holds raw functions and shows exported ones', () => {
    const table = new Table({ element: 'anyfunc', initial: 2, maximum: 4 });
    expect([table.length, table.get(0), table.elems[0]]).toEqual([2, null, null]);
    const exported = to_func(f)!;
    table.set(1, exported);
    expect([table.elems[1], table.get(1)]).toEqual([f, exported]);
    table.set(1);
    expect(table.get(1)).toBe(null);
    expect(() => table.set(0, () => 1)).toThrow(TypeError);
    expect(() => table.set(2, null)).toThrow(RangeError);
    expect(() => table.get(-1)).toThrow(RangeError);
  });

  it('keeps its array when it grows', () => {
    const table = new Table({ element: 'funcref', initial: 1, maximum: 3 }, to_func(f));
    const { elems } = table;
    expect([table.grow(2, to_func(f)), table.elems === elems, elems]).toEqual([1, true, [f, f, f]]);
    expect(() => table.grow(1)).toThrow(new RangeError('WebAssembly.Table.grow(): failed to grow table by 1'));
    expect([table.grow_by(1, null), table.length]).toEqual([-1, 3]);
    expect(new Table({ element: 'externref', initial: 1 }).grow_by(10_000_000, null)).toBe(-1);
  });

  it('of externref holds anything, undefined by default', () => {
    const table = new Table({ element: 'externref', initial: 2 });
    expect([table.get(0), table.grow(1, 5), table.get(2)]).toEqual([undefined, 2, 5]);
    expect(new Table({ element: 'externref', initial: 1 }, null).get(0)).toBe(null);
  });

  it('refuses descriptors that make no sense', () => {
    expect(() => new Table({ element: 'x' as 'anyfunc', initial: 1 })).toThrow(TypeError);
    expect(() => new Table({ element: 'anyfunc', initial: 10_000_001 })).toThrow(RangeError);
    expect(new Table({ element: 'anyfunc', initial: 0, maximum: 0xffffffff }).maximum).toBe(0xffffffff);
  });
});

describe('Global', () => {
  it.each([
    ['i32', 4294967295.7, -1, -1, 0],
    ['i64', 2n ** 64n - 5n, -5n, -5, -1],
    ['f32', 0.1, Math.fround(0.1), Math.fround(0.1), 0],
    ['f64', '0.1', 0.1, 0.1, 0],
    ['externref', null, null, null, 0],
  ] as const)('coerces an %s', (value, given, seen, v, h) => {
    const global = new Global({ value, mutable: true }, given);
    expect([global.value, global.valueOf(), global.v, global.h]).toEqual([seen, seen, v, h]);
  });

  it('has the default of its type', () => {
    const values = (['i32', 'i64', 'f32', 'anyfunc', 'externref'] as const).map((value) => new Global({ value }).value);
    expect(values).toEqual([0, 0n, 0, null, undefined]);
  });

  it('can be set only if it is mutable', () => {
    const global = new Global({ value: 'i64', mutable: true });
    global.value = -1n;
    expect([global.v, global.h]).toEqual([-1, -1]);
    expect(() => {
      global.value = 1;
    }).toThrow(TypeError);
    expect(() => {
      new Global({ value: 'i32' }).value = 1;
    }).toThrow(TypeError);
    expect(() => new Global({ value: 'i16' as 'i32' })).toThrow(TypeError);
    expect(with_value(new Global({ value: 'i64' }), -2, 7).value).toBe(7n * 2n ** 32n + 2n ** 32n - 2n);
  });
});

describe('function references', () => {
  it('have one exported function each, which leads back', () => {
    const raw = describe_func((a: number, low: number, high: number) => [a, low, high], 'iI:iI', '12');
    const exported = to_func(raw)!;
    expect([to_func(raw) === exported, from_func(exported) === raw]).toEqual([true, true]);
    expect([exported.name, exported.length, 'prototype' in exported]).toEqual(['12', 2, false]);
    expect(() => Reflect.construct(exported, [])).toThrow(TypeError);
    expect(exported(7.9, -3n)).toEqual([7, -3n]);
    expect(() => exported(7, 3)).toThrow(TypeError);
    expect([to_func(null), from_func(null)]).toEqual([null, null]);
    expect(() => from_func(undefined)).toThrow(TypeError);
    expect(() => from_func(() => 1)).toThrow(TypeError);
  });
});
