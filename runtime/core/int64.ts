/**
 * i64 instructions over pairs of int32 halves (spec 4.3.2): operands are low, high, low, high; the low half of the result is
 * returned, the high half left in `i64_hi[0]`. Shift counts need only their low half. Division is in div64.ts.
 */
import { i32_ctz, i32_mul_hi_u, i32_popcnt } from './int.ts';

/**
 * The high half of the i64 that a function has just returned. A typed array: writing it never allocates. One for the realm:
 * functions of bundles that have a runtime each may call one another.
 */
export const i64_hi = /* @__PURE__ */ shared_cell();

function shared_cell(): Int32Array {
  const shared = globalThis as unknown as Record<symbol, Int32Array | undefined>;
  const key = Symbol.for('wasmelt.i64_hi');
  return (shared[key] ??= new Int32Array(1));
}

export function i64_add(al: number, ah: number, bl: number, bh: number): number {
  const low = (al >>> 0) + (bl >>> 0);
  i64_hi[0] = ah + bh + ((low / 4294967296) | 0);
  return low | 0;
}
export function i64_sub(al: number, ah: number, bl: number, bh: number): number {
  i64_hi[0] = ah - bh - (al >>> 0 < bl >>> 0 ? 1 : 0);
  return (al - bl) | 0;
}
export function i64_mul(al: number, ah: number, bl: number, bh: number): number {
  i64_hi[0] = i32_mul_hi_u(al, bl) + Math.imul(ah, bl) + Math.imul(al, bh);
  return Math.imul(al, bl);
}
export function i64_and(al: number, ah: number, bl: number, bh: number): number {
  i64_hi[0] = ah & bh;
  return al & bl;
}
export function i64_or(al: number, ah: number, bl: number, bh: number): number {
  i64_hi[0] = ah | bh;
  return al | bl;
}
export function i64_xor(al: number, ah: number, bl: number, bh: number): number {
  i64_hi[0] = ah ^ bh;
  return al ^ bl;
}
/** `>>> 1 >>> ~n` shifts by 32 - n without the case n = 0, because JavaScript takes shift counts modulo 32. */
export function i64_shl(al: number, ah: number, n: number): number {
  if (n & 32) {
    i64_hi[0] = al << n;
    return 0;
  }
  i64_hi[0] = (ah << n) | ((al >>> 1) >>> ~n);
  return al << n;
}
export function i64_shr_s(al: number, ah: number, n: number): number {
  if (n & 32) {
    i64_hi[0] = ah >> 31;
    return ah >> n;
  }
  i64_hi[0] = ah >> n;
  return (al >>> n) | ((ah << 1) << ~n);
}
export function i64_shr_u(al: number, ah: number, n: number): number {
  if (n & 32) {
    i64_hi[0] = 0;
    return (ah >>> n) | 0;
  }
  i64_hi[0] = ah >>> n;
  return (al >>> n) | ((ah << 1) << ~n);
}
export function i64_rotl(al: number, ah: number, n: number): number {
  const low = n & 32 ? ah : al;
  const high = n & 32 ? al : ah;
  i64_hi[0] = (high << n) | ((low >>> 1) >>> ~n);
  return (low << n) | ((high >>> 1) >>> ~n);
}
export function i64_rotr(al: number, ah: number, n: number): number {
  return i64_rotl(al, ah, -n);
}
export function i64_clz(al: number, ah: number): number {
  i64_hi[0] = 0;
  return ah === 0 ? 32 + Math.clz32(al) : Math.clz32(ah);
}
export function i64_ctz(al: number, ah: number): number {
  i64_hi[0] = 0;
  return al === 0 ? 32 + i32_ctz(ah) : i32_ctz(al);
}
export function i64_popcnt(al: number, ah: number): number {
  i64_hi[0] = 0;
  return i32_popcnt(al) + i32_popcnt(ah);
}
export function i64_extend8_s(al: number, _ah?: number): number {
  const low = (al << 24) >> 24;
  i64_hi[0] = low >> 31;
  return low;
}
export function i64_extend16_s(al: number, _ah?: number): number {
  const low = (al << 16) >> 16;
  i64_hi[0] = low >> 31;
  return low;
}
export function i64_extend32_s(al: number, _ah?: number): number {
  i64_hi[0] = al >> 31;
  return al;
}
export function i64_extend_i32_s(a: number): number {
  i64_hi[0] = a >> 31;
  return a;
}
export function i64_extend_i32_u(a: number): number {
  i64_hi[0] = 0;
  return a;
}

export function i64_eqz(al: number, ah: number): number {
  return +((al | ah) === 0);
}
export function i64_eq(al: number, ah: number, bl: number, bh: number): number {
  return +(al === bl && ah === bh);
}
export function i64_ne(al: number, ah: number, bl: number, bh: number): number {
  return +(al !== bl || ah !== bh);
}
export function i64_lt_s(al: number, ah: number, bl: number, bh: number): number {
  return +(ah === bh ? al >>> 0 < bl >>> 0 : ah < bh);
}
export function i64_lt_u(al: number, ah: number, bl: number, bh: number): number {
  return +(ah === bh ? al >>> 0 < bl >>> 0 : ah >>> 0 < bh >>> 0);
}
export function i64_gt_s(al: number, ah: number, bl: number, bh: number): number {
  return i64_lt_s(bl, bh, al, ah);
}
export function i64_gt_u(al: number, ah: number, bl: number, bh: number): number {
  return i64_lt_u(bl, bh, al, ah);
}
export function i64_le_s(al: number, ah: number, bl: number, bh: number): number {
  return i64_lt_s(bl, bh, al, ah) ^ 1;
}
export function i64_le_u(al: number, ah: number, bl: number, bh: number): number {
  return i64_lt_u(bl, bh, al, ah) ^ 1;
}
export function i64_ge_s(al: number, ah: number, bl: number, bh: number): number {
  return i64_lt_s(al, ah, bl, bh) ^ 1;
}
export function i64_ge_u(al: number, ah: number, bl: number, bh: number): number {
  return i64_lt_u(al, ah, bl, bh) ^ 1;
}
