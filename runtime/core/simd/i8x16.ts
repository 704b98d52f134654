/** i8x16 instructions (spec 4.3.6), word by word. */
import {
  i8x4_abs,
  i8x4_add,
  i8x4_add_sat_s,
  i8x4_add_sat_u,
  i8x4_avgr_u,
  i8x4_bitmask,
  i8x4_eq,
  i8x4_ge_s,
  i8x4_ge_u,
  i8x4_gt_s,
  i8x4_gt_u,
  i8x4_le_s,
  i8x4_le_u,
  i8x4_lt_s,
  i8x4_lt_u,
  i8x4_max_s,
  i8x4_max_u,
  i8x4_min_s,
  i8x4_min_u,
  i8x4_narrow_i16x2_s,
  i8x4_narrow_i16x2_u,
  i8x4_ne,
  i8x4_neg,
  i8x4_nonzero,
  i8x4_popcnt,
  i8x4_shl,
  i8x4_shr_s,
  i8x4_shr_u,
  i8x4_splat,
  i8x4_sub,
  i8x4_sub_sat_s,
  i8x4_sub_sat_u,
} from './i8x4.ts';
import { type Binary, type Replace, type Unary, type UnaryBy, v128, with_word, word } from './v128.ts';

export function i8x16_splat(a: number): number {
  const x = i8x4_splat(a);
  return v128(x, x, x, x);
}
export const i8x16_extract_lane_s: UnaryBy = (a0, a1, a2, a3, n) =>
  (word(a0, a1, a2, a3, n >> 2) << (24 - 8 * (n & 3))) >> 24;
export const i8x16_extract_lane_u: UnaryBy = (a0, a1, a2, a3, n) =>
  (word(a0, a1, a2, a3, n >> 2) >>> (8 * (n & 3))) & 255;
export const i8x16_replace_lane: Replace = (a0, a1, a2, a3, value, lane) => {
  const shift = 8 * (lane & 3);
  const rest = word(a0, a1, a2, a3, lane >> 2) & ~(255 << shift);
  return with_word(a0, a1, a2, a3, rest | ((value & 255) << shift), lane >> 2);
};
export const i8x16_abs: Unary = (a0, a1, a2, a3) => v128(i8x4_abs(a0), i8x4_abs(a1), i8x4_abs(a2), i8x4_abs(a3));
export const i8x16_neg: Unary = (a0, a1, a2, a3) => v128(i8x4_neg(a0), i8x4_neg(a1), i8x4_neg(a2), i8x4_neg(a3));
export const i8x16_popcnt: Unary = (a0, a1, a2, a3) =>
  v128(i8x4_popcnt(a0), i8x4_popcnt(a1), i8x4_popcnt(a2), i8x4_popcnt(a3));
