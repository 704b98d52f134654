/**
 * Conversions between integers and floats (spec 4.3.3, 4.3.4): truncation with traps and saturating, and i64 to float with
 * a single rounding.
 */
import { i64_hi } from './int64.ts';
import { trap_float } from './trap.ts';

const TWO_32 = 4294967296;
const TWO_63 = 0x8000000000000000;
const TWO_64 = 0x10000000000000000;

export function i32_trunc_f64_s(x: number): number {
  if (!(x > -2147483649 && x < 2147483648)) trap_float();
  return x | 0;
}
export function i32_trunc_f64_u(x: number): number {
  if (!(x > -1 && x < TWO_32)) trap_float();
  return x | 0;
}
export function i32_trunc_f32_s(x: number): number {
  return i32_trunc_f64_s(x);
}
export function i32_trunc_f32_u(x: number): number {
  return i32_trunc_f64_u(x);
}
export function i32_trunc_sat_f64_s(x: number): number {
  return x < -2147483648 ? -2147483648 : x > 2147483647 ? 2147483647 : x | 0;
}
export function i32_trunc_sat_f64_u(x: number): number {
  return x > 0 ? (x > 4294967295 ? -1 : x | 0) : 0;
}
export function i32_trunc_sat_f32_s(x: number): number {
  return i32_trunc_sat_f64_s(x);
}
export function i32_trunc_sat_f32_u(x: number): number {
  return i32_trunc_sat_f64_u(x);
}

/** A float in the range of i64 or u64 as a pair; ToInt32 takes any number modulo 2^32. */
function split(x: number): number {
  const whole = Math.trunc(x);
  i64_hi[0] = Math.floor(whole / TWO_32);
  return whole | 0;
}
function constant(low: number, high: number): number {
  i64_hi[0] = high;
  return low;
}
export function i64_trunc_f64_s(x: number): number {
  if (!(x >= -TWO_63 && x < TWO_63)) trap_float();
  return split(x);
}
export function i64_trunc_f64_u(x: number): number {
  if (!(x > -1 && x < TWO_64)) trap_float();
  return split(x);
}
export function i64_trunc_f32_s(x: number): number {
  return i64_trunc_f64_s(x);
}
export function i64_trunc_f32_u(x: number): number {
  return i64_trunc_f64_u(x);
}
export function i64_trunc_sat_f64_s(x: number): number {
  if (x >= -TWO_63 && x < TWO_63) return split(x);
  return x > 0 ? constant(-1, 0x7fffffff) : x < 0 ? constant(0, -0x80000000) : constant(0, 0);
}
export function i64_trunc_sat_f64_u(x: number): number {
  if (x > -1 && x < TWO_64) return split(x);
  return x > 0 ? constant(-1, -1) : constant(0, 0);
}
export function i64_trunc_sat_f32_s(x: number): number {
  return i64_trunc_sat_f64_s(x);
}
export function i64_trunc_sat_f32_u(x: number): number {
  return i64_trunc_sat_f64_u(x);
}

/** `high * 2^32` is exact, so the sum rounds once. */
export function f64_convert_i64_s(low: number, high: number): number {
  return high * TWO_32 + (low >>> 0);
}
export function f64_convert_i64_u(low: number, high: number): number {
  return (high >>> 0) * TWO_32 + (low >>> 0);
}

/**
 * For f32 the double must be exact, or rounding happens twice. From 2^53 on, an f32 ends at bit 30 or above: the bits
 * below 12 then matter only as zero or not, and one bit can stand for them.
 */
function sticky(low: number): number {
  return (low & 0xfff) === 0 ? low >>> 0 : ((low & ~0xfff) | 0x800) >>> 0;
}
export function f32_convert_i64_s(low: number, high: number): number {
  return Math.fround(high * TWO_32 + ((high + 0x200000) >>> 22 === 0 ? low >>> 0 : sticky(low)));
}
export function f32_convert_i64_u(low: number, high: number): number {
  return Math.fround((high >>> 0) * TWO_32 + (high >>> 21 === 0 ? low >>> 0 : sticky(low)));
}
export function i32_wrap_i64(low: number, _high?: number): number {
  return low;
}
/** Engines may take the rounding of a widened f32 for the f32 itself, which may be a signalling NaN. */
export function f32_demote_f64(x: number): number {
  return Number.isNaN(x) ? Number.NaN : Math.fround(x);
}
export function f64_promote_f32(x: number): number {
  return x;
}
