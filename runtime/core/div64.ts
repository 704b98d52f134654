/**
 * i64 division and remainder over pairs of halves, without BigInt.
 *
 * Three tiers, the first that fits: both operands in 32 bits (but not -2^31 / -1); both below 2^53, where one double division is exact, since
 * the floor of a rounded quotient of integers below 2^53 is the quotient's own; and the full 64 bits out of line. There a
 * divisor below 2^21 is divided in two double steps; for a larger one the quotient is below 2^43, so that an estimate in
 * doubles, taken a little low, is right or one too small: the exact remainder, mod 2^64, tells which.
 */
import { i32_mul_hi_u } from './int.ts';
import { i64_hi } from './int64.ts';
import { trap_div_overflow, trap_div_zero, trap_rem_zero } from './trap.ts';

const TWO_32 = 4294967296;
/** 1 - 2^-50. */
const BELOW_ONE = 0.9999999999999991;

/** Leaves a double that is an integer below 2^53 (or a multiple of 2^11 below 2^64) as an i64. */
function pair(x: number): number {
  i64_hi[0] = Math.floor(x / TWO_32);
  return x | 0;
}

export function i64_div_u(al: number, ah: number, bl: number, bh: number): number {
  if ((ah | bh) === 0) {
    if (bl === 0) trap_div_zero();
    i64_hi[0] = 0;
    return ((al >>> 0) / (bl >>> 0)) | 0;
  }
  if ((ah | bh) >>> 21 === 0 && (bl | bh) !== 0) {
    return pair(Math.floor((ah * TWO_32 + (al >>> 0)) / (bh * TWO_32 + (bl >>> 0))));
  }
  return wide(al, ah, bl, bh, false);
}

export function i64_rem_u(al: number, ah: number, bl: number, bh: number): number {
  if ((ah | bh) === 0) {
    if (bl === 0) trap_rem_zero();
    i64_hi[0] = 0;
    return ((al >>> 0) % (bl >>> 0)) | 0;
  }
  if ((ah | bh) >>> 21 === 0 && (bl | bh) !== 0) {
    const a = ah * TWO_32 + (al >>> 0);
    const b = bh * TWO_32 + (bl >>> 0);
    return pair(a - Math.floor(a / b) * b);
  }
  return wide(al, ah, bl, bh, true);
}

/** Signed operands within ±2^52 divide as doubles too: `(high + 2^20) >>> 21` is 0 for just those. */
export function i64_div_s(al: number, ah: number, bl: number, bh: number): number {
  if (ah === al >> 31 && bh === bl >> 31 && (bl + 1) >>> 0 > 1) {
    const low = (al / bl) | 0;
    i64_hi[0] = low >> 31;
    return low;
  }
  if (((ah + 0x100000) | (bh + 0x100000)) >>> 21 === 0 && (bl | bh) !== 0) {
    return pair(Math.trunc((ah * TWO_32 + (al >>> 0)) / (bh * TWO_32 + (bl >>> 0))));
  }
  return wideSigned(al, ah, bl, bh);
}

export function i64_rem_s(al: number, ah: number, bl: number, bh: number): number {
  if (ah === al >> 31 && bh === bl >> 31 && bl !== 0) {
    const low = (al % bl) | 0;
    i64_hi[0] = low >> 31;
    return low;
  }
  if (((ah + 0x100000) | (bh + 0x100000)) >>> 21 === 0 && (bl | bh) !== 0) {
    const a = ah * TWO_32 + (al >>> 0);
    const b = bh * TWO_32 + (bl >>> 0);
    return pair(a - Math.trunc(a / b) * b);
  }
  return wideSignedRem(al, ah, bl, bh);
}

function wideSigned(al: number, ah: number, bl: number, bh: number): number {
  if ((bl & bh) === -1 && al === 0 && ah === -2147483648) trap_div_overflow();
  const low = wideAbsolute(al, ah, bl, bh, false);
  return (ah ^ bh) < 0 ? negate(low, i64_hi[0]!) : low;
}

function wideSignedRem(al: number, ah: number, bl: number, bh: number): number {
  const low = wideAbsolute(al, ah, bl, bh, true);
  return ah < 0 ? negate(low, i64_hi[0]!) : low;
}

/** |a| / |b| or |a| % |b|, unsigned. */
function wideAbsolute(al: number, ah: number, bl: number, bh: number, rem: boolean): number {
  if (ah < 0) {
    ah = ~ah + +(al === 0);
    al = -al;
  }
  if (bh < 0) {
    bh = ~bh + +(bl === 0);
    bl = -bl;
  }
  return wide(al | 0, ah | 0, bl | 0, bh | 0, rem);
}

function negate(low: number, high: number): number {
  i64_hi[0] = ~high + +(low === 0);
  return -low | 0;
}

/** Any unsigned operands: the quotient, or the remainder. */
function wide(al: number, ah: number, bl: number, bh: number, rem: boolean): number {
  if (bh === 0 && bl >>> 21 === 0) return short(al, ah, bl, rem);
  const a = (ah >>> 0) * TWO_32 + (al >>> 0);
  const b = (bh >>> 0) * TWO_32 + (bl >>> 0);
  // Two conversions, a division and a product round, by 2^-53 each: less than the factor takes off.
  const q = Math.floor((a / b) * BELOW_ONE);
  let ql = q | 0;
  let qh = (q / TWO_32) | 0;
  const pl = Math.imul(ql, bl);
  const ph = i32_mul_hi_u(ql, bl) + Math.imul(qh, bl) + Math.imul(ql, bh);
  let rl = (al - pl) | 0;
  let rh = (ah - ph - +(al >>> 0 < pl >>> 0)) | 0;
  if (rh >>> 0 > bh >>> 0 || (rh === bh && rl >>> 0 >= bl >>> 0)) {
    rh = (rh - bh - +(rl >>> 0 < bl >>> 0)) | 0;
    rl = (rl - bl) | 0;
    ql = (ql + 1) | 0;
    qh += +(ql === 0);
  }
  i64_hi[0] = rem ? rh : qh;
  return rem ? rl : ql;
}

/** A divisor below 2^21: schoolbook division of the two halves, each step exact in doubles. */
function short(al: number, ah: number, b: number, rem: boolean): number {
  if (b === 0) (rem ? trap_rem_zero : trap_div_zero)();
  const high = Math.floor((ah >>> 0) / b);
  const rest = ((ah >>> 0) - high * b) * TWO_32 + (al >>> 0);
  const low = Math.floor(rest / b);
  i64_hi[0] = rem ? 0 : high;
  return (rem ? rest - low * b : low) | 0;
}
