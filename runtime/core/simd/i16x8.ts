/** i16x8 instructions (spec 4.3.6), word by word. */
import {
  i16x2_abs,
  i16x2_add,
  i16x2_add_sat_s,
  i16x2_add_sat_u,
  i16x2_avgr_u,
  i16x2_bitmask,
  i16x2_eq,
  i16x2_extadd_pairwise_i8x4_s,
  i16x2_extadd_pairwise_i8x4_u,
  i16x2_extend_high_i8x4_s,
  i16x2_extend_high_i8x4_u,
  i16x2_extend_low_i8x4_s,
  i16x2_extend_low_i8x4_u,
  i16x2_extmul_high_i8x4_s,
  i16x2_extmul_high_i8x4_u,
  i16x2_extmul_low_i8x4_s,
  i16x2_extmul_low_i8x4_u,
  i16x2_ge_s,
  i16x2_ge_u,
  i16x2_gt_s,
  i16x2_gt_u,
  i16x2_le_s,
  i16x2_le_u,
  i16x2_lt_s,
  i16x2_lt_u,
  i16x2_max_s,
  i16x2_max_u,
  i16x2_min_s,
  i16x2_min_u,
  i16x2_mul,
  i16x2_narrow_i32_s,
  i16x2_narrow_i32_u,
  i16x2_ne,
  i16x2_neg,
  i16x2_nonzero,
  i16x2_q15mulr_sat_s,
  i16x2_shl,
  i16x2_shr_s,
  i16x2_shr_u,
  i16x2_splat,
  i16x2_sub,
  i16x2_sub_sat_s,
  i16x2_sub_sat_u,
} from './i16x2.ts';
import { type Binary, type Replace, type Unary, type UnaryBy, v128, with_word, word } from './v128.ts';

export function i16x8_splat(a: number): number {
  const x = i16x2_splat(a);
  return v128(x, x, x, x);
}
export const i16x8_extract_lane_s: UnaryBy = (a0, a1, a2, a3, n) =>
  (word(a0, a1, a2, a3, n >> 1) << (16 - 16 * (n & 1))) >> 16;
export const i16x8_extract_lane_u: UnaryBy = (a0, a1, a2, a3, n) =>
  (word(a0, a1, a2, a3, n >> 1) >>> (16 * (n & 1))) & 0xffff;
export const i16x8_replace_lane: Replace = (a0, a1, a2, a3, value, lane) => {
  const shift = 16 * (lane & 1);
  const rest = word(a0, a1, a2, a3, lane >> 1) & ~(0xffff << shift);
  return with_word(a0, a1, a2, a3, rest | ((value & 0xffff) << shift), lane >> 1);
};
export const i16x8_abs: Unary = (a0, a1, a2, a3) => v128(i16x2_abs(a0), i16x2_abs(a1), i16x2_abs(a2), i16x2_abs(a3));
export const i16x8_neg: Unary = (a0, a1, a2, a3) => v128(i16x2_neg(a0), i16x2_neg(a1), i16x2_neg(a2), i16x2_neg(a3));
export const i16x8_add: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_add(a0, b0), i16x2_add(a1, b1), i16x2_add(a2, b2), i16x2_add(a3, b3));
export const i16x8_sub: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_sub(a0, b0), i16x2_sub(a1, b1), i16x2_sub(a2, b2), i16x2_sub(a3, b3));
export const i16x8_mul: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_mul(a0, b0), i16x2_mul(a1, b1), i16x2_mul(a2, b2), i16x2_mul(a3, b3));
export const i16x8_add_sat_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_add_sat_s(a0, b0), i16x2_add_sat_s(a1, b1), i16x2_add_sat_s(a2, b2), i16x2_add_sat_s(a3, b3));
export const i16x8_add_sat_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_add_sat_u(a0, b0), i16x2_add_sat_u(a1, b1), i16x2_add_sat_u(a2, b2), i16x2_add_sat_u(a3, b3));
export const i16x8_sub_sat_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_sub_sat_s(a0, b0), i16x2_sub_sat_s(a1, b1), i16x2_sub_sat_s(a2, b2), i16x2_sub_sat_s(a3, b3));
export const i16x8_sub_sat_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_sub_sat_u(a0, b0), i16x2_sub_sat_u(a1, b1), i16x2_sub_sat_u(a2, b2), i16x2_sub_sat_u(a3, b3));
export const i16x8_avgr_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_avgr_u(a0, b0), i16x2_avgr_u(a1, b1), i16x2_avgr_u(a2, b2), i16x2_avgr_u(a3, b3));
export const i16x8_q15mulr_sat_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(
    i16x2_q15mulr_sat_s(a0, b0),
    i16x2_q15mulr_sat_s(a1, b1),
    i16x2_q15mulr_sat_s(a2, b2),
    i16x2_q15mulr_sat_s(a3, b3),
  );
