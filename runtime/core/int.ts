/**
 * i32 instructions that have no JavaScript operator of their own (spec 4.3.2). Operands may be any int32 numbers, signed
 * or not; results are signed.
 */
import { trap_div_overflow, trap_div_zero, trap_rem_zero } from './trap.ts';

export function i32_div_s(a: number, b: number): number {
  if (b === 0) trap_div_zero();
  if (b === -1 && a === -2147483648) trap_div_overflow();
  return (a / b) | 0;
}
export function i32_div_u(a: number, b: number): number {
  if (b === 0) trap_div_zero();
  return ((a >>> 0) / (b >>> 0)) | 0;
}
export function i32_rem_s(a: number, b: number): number {
  if (b === 0) trap_rem_zero();
  return (a % b) | 0;
}
export function i32_rem_u(a: number, b: number): number {
  if (b === 0) trap_rem_zero();
  return ((a >>> 0) % (b >>> 0)) | 0;
}
export function i32_clz(a: number): number {
  return Math.clz32(a);
}
/** The lowest set bit isolated, then found by clz; 0 gives 32 because Math.clz32(0 - 1) is 0. */
export function i32_ctz(a: number): number {
  return 32 - Math.clz32(~a & (a - 1));
}
/** Sums bits in parallel: pairs, nibbles, bytes, and a multiplication adds the four bytes. */
export function i32_popcnt(a: number): number {
  const pairs = a - ((a >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
export function i32_rotl(a: number, n: number): number {
  return (a << n) | (a >>> (32 - n));
}
export function i32_rotr(a: number, n: number): number {
  return (a >>> n) | (a << (32 - n));
}
export function i32_extend8_s(a: number): number {
  return (a << 24) >> 24;
}
export function i32_extend16_s(a: number): number {
  return (a << 16) >> 16;
}
/**
 * The high 32 bits of the unsigned 64-bit product. The double product is off by at most 2^10; less the exact low half it is a
 * multiple of 2^32 to within 2^11. The low half with its sign inverted is 2^31 less than that, as a signed number: so the quotient
 * is half above the exact high half, and is rounded down to it.
 */
export function i32_mul_hi_u(a: number, b: number): number {
  return (((a >>> 0) * (b >>> 0) - (Math.imul(a, b) ^ 0x80000000)) / 4294967296) | 0;
}
