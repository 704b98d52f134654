/** The operator reader: each kind of immediate, exact bits of constants, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { OperatorReader } from '../../../src/1-decode/operators.ts';
import { CompileError } from '../../../src/errors.ts';
import { OPS } from '../../../src/wasm/opcodes.ts';
import * as t from '../../../src/wasm/types.ts';
import { F64, I32, I64, s32, u32 } from '../wasm/build.ts';

/** The reader after its first operator, and that operator's name. */
function first(...bytes: number[]): OperatorReader & { name: string } {
  const r = new OperatorReader(Uint8Array.from(bytes));
  expect(r.next()).toBe(true);
  expect(r.pos).toBe(bytes.length);
  return Object.assign(r, { name: OPS[r.op]!.name });
}
function reasonOf(...bytes: number[]): string {
  try {
    new OperatorReader(Uint8Array.from(bytes)).next();
  } catch (e) {
    if (e instanceof CompileError) return `${e.code}: ${e.message}`;
    throw e;
  }
  return 'no error';
}

describe('constants keep their bits', () => {
  it('i32 and i64', () => {
    expect(first(0x41, ...s32(-5)).value).toBe(-5);
    const r = first(0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f);
    expect([r.low, r.high]).toEqual([0, -(2 ** 31)]);
  });
  it('signalling NaNs', () => {
    expect(first(0x43, 0x01, 0x00, 0xa0, 0x7f).value).toBe(0x7fa00001);
    const r = first(0x44, 0x01, 0, 0, 0, 0, 0, 0xf4, 0xff);
    expect([r.low, r.high >>> 0]).toEqual([1, 0xfff40000]);
  });
  it('v128 and shuffle', () => {
    const lanes = Array.from({ length: 16 }, (_, i) => i * 2);
    expect([...first(0xfd, 12, ...lanes).bytes16]).toEqual(lanes);
    expect(first(0xfd, 13, ...lanes).name).toBe('i8x16.shuffle');
  });
});

