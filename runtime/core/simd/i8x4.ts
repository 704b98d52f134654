/**
 * Four bytes in one int32, operated on together: the words that i8x16 instructions are made of. Carries between bytes are kept
 * out by leaving the top bits (`TOPS`) aside; comparisons give a top bit a byte, which `spread` makes a mask. Results are
 * signed int32.
 */

const TOPS = 0x80808080 | 0;
const RESTS = 0x7f7f7f7f;
const ONES = 0x01010101;

/** From top bits, bytes of all ones: a bit times 256 minus itself. */
function spread(tops: number): number {
  return ((tops << 1) - (tops >>> 7)) | 0;
}
/** The top bits of the bytes that are not 0. */
export function i8x4_nonzero(a: number): number {
  return (((a & RESTS) + RESTS) | a) & TOPS;
}
/** `mask` chooses between a and b, bit by bit. */
function choose(a: number, b: number, mask: number): number {
  return b ^ ((a ^ b) & mask);
}
function less_u(a: number, b: number): number {
  return spread(((~a & b) | (~(a ^ b) & i8x4_sub(a, b))) & TOPS);
}
function less_s(a: number, b: number): number {
  return less_u(a ^ TOPS, b ^ TOPS);
}
/** What a sum saturates to, by the sign of an operand: 127, or -128. */
function bound(a: number): number {
  return RESTS + ((a >>> 7) & ONES);
}

export function i8x4_splat(a: number): number {
  return Math.imul(a & 255, ONES);
}
export function i8x4_add(a: number, b: number): number {
  return ((a & RESTS) + (b & RESTS)) ^ ((a ^ b) & TOPS);
}
export function i8x4_sub(a: number, b: number): number {
  return ((a | TOPS) - (b & RESTS)) ^ (~(a ^ b) & TOPS);
}
export function i8x4_neg(a: number): number {
  return i8x4_sub(0, a);
}
export function i8x4_abs(a: number): number {
  const mask = spread(a & TOPS);
  return i8x4_sub(a ^ mask, mask);
}
export function i8x4_add_sat_u(a: number, b: number): number {
  const sum = i8x4_add(a, b);
  return sum | spread(((a & b) | ((a | b) & ~sum)) & TOPS);
}
export function i8x4_add_sat_s(a: number, b: number): number {
  const sum = i8x4_add(a, b);
  return choose(bound(a), sum, spread((sum ^ a) & (sum ^ b) & TOPS));
}
export function i8x4_sub_sat_u(a: number, b: number): number {
  return i8x4_sub(a, b) & ~less_u(a, b);
}
export function i8x4_sub_sat_s(a: number, b: number): number {
  const difference = i8x4_sub(a, b);
  return choose(bound(a), difference, spread((a ^ b) & (difference ^ a) & TOPS));
}
/** a + b = 2 (a | b) - (a ^ b), so that half of it needs no ninth bit. */
export function i8x4_avgr_u(a: number, b: number): number {
  return ((a | b) - (((a ^ b) >>> 1) & RESTS)) | 0;
}
export function i8x4_popcnt(a: number): number {
  const pairs = a - ((a >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return (nibbles + (nibbles >>> 4)) & 0x0f0f0f0f;
}

export function i8x4_eq(a: number, b: number): number {
  return ~spread(i8x4_nonzero(a ^ b));
}
export function i8x4_ne(a: number, b: number): number {
  return spread(i8x4_nonzero(a ^ b));
}
export function i8x4_lt_s(a: number, b: number): number {
  return less_s(a, b);
}
export function i8x4_lt_u(a: number, b: number): number {
  return less_u(a, b);
}
export function i8x4_gt_s(a: number, b: number): number {
  return less_s(b, a);
}
export function i8x4_gt_u(a: number, b: number): number {
  return less_u(b, a);
}
export function i8x4_le_s(a: number, b: number): number {
  return ~less_s(b, a);
}
export function i8x4_le_u(a: number, b: number): number {
  return ~less_u(b, a);
}
export function i8x4_ge_s(a: number, b: number): number {
  return ~less_s(a, b);
}
export function i8x4_ge_u(a: number, b: number): number {
  return ~less_u(a, b);
}
export function i8x4_min_s(a: number, b: number): number {
  return choose(a, b, less_s(a, b));
}
export function i8x4_min_u(a: number, b: number): number {
  return choose(a, b, less_u(a, b));
}
export function i8x4_max_s(a: number, b: number): number {
  return choose(b, a, less_s(a, b));
}
export function i8x4_max_u(a: number, b: number): number {
  return choose(b, a, less_u(a, b));
}

/** Shift counts are taken modulo 8. */
export function i8x4_shl(a: number, n: number): number {
  return (a << (n & 7)) & Math.imul((255 << (n & 7)) & 255, ONES);
}
export function i8x4_shr_u(a: number, n: number): number {
  return (a >>> (n & 7)) & Math.imul(255 >>> (n & 7), ONES);
}
export function i8x4_shr_s(a: number, n: number): number {
  const kept = Math.imul(255 >>> (n & 7), ONES);
  return ((a >>> (n & 7)) & kept) | (spread(a & TOPS) & ~kept);
}

/** Top bits to bits 0 to 3: the factor brings them to 28 to 31, and no two products meet. */
export function i8x4_bitmask(a: number): number {
  return Math.imul((a >>> 7) & ONES, 0x10204080) >>> 28;
}

function signed_byte(x: number): number {
  return Math.max(-128, Math.min(x, 127)) & 255;
}
function unsigned_byte(x: number): number {
  return Math.max(0, Math.min(x, 255));
}
/** The four 16-bit numbers of two words, each to the nearest byte. */
export function i8x4_narrow_i16x2_s(a: number, b: number): number {
  const low = signed_byte((a << 16) >> 16) | (signed_byte(a >> 16) << 8);
  return low | (signed_byte((b << 16) >> 16) << 16) | (signed_byte(b >> 16) << 24);
}
export function i8x4_narrow_i16x2_u(a: number, b: number): number {
  const low = unsigned_byte((a << 16) >> 16) | (unsigned_byte(a >> 16) << 8);
  return low | (unsigned_byte((b << 16) >> 16) << 16) | (unsigned_byte(b >> 16) << 24);
}
