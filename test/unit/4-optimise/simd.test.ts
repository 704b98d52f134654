/** Vectors become lanes: in which forms, what moves without code, what traps; and every instruction against native. */
import { describe, expect, it } from 'vitest';
import { type FuncIR, Ir, Type } from '../../../src/3-lower/ir.ts';
import { OPS } from '../../../src/wasm/opcodes.ts';
import { loadEngine } from '../../spec/engines.ts';
import { assemble, count, lower, returned, through } from '../../support/func-ir.ts';

const split = async (body: string, params = '(param i32 i32)', result = ''): Promise<FuncIR> =>
  through(await lower(`(module (memory 1) (func ${params} ${result} ${body}))`), 'copies', 'dce', 'simd', 'dce');
const load = (offset = 0): string => `(v128.load offset=${offset} (local.get 0))`;

describe('forms', () => {
  it('of what only moves are words', async () => {
    const ir = await split(`(v128.store (local.get 1) ${load()})`);
    expect([count(ir, 'i32.load'), count(ir, 'i32.store'), count(ir, Ir.span)]).toEqual([4, 4, 2]);
  });
  it('of sums in a loop are numbers, their zeros and stores too', async () => {
    const ir = await split(`(local v128) (loop (local.set 2 (f32x4.add (local.get 2) ${load()}))
      (br_if 0 (i32.load (local.get 1)))) (v128.store (local.get 1) (local.get 2))`);
    expect([count(ir, 'f32.load'), count(ir, 'f32.add'), count(ir, 'f32.store')]).toEqual([4, 4, 4]);
    expect(ir.code.some((n) => /reinterpret/.test(OPS[n.op]?.name ?? ''))).toBe(false);
  });
  it('are both where a load is computed with and moved', async () => {
    const ir = await split(`(local v128) (local.set 2 ${load()})
      (v128.store offset=16 (local.get 1) (f64x2.add (local.get 2) (local.get 2)))
      (v128.store (local.get 1) (local.get 2))`);
    expect([count(ir, 'f64.load'), count(ir, 'i32.load'), count(ir, 'f64.store'), count(ir, 'i32.store')]).toEqual([
      2, 4, 2, 4,
    ]);
  });
  it('are converted behind the loop that only they leave', async () => {
    const ir = await split(
      `(local v128) (loop (local.set 2 (f32x4.add (local.get 2) ${load()})) (br_if 0 (i32.load (local.get 1))))
      (i32x4.extract_lane 1 (local.get 2))`,
      undefined,
      '(result i32)',
    );
    const at = (op: number): number => ir.code.findLastIndex((n) => n.op === op);
    expect(count(ir, 'i32.reinterpret_f32')).toBe(1);
    expect(ir.code.findIndex((n) => OPS[n.op]?.name === 'i32.reinterpret_f32')).toBeGreaterThan(at(Ir.brIf));
  });
  it('follow the choice by a comparison', async () => {
    const ir = await split(`(local v128) (local.set 2 ${load()}) (v128.store (local.get 1)
      (f32x4.add (v128.bitselect (local.get 2) ${load(16)} (f32x4.lt (local.get 2) ${load(16)})) (local.get 2)))`);
    expect([count(ir, 'select'), count(ir, 'i32.xor')]).toEqual([4, 0]);
  });
});

describe('moves', () => {
  it('of whole words are no code', async () => {
    const shuffle = 'i8x16.shuffle 8 9 10 11 0 1 2 3 28 29 30 31 4 5 6 7';
    const ir = await split(
      `(i32x4.extract_lane 2 (${shuffle} (local.get 0) (local.get 1)))`,
      '(param v128 v128)',
      '(result i32)',
    );
    expect(returned(ir)).toBe('p7');
  });
  it('of bytes are a piece for each distance', async () => {
    const shuffle = 'i8x16.shuffle 1 2 3 4 0 1 2 3 4 5 6 7 8 9 10 11';
    const ir = await split(
      `(i32x4.extract_lane 0 (${shuffle} (local.get 0) (local.get 0)))`,
      '(param v128)',
      '(result i32)',
    );
    expect(returned(ir)).toBe('i32.or(i32.shr_u(p0, 8), i32.shl(p1, 24))');
  });
  it('by constant indices too, and by a constant table', async () => {
    const constant = 'v128.const i8x16 4 5 6 7 99 99 99 99 0 1 2 3 8 9 10 11';
    const moved = await split(
      `(i8x16.extract_lane_u 0 (i8x16.swizzle (local.get 0) (${constant})))`,
      '(param v128)',
      '(result i32)',
    );
    expect(returned(moved)).toBe('i32.and(p1, 255)');
    const looked = await split(
      `(i32x4.extract_lane 0 (i8x16.swizzle (${constant}) (local.get 0)))`,
      '(param v128)',
      '(result i32)',
    );
    expect(count(looked, Ir.lookup)).toBe(4);
  });
});

