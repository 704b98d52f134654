/** Shared memories: two objects over one, as two threads have them; and memories and tables with 64-bit addresses. */
import { describe, expect, it } from 'vitest';
import { Memory, Table } from '../../../../runtime/index.ts';
import { instantiateText } from '../../6-link/support.ts';

const shared = (initial = 1, maximum = 4): Memory => new Memory({ initial, maximum, shared: true });

describe('a shared memory', () => {
  it('needs a maximum', () => {
    expect(() => new Memory({ initial: 1, shared: true })).toThrow(TypeError);
  });

  it('has a shared buffer of its size, which lasts', () => {
    const memory = shared();
    const { buffer } = memory;
    expect([Object.prototype.toString.call(buffer), buffer.byteLength]).toEqual(['[object SharedArrayBuffer]', 65536]);
    expect([memory.grow(2), memory.grow_by(2), memory.pages]).toEqual([1, -1, 3]);
    expect(memory.buffer).toBe(buffer);
    expect(buffer.byteLength).toBe(3 * 65536);
    expect(() => memory.grow(2)).toThrow(RangeError);
  });

  it('goes to other threads as its handle', () => {
    const memory = shared();
    const other = Memory.from(structuredClone(memory.handle()));
    memory.bytes[5] = 7;
    expect([other.bytes[5], other.maximum, other.shared]).toEqual([7, 4, true]);
    expect([other.grow(1), memory.pages, memory.grow(1), other.pages]).toEqual([1, 2, 2, 3]);
    expect(() => new Memory({ initial: 1 }).handle()).toThrow(TypeError);
  });

  it.each(['wavm', 'wamr'] as const)('that another thread grew: %s sees it', async (backend) => {
    const memory = shared();
    const wat = `(module (memory (import "m" "m") 1 4 shared)
      (func (export "sum") (param i32 i32) (result i32) (local i32)
        (loop (local.set 2 (i32.add (local.get 2) (i32.load (local.get 0))))
          (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 4))) (local.get 1))))
        (local.get 2))
      (func (export "set") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
      (func (export "add") (param i32 i32) (result i32) (i32.atomic.rmw.add (local.get 0) (local.get 1)))
      (func (export "fill") (memory.fill (i32.const 131072) (i32.const 1) (i32.const 65536)))
      (func (export "size") (result i32) (memory.size)))`;
    const { sum, set, add, fill, size } = await instantiateText(wat, { m: { m: memory } }, { backend });
    const other = Memory.from(memory.handle());
    expect(() => set!(65536, 5)).toThrow('memory access out of bounds');
    other.grow(1);
    set!(65536, 5);
    expect([sum!(65532, 65544), add!(65540, 3), other.view.getInt32(65540, true), size!()]).toEqual([5, 0, 3, 2]);
    other.grow(1);
    expect([add!(131072, 1), size!()]).toEqual([0, 3]);
    fill!();
    expect(other.bytes[196607]).toBe(1);
  });

  it('is no memory that is not, and the reverse', async () => {
    const one = '(module (memory (import "m" "m") 1 4 shared))';
    const other = '(module (memory (import "m" "m") 1))';
    await expect(instantiateText(one, { m: { m: new Memory({ initial: 1, maximum: 4 }) } })).rejects.toThrow(
      'expected shared memory, pages 1 of at most 4, found memory, pages 1 of at most 4',
    );
    await expect(instantiateText(other, { m: { m: shared() } })).rejects.toThrow(/found shared memory, pages 1/);
    const { Memory: Native } = (globalThis as unknown as { WebAssembly: { Memory: typeof Memory } }).WebAssembly;
    await instantiateText(one, { m: { m: new Native({ initial: 1, maximum: 4, shared: true }) } });
    await expect(
      instantiateText(other, { m: { m: new Native({ initial: 1, maximum: 4, shared: true }) } }),
    ).rejects.toThrow(/found shared memory, pages 1/);
  });
});

describe('64-bit addresses', () => {
  it('make sizes BigInts', () => {
    const memory = new Memory({ initial: 1n, maximum: 3n, address: 'i64' });
    expect([memory.grow(1n), memory.pages, memory.buffer.byteLength]).toEqual([1n, 2, 131072]);
    expect(() => memory.grow(1)).toThrow(TypeError);
    expect(() => memory.grow(2n ** 60n)).toThrow(RangeError);
    expect(() => new Memory({ initial: 1, address: 'i64' })).toThrow(TypeError);
    expect(() => new Memory({ initial: 1n })).toThrow(TypeError);
    expect(() => new Memory({ initial: 2n ** 48n, address: 'i64' })).toThrow(RangeError);
    expect(new Memory({ initial: 0n, maximum: 2n ** 48n, address: 'i64' }).maximum).toBe(2 ** 48);
  });

  it('make indices BigInts', () => {
    const table = new Table({ element: 'externref', initial: 2n, maximum: 2n ** 64n - 1n, address: 'i64' }, 'a');
    expect([table.length, table.get(1n), table.grow(1n, 'b'), table.get(2n)]).toEqual([2n, 'a', 2n, 'b']);
    table.set(0n, 'c');
    expect(table.elems).toEqual(['c', 'a', 'b']);
    expect(() => table.get(3n)).toThrow(RangeError);
    expect(() => table.get(0)).toThrow(RangeError);
  });

  it('are part of the type', async () => {
    const memory = '(module (memory (import "m" "m") i64 1))';
    await expect(instantiateText(memory, { m: { m: new Memory({ initial: 1 }) } })).rejects.toThrow(
      'expected 64-bit memory, pages 1 without maximum, found memory, pages 1 without maximum',
    );
    const table = '(module (table (import "m" "t") 1 funcref))';
    const t = new Table({ element: 'anyfunc', initial: 1n, address: 'i64' });
    await expect(instantiateText(table, { m: { t } })).rejects.toThrow(/found 64-bit table of funcref/);
  });

  it.each(['wavm', 'wamr'] as const)('%s: declared sizes may be beyond any host', async (backend) => {
    const { grow } = await instantiateText(
      '(module (memory i64 0 0x1_0000_0000_0000) (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0))))',
      {},
      { backend },
    );
    expect([grow!(2n ** 47n), grow!(-1n), grow!(1n), grow!(0n)]).toEqual([-1n, -1n, 0n, 1n]);
    await expect(
      instantiateText('(module (memory (export "m") i64 0x1_0000_0000_0000))', {}, { backend }),
    ).rejects.toThrow(RangeError);
    await expect(
      instantiateText('(module (memory i64 1) (data (i64.const 0x1_0000_0000) "a"))', {}, { backend }),
    ).rejects.toThrow('data segment 0 is out of bounds (offset 4294967296, length 1, memory size 65536)');
    await expect(
      instantiateText(
        '(module (table i64 1 funcref) (func $f) (elem (i64.const 0x1_0000_0000) func $f))',
        {},
        { backend },
      ),
    ).rejects.toThrow('table index is out of bounds');
  });
});
