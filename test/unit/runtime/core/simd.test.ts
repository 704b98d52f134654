/** Every SIMD instruction without memory against the engine's own, on edge vectors and on random ones. */
import { describe, expect, it } from 'vitest';
import * as core from '../../../../runtime/core/index.ts';
import { OPS, type OpName } from '../../../../src/wasm/opcodes.ts';
import { random } from './native.ts';
import { type Case, nativeCases, op, RESULT } from './simd-native.ts';

const libcalls = core as unknown as Record<string, (...args: number[]) => number>;
const VECTOR = OPS.filter((o) => o.feature === 'simd' || o.feature === 'relaxed-simd');
const TESTED = VECTOR.filter((o) => o.width === 0 && o.name !== 'v128.const');
const lib = (name: string): string => name.replace('.', '_');

it('has a libcall for every instruction but constants', () => {
  expect(VECTOR.map((o) => o.name).filter((name) => !(lib(name) in core))).toEqual(['v128.const']);
});

/** Local variables of a case, as operands (`local.get`, `local.set`). */
const get = (i: number): number[] => [0x20, i];
const set = (i: number): number[] => [0x21, i];
const by8 = [0x41, 8];
/** Even and odd bytes of a local, widened to 16 bits. */
const even = (i: number): number[] => [...get(i), ...by8, ...op('i16x8.shl'), ...by8, ...op('i16x8.shr_s')];
const odd = (i: number): number[] => [...get(i), ...by8, ...op('i16x8.shr_s')];
const products = [
  ...[...even(0), ...even(1), ...op('i16x8.mul'), ...odd(0), ...odd(1), ...op('i16x8.mul')],
  ...op('i16x8.add_sat_s'),
];
/** The deterministic profile of relaxed instructions, in others. */
const STRICT: Partial<Record<OpName, readonly number[]>> = {
  'i8x16.relaxed_swizzle': op('i8x16.swizzle'),
  'i32x4.relaxed_trunc_f32x4_s': op('i32x4.trunc_sat_f32x4_s'),
  'i32x4.relaxed_trunc_f32x4_u': op('i32x4.trunc_sat_f32x4_u'),
  'i32x4.relaxed_trunc_f64x2_s_zero': op('i32x4.trunc_sat_f64x2_s_zero'),
  'i32x4.relaxed_trunc_f64x2_u_zero': op('i32x4.trunc_sat_f64x2_u_zero'),
  'f32x4.relaxed_madd': [...set(2), ...op('f32x4.mul'), ...get(2), ...op('f32x4.add')],
  'f32x4.relaxed_nmadd': [...set(2), ...op('f32x4.mul'), ...op('f32x4.neg'), ...get(2), ...op('f32x4.add')],
  'f64x2.relaxed_madd': [...set(2), ...op('f64x2.mul'), ...get(2), ...op('f64x2.add')],
  'f64x2.relaxed_nmadd': [...set(2), ...op('f64x2.mul'), ...op('f64x2.neg'), ...get(2), ...op('f64x2.add')],
  'i8x16.relaxed_laneselect': op('v128.bitselect'),
  'i16x8.relaxed_laneselect': op('v128.bitselect'),
  'i32x4.relaxed_laneselect': op('v128.bitselect'),
  'i64x2.relaxed_laneselect': op('v128.bitselect'),
  'f32x4.relaxed_min': op('f32x4.min'),
  'f32x4.relaxed_max': op('f32x4.max'),
  'f64x2.relaxed_min': op('f64x2.min'),
  'f64x2.relaxed_max': op('f64x2.max'),
  'i16x8.relaxed_q15mulr_s': op('i16x8.q15mulr_sat_s'),
  'i16x8.relaxed_dot_i8x16_i7x16_s': [...set(1), ...set(0), ...products],
  'i32x4.relaxed_dot_i8x16_i7x16_add_s': [
    ...[...set(2), ...set(1), ...set(0), ...products],
    ...[...op('i32x4.extadd_pairwise_i16x8_s'), ...get(2), ...op('i32x4.add')],
  ],
};

interface Subject extends Case {
  readonly name: OpName;
  /** Immediates as the libcall takes them. */
  readonly last: readonly number[];
}

