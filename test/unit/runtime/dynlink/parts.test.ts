/** The loader's parts by themselves: slots of the table, memory, sources of libraries, function types in words. */
import { describe, expect, it } from 'vitest';
import { RTLD_GLOBAL, RTLD_NOW } from '../../../../runtime/dynlink/loader.ts';
import { bytes_of } from '../../../../runtime/dynlink/program/guest.ts';
import { Arena } from '../../../../runtime/dynlink/program/memory.ts';
import { Slots } from '../../../../runtime/dynlink/program/slots.ts';
import type { SideModule } from '../../../../runtime/dynlink/side.ts';
import { Sources, stem_of } from '../../../../runtime/dynlink/sources.ts';
import { type_text } from '../../../../runtime/dynlink/symbols/symbols.ts';
import { createFfi } from '../../../../runtime/ffi/index.ts';
import { bind_all, host } from '../../../../runtime/host.ts';
import { Memory } from '../../../../runtime/vm/memory.ts';
import { Table } from '../../../../runtime/vm/table.ts';
import { TRANSLATED } from './engines.ts';
import { MAIN, sideOf, started } from './texts.ts';

const { f, g, h } = bind_all(undefined, {
  f: host<':i', undefined>(':i', () => 1),
  g: host<':i', undefined>(':i', () => 2),
  h: host<':i', undefined>(':i', () => 3),
});

describe('slots', () => {
  const table = (initial: number): Slots => new Slots(new Table({ element: 'anyfunc', initial }) as never);

  it('gives each function one index, the one it has', () => {
    const slots = table(4);
    slots.table.set(2, f);
    slots.table.set(3, f);
    expect([slots.index_of(f), slots.index_of(g), slots.index_of(g), slots.index_of(f)]).toEqual([2, 4, 4, 2]);
    expect([slots.append(f), slots.index_of(f), slots.length]).toEqual([5, 2, 6]);
    // The guest itself may have moved it.
    slots.table.set(2, null);
    expect(slots.index_of(f)).not.toBe(2);
  });
  it('aligns, and uses again what was given back, joined', () => {
    const slots = table(1);
    expect([slots.allot(3, 2), slots.length]).toEqual([4, 7]);
    expect(slots.allot(2, 0)).toBe(1);
    expect(slots.allot(1, 0)).toBe(3);
    slots.put(3, h);
    slots.release(1, 2);
    slots.release(3, 1);
    expect(slots.at(3)).toBe(null);
    expect([slots.allot(3, 0), slots.length]).toEqual([1, 7]);
    expect(slots.index_of(h)).toBe(7);
  });
  it('claims what another thread chose', () => {
    const slots = table(2);
    slots.claim(6, 2);
    expect([slots.length, slots.allot(4, 0), slots.allot(1, 0)]).toEqual([8, 2, 8]);
  });
});

describe('memory', () => {
  it('comes in pages and is given again, all zero', () => {
    const memory = new Memory({ initial: 1, maximum: 10 });
    const arena = new Arena(memory as never, {});
    const first = arena.allot(70_000, 12);
    expect([first, memory.pages]).toEqual([65536, 3]);
    bytes_of(memory as never).fill(255, first, first + 70_000);
    arena.release(first);
    arena.release(12345);
    expect(arena.allot(100_000, 4)).toBe(first);
    expect(bytes_of(memory as never)[first]).toBe(0);
    expect(arena.allot(1, 0)).toBe(3 * 65536);
    expect(() => arena.allot(7 * 65536, 0)).toThrow('no room for 458752 bytes: the memory may not grow by 7 pages');
  });
  it('says where the program’s malloc has none', () => {
    const memory = new Memory({ initial: 1 });
    const arena = new Arena(memory as never, { malloc: () => 0, free: () => undefined });
    expect(() => arena.allot(8, 0)).toThrow('no room for 8 bytes: the program’s malloc has none'.replace('’', "'"));
  });
});

describe('sources', () => {
  const library = (name: string, needed: string[] = []): SideModule =>
    ({ name, dylink: { needed }, instantiate: () => ({ exports: {} }) }) as unknown as SideModule;

  it.each([
    ['/lib/libfoo.so.1.2', 'libfoo'],
    ['libfoo.mjs', 'libfoo'],
    ['a/b.c.wasm', 'b.c'],
    ['libfoo', 'libfoo'],
  ])('%s is %s', (name, stem) => expect(stem_of(name)).toBe(stem));

  it('are asked in order: the registry by name, by stem, then resolvers', () => {
    const one = library('one');
    const two = library('two');
    const three = library('three');
    const sources = new Sources({ 'libx.so': one, 'dir/liby.mjs': { side: two } }, [
      (name) => (name === 'libz.so' ? three : undefined),
    ]);
    expect(['libx.so', '/a/libx.wasm', 'liby.so', 'libz.so', 'libw.so'].map((n) => sources.find(n, undefined))).toEqual(
      [...[one, one, two, three], undefined],
    );
    sources.add('libw.so', () => one);
    expect(sources.find('libw.so', undefined)).toBe(one);
    sources.add('libbad.so', { side: {} } as never);
    expect(() => sources.find('libbad.so', undefined)).toThrow('libbad.so: it is no side module');
  });
  it('are preloaded with what they need', async () => {
    const asked: string[] = [];
    const later = (name: string, needed: string[]) => async () => {
      asked.push(name);
      return library(name, needed);
    };
    const sources = new Sources({ a: later('a', ['b.so', 'gone']), b: later('b', ['a']), c: later('c', []) }, []);
    await sources.preload(['a.so']);
    expect(asked).toEqual(['a', 'b']);
    expect(sources.find('b', undefined)?.name).toBe('b');
    expect(() => sources.find('c', undefined)).toThrow('c: it is loaded asynchronously, and was not preloaded');
  });
});

