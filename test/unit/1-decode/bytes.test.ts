/** LEB128 integers and names: exact widths, the shortest and the longest forms, and what is one bit too wide. */
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../src/1-decode/bytes.ts';
import { CompileError } from '../../../src/errors.ts';

const reader = (...bytes: number[]): ByteReader => new ByteReader(Uint8Array.from(bytes));

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (e) {
    if (e instanceof CompileError) return `${e.code}: ${e.message}`;
    throw e;
  }
  return 'no error';
}

describe('u32', () => {
  it.each([
    [[0x00], 0],
    [[0x7f], 127],
    [[0x80, 0x01], 128],
    [[0x80, 0x80, 0x80, 0x80, 0x00], 0],
    [[0xff, 0xff, 0xff, 0xff, 0x0f], 4294967295],
  ])('%j is %d', (bytes, value) => {
    const r = reader(...bytes);
    expect(r.u32()).toBe(value);
    expect(r.pos).toBe(bytes.length);
  });
  it('refuses a sixth byte, a 33rd bit and a missing byte', () => {
    expect(reasonOf(() => reader(0x80, 0x80, 0x80, 0x80, 0x80, 0).u32())).toMatch(/malformed: at 0x4: .*too long/);
    expect(reasonOf(() => reader(0xff, 0xff, 0xff, 0xff, 0x1f).u32())).toMatch(/malformed: at 0x4: .*too large/);
    expect(reasonOf(() => reader(0x80).u32())).toMatch(/malformed: at 0x1: unexpected end/);
  });
});

describe('s32', () => {
  it.each([
    [[0x40], -64],
    [[0x3f], 63],
    [[0xff, 0x7f], -1],
    [[0x80, 0x80, 0x80, 0x80, 0x78], -2147483648],
    [[0xff, 0xff, 0xff, 0xff, 0x07], 2147483647],
    [[0xff, 0xff, 0xff, 0xff, 0x7f], -1],
  ])('%j is %d', (bytes, value) => {
    expect(reader(...bytes).s32()).toBe(value);
  });
  it('refuses unused bits that do not continue the sign', () => {
    expect(reasonOf(() => reader(0xff, 0xff, 0xff, 0xff, 0x0f).s32())).toMatch(/too large/);
    expect(reasonOf(() => reader(0x80, 0x80, 0x80, 0x80, 0x70).s32())).toMatch(/too large/);
    expect(reasonOf(() => reader(0xff, 0xff, 0xff, 0xff, 0xff, 0x7f).s32())).toMatch(/too long/);
  });
});

describe('s33', () => {
  it.each([
    [[0x40], -64],
    [[0xff, 0xff, 0xff, 0xff, 0x0f], 4294967295],
    [[0x80, 0x80, 0x80, 0x80, 0x70], -4294967296],
    [[0xe4, 0x00], 100],
    [[0xc0, 0x7f], -64],
  ])('%j is %d', (bytes, value) => {
    expect(reader(...bytes).s33()).toBe(value);
  });
  it('refuses a 34th bit', () => {
    expect(reasonOf(() => reader(0xff, 0xff, 0xff, 0xff, 0x1f).s33())).toMatch(/too large/);
  });
});

describe('64-bit integers', () => {
  it.each([
    [[0x00], 0n],
    [[0x7f], -1n],
    [[0x80, 0x80, 0x80, 0x80, 0x10], 1n << 32n],
    [[0x80, 0x80, 0x80, 0x80, 0x78], -(1n << 31n)],
    [[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f], -(1n << 63n)],
    [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00], (1n << 63n) - 1n],
    [[0xef, 0x9b, 0xaf, 0xcd, 0xf8, 0xac, 0xd1, 0x91, 0x01], 0x0123456789abcdefn],
  ])('s64 %j is %d', (bytes, value) => {
    const r = reader(...bytes);
    r.s64();
    expect((BigInt(r.high) << 32n) | BigInt(r.low >>> 0)).toBe(value);
  });
  it('u64 reads all 64 bits', () => {
    const r = reader(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
    r.u64();
    expect([r.low, r.high]).toEqual([-1, -1]);
  });
  it('refuses a 65th bit and an eleventh byte', () => {
    const nine = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    expect(reasonOf(() => reader(...nine, 0x02).u64())).toMatch(/too large/);
    expect(reasonOf(() => reader(...nine, 0x01).s64())).toMatch(/too large/);
    expect(reasonOf(() => reader(...nine, 0xff, 0x00).s64())).toMatch(/too long/);
  });
});

describe('names', () => {
  const nameOf = (...bytes: number[]): string => reader(bytes.length, ...bytes).name();
  it('reads UTF-8, keeping a byte order mark', () => {
    expect(nameOf(0x61, 0x62)).toBe('ab');
    expect(nameOf(0xf0, 0x9f, 0x98, 0x80)).toBe('😀');
    expect(nameOf(0xef, 0xbb, 0xbf, 0x61)).toBe('\ufeffa');
    expect(reader(50, ...new Array<number>(50).fill(0x78)).name()).toBe('x'.repeat(50));
  });
  it.each([
    ['an overlong form', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a lone continuation', [0x80]],
    ['a truncated sequence', [0xe2, 0x82]],
    ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ])('refuses %s', (_what, bytes) => {
    expect(reasonOf(() => nameOf(...bytes))).toMatch(/malformed UTF-8/);
  });
  it('refuses a length beyond the end', () => {
    expect(reasonOf(() => reader(5, 0x61).name())).toMatch(/unexpected end/);
  });
});

describe('counts', () => {
  it('refuses more items than bytes left, before anything is allocated', () => {
    expect(reasonOf(() => reader(0xc0, 0x84, 0x3d, 0).count('types'))).toMatch(/malformed: .*1000000 types do not fit/);
  });
  it('names the implementation limit', () => {
    expect(reasonOf(() => reader(0xc1, 0x84, 0x3d, 0).count('types'))).toMatch(
      /limit: at 0x0: 1,000,001 types, more than the implementation limit of 1,000,000/,
    );
    expect(reasonOf(() => reader(0x01, 0).count('memories', 100))).toMatch(/101 memories/);
  });
});
