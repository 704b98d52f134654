/** Tables for swizzles of constants. */

/** The 16 bytes of four words, and zeros up to 256: what each possible index finds. */
export function swizzle_table(...words: [x0: number, x1: number, x2: number, x3: number]): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, i) => (i < 16 ? words[i >> 2]! >>> (8 * (i & 3)) : 0));
}
