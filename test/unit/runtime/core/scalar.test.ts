/** Every scalar instruction that has a libcall, against the engine's own, on edge values and on random ones. */
import { describe, expect, it } from 'vitest';
import * as core from '../../../../runtime/core/index.ts';
import { OPS } from '../../../../src/wasm/opcodes.ts';
import { nativeFuncs, opcodeBytes, random } from './native.ts';

type Libcall = (...args: number[]) => number;
const libcalls = core as unknown as Record<string, Libcall | undefined>;

/** Two results: wide.test.ts. */
const INSTRUCTIONS = OPS.filter((o) => {
  if (o.feature === 'wide-arithmetic') return false;
  const text = o.signature && o.signature.params + o.signature.results;
  return text !== undefined && /^[iIfF]+$/.test(text) && o.effects <= 1 && o.width === 0 && !/const$/.test(o.name);
});
const lib = (name: string): string => name.replace('.', '_');

/** Operators of i32 and floats that JavaScript has itself. */
const NO_LIBCALL =
  /^i32\.(eqz|eq|ne|[lg][te]_[su]|add|sub|mul|and|or|xor|shl|shr_[su])$|^f(32|64)\.(eq|ne|[lg][te]|add|sub|mul|div|convert_i32_[su])$|^f64\.convert_i32/;

it('has a libcall for every instruction that needs one', () => {
  const scalar = INSTRUCTIONS.filter((o) => !o.feature.includes('simd'));
  const missing = scalar.filter((o) => libcalls[lib(o.name)] === undefined).map((o) => o.name);
  expect(missing.filter((name) => !NO_LIBCALL.test(name))).toEqual([]);
});

const f64 = new Float64Array(1);
const f32 = new Float32Array(1);
const bits64 = new BigInt64Array(f64.buffer);
const bits32 = new Int32Array(f32.buffer);
function doubleBits(x: number): bigint {
  f64[0] = x;
  return bits64[0]!;
}
function floatBits(x: number): number {
  f32[0] = x;
  return bits32[0]!;
}

const I32 = [0, 1, 2, 3, 7, 31, 32, 33, 63, 64, 255, 256, 65535, 65536, 0x7fffffff, 0x7ffffffe, 10, 1000003, 1 << 21]
  .flatMap((n) => [n, -n, ~n])
  .map((n) => n | 0);
const I64 = [
  ...I32.map((n) => BigInt(n)),
  ...[21n, 31n, 32n, 33n, 52n, 53n, 54n, 62n, 63n].flatMap((n) => [
    1n << n,
    (1n << n) - 1n,
    (1n << n) + 1n,
    -(1n << n),
  ]),
  ...[0x8000008000000001n, 0x7fffff4000000001n, 0xffffff7fffffffffn, 0x0020000020000001n, 0x7fffffbfffffffffn],
].map((n) => BigInt.asIntN(64, n));
const NUMBERS = [0, 0.5, 1, 1.5, 2.5, 0.49999999999999994, 0.9999999999999999, 3.7, 127.5, 8388607.5, 8388608, 1e10]
  .concat([2147483647, 2147483647.5, 2147483648, 2147483649, 4294967295, 4294967295.5, 4294967296, 4294967297])
  .concat([4503599627370495.5, 4503599627370496, 9007199254740991, 9007199254740992, 2 ** 62, 2 ** 63, 2 ** 64])
  .concat([2 ** 63 - 1024, 2 ** 64 - 2048, 2 ** 63 - 2 ** 39, 2 ** 64 - 2 ** 40, 1e300, 5e-324, 1e-40, Infinity])
  .flatMap((x) => [x, -x]);
const F32 = [...NUMBERS.map(floatBits), 0x7fc00000, 0x7fc12345, -0x400000, -0x312345];
const F64 = [
  ...NUMBERS.map(doubleBits),
  ...[0x7ff8000000000000n, 0x7ff80000deadbeefn, 0xfff8000000000000n, 0xffff123456789abcn],
].map((n) => BigInt.asIntN(64, n));

