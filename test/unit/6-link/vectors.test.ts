/** v128 at the boundary (JS API 5.5, 5.6): JavaScript never gets one, but instances share functions, globals and tables of them. */
import { describe, expect, it, vi } from 'vitest';
import type { Bundle } from '../../../src/index.ts';
import { bundleOf, instantiateText, loadCjs } from './support.ts';

const REFUSED = 'type incompatibility when transforming from/to JS';
const OPTIONS = { backend: 'wamr' } as const;
const run = (wat: string, imports: object = {}) => instantiateText(wat, imports, OPTIONS);

/** A module that gives and takes vectors: `swap` exchanges the halves of its argument. */
const PROVIDER = `(module
  (func $swap (export "swap") (param v128) (result v128)
    (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get 0) (local.get 0)))
  (func (export "many") (param i64 v128) (result v128 i64 v128)
    (v128.not (local.get 1)) (local.get 0) (local.get 1))
  (table (export "t") 1 funcref) (elem (i32.const 0) $swap)
  (global (export "c") v128 (v128.const i32x4 1 -2 3 -4))
  (global $m (export "m") (mut v128) (v128.const i64x2 5 6))
  (func (export "read") (param i32) (result i32)
    (i32x4.extract_lane 0 (i8x16.swizzle (global.get $m) (i32x4.add (i8x16.splat (i32.shl (local.get 0) (i32.const 2)))
      (v128.const i32x4 0x03020100 0 0 0))))))`;
/** One that uses what the other exports, and tells of it in numbers. */
const USER = `(module
  (type $f (func (param v128) (result v128)))
  (import "a" "swap" (func $swap (type $f)))
  (import "a" "many" (func $many (param i64 v128) (result v128 i64 v128)))
  (import "a" "t" (table 1 funcref))
  (import "a" "c" (global $c v128))
  (import "a" "m" (global $m (mut v128)))
  (global $copy v128 (global.get $c))
  (func (export "swapped") (result i64 i64) (local v128)
    (local.set 0 (call $swap (global.get $copy)))
    (i64x2.extract_lane 0 (local.get 0)) (i64x2.extract_lane 1 (local.get 0)))
  (func (export "indirect") (result i32)
    (i32x4.extract_lane 1 (call_indirect (type $f) (global.get $c) (i32.const 0))))
  (func (export "many") (result i64 i64 i64) (local v128 i64 v128)
    (call $many (i64.const 7) (global.get $c)) (local.set 2) (local.set 1) (local.set 0)
    (i64x2.extract_lane 1 (local.get 0)) (local.get 1) (i64x2.extract_lane 1 (local.get 2)))
  (func (export "write") (param i32)
    (global.set $m (i32x4.replace_lane 3 (global.get $m) (local.get 0)))))`;

const pair = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low >>> 0);

describe('between instances', () => {
  it.each([
    ['of one runtime', (wat: string, imports?: object) => run(wat, imports)],
    [
      'of a runtime each',
      async (wat: string, imports?: object) => {
        const bundle = await bundleOf(wat, { ...OPTIONS, format: 'cjs' });
        return loadCjs(bundle)(imports).exports;
      },
    ],
  ])('%s', async (_, make) => {
    const a = await make(PROVIDER);
    const b = await make(USER, { a });
    expect(b.swapped!()).toEqual([pair(3, -4), pair(1, -2)]);
    expect(b.indirect!()).toBe(-4);
    expect(b.many!()).toEqual([~pair(3, -4), 7n, pair(3, -4)]);
    b.write!(99);
    expect([0, 1, 2, 3].map((lane) => a.read!(lane))).toEqual([5, 0, 6, 99]);
  });
});

it('ships the libcalls that are used, without their neighbours', async () => {
  const add = `(module (func (export "f") (param i32) (result i32)
    (i32x4.extract_lane 1 (i8x16.add (i8x16.splat (local.get 0)) (i32x4.splat (local.get 0))))))`;
  const { code } = await bundleOf(add, { ...OPTIONS, format: 'cjs', minify: true });
  expect(code.length).toBeLessThan(1200);
  expect(code).not.toMatch(/Float|bigint|BigInt|TypeError/);
  expect(loadCjs({ code } as Bundle)().exports.f!(0x01020381)).toBe(0x828384 * 256 + 2 - 2 ** 32);
});

describe('JavaScript', () => {
  it('cannot call a function with vectors in its type, whichever way it got it', async () => {
    const a = await run(PROVIDER);
    expect([a.swap!.name, a.swap!.length, a.many!.length]).toEqual(['0', 1, 2]);
    expect(() => a.swap!(1)).toThrow(new TypeError(REFUSED));
    expect(() => a.many!(1n, 0)).toThrow(new TypeError(REFUSED));
    const { get } = await run(`(module (func $f (param i32) (result v128) (i32x4.splat (local.get 0)))
      (elem declare func $f) (func (export "get") (result funcref) (ref.func $f)))`);
    const f = get!() as unknown as (x: number) => unknown;
    expect(f.length).toBe(1);
    expect(() => f(1)).toThrow(new TypeError(REFUSED));
  });

  it('refuses before it looks at arguments', async () => {
    const { f } = await run('(module (func (export "f") (param i32 v128)))');
    const looked = vi.fn(() => 1);
    expect(() => f!({ valueOf: looked }, 0)).toThrow(new TypeError(REFUSED));
    expect(looked).not.toHaveBeenCalled();
  });

  it('is not called with vectors', async () => {
    const f = vi.fn();
    const g = vi.fn();
    const exports = await run(
      `(module (import "a" "f" (func $f (param v128))) (import "a" "g" (func $g (result i32 v128)))
        (func (export "f") (call $f (v128.const i32x4 1 2 3 4))) (func (export "g") (call $g) drop drop))`,
      { a: { f, g } },
    );
    expect(() => exports.f!()).toThrow(new TypeError(REFUSED));
    expect(() => exports.g!()).toThrow(new TypeError(REFUSED));
    expect([f, g].flatMap((h) => h.mock.calls)).toEqual([]);
  });

  it('neither reads nor writes a global of vectors, nor stands in for one', async () => {
    const { c, m } = (await run(PROVIDER)) as unknown as Record<string, { value: unknown }>;
    expect(() => c!.value).toThrow(new TypeError(REFUSED));
    expect(() => m!.value).toThrow(new TypeError(REFUSED));
    expect(() => {
      m!.value = 1;
    }).toThrow(TypeError);
    const importer = (type: string): string => `(module (import "a" "x" (global ${type})))`;
    await expect(run(importer('v128'), { a: { x: 1 } })).rejects.toThrow('expected immutable global v128');
    await expect(run(importer('v128'), { a: { x: m } })).rejects.toThrow('found mutable global v128');
    await expect(run(importer('i32'), { a: { x: c } })).rejects.toThrow('found immutable global v128');
  });
});
