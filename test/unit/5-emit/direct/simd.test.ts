/** Vectors in wamr: four variables each, in every place where a value can be; results against native WebAssembly. */
import { describe, expect, it } from 'vitest';
import { transpile } from '../../../../src/index.ts';
import { assembler } from '../../../nodiff/wat.ts';
import { loadEngine, type Namespace } from '../../../spec/engines.ts';

const assemble = assembler();
type Exports = Record<string, (...args: number[]) => unknown>;

const MODULE = `(memory (export "memory") 1) (global $g (mut v128) (v128.const i32x4 10 20 30 40)) (global $n (mut i32) (i32.const 0))
  (data (i32.const 0) "\\00\\11\\22\\33\\44\\55\\66\\77\\88\\99\\aa\\bb\\cc\\dd\\ee\\ff\\01\\02\\03\\04")
  (func $v (param i32) (result v128) (v128.const i32x4 1 2 3 4) (i32x4.splat (local.get 0)) (i32x4.add))
  (func $two (param i32) (result v128 v128) (call $v (local.get 0)) (call $v (i32.const -9)))
  (func $count (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))
  (func $sum (param v128) (result i32) (i32x4.extract_lane 0 (local.get 0)) (i32x4.extract_lane 1 (local.get 0))
    (i32.shl (i32.const 8)) (i32.add) (i32x4.extract_lane 2 (local.get 0)) (i32.shl (i32.const 16)) (i32.add)
    (i32x4.extract_lane 3 (local.get 0)) (i32.shl (i32.const 24)) (i32.add))`;

function outcome(wasm: Namespace, bytes: Uint8Array, calls: readonly number[][]): string[] {
  const { exports } = new wasm.Instance(new wasm.Module(bytes), {});
  const { f, memory } = exports as unknown as Exports & { memory: { buffer: ArrayBuffer } };
  const results = calls.map((args) => {
    try {
      return String(f!(...args));
    } catch (error) {
      return (error as Error).message;
    }
  });
  return [...results, Buffer.from(memory.buffer.slice(0, 64)).toString('hex')];
}

/** Compares calls of `f`, whose text after its name is given, and gives its JavaScript. */
async function same(f: string, ...calls: number[][]): Promise<string> {
  const bytes = await assemble(`(module ${MODULE} (func $f (export "f") ${f}))`);
  const want = outcome(await loadEngine('native'), bytes, calls);
  expect(outcome(await loadEngine('wamr'), bytes, calls)).toEqual(want);
  const { code } = transpile(bytes, { backend: 'wamr' });
  return /function \$f\([\s\S]*?\n\}/.exec(code)![0];
}

describe('variables', () => {
  it('keep the value that was read', async () => {
    await same(
      `(result i32) (local v128) (local.set 0 (call $v (i32.const 1))) (local.get 0) (call $v (i32.const 50)) (local.set 0)
      (local.get 0) (i32x4.sub) (call $sum)`,
      [],
    );
  });
  it('are swapped through the stack', async () => {
    await same(
      `(param i32) (result i32) (local v128 v128) (local.set 1 (call $v (local.get 0))) (local.set 2 (v128.not (local.get 1)))
      (local.get 1) (local.get 2) (local.set 1) (local.set 2) (i32.sub (call $sum (local.get 1)) (call $sum (local.get 2)))`,
      [3],
    );
  });
  it('take lanes from each other', async () => {
    for (const [to, from] of [
      [0, 3],
      [3, 0],
      [1, 2],
      [2, 2],
    ]) {
      const text = `(result i32) (local v128 v128) (local.set 0 (call $v (i32.const 7))) (local.set 1 (call $v (i32.const 70)))
        (local.set 1 (i32x4.replace_lane ${to} (local.get 0) (i32x4.extract_lane ${from} (local.get 1)))) (call $sum (local.get 1))`;
      await same(text, []);
    }
    await same(
      `(result i32) (local v128) (local.set 0 (call $v (i32.const 7))) (local.set 0 (i64x2.replace_lane 1
      (i64x2.splat (i64x2.extract_lane 1 (local.get 0))) (i64x2.extract_lane 0 (local.get 0)))) (call $sum (local.get 0))`,
      [],
    );
  });
  it('may be of the module', async () => {
    await same(
      `(param i32) (result i32) (global.get $g) (global.set $g (call $v (local.get 0))) (i32x4.sub (global.get $g))
      (global.set $g (v128.and (global.get $g) (v128.const i32x4 -1 3 -1 0))) (call $sum) (call $sum (global.get $g)) (i32.xor)`,
      [5],
      [9],
    );
  });
});

