/**
 * Wide arithmetic: 128-bit sums, differences and products, over 32-bit words. The two results come as the lowest word,
 * returned, the next in `i64_hi[0]` and the upper two in `i64_wide`.
 */
import { i32_mul_hi_u } from './int.ts';
import { i64_hi } from './int64.ts';

/** Words 2 and 3 of a 128-bit result. */
export const i64_wide = /* @__PURE__ */ new Int32Array(2);

const TWO_32 = 4294967296;

/** Words are added as doubles; what a sum has above 2^32 is the carry. */
export function i64_add128(
  a0: number,
  a1: number,
  a2: number,
  a3: number,
  b0: number,
  b1: number,
  b2: number,
  b3: number,
): number {
  const s0 = (a0 >>> 0) + (b0 >>> 0);
  const s1 = (a1 >>> 0) + (b1 >>> 0) + ((s0 / TWO_32) | 0);
  const s2 = (a2 >>> 0) + (b2 >>> 0) + ((s1 / TWO_32) | 0);
  i64_hi[0] = s1;
  i64_wide[0] = s2;
  i64_wide[1] = a3 + b3 + ((s2 / TWO_32) | 0);
  return s0 | 0;
}

/** a + ~b + 1. */
export function i64_sub128(
  a0: number,
  a1: number,
  a2: number,
  a3: number,
  b0: number,
  b1: number,
  b2: number,
  b3: number,
): number {
  const s0 = (a0 >>> 0) + (~b0 >>> 0) + 1;
  const s1 = (a1 >>> 0) + (~b1 >>> 0) + ((s0 / TWO_32) | 0);
  const s2 = (a2 >>> 0) + (~b2 >>> 0) + ((s1 / TWO_32) | 0);
  i64_hi[0] = s1;
  i64_wide[0] = s2;
  i64_wide[1] = a3 + ~b3 + ((s2 / TWO_32) | 0);
  return s0 | 0;
}

export function i64_mul_wide_u(a0: number, a1: number, b0: number, b1: number): number {
  const p1 = i32_mul_hi_u(a0, b0) >>> 0;
  const s1 = p1 + (Math.imul(a0, b1) >>> 0) + (Math.imul(a1, b0) >>> 0);
  const cross = (i32_mul_hi_u(a0, b1) >>> 0) + (i32_mul_hi_u(a1, b0) >>> 0);
  const s2 = (Math.imul(a1, b1) >>> 0) + cross + ((s1 / TWO_32) | 0);
  i64_hi[0] = s1;
  i64_wide[0] = s2;
  i64_wide[1] = i32_mul_hi_u(a1, b1) + ((s2 / TWO_32) | 0);
  return Math.imul(a0, b0);
}

/** As unsigned, less b (and a) in the high half where a (and b) is negative. */
export function i64_mul_wide_s(a0: number, a1: number, b0: number, b1: number): number {
  const low = i64_mul_wide_u(a0, a1, b0, b1);
  if (a1 < 0) subtract(b0, b1);
  if (b1 < 0) subtract(a0, a1);
  return low;
}
function subtract(low: number, high: number): void {
  const borrow = i64_wide[0]! >>> 0 < low >>> 0 ? 1 : 0;
  i64_wide[0] = i64_wide[0]! - low;
  i64_wide[1] = i64_wide[1]! - high - borrow;
}
