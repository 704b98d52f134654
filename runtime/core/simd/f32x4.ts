/**
 * f32x4 instructions (spec 4.3.6). Lanes stay bits but where they are computed with: a number that was an f32 has quiet NaNs
 * only, as results of arithmetic must, and storing it as an f32 is the rounding.
 */
import { i32_trunc_sat_f32_s, i32_trunc_sat_f32_u } from '../convert.ts';
import { i32_reinterpret_f32 as bits, f32_nearest, f64_reinterpret_i64, f32_reinterpret_i32 as of } from '../float.ts';
import { type Binary, type Replace, type Unary, type UnaryBy, v128, with_word, word } from './v128.ts';

export function f32x4_splat(x: number): number {
  const a = bits(x);
  return v128(a, a, a, a);
}
export const f32x4_extract_lane: UnaryBy = (a0, a1, a2, a3, n) => of(word(a0, a1, a2, a3, n));
export const f32x4_replace_lane: Replace = (a0, a1, a2, a3, value, lane) =>
  with_word(a0, a1, a2, a3, bits(value), lane);
export const f32x4_abs: Unary = (a0, a1, a2, a3) =>
  v128(a0 & 0x7fffffff, a1 & 0x7fffffff, a2 & 0x7fffffff, a3 & 0x7fffffff);
export const f32x4_neg: Unary = (a0, a1, a2, a3) =>
  v128(a0 ^ 0x80000000, a1 ^ 0x80000000, a2 ^ 0x80000000, a3 ^ 0x80000000);
export const f32x4_sqrt: Unary = (a0, a1, a2, a3) =>
  v128(bits(Math.sqrt(of(a0))), bits(Math.sqrt(of(a1))), bits(Math.sqrt(of(a2))), bits(Math.sqrt(of(a3))));
export const f32x4_ceil: Unary = (a0, a1, a2, a3) =>
  v128(bits(Math.ceil(of(a0))), bits(Math.ceil(of(a1))), bits(Math.ceil(of(a2))), bits(Math.ceil(of(a3))));
export const f32x4_floor: Unary = (a0, a1, a2, a3) =>
  v128(bits(Math.floor(of(a0))), bits(Math.floor(of(a1))), bits(Math.floor(of(a2))), bits(Math.floor(of(a3))));
export const f32x4_trunc: Unary = (a0, a1, a2, a3) =>
  v128(bits(Math.trunc(of(a0))), bits(Math.trunc(of(a1))), bits(Math.trunc(of(a2))), bits(Math.trunc(of(a3))));
export const f32x4_nearest: Unary = (a0, a1, a2, a3) =>
  v128(bits(f32_nearest(of(a0))), bits(f32_nearest(of(a1))), bits(f32_nearest(of(a2))), bits(f32_nearest(of(a3))));
export const f32x4_add: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(bits(of(a0) + of(b0)), bits(of(a1) + of(b1)), bits(of(a2) + of(b2)), bits(of(a3) + of(b3)));
export const f32x4_sub: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(bits(of(a0) - of(b0)), bits(of(a1) - of(b1)), bits(of(a2) - of(b2)), bits(of(a3) - of(b3)));
export const f32x4_mul: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(bits(of(a0) * of(b0)), bits(of(a1) * of(b1)), bits(of(a2) * of(b2)), bits(of(a3) * of(b3)));
export const f32x4_div: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(bits(of(a0) / of(b0)), bits(of(a1) / of(b1)), bits(of(a2) / of(b2)), bits(of(a3) / of(b3)));
export const f32x4_min: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(
    bits(Math.min(of(a0), of(b0))),
    bits(Math.min(of(a1), of(b1))),
    bits(Math.min(of(a2), of(b2))),
    bits(Math.min(of(a3), of(b3))),
  );
export const f32x4_max: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(
    bits(Math.max(of(a0), of(b0))),
    bits(Math.max(of(a1), of(b1))),
    bits(Math.max(of(a2), of(b2))),
    bits(Math.max(of(a3), of(b3))),
  );
export const f32x4_pmin: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(of(b0) < of(a0) ? b0 : a0, of(b1) < of(a1) ? b1 : a1, of(b2) < of(a2) ? b2 : a2, of(b3) < of(a3) ? b3 : a3);
export const f32x4_pmax: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(of(a0) < of(b0) ? b0 : a0, of(a1) < of(b1) ? b1 : a1, of(a2) < of(b2) ? b2 : a2, of(a3) < of(b3) ? b3 : a3);
export const f32x4_eq: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(of(a0) === of(b0)), mask(of(a1) === of(b1)), mask(of(a2) === of(b2)), mask(of(a3) === of(b3)));
export const f32x4_ne: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(of(a0) !== of(b0)), mask(of(a1) !== of(b1)), mask(of(a2) !== of(b2)), mask(of(a3) !== of(b3)));
export const f32x4_lt: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(of(a0) < of(b0)), mask(of(a1) < of(b1)), mask(of(a2) < of(b2)), mask(of(a3) < of(b3)));
export const f32x4_gt: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(of(a0) > of(b0)), mask(of(a1) > of(b1)), mask(of(a2) > of(b2)), mask(of(a3) > of(b3)));
export const f32x4_le: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(of(a0) <= of(b0)), mask(of(a1) <= of(b1)), mask(of(a2) <= of(b2)), mask(of(a3) <= of(b3)));
export const f32x4_ge: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) =>
  v128(mask(of(a0) >= of(b0)), mask(of(a1) >= of(b1)), mask(of(a2) >= of(b2)), mask(of(a3) >= of(b3)));
export const f32x4_convert_i32x4_s: Unary = (a0, a1, a2, a3) => v128(bits(a0), bits(a1), bits(a2), bits(a3));
export const f32x4_convert_i32x4_u: Unary = (a0, a1, a2, a3) =>
  v128(bits(a0 >>> 0), bits(a1 >>> 0), bits(a2 >>> 0), bits(a3 >>> 0));
export const i32x4_trunc_sat_f32x4_s: Unary = (a0, a1, a2, a3) =>
  v128(
    i32_trunc_sat_f32_s(of(a0)),
    i32_trunc_sat_f32_s(of(a1)),
    i32_trunc_sat_f32_s(of(a2)),
    i32_trunc_sat_f32_s(of(a3)),
  );
export const i32x4_trunc_sat_f32x4_u: Unary = (a0, a1, a2, a3) =>
  v128(
    i32_trunc_sat_f32_u(of(a0)),
    i32_trunc_sat_f32_u(of(a1)),
    i32_trunc_sat_f32_u(of(a2)),
    i32_trunc_sat_f32_u(of(a3)),
  );
export const f32x4_demote_f64x2_zero: Unary = (a0, a1, a2, a3) =>
  v128(bits(f64_reinterpret_i64(a0, a1)), bits(f64_reinterpret_i64(a2, a3)), 0, 0);
function mask(c: boolean): number {
  return c ? -1 : 0;
}