describe('control', () => {
  it('select and branches carry four lanes', async () => {
    await same(
      `(param i32) (result i32) (call $sum (select (call $v (i32.const 1)) (global.get $g) (local.get 0)))
      (call $sum (if (result v128) (local.get 0) (then (call $v (i32.const 2))) (else (v128.const i32x4 5 6 7 8)))) (i32.sub)
      (call $sum (block (result v128) (br_table 0 0 (v128.not (global.get $g)) (local.get 0)) ) )
      (i32.add)`,
      [0],
      [1],
    );
  });
  it('loops swap their parameters', async () => {
    await same(
      `(param i32) (result i32) (local v128 v128) (call $v (i32.const 1)) (global.get $g)
      (loop (param v128 v128) (result v128 v128) (local.set 1) (local.set 2) (local.get 1) (local.get 2)
        (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (call $sum) (local.set 0) (call $sum) (local.get 0) (i32.sub)`,
      [1],
      [2],
      [3],
    );
  });
  it('results of branches out of several blocks', async () => {
    await same(
      `(param i32) (result i32) (call $sum (block (result v128) (block (result v128)
        (call $v (i32.const 4)) (br_table 0 1 0 (local.get 0))) (i32x4.add (global.get $g))))`,
      [0],
      [1],
      [2],
    );
  });
});

describe('calls', () => {
  it('leave lanes that the next call overwrites', async () => {
    await same(
      `(param i32) (result i32) (call $v (local.get 0)) (call $v (i32.const 100)) (i32x4.mul) (call $sum)`,
      [3],
    );
    await same(`(param i32) (result i32) (call $two (local.get 0)) (i32x4.sub) (call $sum)`, [3]);
  });
  it('happen before a result is left in the cells', async () => {
    const text = `(result v128) (i32x4.replace_lane 1 (i32x4.replace_lane 3 (global.get $g) (call $sum (call $v (i32.const 2))))
      (call $sum (call $v (i32.const 3)))) ) (func (export "f") (result i32) (call $sum (call $h))`;
    const bytes = await assemble(`(module ${MODULE} (func $h ${text}))`);
    const want = outcome(await loadEngine('native'), bytes, [[]]);
    expect(outcome(await loadEngine('wamr'), bytes, [[]])).toEqual(want);
  });
  it('that count happen once each and in order', async () => {
    await same(
      `(result i32) (call $sum (i32x4.replace_lane 2 (i32x4.splat (call $count)) (call $count))) (global.get $n) (i32.add)`,
      [],
      [],
    );
    await same(`(result i32) (drop (i32x4.splat (call $count))) (drop (call $v (call $count))) (global.get $n)`, []);
  });
});

describe('tail calls', () => {
  it('give vectors to the function itself and to others', async () => {
    await same(
      `(param i32) (result i32) (call $sum (call $loop (local.get 0) (global.get $g) (v128.const i32x4 1 2 3 4))))
      (func $loop (param i32 v128 v128) (result v128) (local v128)
        (if (i32.eqz (local.get 0)) (then (return (i32x4.sub (local.get 2) (local.get 3)))))
        (local.set 3 (local.get 1))
        (return_call $loop (i32.sub (local.get 0) (i32.const 1)) (i32x4.add (local.get 2) (local.get 3)) (local.get 1))`,
      [0],
      [1],
      [6],
    );
    await same(
      `(param i32) (result i32) (call $sum (call $ping (local.get 0) (global.get $g))))
      (func $ping (param i32 v128) (result v128)
        (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
        (return_call $pong (v128.not (local.get 1)) (i32.sub (local.get 0) (i32.const 1))))
      (func $pong (param v128 i32) (result v128)
        (return_call $ping (local.get 1) (i32x4.replace_lane 2 (local.get 0) (i32x4.extract_lane 3 (local.get 0))))`,
      [0],
      [1],
      [9],
    );
  });
});