describe('immediates', () => {
  it('block types', () => {
    expect(first(0x02, 0x40).block).toBe('empty');
    expect(first(0x03, F64)).toMatchObject({ block: 'value', type: t.F64 });
    expect(first(0x04, 0x63, 0x05)).toMatchObject({ block: 'value', type: t.refType(5, true) });
    expect(first(0x02, 0xc0, 0x00)).toMatchObject({ block: 'index', index: 64 });
    expect(reasonOf(0x02, 0xc0, 0x7f)).toMatch(/malformed block type/);
  });
  it('memory arguments', () => {
    expect(first(0x28, 2, 0x80, 0x08)).toMatchObject({ align: 2, offset: 1024, memory: 0, offset64: undefined });
    expect(first(0x29, 0x43, 9, 4)).toMatchObject({ align: 3, memory: 9, offset: 4 });
    const far = first(0x28, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
    expect(far.offset64).toBe(2n ** 64n - 1n);
    expect(first(0x28, 0, 0x80, 0x80, 0x80, 0x80, 0x10)).toMatchObject({ offset: 2 ** 32, offset64: undefined });
    expect(reasonOf(0x28, 0x80, 0x01, 0)).toMatch(/malformed memop flags/);
    expect(first(0xfd, 84, 0, 8, 15)).toMatchObject({ name: 'v128.load8_lane', offset: 8, value: 15 });
  });
  it('two indices, with padded LEBs', () => {
    expect(first(0x11, 3, 0x85, 0x80, 0x80, 0x80, 0x00)).toMatchObject({ index: 3, index2: 5 });
    expect(first(0xfc, 0x0a, 1, 2)).toMatchObject({ name: 'memory.copy', index: 1, index2: 2 });
    expect(first(0xfc, 0x88, 0x00, 7, 0)).toMatchObject({ name: 'memory.init', index: 7, index2: 0 });
  });
  it('br_table and typed select', () => {
    expect(first(0x0e, 2, 4, 0x80, 0x01, 6).targets).toEqual([4, 128, 6]);
    expect(first(0x1c, 2, I32, 0x6f).types).toEqual([t.I32, t.EXTERNREF]);
    expect(reasonOf(0x0e, ...u32(60_000), 0)).toMatch(/do not fit/);
    expect(reasonOf(0x0e, ...u32(65_521), 0)).toMatch(/limit:/);
  });
  it('references and casts', () => {
    expect(first(0xd0, 0x71).heap).toBe(t.Heap.none);
    expect(first(0xd0, 0x80, 0x01).heap).toBe(128);
    expect(first(0xfb, 0x14, 0x6b)).toMatchObject({ name: 'ref.test', heap: t.Heap.struct, nullable: false });
    expect(first(0xfb, 0x17, 3)).toMatchObject({ name: 'ref.cast_null', heap: 3, nullable: true });
    const cast = first(0xfb, 0x18, 2, 7, 0x6e, 0x6c);
    expect(cast).toMatchObject({ index: 7, heap: t.Heap.any, heap2: t.Heap.i31, nullable: false, nullable2: true });
    expect(reasonOf(0xfb, 0x18, 4, 0, 0x6e, 0x6e)).toMatch(/flags/);
    expect(reasonOf(0xd0, 0x7f)).toMatch(/malformed heap type/);
    expect(reasonOf(0xd0, 0xff, 0xff, 0xff, 0xff, 0x0f)).toMatch(/invalid: at 0x1: unknown type 4294967295/);
  });
  it('try_table', () => {
    const r = first(0x1f, I64, 4, 0, 9, 1, 1, 8, 5, 2, 3, 3, 4);
    expect(r.catches).toEqual([
      { kind: 0, tag: 9, label: 1 },
      { kind: 1, tag: 8, label: 5 },
      { kind: 2, tag: 0, label: 3 },
      { kind: 3, tag: 0, label: 4 },
    ]);
    expect(reasonOf(0x1f, 0x40, 1, 4, 0)).toMatch(/malformed catch clause/);
  });
  it('atomics', () => {
    expect(first(0xfe, 0x4e, 2, 0).name).toBe('i64.atomic.rmw32.cmpxchg_u');
    expect(reasonOf(0xfe, 0x03, 1)).toMatch(/zero byte expected/);
  });
});

describe('every opcode of the table', () => {
  it.each(OPS.map((o) => [o.name, o] as const))('%s is read back from its code', (_name, o) => {
    const code =
      o.code < 0x100 ? [o.code] : o.code >= 0xfd000 ? [0xfd, ...u32(o.code - 0xfd000)] : [o.code >> 8, o.code & 0xff];
    // Zeros are sound immediates for most; a typed select takes none, a cast to type 0 is well-formed.
    const r = new OperatorReader(Uint8Array.from([...code, ...new Array<number>(20).fill(0)]));
    expect(r.next()).toBe(true);
    expect(OPS[r.op]!.name).toBe(o.name);
  });
});

describe('local declarations', () => {
  it('are groups', () => {
    const r = new OperatorReader(Uint8Array.from([2, 3, I32, 1, 0x6f, 0x0b]));
    expect(r.localGroups(0, 6)).toEqual({
      start: 5,
      groups: [
        { count: 3, type: t.I32 },
        { count: 1, type: t.EXTERNREF },
      ],
    });
  });
  it('are limited', () => {
    const locals = (...counts: number[]): (() => unknown) => {
      const bytes = Uint8Array.from([counts.length, ...counts.flatMap((n) => [...u32(n), I32])]);
      return () => new OperatorReader(bytes).localGroups(0, bytes.length);
    };
    expect(locals(50_000)).not.toThrow();
    expect(locals(25_000, 25_001)).toThrow(/50,001 locals/);
    expect(locals(0xffffffff, 1)).toThrow(/too many locals/);
  });
});
