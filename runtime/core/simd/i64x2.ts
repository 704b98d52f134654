/** i64x2 instructions (spec 4.3.6), by those of i64. */
import { i32_mul_hi_u } from '../int.ts';
import {
  i64_add,
  i64_eq,
  i64_ge_s,
  i64_gt_s,
  i64_hi,
  i64_le_s,
  i64_lt_s,
  i64_mul,
  i64_ne,
  i64_shl,
  i64_shr_s,
  i64_shr_u,
  i64_sub,
} from '../int64.ts';
import { type Binary, type Unary, type UnaryBy, v128 } from './v128.ts';

export function i64x2_splat(low: number, high: number): number {
  return v128(low, high, low, high);
}
/** The low half; the high half is left in `i64_hi`. */
export const i64x2_extract_lane: UnaryBy = (a0, a1, a2, a3, n) => {
  i64_hi[0] = n === 0 ? a1 : a3;
  return n === 0 ? a0 : a2;
};
export function i64x2_replace_lane(
  a0: number,
  a1: number,
  a2: number,
  a3: number,
  low: number,
  high: number,
  lane: number,
): number {
  return lane === 0 ? v128(low, high, a2, a3) : v128(a0, a1, low, high);
}
/** The v128 of two i64: `low` the low half of the second, which has just been computed. */
function second(x0: number, x1: number, low: number): number {
  return v128(x0, x1, low, i64_hi[0]!);
}
export const i64x2_abs: Unary = (a0, a1, a2, a3) => {
  const x = a1 >> 31;
  const y = a3 >> 31;
  return i64x2_sub(a0 ^ x, a1 ^ x, a2 ^ y, a3 ^ y, x, x, y, y);
};
export const i64x2_neg: Unary = (a0, a1, a2, a3) => i64x2_sub(0, 0, 0, 0, a0, a1, a2, a3);
export const i64x2_add: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  const low = i64_add(a0, a1, b0, b1);
  return second(low, i64_hi[0]!, i64_add(a2, a3, b2, b3));
};
export const i64x2_sub: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  const low = i64_sub(a0, a1, b0, b1);
  return second(low, i64_hi[0]!, i64_sub(a2, a3, b2, b3));
};
export const i64x2_mul: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  const low = i64_mul(a0, a1, b0, b1);
  return second(low, i64_hi[0]!, i64_mul(a2, a3, b2, b3));
};
export const i64x2_shl: UnaryBy = (a0, a1, a2, a3, n) => {
  const low = i64_shl(a0, a1, n);
  return second(low, i64_hi[0]!, i64_shl(a2, a3, n));
};
export const i64x2_shr_s: UnaryBy = (a0, a1, a2, a3, n) => {
  const low = i64_shr_s(a0, a1, n);
  return second(low, i64_hi[0]!, i64_shr_s(a2, a3, n));
};
export const i64x2_shr_u: UnaryBy = (a0, a1, a2, a3, n) => {
  const low = i64_shr_u(a0, a1, n);
  return second(low, i64_hi[0]!, i64_shr_u(a2, a3, n));
};
/** Comparisons, 0 or 1, as lanes. */
function masks(x: number, y: number): number {
  return v128(-x | 0, -x | 0, -y | 0, -y | 0);
}
export const i64x2_eq: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  masks(i64_eq(a0, a1, b0, b1), i64_eq(a2, a3, b2, b3));
export const i64x2_ne: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  masks(i64_ne(a0, a1, b0, b1), i64_ne(a2, a3, b2, b3));
export const i64x2_lt_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  masks(i64_lt_s(a0, a1, b0, b1), i64_lt_s(a2, a3, b2, b3));
export const i64x2_gt_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  masks(i64_gt_s(a0, a1, b0, b1), i64_gt_s(a2, a3, b2, b3));
export const i64x2_le_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  masks(i64_le_s(a0, a1, b0, b1), i64_le_s(a2, a3, b2, b3));
export const i64x2_ge_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  masks(i64_ge_s(a0, a1, b0, b1), i64_ge_s(a2, a3, b2, b3));
export const i64x2_all_true: Unary = (a0, a1, a2, a3) => +((a0 | a1) !== 0 && (a2 | a3) !== 0);
export const i64x2_bitmask: Unary = (_a0, a1, _a2, a3) => (a1 >>> 31) | ((a3 >>> 31) << 1);
export const i64x2_extend_low_i32x4_s: Unary = (a0, a1) => v128(a0, a0 >> 31, a1, a1 >> 31);
export const i64x2_extend_low_i32x4_u: Unary = (a0, a1) => v128(a0, 0, a1, 0);
export const i64x2_extend_high_i32x4_s: Unary = (_a0, _a1, a2, a3) => v128(a2, a2 >> 31, a3, a3 >> 31);
export const i64x2_extend_high_i32x4_u: Unary = (_a0, _a1, a2, a3) => v128(a2, 0, a3, 0);
export const i64x2_extmul_low_i32x4_s: Binary = (a0, a1, _a2, _a3, b0, b1) =>
  v128(Math.imul(a0, b0), high_s(a0, b0), Math.imul(a1, b1), high_s(a1, b1));
export const i64x2_extmul_low_i32x4_u: Binary = (a0, a1, _a2, _a3, b0, b1) =>
  v128(Math.imul(a0, b0), i32_mul_hi_u(a0, b0), Math.imul(a1, b1), i32_mul_hi_u(a1, b1));
export const i64x2_extmul_high_i32x4_s: Binary = (_a0, _a1, a2, a3, _b0, _b1, b2, b3) =>
  v128(Math.imul(a2, b2), high_s(a2, b2), Math.imul(a3, b3), high_s(a3, b3));
export const i64x2_extmul_high_i32x4_u: Binary = (_a0, _a1, a2, a3, _b0, _b1, b2, b3) =>
  v128(Math.imul(a2, b2), i32_mul_hi_u(a2, b2), Math.imul(a3, b3), i32_mul_hi_u(a3, b3));
/** The high half of the signed product: the unsigned one counts 2^32 too many for each negative factor. */
function high_s(a: number, b: number): number {
  return (i32_mul_hi_u(a, b) - ((a >> 31) & b) - ((b >> 31) & a)) | 0;
}
