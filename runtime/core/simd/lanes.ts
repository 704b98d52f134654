/** v128 instructions that know no lanes, and those that move bytes (spec 4.4.3). */
import { type Binary, type Ternary, type Unary, v128 } from './v128.ts';

export const v128_not: Unary = (a0, a1, a2, a3) => v128(~a0, ~a1, ~a2, ~a3);
export const v128_and: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => v128(a0 & b0, a1 & b1, a2 & b2, a3 & b3);
export const v128_andnot: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => v128(a0 & ~b0, a1 & ~b1, a2 & ~b2, a3 & ~b3);
export const v128_or: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => v128(a0 | b0, a1 | b1, a2 | b2, a3 | b3);
export const v128_xor: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => v128(a0 ^ b0, a1 ^ b1, a2 ^ b2, a3 ^ b3);
/** Bits of a where the bits of c are set, else of b. */
export const v128_bitselect: Ternary = (a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3) =>
  v128(b0 ^ ((a0 ^ b0) & c0), b1 ^ ((a1 ^ b1) & c1), b2 ^ ((a2 ^ b2) & c2), b3 ^ ((a3 ^ b3) & c3));
export const v128_any_true: Unary = (a0, a1, a2, a3) => +((a0 | a1 | a2 | a3) !== 0);
/** Two vectors as 32 bytes, where bytes are picked one by one. */
const buffer = /* @__PURE__ */ new ArrayBuffer(32);
const words = /* @__PURE__ */ new Int32Array(buffer);
const bytes = /* @__PURE__ */ new Uint8Array(buffer);

function put(at: number, a0: number, a1: number, a2: number, a3: number): void {
  words[at] = a0;
  words[at + 1] = a1;
  words[at + 2] = a2;
  words[at + 3] = a3;
}
function pick(m: number): number {
  const low = bytes[m & 31]! | (bytes[(m >>> 8) & 31]! << 8);
  return low | (bytes[(m >>> 16) & 31]! << 16) | (bytes[(m >>> 24) & 31]! << 24);
}
/** An index from 16 on gives the first byte of the second vector, which is 0. */
function index(i: number): number {
  return i > 15 ? 16 : i;
}
function pick_or_zero(m: number): number {
  const low = bytes[index(m & 255)]! | (bytes[index((m >>> 8) & 255)]! << 8);
  return low | (bytes[index((m >>> 16) & 255)]! << 16) | (bytes[index(m >>> 24)]! << 24);
}
/** The last four words are the 16 lane indices, a byte each. */
export const i8x16_shuffle: Ternary = (a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3) => {
  put(0, a0, a1, a2, a3);
  put(4, b0, b1, b2, b3);
  return v128(pick(c0), pick(c1), pick(c2), pick(c3));
};
export const i8x16_swizzle: Binary = (a0, a1, a2, a3, b0, b1, b2, b3) => {
  put(0, a0, a1, a2, a3);
  words[4] = 0;
  return v128(pick_or_zero(b0), pick_or_zero(b1), pick_or_zero(b2), pick_or_zero(b3));
};