describe('memory', () => {
  const AT = [[0], [1], [3], [4], [8], [40], [65520], [65521], [65535], [-1], [-16]];
  it('loads before a store that comes later', async () => {
    await same(
      `(param i32) (result i32) (v128.load (local.get 0)) (v128.store offset=4 (local.get 0) (v128.const i32x4 -1 -2 -3 -4))
      (v128.load32_splat offset=4 (local.get 0)) (i32x4.sub) (call $sum)`,
      ...AT,
    );
  });
  it('stores all of a vector or nothing', async () => {
    await same(`(param i32) (v128.store offset=8 (local.get 0) (call $v (i32.const 1)))`, ...AT);
    await same(`(param i32) (v128.store64_lane offset=2 1 (local.get 0) (call $v (i32.const 1)))`, ...AT);
  });
  it('a load that nothing uses still traps', async () => {
    await same(`(param i32) (drop (v128.load8x8_u (local.get 0)))`, ...AT);
    await same(`(param i32) (drop (i32x4.extract_lane 1 (v128.load8_lane 3 (local.get 0) (global.get $g))))`, ...AT);
  });
  it('traps in order', async () => {
    await same(
      `(param i32) (result i32) (v128.load (local.get 0)) (i32.store (i32.const 0) (i32.const 77)) (call $sum)`,
      ...AT,
    );
  });
});

it('reaches all of a 64-bit memory', async () => {
  const bytes =
    await assemble(`(module (memory (export "memory") i64 1) (data (i64.const 0) "0123456789abcdefghijklmnop")
    (func (export "f") (param i64) (result i32) (i32x4.extract_lane 2 (v128.load offset=4 (local.get 0)))
      (v128.store64_lane offset=40 1 (local.get 0) (v128.load8_lane 9 (i64.const 3) (v128.const i32x4 1 2 3 4)))
      (i32x4.extract_lane 1 (v128.load32_splat (local.get 0))) (i32.sub)))`);
  const calls = [0n, 5n, 65500n, 65521n, 1n << 32n, -4n] as unknown as number[];
  const ours = outcome(
    await loadEngine('wamr'),
    bytes,
    calls.map((c) => [c]),
  );
  const word = (at: number): number =>
    '0123456789abcdefghijklmnop'
      .split('')
      .reduceRight((n, c, i) => (i >= at && i < at + 4 ? n * 256 + c.charCodeAt(0) : n), 0);
  expect(ours.slice(0, 6)).toEqual([
    String(word(12) - word(0)),
    String(word(17) - word(5)),
    ...Array(4).fill('memory access out of bounds'),
  ]);
});