describe('accesses', () => {
  it('check once, and load what is read', async () => {
    const ir = await split(`(drop (i32x4.extract_lane 2 ${load(4)}))`);
    expect([count(ir, Ir.span), count(ir, 'i32.load')]).toEqual([1, 0]);
    const read = await split(`(i32x4.extract_lane 2 ${load(4)})`, undefined, '(result i32)');
    expect([count(read, Ir.span), count(read, 'i32.load')]).toEqual([1, 1]);
  });
  it('of one element need no span, unless they may be unaligned', async () => {
    const aligned = await split(`(v128.store (local.get 1) (v128.load32_zero (local.get 0)))`);
    expect(count(aligned, Ir.span)).toBe(1);
    const unaligned = await split(`(v128.store (local.get 1) (v128.load32_zero align=1 (local.get 0)))`);
    expect(count(unaligned, Ir.span)).toBe(2);
  });
});

describe('values', () => {
  it('have four places as parameters, arguments and results', async () => {
    const ir = await split('(local.get 1) (local.get 0)', '(param i64 v128)', '(result v128 i64)');
    expect(ir.params.map((p) => [p.type, p.imm])).toEqual([[Type.i64, 0], ...[1, 2, 3, 4].map((i) => [Type.i32, i])]);
    expect(ir.results).toEqual([Type.i32, Type.i32, Type.i32, Type.i32, Type.i64]);
  });
});

/** Operands of each kind of knowledge: nothing, small lanes, widened bytes, shifted lanes, constants. */
const OPERANDS = [
  [load(0), load(16)],
  [
    `(v128.and ${load(0)} (v128.const i32x4 0x7f7f7f7f 0x7f7f7f7f 0x3fff3fff 0x003f003f))`,
    `(i16x8.shr_u ${load(16)} (i32.const 9))`,
  ],
  ['(v128.load8x8_u (local.get 0))', '(v128.load8x8_u offset=3 (local.get 0))'],
  [load(0), '(v128.const i8x16 0 1 2 127 128 129 200 254 255 -1 5 -7 64 63 -64 33)'],
  [
    '(f32x4.convert_i32x4_s (v128.load (local.get 0)))',
    '(f64x2.convert_low_i32x4_u (v128.load offset=16 (local.get 0)))',
  ],
];
const vectorOps = OPS.filter(
  ({ feature, signature, immediates, width }) =>
    feature === 'simd' && immediates === 'none' && width === 0 && /^(V|VV|Vi|VVV):[Vi]$/.test(text(signature)),
);
function text(signature: { params: string; results: string } | undefined): string {
  return signature ? `${signature.params}:${signature.results}` : '';
}

function functionOf(name: string, signature: string, [a, b]: readonly string[]): string {
  const [params, result] = signature.split(':') as [string, string];
  const given = [a, params[1] === 'i' ? '(i32.const 3)' : b, load(32)].slice(0, params.length);
  const value = `(${name} ${given.join(' ')})`;
  const stored =
    result === 'V' ? `(v128.store offset=64 (local.get 0) ${value})` : `(i32.store offset=64 (local.get 0) ${value})`;
  return `(func (param i32) ${stored})`;
}

describe.each(OPERANDS.map((pair, i) => [i, pair] as const))('operands %i', (_, pair) => {
  it('are computed with as natively', async () => {
    const functions = vectorOps.map((o, i) =>
      functionOf(o.name, text(o.signature), pair).replace('(func', `(func (export "${i}")`),
    );
    const bytes = await assemble(`(module (memory (export "memory") 1) ${functions.join('\n')})`);
    const run = async (engine: 'native' | 'wavm'): Promise<string[]> => {
      const { Module, Instance } = await loadEngine(engine);
      const { exports } = new Instance(new Module(bytes), {});
      const cells = new DataView((exports as { memory: { buffer: ArrayBuffer } }).memory.buffer);
      fill(cells);
      return vectorOps.flatMap(({ name }, i) =>
        [0, 5, 48, 96].map((at) => {
          for (let k = 0; k < 16; k++) cells.setUint8(at + 1024 + 64 + k, 0);
          (exports as Record<string, (at: number) => void>)[i]!(at + 1024);
          return `${name} at ${at}: ${shown(name, cells, at + 1024 + 64)}`;
        }),
      );
    };
    expect(await run('wavm')).toEqual(await run('native'));
  });
});

function fill(cells: DataView): void {
  let state = 12345;
  for (let i = 1024; i < 1300; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const kind = (state >>> 28) & 3;
    cells.setUint8(i, kind === 0 ? 0x80 : kind === 1 ? 0xff : state >>> 16);
  }
}
/** Sixteen bytes; of floats that an operation computes, any NaN is the same. */
function shown(name: string, cells: DataView, at: number): string {
  const words = [0, 4, 8, 12];
  if (/^f64x2/.test(name)) return [0, 8].map((k) => String(cells.getFloat64(at + k, true))).join();
  if (/^f32x4/.test(name)) return words.map((k) => String(cells.getFloat32(at + k, true))).join();
  return words.map((k) => cells.getInt32(at + k, true)).join();
}
