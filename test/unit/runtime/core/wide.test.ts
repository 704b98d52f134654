/** Wide arithmetic against BigInt: by the libcalls, and by both generators whole. */
import { describe, expect, it } from 'vitest';
import * as core from '../../../../runtime/core/index.ts';
import { instantiateText } from '../../6-link/support.ts';

const EDGES = [0n, 1n, -1n, 2n, 1n << 31n, 1n << 32n, (1n << 32n) - 1n, (1n << 63n) - 1n, -(1n << 63n), -(1n << 32n)];
const MORE = [0x123456789abcdef0n, -0x123456789abcdefn, 0x80000000ffffffffn, 0xffffffff7fffffffn];
const VALUES = [...EDGES, ...MORE].map((v) => BigInt.asIntN(64, v));

const halves = (v: bigint): [number, number] => [Number(BigInt.asIntN(32, v)), Number(BigInt.asIntN(32, v >> 32n))];
const wide = (low: bigint, high: bigint): bigint => (high << 64n) | BigInt.asUintN(64, low);
const pair = (v: bigint): bigint[] => [BigInt.asIntN(64, v), BigInt.asIntN(64, v >> 64n)];
const result = (low: number): bigint[] => {
  const words = [low, core.i64_hi[0]!, core.i64_wide[0]!, core.i64_wide[1]!];
  return pair(words.reduce((sum, w, i) => sum | (BigInt(w >>> 0) << BigInt(32 * i)), 0n));
};

const SUMS = VALUES.flatMap((a) =>
  VALUES.map((b) => [a, b, VALUES[3]! ^ b, a ^ (b << 1n)].map((v) => BigInt.asIntN(64, v))),
);
const PRODUCTS = VALUES.flatMap((a) => VALUES.map((b) => [a, b]));
const u64 = (v: bigint): bigint => BigInt.asUintN(64, v);

const CASES: Record<string, { inputs: bigint[][]; compute: (...v: bigint[]) => bigint }> = {
  add128: { inputs: SUMS, compute: (a, b, c, d) => wide(a!, b!) + wide(c!, d!) },
  sub128: { inputs: SUMS, compute: (a, b, c, d) => wide(a!, b!) - wide(c!, d!) },
  mul_wide_s: { inputs: PRODUCTS, compute: (a, b) => a! * b! },
  mul_wide_u: { inputs: PRODUCTS, compute: (a, b) => u64(a!) * u64(b!) },
};

describe.each(Object.entries(CASES))('i64.%s', (name, { inputs, compute }) => {
  it('as a libcall', () => {
    const f = (core as unknown as Record<string, (...words: number[]) => number>)[`i64_${name}`]!;
    for (const values of inputs) expect(result(f(...values.flatMap(halves)))).toEqual(pair(compute(...values)));
  });
  it.each(['wavm', 'wamr'] as const)('by %s', async (backend) => {
    const params = inputs[0]!.map((_, i) => `(local.get ${i})`).join(' ');
    const { f } = await instantiateText(
      `(module (func (export "f") (param ${'i64 '.repeat(inputs[0]!.length)}) (result i64 i64) (i64.${name} ${params})))`,
      {},
      { backend, verify: true },
    );
    for (const values of inputs) expect(f!(...values)).toEqual(pair(compute(...values)));
  });
});