export const i16x8_min_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_min_s(a0, b0), i16x2_min_s(a1, b1), i16x2_min_s(a2, b2), i16x2_min_s(a3, b3));
export const i16x8_min_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_min_u(a0, b0), i16x2_min_u(a1, b1), i16x2_min_u(a2, b2), i16x2_min_u(a3, b3));
export const i16x8_max_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_max_s(a0, b0), i16x2_max_s(a1, b1), i16x2_max_s(a2, b2), i16x2_max_s(a3, b3));
export const i16x8_max_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_max_u(a0, b0), i16x2_max_u(a1, b1), i16x2_max_u(a2, b2), i16x2_max_u(a3, b3));
export const i16x8_eq: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_eq(a0, b0), i16x2_eq(a1, b1), i16x2_eq(a2, b2), i16x2_eq(a3, b3));
export const i16x8_ne: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_ne(a0, b0), i16x2_ne(a1, b1), i16x2_ne(a2, b2), i16x2_ne(a3, b3));
export const i16x8_lt_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_lt_s(a0, b0), i16x2_lt_s(a1, b1), i16x2_lt_s(a2, b2), i16x2_lt_s(a3, b3));
export const i16x8_lt_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_lt_u(a0, b0), i16x2_lt_u(a1, b1), i16x2_lt_u(a2, b2), i16x2_lt_u(a3, b3));
export const i16x8_gt_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_gt_s(a0, b0), i16x2_gt_s(a1, b1), i16x2_gt_s(a2, b2), i16x2_gt_s(a3, b3));
export const i16x8_gt_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_gt_u(a0, b0), i16x2_gt_u(a1, b1), i16x2_gt_u(a2, b2), i16x2_gt_u(a3, b3));
export const i16x8_le_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_le_s(a0, b0), i16x2_le_s(a1, b1), i16x2_le_s(a2, b2), i16x2_le_s(a3, b3));
export const i16x8_le_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_le_u(a0, b0), i16x2_le_u(a1, b1), i16x2_le_u(a2, b2), i16x2_le_u(a3, b3));
export const i16x8_ge_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_ge_s(a0, b0), i16x2_ge_s(a1, b1), i16x2_ge_s(a2, b2), i16x2_ge_s(a3, b3));
export const i16x8_ge_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_ge_u(a0, b0), i16x2_ge_u(a1, b1), i16x2_ge_u(a2, b2), i16x2_ge_u(a3, b3));
export const i16x8_shl: UnaryBy = (a0, a1, a2, a3, n) =>
  v128(i16x2_shl(a0, n), i16x2_shl(a1, n), i16x2_shl(a2, n), i16x2_shl(a3, n));
export const i16x8_shr_s: UnaryBy = (a0, a1, a2, a3, n) =>
  v128(i16x2_shr_s(a0, n), i16x2_shr_s(a1, n), i16x2_shr_s(a2, n), i16x2_shr_s(a3, n));
export const i16x8_shr_u: UnaryBy = (a0, a1, a2, a3, n) =>
  v128(i16x2_shr_u(a0, n), i16x2_shr_u(a1, n), i16x2_shr_u(a2, n), i16x2_shr_u(a3, n));
export const i16x8_all_true: Unary = (a0, a1, a2, a3) =>
  +((i16x2_nonzero(a0) & i16x2_nonzero(a1) & i16x2_nonzero(a2) & i16x2_nonzero(a3)) === (0x80008000 | 0));
export const i16x8_bitmask: Unary = (a0, a1, a2, a3) =>
  i16x2_bitmask(a0) | (i16x2_bitmask(a1) << 2) | (i16x2_bitmask(a2) << 4) | (i16x2_bitmask(a3) << 6);
