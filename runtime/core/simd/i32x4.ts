/** i32x4 instructions (spec 4.3.6). */
import { i32_dot_i16x2_s } from './i16x2.ts';
import { type Binary, type Replace, type Unary, type UnaryBy, v128, with_word, word } from './v128.ts';

/** A comparison as a lane. */
function mask(c: boolean): number {
  return c ? -1 : 0;
}
export function i32x4_splat(a: number): number {
  return v128(a, a, a, a);
}
export const i32x4_extract_lane: UnaryBy = (a0, a1, a2, a3, n) => word(a0, a1, a2, a3, n);
export const i32x4_replace_lane: Replace = (a0, a1, a2, a3, value, lane) => with_word(a0, a1, a2, a3, value, lane);
function abs(a: number): number {
  return ((a ^ (a >> 31)) - (a >> 31)) | 0;
}
export const i32x4_abs: Unary = (a0, a1, a2, a3) => v128(abs(a0), abs(a1), abs(a2), abs(a3));
export const i32x4_neg: Unary = (a0, a1, a2, a3) => v128(-a0 | 0, -a1 | 0, -a2 | 0, -a3 | 0);
export const i32x4_add: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128((a0 + b0) | 0, (a1 + b1) | 0, (a2 + b2) | 0, (a3 + b3) | 0);
export const i32x4_sub: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128((a0 - b0) | 0, (a1 - b1) | 0, (a2 - b2) | 0, (a3 - b3) | 0);
export const i32x4_mul: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(Math.imul(a0, b0), Math.imul(a1, b1), Math.imul(a2, b2), Math.imul(a3, b3));
export const i32x4_min_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(Math.min(a0, b0), Math.min(a1, b1), Math.min(a2, b2), Math.min(a3, b3));
export const i32x4_max_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(Math.max(a0, b0), Math.max(a1, b1), Math.max(a2, b2), Math.max(a3, b3));
export const i32x4_min_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(
    a0 >>> 0 < b0 >>> 0 ? a0 : b0,
    a1 >>> 0 < b1 >>> 0 ? a1 : b1,
    a2 >>> 0 < b2 >>> 0 ? a2 : b2,
    a3 >>> 0 < b3 >>> 0 ? a3 : b3,
  );
export const i32x4_max_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(
    a0 >>> 0 > b0 >>> 0 ? a0 : b0,
    a1 >>> 0 > b1 >>> 0 ? a1 : b1,
    a2 >>> 0 > b2 >>> 0 ? a2 : b2,
    a3 >>> 0 > b3 >>> 0 ? a3 : b3,
  );
export const i32x4_eq: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(a0 === b0), mask(a1 === b1), mask(a2 === b2), mask(a3 === b3));
export const i32x4_ne: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(a0 !== b0), mask(a1 !== b1), mask(a2 !== b2), mask(a3 !== b3));
export const i32x4_lt_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(a0 < b0), mask(a1 < b1), mask(a2 < b2), mask(a3 < b3));
export const i32x4_lt_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(a0 >>> 0 < b0 >>> 0), mask(a1 >>> 0 < b1 >>> 0), mask(a2 >>> 0 < b2 >>> 0), mask(a3 >>> 0 < b3 >>> 0));
export const i32x4_gt_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(a0 > b0), mask(a1 > b1), mask(a2 > b2), mask(a3 > b3));
export const i32x4_gt_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(a0 >>> 0 > b0 >>> 0), mask(a1 >>> 0 > b1 >>> 0), mask(a2 >>> 0 > b2 >>> 0), mask(a3 >>> 0 > b3 >>> 0));
export const i32x4_le_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(a0 <= b0), mask(a1 <= b1), mask(a2 <= b2), mask(a3 <= b3));
export const i32x4_le_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(a0 >>> 0 <= b0 >>> 0), mask(a1 >>> 0 <= b1 >>> 0), mask(a2 >>> 0 <= b2 >>> 0), mask(a3 >>> 0 <= b3 >>> 0));
export const i32x4_ge_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(a0 >= b0), mask(a1 >= b1), mask(a2 >= b2), mask(a3 >= b3));
export const i32x4_ge_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(a0 >>> 0 >= b0 >>> 0), mask(a1 >>> 0 >= b1 >>> 0), mask(a2 >>> 0 >= b2 >>> 0), mask(a3 >>> 0 >= b3 >>> 0));
export const i32x4_shl: UnaryBy = (a0, a1, a2, a3, n) => v128(a0 << n, a1 << n, a2 << n, a3 << n);
export const i32x4_shr_s: UnaryBy = (a0, a1, a2, a3, n) => v128(a0 >> n, a1 >> n, a2 >> n, a3 >> n);
export const i32x4_shr_u: UnaryBy = (a0, a1, a2, a3, n) =>
  v128((a0 >>> n) | 0, (a1 >>> n) | 0, (a2 >>> n) | 0, (a3 >>> n) | 0);
