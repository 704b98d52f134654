/** Translation on several threads: the same bytes, errors and reports as on one. Threads run the built compiler. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AsyncOptions, Bundle, CompileError } from '../../../src/index.ts';
import { assemble } from '../6-link/support.ts';
import { ADD, REFUSED } from '../cli/modules.ts';
import { buildIfStale } from '../cli/wasmelt.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const BACKENDS = ['wavm', 'wamr'] as const;
let compiler: typeof import('../../../src/index.ts');
let small: Uint8Array;

beforeAll(async () => {
  buildIfStale();
  compiler = (await import(join(ROOT, 'dist/src/index.js'))) as typeof compiler;
  small = await assemble(WAT);
}, 120_000);

/** Libcalls, i64, tables, tail calls, a float with a payload, a passive segment, an inlined function: all kinds of uses. */
const WAT = `(module
  (memory (export "m") 1) (table 2 funcref) (elem (i32.const 0) $a $b) (data "abc")
  (global $g (mut i64) (i64.const 5)) (global $f (mut f32) (f32.const 0))
  (func $a (export "a") (param i64 i64) (result i64) (i64.div_s (local.get 0) (local.get 1)))
  (func $b (export "b") (param i64 i64) (result i64)
    (call_indirect (param i64 i64) (result i64) (local.get 0) (global.get $g) (i32.const 1)))
  (func (export "c") (param i32) (global.set $f (f32.load (local.get 0))) (memory.init 0 (local.get 0) (i32.const 0) (i32.const 1)))
  (func $d (export "d") (param i32) (result i32) (return_call $e (local.get 0)))
  (func $e (param i32) (result i32) (if (result i32) (local.get 0) (then (return_call $d (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 7))))
  (func $leaf (param i32) (result i32) (i32.popcnt (local.get 0)))
  (func (export "h") (param i32) (result i32)
    (loop $l (local.set 0 (call $leaf (local.get 0))) (br_if $l (i32.gt_u (local.get 0) (i32.const 3)))) (local.get 0)))`;

const read = (path: string): Uint8Array => readFileSync(join(ROOT, path));
const translate = (bytes: Uint8Array, options: AsyncOptions): Promise<Bundle> =>
  compiler.transpileAsync(bytes, options);
async function errorOf(bytes: Uint8Array, options: AsyncOptions): Promise<CompileError> {
  try {
    await translate(bytes, options);
  } catch (error) {
    return error as CompileError;
  }
  throw new Error('it should have been refused');
}

describe.each(BACKENDS)('the same bytes whatever the number of threads, by %s', (backend) => {
  it.each(MODULES())('%s', async (_, bytes) => {
    const expected = compiler.transpile(bytes(), { backend });
    for (const jobs of [1, 2, 3]) expect(await translate(bytes(), { backend, jobs })).toEqual(expected);
  });
  it('with other options', async () => {
    const output = { format: 'iife', minify: true, data: 'x.bin' } as const;
    const options = { backend, traps: 'none', engine: 'interpreter', ...output, verify: true } as const;
    expect(await translate(small, { ...options, jobs: 2 })).toEqual(compiler.transpile(small, options));
  });
});

function MODULES(): [string, () => Uint8Array][] {
  return [
    ['a module with all kinds of references', () => small],
    ['one function', () => ADD],
    ['no function', () => ADD.subarray(0, 8)],
    ['an interpreter in C', () => read('fixtures/guests/demo/lisp.wasm')],
  ];
}

describe('what is refused', () => {
  it.each([
    ['not valid', ADD.with(ADD.length - 2, 0x6b + 0x20)],
    ['not supported', REFUSED],
    ['cut off', ADD.subarray(0, ADD.length - 3)],
  ])('is refused alike: %s', async (_, bytes) => {
    const [one, two] = [await errorOf(bytes, { jobs: 1 }), await errorOf(bytes, { jobs: 3 })];
    expect(two).toBeInstanceOf(compiler.CompileError);
    expect({ ...two, message: two.message }).toEqual({ ...one, message: one.message });
  });
  it.each([0, -1, 1.5, Number.NaN])('%d threads', async (jobs) => {
    expect((await errorOf(ADD, { jobs })).code).toBe('usage');
  });
});

describe('reports', () => {
  const dumpOf = async (jobs: number, func?: string): Promise<string> => {
    let text = '';
    const write = (part: string): void => {
      text += part;
    };
    const dump = { what: new Set(['ir', 'opt', 'js'] as const), write, ...(func !== undefined && { func }) };
    await translate(small, { jobs, dump });
    return text;
  };
  it('dumps come in the order of functions', async () => {
    const one = await dumpOf(1);
    expect(one).toContain(';; js of function 6');
    expect(await dumpOf(3)).toBe(one);
    expect(await dumpOf(2, 'd')).toBe(await dumpOf(1, 'd'));
  });
  it('phases count the functions of all threads', async () => {
    const runs = async (jobs: number): Promise<Record<string, number>> => {
      const sums: Record<string, number> = {};
      const onPhase = (phase: string, _: number, count = 1): void => {
        sums[phase] = (sums[phase] ?? 0) + count;
      };
      await translate(small, { jobs, onPhase });
      return sums;
    };
    const one = await runs(1);
    expect(one.compile).toBe(7);
    expect(await runs(2)).toEqual(one);
  });
  it('progress ends with all functions', async () => {
    const calls: number[][] = [];
    await translate(small, { jobs: 2, onProgress: (...call) => calls.push(call) });
    expect(calls.at(-1)).toEqual([7, 7]);
  });
});