const next = random(236);
/** Lane indices, or some shuffles. */
function immediates(kind: string, name: string): { bytes: number[]; last: number[] }[] {
  if (kind === 'lane') {
    const lanes = Number(/x(\d+)/.exec(name)![1]);
    return Array.from({ length: lanes }, (_, i) => ({ bytes: [i], last: [i] }));
  }
  if (kind !== 'shuffle') return [{ bytes: [], last: [] }];
  return Array.from({ length: 16 }, (_, k) => {
    const bytes = Array.from({ length: 16 }, (_, i) => (k === 0 ? i : k === 1 ? 31 - i : next() & 31));
    return { bytes, last: [...new Int32Array(Uint8Array.from(bytes).buffer)] };
  });
}
const SUBJECTS: Subject[] = TESTED.flatMap(({ name, signature, immediates: kind }) =>
  immediates(kind, name).map(({ bytes, last }) => ({
    ...{ name, last, params: signature!.params, results: signature!.results },
    code: STRICT[name] ?? [...op(name), ...bytes],
  })),
);
const oracle = nativeCases(SUBJECTS);
const { view } = oracle;

const BYTES = [0, 1, 2, 7, 15, 16, 31, 63, 64, 126, 127, 128, 129, 192, 254, 255];
const F32 = [0, 0x80000000, 1, 0x7fffff, 0x800000, 0x3f000000, 0x3f7fffff, 0x3f800000, 0x3fc00000, 0x40200000]
  .concat([0x4b000000, 0x4affffff, 0x4b7fffff, 0x4effffff, 0x4f000000, 0x4f7fffff, 0x4f800000, 0x5f000000])
  .concat([0x7f7fffff, 0x7f800000, 0x7fc00000, 0x7fc12345, 0x7f800001, 0x7fa00000]);
const F64 = [0n, 1n, 0x3fe0000000000000n, 0x3fefffffffffffffn, 0x3ff0000000000000n, 0x4004000000000000n]
  .concat([0x4330000000000000n, 0x432fffffffffffffn, 0x41dfffffffc00000n, 0x41e0000000000000n, 0x41efffffffe00000n])
  .concat([0x41dfffffffe00000n, 0x41f0000000000000n, 0x47efffffe0000000n, 0x36a0000000000000n, 0x7fefffffffffffffn])
  .concat([0x7ff0000000000000n, 0x7ff8000000000000n, 0x7ff8000012345678n, 0x7ff0000000000001n]);

/** Sixteen bytes of operand `at`: by turns edges of bytes, of 16 and 32 bits, of floats, and anything. */
function fill(at: number, way: number): void {
  for (let i = 0; i < 16; i++) {
    const edge = BYTES[next() & 15]!;
    view.setUint8(at + i, way === 0 ? edge : way === 1 && (i & 1) === 0 ? -(edge & 1) : next());
  }
  for (let i = 0; i < 4 && way === 2; i++) {
    view.setInt32(at + 4 * i, F32[(next() >>> 1) % F32.length]! ^ (next() & 0x80000000), true);
  }
  for (let i = 0; i < 2 && way === 3; i++) {
    const sign = BigInt(next() & 1) << 63n;
    view.setBigUint64(at + 8 * i, F64[(next() >>> 1) % F64.length]! | sign, true);
  }
  for (let i = 0; i < 4 && way === 4; i++) view.setInt32(at + 4 * i, (1 << (next() & 31)) - (next() & 1), true);
  for (let i = 0; i < 4 && way === 5; i++) view.setFloat32(at + 4 * i, next() / 2 ** (next() & 31), true);
  for (let i = 0; i < 2 && way === 6; i++) view.setFloat64(at + 8 * i, next() / 2 ** (next() & 31), true);
}

