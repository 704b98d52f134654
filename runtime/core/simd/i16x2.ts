/**
 * Two 16-bit numbers in one int32, operated on together: the words that i16x8 instructions are made of, and what widens to
 * and from them. As i8x4.ts. Results are signed int32.
 */

const TOPS = 0x80008000 | 0;
const RESTS = 0x7fff7fff;
const ONES = 0x00010001;
const EVEN_BYTES = 0x00ff00ff;

/** From top bits, 16 ones each: a bit times 65536 minus itself. */
function spread(tops: number): number {
  return ((tops << 1) - (tops >>> 15)) | 0;
}
/** The top bits of the halves that are not 0. */
export function i16x2_nonzero(a: number): number {
  return (((a & RESTS) + RESTS) | a) & TOPS;
}
/** `mask` chooses between a and b, bit by bit. */
function choose(a: number, b: number, mask: number): number {
  return b ^ ((a ^ b) & mask);
}
function less_u(a: number, b: number): number {
  return spread(((~a & b) | (~(a ^ b) & i16x2_sub(a, b))) & TOPS);
}
function less_s(a: number, b: number): number {
  return less_u(a ^ TOPS, b ^ TOPS);
}
/** What a sum saturates to, by the sign of an operand: 32767, or -32768. */
function bound(a: number): number {
  return RESTS + ((a >>> 15) & ONES);
}
/** Two numbers, of which the lowest 16 bits count, as one word. */
function join(low: number, high: number): number {
  return (low & 0xffff) | (high << 16);
}

export function i16x2_splat(a: number): number {
  return join(a, a);
}
export function i16x2_add(a: number, b: number): number {
  return ((a & RESTS) + (b & RESTS)) ^ ((a ^ b) & TOPS);
}
export function i16x2_sub(a: number, b: number): number {
  return ((a | TOPS) - (b & RESTS)) ^ (~(a ^ b) & TOPS);
}
export function i16x2_mul(a: number, b: number): number {
  return join(Math.imul(a, b), Math.imul(a >>> 16, b >>> 16));
}
export function i16x2_neg(a: number): number {
  return i16x2_sub(0, a);
}
export function i16x2_abs(a: number): number {
  const mask = spread(a & TOPS);
  return i16x2_sub(a ^ mask, mask);
}
export function i16x2_add_sat_u(a: number, b: number): number {
  const sum = i16x2_add(a, b);
  return sum | spread(((a & b) | ((a | b) & ~sum)) & TOPS);
}
export function i16x2_add_sat_s(a: number, b: number): number {
  const sum = i16x2_add(a, b);
  return choose(bound(a), sum, spread((sum ^ a) & (sum ^ b) & TOPS));
}
export function i16x2_sub_sat_u(a: number, b: number): number {
  return i16x2_sub(a, b) & ~less_u(a, b);
}
export function i16x2_sub_sat_s(a: number, b: number): number {
  const difference = i16x2_sub(a, b);
  return choose(bound(a), difference, spread((a ^ b) & (difference ^ a) & TOPS));
}
/** a + b = 2 (a | b) - (a ^ b), so that half of it needs no further bit. */
export function i16x2_avgr_u(a: number, b: number): number {
  return ((a | b) - (((a ^ b) >>> 1) & RESTS)) | 0;
}
/** A rounded product of numbers in Q15; only -1 times -1 is out of range. */
function q15(x: number, y: number): number {
  const product = (Math.imul(x, y) + 0x4000) >> 15;
  return product === 32768 ? 32767 : product;
}
export function i16x2_q15mulr_sat_s(a: number, b: number): number {
  return join(q15((a << 16) >> 16, (b << 16) >> 16), q15(a >> 16, b >> 16));
}

