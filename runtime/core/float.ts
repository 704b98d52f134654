/**
 * f32 and f64 instructions that have no exact JavaScript operator of their own (spec 4.3.3), and the reinterpretations.
 *
 * An f32 is a number that Math.fround leaves alone. NaN bits live in the number itself where the engine keeps them: V8
 * keeps all 64, but quiets a signalling f32 NaN when it widens it. Bits are moved through one shared buffer.
 */
import { i64_hi } from './int64.ts';

const buffer = /* @__PURE__ */ new ArrayBuffer(8);
const f64 = /* @__PURE__ */ new Float64Array(buffer);
const words = /* @__PURE__ */ new Int32Array(buffer);
const f32 = /* @__PURE__ */ new Float32Array(buffer);

const TWO_52 = 4503599627370496;

/** Adding 2^52 to a smaller positive number rounds away its fraction, ties to even; the sign is kept aside. */
export function f64_nearest(x: number): number {
  if (x > 0) return x < TWO_52 ? x + TWO_52 - TWO_52 : x;
  if (x < 0) return x > -TWO_52 ? -(TWO_52 - x - TWO_52) : x;
  return x === 0 ? x : x + x;
}
export function f32_nearest(x: number): number {
  return f64_nearest(x);
}

/** -2^31 for a negative number or NaN, else 0. */
export function f64_sign_bit(x: number): number {
  f64[0] = x;
  return words[1]! & 0x80000000;
}
function withSign(x: number, sign: number): number {
  f64[0] = x;
  words[1] = (words[1]! & 0x7fffffff) | sign;
  return f64[0];
}
/** Engines negate by multiplying, which keeps the sign of a NaN; wasm flips it. */
export function f64_neg(x: number): number {
  return Number.isNaN(x) ? withSign(x, ~f64_sign_bit(x) & 0x80000000) : -x;
}
export function f32_neg(x: number): number {
  return Number.isNaN(x) ? withSign(x, ~f64_sign_bit(x) & 0x80000000) : -x;
}
export function f64_abs(x: number): number {
  return Number.isNaN(x) ? withSign(x, 0) : Math.abs(x);
}
export function f32_abs(x: number): number {
  return Number.isNaN(x) ? withSign(x, 0) : Math.abs(x);
}
export function f64_copysign(x: number, y: number): number {
  if (!Number.isNaN(x) && (y > 0 || y < 0)) return y > 0 ? Math.abs(x) : -Math.abs(x);
  return withSign(x, f64_sign_bit(y));
}
export function f32_copysign(x: number, y: number): number {
  return f64_copysign(x, y);
}
/** `x` with the sign of an i32. */
export function f64_with_sign(x: number, sign: number): number {
  return sign < 0 ? -Math.abs(x) : Math.abs(x);
}
export function f64_min(x: number, y: number): number {
  return Math.min(x, y);
}
export function f64_max(x: number, y: number): number {
  return Math.max(x, y);
}
export function f32_min(x: number, y: number): number {
  return Math.min(x, y);
}
export function f32_max(x: number, y: number): number {
  return Math.max(x, y);
}
/** Subtracting 0 makes a signalling NaN quiet, which Math.ceil and its like may leave as it is, and changes nothing else. */
export function f64_ceil(x: number): number {
  return Math.ceil(x) - 0;
}
export function f64_floor(x: number): number {
  return Math.floor(x) - 0;
}
export function f64_trunc(x: number): number {
  return Math.trunc(x) - 0;
}
export function f64_sqrt(x: number): number {
  return Math.sqrt(x);
}
export function f32_ceil(x: number): number {
  return Math.ceil(x);
}
export function f32_floor(x: number): number {
  return Math.floor(x);
}
export function f32_trunc(x: number): number {
  return Math.trunc(x);
}
export function f32_sqrt(x: number): number {
  return Math.fround(Math.sqrt(x));
}

export function i32_reinterpret_f32(x: number): number {
  f32[0] = x;
  return words[0]!;
}
export function f32_reinterpret_i32(a: number): number {
  words[0] = a;
  return f32[0]!;
}
export function i64_reinterpret_f64(x: number): number {
  f64[0] = x;
  i64_hi[0] = words[1]!;
  return words[0]!;
}
export function f64_reinterpret_i64(low: number, high: number): number {
  words[0] = low;
  words[1] = high;
  return f64[0]!;
}