export const i16x8_narrow_i32x4_s: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_narrow_i32_s(a0, a1), i16x2_narrow_i32_s(a2, a3), i16x2_narrow_i32_s(b0, b1), i16x2_narrow_i32_s(b2, b3));
export const i16x8_narrow_i32x4_u: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(i16x2_narrow_i32_u(a0, a1), i16x2_narrow_i32_u(a2, a3), i16x2_narrow_i32_u(b0, b1), i16x2_narrow_i32_u(b2, b3));
export const i16x8_extend_low_i8x16_s: Unary = (a0, a1) =>
  v128(
    i16x2_extend_low_i8x4_s(a0),
    i16x2_extend_high_i8x4_s(a0),
    i16x2_extend_low_i8x4_s(a1),
    i16x2_extend_high_i8x4_s(a1),
  );
export const i16x8_extend_low_i8x16_u: Unary = (a0, a1) =>
  v128(
    i16x2_extend_low_i8x4_u(a0),
    i16x2_extend_high_i8x4_u(a0),
    i16x2_extend_low_i8x4_u(a1),
    i16x2_extend_high_i8x4_u(a1),
  );
export const i16x8_extend_high_i8x16_s: Unary = (_a0, _a1, a2, a3) =>
  v128(
    i16x2_extend_low_i8x4_s(a2),
    i16x2_extend_high_i8x4_s(a2),
    i16x2_extend_low_i8x4_s(a3),
    i16x2_extend_high_i8x4_s(a3),
  );
export const i16x8_extend_high_i8x16_u: Unary = (_a0, _a1, a2, a3) =>
  v128(
    i16x2_extend_low_i8x4_u(a2),
    i16x2_extend_high_i8x4_u(a2),
    i16x2_extend_low_i8x4_u(a3),
    i16x2_extend_high_i8x4_u(a3),
  );
export const i16x8_extmul_low_i8x16_s: Binary = (a0, a1, _a2, _a3, b0, b1) =>
  v128(
    i16x2_extmul_low_i8x4_s(a0, b0),
    i16x2_extmul_high_i8x4_s(a0, b0),
    i16x2_extmul_low_i8x4_s(a1, b1),
    i16x2_extmul_high_i8x4_s(a1, b1),
  );
export const i16x8_extmul_low_i8x16_u: Binary = (a0, a1, _a2, _a3, b0, b1) =>
  v128(
    i16x2_extmul_low_i8x4_u(a0, b0),
    i16x2_extmul_high_i8x4_u(a0, b0),
    i16x2_extmul_low_i8x4_u(a1, b1),
    i16x2_extmul_high_i8x4_u(a1, b1),
  );
export const i16x8_extmul_high_i8x16_s: Binary = (_a0, _a1, a2, a3, _b0, _b1, b2, b3) =>
  v128(
    i16x2_extmul_low_i8x4_s(a2, b2),
    i16x2_extmul_high_i8x4_s(a2, b2),
    i16x2_extmul_low_i8x4_s(a3, b3),
    i16x2_extmul_high_i8x4_s(a3, b3),
  );
export const i16x8_extmul_high_i8x16_u: Binary = (_a0, _a1, a2, a3, _b0, _b1, b2, b3) =>
  v128(
    i16x2_extmul_low_i8x4_u(a2, b2),
    i16x2_extmul_high_i8x4_u(a2, b2),
    i16x2_extmul_low_i8x4_u(a3, b3),
    i16x2_extmul_high_i8x4_u(a3, b3),
  );
export const i16x8_extadd_pairwise_i8x16_s: Unary = (a0, a1, a2, a3) =>
  v128(
    i16x2_extadd_pairwise_i8x4_s(a0),
    i16x2_extadd_pairwise_i8x4_s(a1),
    i16x2_extadd_pairwise_i8x4_s(a2),
    i16x2_extadd_pairwise_i8x4_s(a3),
  );
export const i16x8_extadd_pairwise_i8x16_u: Unary = (a0, a1, a2, a3) =>
  v128(
    i16x2_extadd_pairwise_i8x4_u(a0),
    i16x2_extadd_pairwise_i8x4_u(a1),
    i16x2_extadd_pairwise_i8x4_u(a2),
    i16x2_extadd_pairwise_i8x4_u(a3),
  );
