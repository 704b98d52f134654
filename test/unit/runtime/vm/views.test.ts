/** The views of a memory: always over the memory as it is, for the first instance and for others. */
import { describe, expect, it } from 'vitest';
import { Memory, memory_views } from '../../../../runtime/vm/index.ts';

describe.each([true, false])('views of a memory, first instance: %s', (first) => {
  it('cover the memory, and go on doing so when it grows', () => {
    const memory = new Memory({ initial: 1 });
    const views = memory_views(memory, first);
    for (let pages = 1; pages < 6; pages++) {
      memory.view.setFloat64(65536 * pages - 8, pages, true);
      memory.view.setInt32(0, -pages, true);
      const { i8, u8, i16, u16, i32, f32, f64, dv } = views;
      const bytes = [i8, u8, i16, u16, i32, f32, f64, dv].map((view) => view.byteLength);
      expect(bytes).toEqual(Array(8).fill(65536 * pages));
      expect([i8[0], u8[0], i16[0], u16[0], i32[0]]).toEqual([-pages, 256 - pages, -pages, 65536 - pages, -pages]);
      expect([f64[8192 * pages - 1], dv.getInt32(0, true)]).toEqual([pages, -pages]);
      expect([f32.length, f64[8192 * pages]]).toEqual([16384 * pages, undefined]);
      memory.grow_by(1);
    }
  });

  it('are of an empty memory too', () => {
    const memory = new Memory({ initial: 0, maximum: 1 });
    const views = memory_views(memory, first);
    expect([views.u8.length, views.dv.byteLength]).toEqual([0, 0]);
    memory.grow(1);
    expect(views.u8.length).toBe(65536);
  });
});

it('objects of several memories share a hidden class unless they are of first instances', () => {
  const [a, b] = [1, 2].map((initial) => memory_views(new Memory({ initial }), false));
  expect(Object.getPrototypeOf(a)).toBe(Object.getPrototypeOf(b));
  expect(Object.keys(a!)).toEqual(Object.keys(b!));
  expect(Object.keys(memory_views(new Memory({ initial: 1 }), true))).toEqual([]);
});