/** The operands as the libcall takes them. Scalar NaNs become JavaScript's own: an array of doubles has but one. */
function operands(params: string): number[] {
  return [...params].flatMap((p, k) => {
    const at = 16 * k;
    if (p === 'f') {
      const x = view.getFloat32(at, true);
      if (Number.isNaN(x)) view.setInt32(at, 0x7fc00000, true);
      return [x];
    }
    if (p === 'F') {
      const x = view.getFloat64(at, true);
      if (Number.isNaN(x)) view.setBigInt64(at, 0x7ff8000000000000n, true);
      return [x];
    }
    const words = p === 'V' ? [0, 4, 8, 12] : p === 'I' ? [0, 4] : [0];
    return words.map((offset) => view.getInt32(at + offset, true));
  });
}

/** A result as words. */
function words(results: string, result: number): number[] {
  if (results === 'V') return [result, ...core.v128_hi];
  if (results === 'I') return [result, core.i64_hi[0]!];
  if (results === 'f') return [core.i32_reinterpret_f32(result)];
  if (results === 'F') return [core.i64_reinterpret_f64(result), core.i64_hi[0]!];
  return [result];
}

/** Instructions whose results have NaNs of arithmetic: any quiet NaN, and where operands have none, a canonical one. */
const COMPUTED =
  /^f(32x4|64x2)\.(add|sub|mul|div|min|max|sqrt|ceil|floor|trunc|nearest|demote|promote|relaxed_(n?madd|m))/;
function normal(name: string, result: readonly number[], params: string): string {
  if (!COMPUTED.test(name)) return result.join();
  const canonical = !operands(params).some(isNaN32or64);
  const nan32 = (x: number): string | undefined => {
    if ((x & 0x7fffffff) <= 0x7f800000) return undefined;
    return (x & 0x400000) !== 0 && (!canonical || (x & 0x3fffff) === 0) ? 'nan' : `wrong nan ${x}`;
  };
  if (name.startsWith('f32x4')) return result.map((x) => nan32(x) ?? x).join();
  return [0, 2]
    .map((k) => {
      const [low, high] = [result[k]!, result[k + 1]!];
      if ((high & 0x7fffffff) <= 0x7ff00000 && !((high & 0x7fffffff) === 0x7ff00000 && low !== 0))
        return `${low},${high}`;
      return (high & 0x80000) !== 0 && (!canonical || ((high & 0x7ffff) | low) === 0) ? 'nan' : `wrong nan ${high}`;
    })
    .join();
}
/** Whether a word may be part of a NaN, of whichever width. */
function isNaN32or64(x: number): boolean {
  return (x & 0x7ff00000) === 0x7ff00000 || (x & 0x7f800000) === 0x7f800000;
}

/** How an operation fares on one vector more: undefined if well. */
function mismatch({ name, params, results, last }: Subject, run: () => void, way: number): string | undefined {
  for (let k = 0; k < params.length; k++) fill(16 * k, way);
  if (params === 'VV' && (next() & 3) === 0)
    for (let i = 0; i < 4; i++) view.setInt32(16 + 4 * i, view.getInt32(4 * i));
  const args = operands(params);
  run();
  const want = words(results, 0).map((_, i) => view.getInt32(RESULT + 4 * i, true));
  // A number cannot be a signalling f32 NaN.
  if (results === 'f' && isNaN32or64(want[0]!) && (want[0]! & 0x7fffff) !== 0) want[0] = want[0]! | 0x400000;
  const got = words(results, libcalls[lib(name)]!(...args, ...last));
  if (got.every((x, i) => Object.is(x, want[i]))) return undefined;
  const [a, b] = [normal(name, got, params), normal(name, want, params)];
  return a === b && !a.includes('wrong')
    ? undefined
    : `${name}(${[...args, ...last].join(', ')}) = ${a}, expected ${b}`;
}

describe('each libcall gives what the engine gives', () => {
  it.each(TESTED.map((o) => [o.name] as const))('%s', (name) => {
    const wrong: string[] = [];
    SUBJECTS.forEach((subject, i) => {
      if (subject.name !== name) return;
      const rounds = /lane|shuffle/.test(name) ? 200 : 3000;
      for (let n = 0; n < rounds && wrong.length < 3; n++) {
        const found = mismatch(subject, oracle.run[i]!, n % 8);
        if (found !== undefined) wrong.push(found);
      }
    });
    expect(wrong).toEqual([]);
  });
});