export function i16x2_eq(a: number, b: number): number {
  return ~spread(i16x2_nonzero(a ^ b));
}
export function i16x2_ne(a: number, b: number): number {
  return spread(i16x2_nonzero(a ^ b));
}
export function i16x2_lt_s(a: number, b: number): number {
  return less_s(a, b);
}
export function i16x2_lt_u(a: number, b: number): number {
  return less_u(a, b);
}
export function i16x2_gt_s(a: number, b: number): number {
  return less_s(b, a);
}
export function i16x2_gt_u(a: number, b: number): number {
  return less_u(b, a);
}
export function i16x2_le_s(a: number, b: number): number {
  return ~less_s(b, a);
}
export function i16x2_le_u(a: number, b: number): number {
  return ~less_u(b, a);
}
export function i16x2_ge_s(a: number, b: number): number {
  return ~less_s(a, b);
}
export function i16x2_ge_u(a: number, b: number): number {
  return ~less_u(a, b);
}
export function i16x2_min_s(a: number, b: number): number {
  return choose(a, b, less_s(a, b));
}
export function i16x2_min_u(a: number, b: number): number {
  return choose(a, b, less_u(a, b));
}
export function i16x2_max_s(a: number, b: number): number {
  return choose(b, a, less_s(a, b));
}
export function i16x2_max_u(a: number, b: number): number {
  return choose(b, a, less_u(a, b));
}

/** Shift counts are taken modulo 16. */
export function i16x2_shl(a: number, n: number): number {
  return (a << (n & 15)) & Math.imul((0xffff << (n & 15)) & 0xffff, ONES);
}
export function i16x2_shr_u(a: number, n: number): number {
  return (a >>> (n & 15)) & Math.imul(0xffff >>> (n & 15), ONES);
}
export function i16x2_shr_s(a: number, n: number): number {
  return join((a << 16) >> (16 + (n & 15)), a >> (16 + (n & 15)));
}
export function i16x2_bitmask(a: number): number {
  return ((a >>> 15) & 1) | ((a >>> 30) & 2);
}

function signed_half(x: number): number {
  return Math.max(-32768, Math.min(x, 32767));
}
function unsigned_half(x: number): number {
  return Math.max(0, Math.min(x, 65535));
}
/** Two i32, each to the nearest 16-bit number. */
export function i16x2_narrow_i32_s(a: number, b: number): number {
  return join(signed_half(a), signed_half(b));
}
export function i16x2_narrow_i32_u(a: number, b: number): number {
  return join(unsigned_half(a), unsigned_half(b));
}

/** Bytes 0 and 1 (`low`) or 2 and 3 (`high`) of a word, widened. */
export function i16x2_extend_low_i8x4_s(a: number): number {
  return join((a << 24) >> 24, (a << 16) >> 24);
}
export function i16x2_extend_high_i8x4_s(a: number): number {
  return join((a << 8) >> 24, a >> 24);
}
export function i16x2_extend_low_i8x4_u(a: number): number {
  return (a & 255) | ((a & 0xff00) << 8);
}
export function i16x2_extend_high_i8x4_u(a: number): number {
  return ((a >>> 16) & 255) | ((a >>> 8) & 0xff0000);
}
export function i16x2_extmul_low_i8x4_s(a: number, b: number): number {
  const high = Math.imul((a << 16) >> 24, (b << 16) >> 24);
  return join(Math.imul((a << 24) >> 24, (b << 24) >> 24), high);
}
export function i16x2_extmul_high_i8x4_s(a: number, b: number): number {
  return join(Math.imul((a << 8) >> 24, (b << 8) >> 24), Math.imul(a >> 24, b >> 24));
}
export function i16x2_extmul_low_i8x4_u(a: number, b: number): number {
  return join(Math.imul(a & 255, b & 255), Math.imul((a >>> 8) & 255, (b >>> 8) & 255));
}
export function i16x2_extmul_high_i8x4_u(a: number, b: number): number {
  return join(Math.imul((a >>> 16) & 255, (b >>> 16) & 255), Math.imul(a >>> 24, b >>> 24));
}
export function i16x2_extadd_pairwise_i8x4_s(a: number): number {
  return join(((a << 24) >> 24) + ((a << 16) >> 24), ((a << 8) >> 24) + (a >> 24));
}
export function i16x2_extadd_pairwise_i8x4_u(a: number): number {
  return (a & EVEN_BYTES) + ((a >>> 8) & EVEN_BYTES);
}

/** The sum of the products of both halves: only twice (-32768)² needs the wrapping. */
export function i32_dot_i16x2_s(a: number, b: number): number {
  return (Math.imul((a << 16) >> 16, (b << 16) >> 16) + Math.imul(a >> 16, b >> 16)) | 0;
}