describe('objects', () => {
  // Node 20 has no garbage collection: results are numbers that need no oracle.
  const gc = async (f: string): Promise<string> => {
    const bytes = await assemble(`(module ${MODULE} (type $s (struct (field (mut v128)) (field (mut i32)) (field v128)))
      (type $a (array (mut v128))) (global $k (ref $s) (struct.new $s (v128.const i32x4 4 3 2 1) (i32.const 7) (v128.const i32x4 9 9 9 9)))
      (func $f (export "f") ${f}))`);
    return outcome(await loadEngine('wamr'), bytes, [[]])[0]!;
  };
  const ONE = String(1 + 2 * 256 + 3 * 65536 + 4 * 16777216);
  it('have fields of vectors', async () => {
    expect(
      await gc(`(result i32) (local $x (ref $s)) (local v128)
        (local.set $x (struct.new $s (call $v (i32.const 0)) (i32.const 1) (v128.const i32x4 0 0 0 0)))
        (local.set 1 (struct.get $s 0 (local.get $x))) (struct.set $s 0 (local.get $x) (struct.get $s 2 (global.get $k)))
        (i32.sub (call $sum (local.get 1)) (call $sum (i32x4.sub (struct.get $s 0 (local.get $x)) (struct.get $s 2 (global.get $k)))))`),
    ).toBe(ONE);
    expect(await gc(`(result i32) (call $sum (struct.get $s 0 (global.get $k)))`)).toBe(
      String(4 + 3 * 256 + 2 * 65536 + 16777216),
    );
    expect(await gc(`(result i32) (drop (struct.get $s 2 (ref.null $s))) (i32.const 1)`)).toBe(
      'dereferencing a null pointer',
    );
  });
  it('and elements of them', async () => {
    expect(
      await gc(`(result i32) (local $x (ref $a)) (local.set $x (array.new $a (call $v (i32.const 5)) (i32.const 6)))
        (array.fill $a (local.get $x) (i32.const 1) (v128.const i32x4 1 1 1 1) (i32.const 2))
        (array.set $a (local.get $x) (i32.const 4) (i32x4.sub (array.get $a (local.get $x) (i32.const 0)) (i32x4.splat (i32.const 5))))
        (array.copy $a $a (local.get $x) (i32.const 0) (local.get $x) (i32.const 2) (i32.const 3))
        (call $sum (array.get $a (local.get $x) (i32.const 2)))`),
    ).toBe(ONE);
    expect(
      await gc(
        `(result i32) (call $sum (array.get $a (array.new_fixed $a 2 (call $v (i32.const 0)) (call $v (i32.const 1))) (i32.const 0)))`,
      ),
    ).toBe(ONE);
    expect(await gc(`(result i32) (call $sum (array.get $a (array.new_default $a (i32.const 3)) (i32.const 3)))`)).toBe(
      'array element access out of bounds',
    );
  });
});

it('are thrown and caught', async () => {
  const bytes = await assemble(`(module ${MODULE} (tag $e (param i32 v128 i64))
    (func $g (throw $e (i32.const 1) (call $v (i32.const 0)) (i64.const -1)))
    (func (export "f") (result i32) (local v128) (block (result i32 v128 i64) (try_table (catch $e 0) (call $g)) (unreachable))
      (drop) (local.set 0) (drop) (call $sum (local.get 0))))`);
  expect(outcome(await loadEngine('wamr'), bytes, [[]])[0]).toBe(String(1 + 2 * 256 + 3 * 65536 + 4 * 16777216));
});

it('carries signalling NaNs of f32 as bits where it can', async () => {
  const bits = [0x7f800001, 0x7fa12345, -0x7fffff];
  const calls = bits.map((b) => [b]);
  const reinterpreted = '(f32.reinterpret_i32 (local.get 0))';
  await same(`(param i32) (result i32) (call $sum (f32x4.splat ${reinterpreted}))`, ...calls);
  await same(`(param i32) (result i32) (call $sum (f32x4.replace_lane 2 (global.get $g) ${reinterpreted}))`, ...calls);
  await same(
    `(param i32) (result i32) (i32.reinterpret_f32 (f32x4.extract_lane 3 (i32x4.splat (local.get 0))))`,
    ...calls,
  );
  await same(`(param i32) (f32.store (i32.const 4) (f32x4.extract_lane 1 (i32x4.splat (local.get 0))))`, ...calls);
});

describe('text', () => {
  it('does in line what takes an operator a lane', async () => {
    const text = await same(
      `(result i32) (local v128) (local.set 0 (global.get $g))
      (local.set 0 (v128.andnot (local.get 0) (i32x4.splat (i32.const 6)))) (i32x4.extract_lane 2 (local.get 0))`,
      [],
    );
    expect(text).toContain('l0 = l0 & ~6; l0b = l0b & ~6; l0c = l0c & ~6; l0d = l0d & ~6;');
    expect(text).not.toContain('lanes');
  });
  it('reads the lanes of a libcall into the variables that want them', async () => {
    const text = await same(
      `(result i32) (local v128) (local.set 0 (i8x16.add (local.get 0) (v128.const i64x2 1 -1))) (i8x16.extract_lane_s 5 (local.get 0))`,
      [],
    );
    expect(text).toContain(
      'l0 = i8x16_add(l0, l0b, l0c, l0d, 1, 0, -1, -1); l0b = $lanes[0]; l0c = $lanes[1]; l0d = $lanes[2];',
    );
    expect(text).toContain('return l0b << 16 >> 24;');
  });
});