export const i8x16_add: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_add(a0, b0), i8x4_add(a1, b1), i8x4_add(a2, b2), i8x4_add(a3, b3));
export const i8x16_sub: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_sub(a0, b0), i8x4_sub(a1, b1), i8x4_sub(a2, b2), i8x4_sub(a3, b3));
export const i8x16_add_sat_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_add_sat_s(a0, b0), i8x4_add_sat_s(a1, b1), i8x4_add_sat_s(a2, b2), i8x4_add_sat_s(a3, b3));
export const i8x16_add_sat_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_add_sat_u(a0, b0), i8x4_add_sat_u(a1, b1), i8x4_add_sat_u(a2, b2), i8x4_add_sat_u(a3, b3));
export const i8x16_sub_sat_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_sub_sat_s(a0, b0), i8x4_sub_sat_s(a1, b1), i8x4_sub_sat_s(a2, b2), i8x4_sub_sat_s(a3, b3));
export const i8x16_sub_sat_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_sub_sat_u(a0, b0), i8x4_sub_sat_u(a1, b1), i8x4_sub_sat_u(a2, b2), i8x4_sub_sat_u(a3, b3));
export const i8x16_avgr_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_avgr_u(a0, b0), i8x4_avgr_u(a1, b1), i8x4_avgr_u(a2, b2), i8x4_avgr_u(a3, b3));
export const i8x16_min_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_min_s(a0, b0), i8x4_min_s(a1, b1), i8x4_min_s(a2, b2), i8x4_min_s(a3, b3));
export const i8x16_min_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_min_u(a0, b0), i8x4_min_u(a1, b1), i8x4_min_u(a2, b2), i8x4_min_u(a3, b3));
export const i8x16_max_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_max_s(a0, b0), i8x4_max_s(a1, b1), i8x4_max_s(a2, b2), i8x4_max_s(a3, b3));
export const i8x16_max_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_max_u(a0, b0), i8x4_max_u(a1, b1), i8x4_max_u(a2, b2), i8x4_max_u(a3, b3));
export const i8x16_eq: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_eq(a0, b0), i8x4_eq(a1, b1), i8x4_eq(a2, b2), i8x4_eq(a3, b3));
export const i8x16_ne: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_ne(a0, b0), i8x4_ne(a1, b1), i8x4_ne(a2, b2), i8x4_ne(a3, b3));
export const i8x16_lt_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_lt_s(a0, b0), i8x4_lt_s(a1, b1), i8x4_lt_s(a2, b2), i8x4_lt_s(a3, b3));
export const i8x16_lt_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_lt_u(a0, b0), i8x4_lt_u(a1, b1), i8x4_lt_u(a2, b2), i8x4_lt_u(a3, b3));
export const i8x16_gt_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_gt_s(a0, b0), i8x4_gt_s(a1, b1), i8x4_gt_s(a2, b2), i8x4_gt_s(a3, b3));
export const i8x16_gt_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_gt_u(a0, b0), i8x4_gt_u(a1, b1), i8x4_gt_u(a2, b2), i8x4_gt_u(a3, b3));
export const i8x16_le_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_le_s(a0, b0), i8x4_le_s(a1, b1), i8x4_le_s(a2, b2), i8x4_le_s(a3, b3));
export const i8x16_le_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_le_u(a0, b0), i8x4_le_u(a1, b1), i8x4_le_u(a2, b2), i8x4_le_u(a3, b3));
export const i8x16_ge_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_ge_s(a0, b0), i8x4_ge_s(a1, b1), i8x4_ge_s(a2, b2), i8x4_ge_s(a3, b3));
export const i8x16_ge_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i8x4_ge_u(a0, b0), i8x4_ge_u(a1, b1), i8x4_ge_u(a2, b2), i8x4_ge_u(a3, b3));
export const i8x16_shl: UnaryBy = (a0, a1, a2, a3, n) =>
  v128(i8x4_shl(a0, n), i8x4_shl(a1, n), i8x4_shl(a2, n), i8x4_shl(a3, n));
export const i8x16_shr_s: UnaryBy = (a0, a1, a2, a3, n) =>
  v128(i8x4_shr_s(a0, n), i8x4_shr_s(a1, n), i8x4_shr_s(a2, n), i8x4_shr_s(a3, n));
export const i8x16_shr_u: UnaryBy = (a0, a1, a2, a3, n) =>
  v128(i8x4_shr_u(a0, n), i8x4_shr_u(a1, n), i8x4_shr_u(a2, n), i8x4_shr_u(a3, n));
export const i8x16_all_true: Unary = (a0, a1, a2, a3) =>
  +((i8x4_nonzero(a0) & i8x4_nonzero(a1) & i8x4_nonzero(a2) & i8x4_nonzero(a3)) === (0x80808080 | 0));
export const i8x16_bitmask: Unary = (a0, a1, a2, a3) =>
  i8x4_bitmask(a0) | (i8x4_bitmask(a1) << 4) | (i8x4_bitmask(a2) << 8) | (i8x4_bitmask(a3) << 12);
export const i8x16_narrow_i16x8_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(
    i8x4_narrow_i16x2_s(a0, a1),
    i8x4_narrow_i16x2_s(a2, a3),
    i8x4_narrow_i16x2_s(b0, b1),
    i8x4_narrow_i16x2_s(b2, b3),
  );
export const i8x16_narrow_i16x8_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(
    i8x4_narrow_i16x2_u(a0, a1),
    i8x4_narrow_i16x2_u(a2, a3),
    i8x4_narrow_i16x2_u(b0, b1),
    i8x4_narrow_i16x2_u(b2, b3),
  );
