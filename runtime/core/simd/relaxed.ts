/**
 * Relaxed SIMD (spec 4.3.7), each as the deterministic profile has it: the first of the choices that the specification lists.
 * So multiply-add is not fused, lane selection is by bits, and what is out of range is as without `relaxed`.
 */

import {
  f32x4_add,
  f32x4_max,
  f32x4_min,
  f32x4_mul,
  f32x4_neg,
  i32x4_trunc_sat_f32x4_s,
  i32x4_trunc_sat_f32x4_u,
} from './f32x4.ts';
import {
  f64x2_add,
  f64x2_max,
  f64x2_min,
  f64x2_mul,
  f64x2_neg,
  i32x4_trunc_sat_f64x2_s_zero,
  i32x4_trunc_sat_f64x2_u_zero,
} from './f64x2.ts';
import { i16x2_add_sat_s } from './i16x2.ts';
import { i16x8_q15mulr_sat_s } from './i16x8.ts';
import { i8x16_swizzle, v128_bitselect } from './lanes.ts';
import { type Binary, type Ternary, type Unary, v128, v128_hi } from './v128.ts';

export const i8x16_relaxed_swizzle: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  i8x16_swizzle(a0, a1, a2, a3, b0, b1, b2, b3);
export const i32x4_relaxed_trunc_f32x4_s: Unary = (a0, a1, a2, a3) => i32x4_trunc_sat_f32x4_s(a0, a1, a2, a3);
export const i32x4_relaxed_trunc_f64x2_s_zero: Unary = (a0, a1, a2, a3) => i32x4_trunc_sat_f64x2_s_zero(a0, a1, a2, a3);
export const i32x4_relaxed_trunc_f32x4_u: Unary = (a0, a1, a2, a3) => i32x4_trunc_sat_f32x4_u(a0, a1, a2, a3);
export const i32x4_relaxed_trunc_f64x2_u_zero: Unary = (a0, a1, a2, a3) => i32x4_trunc_sat_f64x2_u_zero(a0, a1, a2, a3);
export const i8x16_relaxed_laneselect: Ternary = (a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3) =>
  v128_bitselect(a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3);
export const i16x8_relaxed_laneselect: Ternary = (a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3) =>
  v128_bitselect(a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3);
export const i32x4_relaxed_laneselect: Ternary = (a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3) =>
  v128_bitselect(a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3);
export const i64x2_relaxed_laneselect: Ternary = (a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3) =>
  v128_bitselect(a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3);
export const f32x4_relaxed_min: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => f32x4_min(a0, a1, a2, a3, b0, b1, b2, b3);
export const f32x4_relaxed_max: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => f32x4_max(a0, a1, a2, a3, b0, b1, b2, b3);
export const f64x2_relaxed_min: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => f64x2_min(a0, a1, a2, a3, b0, b1, b2, b3);
export const f64x2_relaxed_max: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => f64x2_max(a0, a1, a2, a3, b0, b1, b2, b3);
export const i16x8_relaxed_q15mulr_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  i16x8_q15mulr_sat_s(a0, a1, a2, a3, b0, b1, b2, b3);
/** a b + c, rounded twice. */
export const f32x4_relaxed_madd: Ternary = (a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3) => {
  const low = f32x4_mul(a0, a1, a2, a3, b0, b1, b2, b3);
  return f32x4_add(low, v128_hi[0]!, v128_hi[1]!, v128_hi[2]!, c0, c1, c2, c3);
};
/** c - a b: negating a factor negates the product, which is exact. */
export const f32x4_relaxed_nmadd: Ternary = (a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3) => {
  const low = f32x4_neg(a0, a1, a2, a3);
  return f32x4_relaxed_madd(low, v128_hi[0]!, v128_hi[1]!, v128_hi[2]!, b0, b1, b2, b3, c0, c1, c2, c3);
};
/** a b + c, rounded twice. */
export const f64x2_relaxed_madd: Ternary = (a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3) => {
  const low = f64x2_mul(a0, a1, a2, a3, b0, b1, b2, b3);
  return f64x2_add(low, v128_hi[0]!, v128_hi[1]!, v128_hi[2]!, c0, c1, c2, c3);
};
/** c - a b: negating a factor negates the product, which is exact. */
export const f64x2_relaxed_nmadd: Ternary = (a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3) => {
  const low = f64x2_neg(a0, a1, a2, a3);
  return f64x2_relaxed_madd(low, v128_hi[0]!, v128_hi[1]!, v128_hi[2]!, b0, b1, b2, b3, c0, c1, c2, c3);
};
/** Products of signed bytes, added in pairs to 16 bits with saturation, which only twice (-128)² needs. */
function dot(a: number, b: number): number {
  return i16x2_add_sat_s(i16x2_products(a, b, 0), i16x2_products(a, b, 8));
}
/** The products of bytes 0 and 2 (`from` 0) or 1 and 3 (`from` 8): at most 128², so 16 bits hold them. */
function i16x2_products(a: number, b: number, from: number): number {
  const low = Math.imul((a << (24 - from)) >> 24, (b << (24 - from)) >> 24);
  return (low & 0xffff) | (Math.imul((a << (8 - from)) >> 24, (b << (8 - from)) >> 24) << 16);
}
export const i16x8_relaxed_dot_i8x16_i7x16_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(dot(a0, b0), dot(a1, b1), dot(a2, b2), dot(a3, b3));
/** Both halves of a word of such sums, and the addend. */
function dot_add(a: number, b: number, c: number): number {
  const pair = dot(a, b);
  return (((pair << 16) >> 16) + (pair >> 16) + c) | 0;
}
export const i32x4_relaxed_dot_i8x16_i7x16_add_s: Ternary = (a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3) =>
  v128(dot_add(a0, b0, c0), dot_add(a1, b1, c1), dot_add(a2, b2, c2), dot_add(a3, b3, c3));
