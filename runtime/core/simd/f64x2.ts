/**
 * f64x2 instructions (spec 4.3.6). Lanes become numbers, and numbers lanes, through a buffer; where bits must not change they
 * never become numbers. Subtracting 0 makes a signalling NaN quiet and changes nothing else.
 */
import { i32_trunc_sat_f64_s, i32_trunc_sat_f64_u } from '../convert.ts';
import { f32_reinterpret_i32, f64_nearest } from '../float.ts';
import { type Binary, type Replace, type Unary, type UnaryBy, v128 } from './v128.ts';

/** The operands, and then the result in the first two: lanes as words and as numbers. */
const buffer = /* @__PURE__ */ new ArrayBuffer(32);
const words = /* @__PURE__ */ new Int32Array(buffer);
const x = /* @__PURE__ */ new Float64Array(buffer);

function put(at: number, a0: number, a1: number, a2: number, a3: number): void {
  words[at] = a0;
  words[at + 1] = a1;
  words[at + 2] = a2;
  words[at + 3] = a3;
}
function result(x0: number, x1: number): number {
  x[0] = x0;
  x[1] = x1;
  return v128(words[0]!, words[1]!, words[2]!, words[3]!);
}
function masks(c: boolean, d: boolean): number {
  return v128(c ? -1 : 0, c ? -1 : 0, d ? -1 : 0, d ? -1 : 0);
}
export function f64x2_splat(a: number): number {
  return result(a, a);
}
export const f64x2_extract_lane: UnaryBy = (a0, a1, a2, a3, n) => {
  put(0, a0, a1, a2, a3);
  return x[n]!;
};
export const f64x2_replace_lane: Replace = (a0, a1, a2, a3, value, lane) => {
  put(0, a0, a1, a2, a3);
  return lane === 0 ? result(value, x[1]!) : result(x[0]!, value);
};
export const f64x2_abs: Unary = (a0, a1, a2, a3) => v128(a0, a1 & 0x7fffffff, a2, a3 & 0x7fffffff);
export const f64x2_neg: Unary = (a0, a1, a2, a3) => v128(a0, a1 ^ 0x80000000, a2, a3 ^ 0x80000000);
export const f64x2_sqrt: Unary = (a0, a1, a2, a3) => {
  put(0, a0, a1, a2, a3);
  return result(Math.sqrt(x[0]!), Math.sqrt(x[1]!));
};
export const f64x2_ceil: Unary = (a0, a1, a2, a3) => {
  put(0, a0, a1, a2, a3);
  return result(Math.ceil(x[0]!) - 0, Math.ceil(x[1]!) - 0);
};
export const f64x2_floor: Unary = (a0, a1, a2, a3) => {
  put(0, a0, a1, a2, a3);
  return result(Math.floor(x[0]!) - 0, Math.floor(x[1]!) - 0);
};
export const f64x2_trunc: Unary = (a0, a1, a2, a3) => {
  put(0, a0, a1, a2, a3);
  return result(Math.trunc(x[0]!) - 0, Math.trunc(x[1]!) - 0);
};
export const f64x2_nearest: Unary = (a0, a1, a2, a3) => {
  put(0, a0, a1, a2, a3);
  return result(f64_nearest(x[0]!), f64_nearest(x[1]!));
};
export const f64x2_add: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  return result(x[0]! + x[2]!, x[1]! + x[3]!);
};
export const f64x2_sub: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  return result(x[0]! - x[2]!, x[1]! - x[3]!);
};
export const f64x2_mul: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  return result(x[0]! * x[2]!, x[1]! * x[3]!);
};
export const f64x2_div: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  return result(x[0]! / x[2]!, x[1]! / x[3]!);
};
export const f64x2_min: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  return result(Math.min(x[0]!, x[2]!) - 0, Math.min(x[1]!, x[3]!) - 0);
};
export const f64x2_max: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  return result(Math.max(x[0]!, x[2]!) - 0, Math.max(x[1]!, x[3]!) - 0);
};
export const f64x2_pmin: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  const c = x[2]! < x[0]!;
  const d = x[3]! < x[1]!;
  return v128(c ? b0 : a0, c ? b1 : a1, d ? b2 : a2, d ? b3 : a3);
};
export const f64x2_pmax: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  const c = x[0]! < x[2]!;
  const d = x[1]! < x[3]!;
  return v128(c ? b0 : a0, c ? b1 : a1, d ? b2 : a2, d ? b3 : a3);
};
export const f64x2_eq: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  return masks(x[0]! === x[2]!, x[1]! === x[3]!);
};
export const f64x2_ne: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  return masks(x[0]! !== x[2]!, x[1]! !== x[3]!);
};
export const f64x2_lt: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  return masks(x[0]! < x[2]!, x[1]! < x[3]!);
};
export const f64x2_gt: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  return masks(x[0]! > x[2]!, x[1]! > x[3]!);
};
export const f64x2_le: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  return masks(x[0]! <= x[2]!, x[1]! <= x[3]!);
};
export const f64x2_ge: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  return masks(x[0]! >= x[2]!, x[1]! >= x[3]!);
};
export const f64x2_convert_low_i32x4_s: Unary = (a0, a1) => result(a0, a1);
export const f64x2_convert_low_i32x4_u: Unary = (a0, a1) => result(a0 >>> 0, a1 >>> 0);
export const f64x2_promote_low_f32x4: Unary = (a0, a1) => result(f32_reinterpret_i32(a0), f32_reinterpret_i32(a1));
export const i32x4_trunc_sat_f64x2_s_zero: Unary = (a0, a1, a2, a3) => {
  put(0, a0, a1, a2, a3);
  return v128(i32_trunc_sat_f64_s(x[0]!), i32_trunc_sat_f64_s(x[1]!), 0, 0);
};
export const i32x4_trunc_sat_f64x2_u_zero: Unary = (a0, a1, a2, a3) => {
  put(0, a0, a1, a2, a3);
  return v128(i32_trunc_sat_f64_u(x[0]!), i32_trunc_sat_f64_u(x[1]!), 0, 0);
};