it('tells function types in words', () => {
  expect([type_text('iF:I'), type_text(':'), type_text('e:ff')]).toEqual([
    '(i32, f64) -> i64',
    '() -> ()',
    '(externref) -> (f32, f32)',
  ]);
});

describe.each(TRANSLATED)('on %s', (backend) => {
  it('libraries have libffi, and functions of the host, as far as their types fit', async () => {
    const sizes = '(mem-info (memory 0 0) (table 0 0))';
    const status = `(import "env" "ffi_prep_cif" (func (param i32 i32 i32 i32 i32) (result i32)))
      (import "GOT.func" "ffi_call" (global (mut i32)))
      (func (export "status") (result i32) (call 0 (i32.const 0) (i32.const 99) (i32.const 0) (i32.const 0) (i32.const 0)))
      (func (export "index") (result i32) (global.get 2))`;
    const wrong = '(import "env" "ffi_prep_cif" (func (param i32)))';
    const wide = '(import "env" "table64" (table i64 0 funcref))';
    const libraries = [
      await sideOf(backend, 'status.wasm', sizes, status),
      await sideOf(backend, 'wrong.wasm', sizes, wrong),
      await sideOf(backend, 'wide.wasm', sizes, wide),
    ];
    const dynlink = await started(backend, MAIN(), libraries);
    createFfi(dynlink);
    const library = dynlink.open('status.so', RTLD_NOW | RTLD_GLOBAL);
    expect((library.exports.status as () => number)()).toBe(2);
    const { slots } = dynlink.loader.program;
    expect((slots.at((library.exports.index as () => number)()) as { t: string }).t).toBe('iiii:');
    expect(() => dynlink.open('wrong.so')).toThrow(/^wrong\.so: import "env" "ffi_prep_cif": expected function/);
    expect(() => dynlink.open('wide.so')).toThrow('wide.so: it has 64-bit addresses, which the loader does not know');
  });
  it('libffi passes 64-bit integers as i64, or as pairs where the function takes those', async () => {
    const functions = `(global $high (mut i32) (i32.const 0))
      (func (export "getTempRet0") (result i32) (global.get $high))
      (func $wide (param i64 i64) (result i64) (i64.sub (local.get 0) (local.get 1)))
      (func $pairs (param $al i32) (param $ah i32) (param $bl i32) (param $bh i32) (result i32)
        (global.set $high (i32.sub (i32.sub (local.get $ah) (local.get $bh)) (i32.lt_u (local.get $al) (local.get $bl))))
        (i32.sub (local.get $al) (local.get $bl)))
      (func $other (param i32 i64) (result i64) (local.get 1))
      (elem (i32.const 2) $wide $pairs $other)`;
    const run = `(import "env" "ffi_prep_cif" (func $prepare (param i32 i32 i32 i32 i32) (result i32)))
      (import "env" "ffi_call" (func $call (param i32 i32 i32 i32)))
      (func (export "run") (param $f i32) (param $a i64) (param $b i64) (result i64)
        (i32.store (i32.const 1024) (i32.const 8))                 ;; ffi_type: size, alignment, FFI_TYPE_SINT64
        (i32.store (i32.const 1028) (i32.const ${8 | (12 << 16)}))
        (i32.store (i32.const 1032) (i32.const 0))
        (i32.store (i32.const 1040) (i32.const 1024))
        (i32.store (i32.const 1044) (i32.const 1024))
        (drop (call $prepare (i32.const 1056) (i32.const 1) (i32.const 2) (i32.const 1024) (i32.const 1040)))
        (i64.store (i32.const 1088) (local.get $a))
        (i64.store (i32.const 1096) (local.get $b))
        (i32.store (i32.const 1104) (i32.const 1088))
        (i32.store (i32.const 1108) (i32.const 1096))
        (call $call (i32.const 1056) (local.get $f) (i32.const 1120) (i32.const 1104))
        (i64.load (i32.const 1120)))`;
    const library = await sideOf(backend, 'run.wasm', '(mem-info (memory 0 0) (table 0 0))', run);
    const dynlink = await started(backend, MAIN(functions, '8'), [library]);
    createFfi(dynlink);
    const call = dynlink.open('run.so', RTLD_NOW).exports.run as (f: number, a: bigint, b: bigint) => bigint;
    for (const [a, b] of [
      [5n, 7n],
      [-(2n ** 63n), 1n],
      [2n ** 40n + 1n, 2n ** 33n + 2n],
    ] as const) {
      const difference = BigInt.asIntN(64, a - b);
      expect([call(2, a, b), call(3, a, b)]).toEqual([difference, difference]);
    }
    expect(() => call(4, 1n, 2n)).toThrow('null function or function signature mismatch');
    expect(() => call(99, 1n, 2n)).toThrow('table index is out of bounds');
  });
});