export const i32x4_all_true: Unary = (a0, a1, a2, a3) => +(a0 !== 0 && a1 !== 0 && a2 !== 0 && a3 !== 0);
export const i32x4_bitmask: Unary = (a0, a1, a2, a3) =>
  (a0 >>> 31) | ((a1 >>> 31) << 1) | ((a2 >>> 31) << 2) | ((a3 >>> 31) << 3);
export const i32x4_dot_i16x8_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i32_dot_i16x2_s(a0, b0), i32_dot_i16x2_s(a1, b1), i32_dot_i16x2_s(a2, b2), i32_dot_i16x2_s(a3, b3));
/** The halves of a word. */
function low_s(a: number): number {
  return (a << 16) >> 16;
}
function high_s(a: number): number {
  return a >> 16;
}
function low_u(a: number): number {
  return a & 0xffff;
}
function high_u(a: number): number {
  return a >>> 16;
}
export const i32x4_extend_low_i16x8_s: Unary = (a0, a1) => v128(low_s(a0), high_s(a0), low_s(a1), high_s(a1));
export const i32x4_extend_low_i16x8_u: Unary = (a0, a1) => v128(low_u(a0), high_u(a0), low_u(a1), high_u(a1));
export const i32x4_extend_high_i16x8_s: Unary = (_a0, _a1, a2, a3) =>
  v128(low_s(a2), high_s(a2), low_s(a3), high_s(a3));
export const i32x4_extend_high_i16x8_u: Unary = (_a0, _a1, a2, a3) =>
  v128(low_u(a2), high_u(a2), low_u(a3), high_u(a3));
export const i32x4_extmul_low_i16x8_s: Binary = (a0, a1, _a2, _a3, b0, b1) =>
  v128(
    Math.imul(low_s(a0), low_s(b0)),
    Math.imul(high_s(a0), high_s(b0)),
    Math.imul(low_s(a1), low_s(b1)),
    Math.imul(high_s(a1), high_s(b1)),
  );
export const i32x4_extmul_low_i16x8_u: Binary = (a0, a1, _a2, _a3, b0, b1) =>
  v128(
    Math.imul(low_u(a0), low_u(b0)),
    Math.imul(high_u(a0), high_u(b0)),
    Math.imul(low_u(a1), low_u(b1)),
    Math.imul(high_u(a1), high_u(b1)),
  );
export const i32x4_extmul_high_i16x8_s: Binary = (_a0, _a1, a2, a3, _b0, _b1, b2, b3) =>
  v128(
    Math.imul(low_s(a2), low_s(b2)),
    Math.imul(high_s(a2), high_s(b2)),
    Math.imul(low_s(a3), low_s(b3)),
    Math.imul(high_s(a3), high_s(b3)),
  );
export const i32x4_extmul_high_i16x8_u: Binary = (_a0, _a1, a2, a3, _b0, _b1, b2, b3) =>
  v128(
    Math.imul(low_u(a2), low_u(b2)),
    Math.imul(high_u(a2), high_u(b2)),
    Math.imul(low_u(a3), low_u(b3)),
    Math.imul(high_u(a3), high_u(b3)),
  );
export const i32x4_extadd_pairwise_i16x8_s: Unary = (a0, a1, a2, a3) =>
  v128(low_s(a0) + high_s(a0), low_s(a1) + high_s(a1), low_s(a2) + high_s(a2), low_s(a3) + high_s(a3));
export const i32x4_extadd_pairwise_i16x8_u: Unary = (a0, a1, a2, a3) =>
  v128(low_u(a0) + high_u(a0), low_u(a1) + high_u(a1), low_u(a2) + high_u(a2), low_u(a3) + high_u(a3));
