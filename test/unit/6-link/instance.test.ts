/** What `instantiate` makes: exports, imports, constants, and the order of its effects. */
import { describe, expect, it } from 'vitest';
import { Global, Memory, Table } from '../../../runtime/index.ts';
import { bundleOf, instantiateText, loadCjs } from './support.ts';

const NAMES = [
  'default',
  'a-b',
  '__proto__',
  'constructor',
  'quote"',
  "it's",
  'new\nline',
  '',
  'exports',
  '\u2028',
  '</script>',
  '1',
];
const watName = (name: string): string =>
  `"${[...Buffer.from(name)].map((b) => `\\${b.toString(16).padStart(2, '0')}`).join('')}"`;

describe('exports', () => {
  it('have every name, and cannot be changed', async () => {
    const funcs = NAMES.map((name, i) => `(func (export ${watName(name)}) (result i32) (i32.const ${i}))`);
    const exports = await instantiateText(`(module ${funcs.join('\n')})`);
    expect(Object.getPrototypeOf(exports)).toBe(null);
    expect(Object.isFrozen(exports)).toBe(true);
    expect(Reflect.ownKeys(exports).sort()).toEqual([...NAMES].sort());
    for (const [i, name] of NAMES.entries()) expect(exports[name]!()).toBe(i);
  });

  it('of one function are one object, named by its index, wherever it comes from', async () => {
    const exports =
      await instantiateText(`(module (table (export "t") 1 funcref) (global (export "g") funcref (ref.func $f))
      (func (param i32)) (func $f (export "a") (export "b") (param i32 i64) (result i32) (local.get 0))
      (func (export "get") (result funcref) (table.get (i32.const 0))) (elem (i32.const 0) $f))`);
    const { a, b, t, g, get } = exports;
    expect([a, g!.value, (t as unknown as Table).get(0), get!()]).toEqual([b, b, b, b]);
    expect([a!.name, a!.length, Object.hasOwn(a!, 'prototype')]).toEqual(['1', 2, false]);
    expect(() => Reflect.construct(a!, [])).toThrow(TypeError);
  });

  it('coerce arguments in order, as the JS API does', async () => {
    const { f } = await instantiateText(`(module (func (export "f") (param i32 i64 f32 f64 externref)
      (result externref f64 f32 i64 i32)
      (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0)))`);
    expect(f!(2 ** 32 + 7.5, 2n ** 64n - 1n, 0.1, '2', f)).toEqual([f, 2, Math.fround(0.1), -1n, 7]);
    expect(f!(undefined, 0n)).toEqual([undefined, NaN, NaN, 0n, 0]);
    expect(() => f!(1, 1)).toThrow(TypeError);
    const order: number[] = [];
    const value = (n: number, v: unknown) => ({
      valueOf: () => {
        order.push(n);
        return v;
      },
    });
    f!(value(0, 1), value(1, 2n), value(2, 3), value(3, 4), 5);
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('of an imported function are the function itself, or one made of it', async () => {
    const wat = '(module (import "m" "f" (func (param i32) (result i32))) (export "f" (func 0)))';
    const first = await instantiateText(wat, { m: { f: (x: number) => x + 0.5 } });
    expect([first.f!(3), first.f!.name, first.f!.length]).toEqual([3, '0', 1]);
    const second = await instantiateText(wat, { m: first });
    expect(second.f).toBe(first.f);
  });
});

describe('imports', () => {
  const WAT = `(module (import "m" "f" (func $f (param i32 i64 f32 externref) (result i64)))
    (import "m" "g" (func $g (result i32 i64 f32)))
    (func (export "f") (result i64) (call $f (i32.const -1) (i64.const -2) (f32.const 0.5) (ref.null extern)))
    (func (export "g") (result i32 i64 f32) (call $g)))`;

  it('of JavaScript get values of theirs, and their results are coerced', async () => {
    let got: unknown[] = [];
    const f = (...args: unknown[]): bigint => {
      got = args;
      return 2n ** 63n;
    };
    const exports = await instantiateText(WAT, { m: { f, g: () => new Set([7.9, -(2n ** 64n) - 1n, 0.1]) } });
    expect([exports.f!(), got]).toEqual([-(2n ** 63n), [-1, -2n, 0.5, null]]);
    expect(exports.g!()).toEqual([7, -1n, Math.fround(0.1)]);
  });

  it.each([
    ['f', 5],
    ['g', 5],
    ['g', [1, 2n]],
    ['g', [1, 2n, 3, 4]],
    ['g', [1, 2, 3]],
  ] as const)('results that do not fit are a TypeError: %s %s', async (name, result) => {
    const exports = await instantiateText(WAT, { m: { f: () => result, g: () => result } });
    expect(() => exports[name]!()).toThrow(TypeError);
  });

  it('are looked up in order, and named when they do not fit', async () => {
    const seen: string[] = [];
    const m = new Proxy({ f: () => 0n } as Record<string, unknown>, {
      get: (target, key: string) => {
        seen.push(key);
        return target[key];
      },
    });
    await expect(instantiateText(WAT, { m })).rejects.toThrow(
      'import "m" "g": expected function () -> (i32, i64, f32), found nothing',
    );
    expect(seen).toEqual(['f', 'g']);
    await expect(instantiateText(WAT, {})).rejects.toThrow(TypeError);
  });

  it('of all kinds are shared with the host', async () => {
    const memory = new Memory({ initial: 1, maximum: 2 });
    const table = new Table({ element: 'anyfunc', initial: 1 });
    const cell = new Global({ value: 'i64', mutable: true }, 40n);
    const exports = await instantiateText(
      `(module (import "m" "memory" (memory 1 2)) (import "m" "table" (table 1 funcref))
        (import "m" "cell" (global $cell (mut i64))) (import "m" "n" (global $n i32))
        (export "memory" (memory 0)) (export "table" (table 0)) (export "cell" (global 0)) (export "n" (global 1))
        (func $f (export "f") (param i32) (result i32)
          (global.set $cell (i64.add (global.get $cell) (i64.const 2)))
          (i32.store (local.get 0) (global.get $n))
          (memory.grow (i32.const 1)))
        (elem (i32.const 0) $f))`,
      { m: { memory, table, cell, n: 77 } },
    );
    expect([exports.memory, exports.table, exports.cell]).toEqual([memory, table, cell]);
    const old = memory.buffer;
    expect([exports.f!(16), exports.f!(65536), exports.f!(20)]).toEqual([1, -1, -1]);
    expect([old.byteLength, memory.view.getInt32(16, true), memory.view.getInt32(65536, true)]).toEqual([0, 77, 77]);
    expect([cell.value, exports.n!.value, table.get(0)]).toEqual([46n, 77, exports.f]);
    cell.value = -2n;
    exports.f!(0);
    expect(cell.value).toBe(0n);
  });
});

it('bundles with a runtime each call one another, i64 results included', async () => {
  const first = loadCjs(
    await bundleOf(
      `(module (table (export "t") 1 funcref) (memory (export "m") 1) (elem (i32.const 0) $f)
    (func $f (export "f") (param i64) (result i64) (i64.add (local.get 0) (i64.const 0x100000001))))`,
      { format: 'cjs' },
    ),
  );
  const second = loadCjs(
    await bundleOf(
      `(module (import "a" "f" (func $f (param i64) (result i64))) (import "a" "t" (table 1 funcref))
    (import "a" "m" (memory 1)) (type $t (func (param i64) (result i64)))
    (func (export "direct") (param i64) (result i64) (call $f (local.get 0)))
    (func (export "indirect") (param i64) (result i64) (call_indirect (type $t) (local.get 0) (i32.const 0)))
    (func (export "store") (i64.store (i32.const 0) (call $f (i64.const -1)))))`,
      { format: 'cjs' },
    ),
  );
  const a = first().exports;
  const b = second({ a }).exports;
  expect([b.direct!(2n ** 40n), b.indirect!(-1n)]).toEqual([2n ** 40n + 0x100000001n, 0x100000000n]);
  b.store!();
  expect(new BigInt64Array((a.m as unknown as Memory).buffer)[0]).toBe(0x100000000n);
});

it.each(['wavm', 'wamr'] as const)('a native memory is used, grown and exported as it is: %s', async (backend) => {
  const { Memory: Native } = (globalThis as unknown as { WebAssembly: { Memory: typeof Memory } }).WebAssembly;
  const memory = new Native({ initial: 1, maximum: 3 });
  const {
    get,
    grow,
    memory: exported,
  } = await instantiateText(
    `(module (import "m" "memory" (memory 1 3)) (export "memory" (memory 0))
      (func (export "get") (param i32) (result i32) (i32.load (local.get 0)))
      (func (export "grow") (result i32) (memory.grow (i32.const 1))))`,
    { m: { memory } },
    { backend },
  );
  expect([exported, get!(65532), grow!()]).toEqual([memory, 0, 1]);
  memory.grow(1);
  new Int32Array(memory.buffer)[2 * 16384] = 5;
  expect([get!(131072), grow!()]).toEqual([5, -1]);
  expect(() => get!(3 * 65536)).toThrow('memory access out of bounds');
});

describe('growth', () => {
  const WAT = `(module (memory (export "memory") 1) (func (export "get") (param i32) (result i32) (i32.load (local.get 0))))`;
  it('by the host is seen by the code', async () => {
    const { memory, get } = await instantiateText(WAT);
    expect(() => get!(65536)).toThrow('memory access out of bounds');
    const object = memory as unknown as Memory;
    object.grow(1);
    object.view.setInt32(65536, 9, true);
    expect(get!(65536)).toBe(9);
  });
});

describe('constant expressions', () => {
  it('compute with numbers and imported globals', async () => {
    const exports = await instantiateText(
      `(module (import "m" "i" (global $i i32)) (import "m" "I" (global $I i64))
        (global $a (export "a") i32 (i32.sub (i32.mul (global.get $i) (i32.const -3)) (i32.const -2)))
        (global (export "b") i64 (i64.mul (i64.add (global.get $I) (i64.const -1)) (i64.sub (i64.const 5) (global.get $I))))
        (global (export "c") i64 (i64.mul (i64.const 0x100000001) (i64.const 0x100000001)))
        (global (export "d") i32 (i32.add (global.get $a) (i32.const 0x7fffffff)))
        (global (export "e") f32 (f32.const -0)) (global (export "f") f64 (f64.const -inf))
        (global $n f64 (f64.const -nan:0x123456789abcd)) (global $m f32 (f32.const nan:0x612345))
        (global $v (export "v") (mut i64) (i64.const -7))
        (func (export "n") (result i64) (i64.reinterpret_f64 (global.get $n)))
        (func (export "m") (result i32) (i32.reinterpret_f32 (global.get $m)))
        (func (export "inc") (global.set $v (i64.add (global.get $v) (i64.const 1)))))`,
      { m: { i: 5, I: 2n ** 40n } },
    );
    const value = (name: string): unknown => exports[name]!.value;
    expect([value('a'), value('d')]).toEqual([-13, 0x7fffffff - 13]);
    expect(value('b')).toBe(BigInt.asIntN(64, (2n ** 40n - 1n) * (5n - 2n ** 40n)));
    expect(value('c')).toBe(BigInt.asIntN(64, 0x100000001n ** 2n));
    expect([value('e'), value('f')]).toEqual([-0, -Infinity]);
    expect(BigInt.asUintN(64, exports.n!() as bigint)).toBe(0xfff123456789abcdn);
    expect(exports.m!()).toBe(0x7fe12345);
    exports.inc!();
    expect(value('v')).toBe(-6n);
  });
});

describe('instantiation', () => {
  it('runs segments in order and keeps what was written before a trap', async () => {
    const memory = new Memory({ initial: 1 });
    const table = new Table({ element: 'anyfunc', initial: 2 });
    const attempt = (rest: string): Promise<unknown> =>
      instantiateText(
        `(module (import "m" "memory" (memory 1)) (import "m" "table" (table 2 funcref)) (func $f)
          (elem (i32.const 0) $f) (data (i32.const 0) "ab") (data (i32.const 1) "c") ${rest})`,
        { m: { memory, table } },
      );
    const state = (): unknown[] => [Buffer.from(memory.buffer, 0, 3).toString('latin1'), table.elems.map(Boolean)];
    await expect(attempt('(elem (i32.const 2) $f)')).rejects.toThrow('table index is out of bounds');
    expect(state()).toEqual(['\0\0\0', [true, false]]);
    await expect(attempt('(data (i32.const 65535) "xy") (data (i32.const 2) "z")')).rejects.toThrow(
      'data segment 2 is out of bounds (offset 65535, length 2, memory size 65536)',
    );
    expect(state()).toEqual(['ac\0', [true, false]]);
    await expect(attempt('(data (i32.const 65537) "")')).rejects.toThrow('data segment 2 is out of bounds');
    await expect(attempt('(elem (i32.const 1) $f) (func $s unreachable) (start $s)')).rejects.toThrow('unreachable');
    expect(state()).toEqual(['ac\0', [true, true]]);
  });

  it('drops active and declarative segments', async () => {
    const exports = await instantiateText(`(module (memory 1) (table 1 funcref) (func $f)
      (data $d (i32.const 0) "a") (elem $e (i32.const 0) $f) (elem $x declare func $f) (data $p "pq") (elem $q funcref (ref.func $f) (ref.null func))
      (func (export "data") (param i32) (memory.init $d (i32.const 0) (i32.const 0) (local.get 0)))
      (func (export "elem") (param i32) (table.init $e (i32.const 0) (i32.const 0) (local.get 0)))
      (func (export "declared") (param i32) (table.init $x (i32.const 0) (i32.const 0) (local.get 0)))
      (func (export "passive") (result i32)
        (memory.init $p (i32.const 4) (i32.const 1) (i32.const 1)) (data.drop $p)
        (table.init $q (i32.const 0) (i32.const 1) (i32.const 1)) (elem.drop $q)
        (i32.add (i32.load8_u (i32.const 4)) (ref.is_null (table.get (i32.const 0)))))
      )`);
    for (const name of ['data', 'elem', 'declared']) {
      exports[name]!(0);
      expect(() => exports[name]!(1)).toThrow(/out of bounds/);
    }
    expect(exports.passive!()).toBe('q'.charCodeAt(0) + 1);
    expect(() => exports.passive!()).toThrow('memory access out of bounds');
  });

  it('makes exported functions before the start function can hand them out', async () => {
    let given: unknown;
    const exports = await instantiateText(
      `(module (import "m" "take" (func $take (param funcref))) (func $f (export "f"))
        (func $s (call $take (ref.func $f))) (start $s))`,
      { m: { take: (f: unknown) => (given = f) } },
    );
    expect(given).toBe(exports.f);
  });
});

describe('commands', () => {
  const exit = '(import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))';
  it('export _start and import only what WASI has', async () => {
    const command = await bundleOf(`(module ${exit} (memory (export "memory") 1) (func (export "_start")))`);
    expect([command.kind, command.warnings]).toEqual(['command', []]);
    expect(command.code).not.toMatch(/^export /m);
    const library = await bundleOf(`(module ${exit} (func (export "_initialize")))`);
    expect([library.kind, library.warnings]).toEqual(['library', []]);
  });
  it('are libraries, with a warning, if they import anything else', async () => {
    const foreign = await bundleOf('(module (import "env" "f" (func)) (func (export "_start")))');
    expect(foreign.kind).toBe('library');
    expect(foreign.warnings).toEqual([
      'exports _start but imports "env" "f", which WASI does not have: it becomes a library',
    ]);
  });
});