type Bits = number | bigint;
function randomValue(letter: string, next: () => number): Bits {
  const mixed = (next() & 1) === 0 ? next() : next() >> (next() & 31);
  // A signalling f32 NaN cannot be a number: V8 makes it quiet.
  if (letter === 'i') return (mixed & 0x7fc00000) === 0x7f800000 ? mixed | 0x400000 : mixed;
  if (letter === 'f') return floatBits((mixed * 2 ** (next() & 63)) / 2 ** 32);
  if (letter === 'F') return doubleBits((mixed + (next() >>> 0) / 2 ** 32) * 2 ** (next() & 31));
  const whole = (BigInt(mixed) << 32n) | BigInt(next() >>> 0);
  return whole >> BigInt(next() & 63);
}
function samples(params: string): Bits[][] {
  const edges = [...params].map((p): readonly Bits[] => (p === 'i' ? I32 : p === 'I' ? I64 : p === 'f' ? F32 : F64));
  const [first, second] = edges;
  const all: Bits[][] =
    second === undefined ? first!.map((a) => [a]) : first!.flatMap((a) => second.map((b) => [a, b]));
  const next = random(params.length * 7919 + params.charCodeAt(0));
  for (let i = 0; i < 4000; i++) all.push([...params].map((p) => randomValue(p, next)));
  return all;
}

/** Arguments are passed one by one: in an array of doubles V8 would make all NaNs one. */
function applyLibcall(f: Libcall, params: string, results: string, values: readonly Bits[]): Bits | string {
  const [a, b] = values;
  try {
    if (params === 'f') return resultBits(results, f(toNumber('f', a!)));
    if (params === 'F') return resultBits(results, f(toNumber('F', a!)));
    if (params === 'ff') return resultBits(results, f(toNumber('f', a!), toNumber('f', b!)));
    if (params === 'FF') return resultBits(results, f(toNumber('F', a!), toNumber('F', b!)));
    return resultBits(results, f(...values.flatMap((value) => (typeof value === 'number' ? [value] : halves(value)))));
  } catch (error) {
    return String(error);
  }
}
function halves(value: bigint): [number, number] {
  return [Number(BigInt.asIntN(32, value)), Number(value >> 32n)];
}
function toNumber(letter: string, bits: Bits): number {
  if (letter === 'f') return core.f32_reinterpret_i32(bits as number);
  return core.f64_reinterpret_i64(...halves(bits as bigint));
}
function resultBits(letter: string, result: number): Bits {
  if (letter === 'i') return result;
  if (letter === 'f') return core.i32_reinterpret_f32(result);
  const low = letter === 'F' ? core.i64_reinterpret_f64(result) : result;
  return (BigInt(core.i64_hi[0]!) << 32n) | BigInt(low >>> 0);
}
function applyNative(f: (...args: unknown[]) => unknown, values: readonly Bits[]): Bits | string {
  try {
    return f(...values) as Bits;
  } catch (error) {
    return String(error);
  }
}
/** The specification leaves the bits of a computed NaN open, but for these three, which only touch the sign. */
function sameNaN(name: string, results: string, a: Bits | string, b: Bits | string): boolean {
  if (/neg|abs|copysign|reinterpret/.test(name)) return false;
  const nan = (x: Bits | string): boolean =>
    results === 'f'
      ? ((x as number) & 0x7fffffff) > 0x7f800000
      : BigInt.asUintN(63, BigInt(x as bigint)) > 0x7ff0000000000000n;
  return (results === 'f' || results === 'F') && typeof a !== 'string' && typeof b !== 'string' && nan(a) && nan(b);
}

const tested = INSTRUCTIONS.filter((o) => libcalls[lib(o.name)] !== undefined);
const oracle = nativeFuncs(
  tested.map(({ name, code, signature }) => ({ name, ...signature!, code: opcodeBytes(code) })),
);

describe('each libcall gives what the engine gives', () => {
  it.each(tested.map((o) => [o.name, o] as const))('%s', (name, { signature }) => {
    const { params, results } = signature!;
    const wrong: string[] = [];
    for (const values of samples(params)) {
      const want = applyNative(oracle[name]!, values);
      const got = applyLibcall(libcalls[lib(name)]!, params, results, values);
      if (got === want || sameNaN(name, results, got, want)) continue;
      wrong.push(`${name}(${values.join(', ')}) = ${got}, expected ${want}`);
      if (wrong.length > 3) break;
    }
    expect(wrong).toEqual([]);
  });
});

it('i32_mul_hi_u is the high half of the product', () => {
  const next = random(5);
  const pairs = I32.flatMap((a) => I32.map((b) => [a, b] as const));
  for (let i = 0; i < 50000; i++) pairs.push([next(), next()]);
  const wrong = pairs.filter(([a, b]) => {
    const product = BigInt(a >>> 0) * BigInt(b >>> 0);
    return core.i32_mul_hi_u(a, b) !== Number(BigInt.asIntN(32, product >> 32n));
  });
  expect(wrong).toEqual([]);
});
