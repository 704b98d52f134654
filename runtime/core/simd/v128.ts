/**
 * v128 as four int32 numbers, lane 0 first. A function that returns a v128 returns its lane 0 and leaves lanes 1 to 3 in
 * `v128_hi`, as `i64_hi` holds the high half of an i64. Types here give instructions their parameters, by operands.
 */

/** Lanes 1 to 3 of the v128 that a function has just returned; one for the realm, since bundles call one another. */
export const v128_hi = /* @__PURE__ */ shared_cells();

function shared_cells(): Int32Array {
  const shared = globalThis as unknown as Record<symbol, Int32Array | undefined>;
  const key = Symbol.for('wasmelt.v128_hi');
  return (shared[key] ??= new Int32Array(3));
}

/** Returns a v128. The lanes are computed before the cells are written. */
export function v128(x0: number, x1: number, x2: number, x3: number): number {
  v128_hi[0] = x1;
  v128_hi[1] = x2;
  v128_hi[2] = x3;
  return x0;
}

/** A v128; the result is a number, or lane 0 of a v128. */
export type Unary = (a0: number, a1: number, a2: number, a3: number) => number;
/** A v128 and a number: a lane index, a shift count. */
export type UnaryBy = (a0: number, a1: number, a2: number, a3: number, n: number) => number;
/** A v128 and two numbers: the value for a lane and its index. */
export type Replace = (a0: number, a1: number, a2: number, a3: number, value: number, lane: number) => number;
export type Binary = (
  ...lanes: [a0: number, a1: number, a2: number, a3: number, b0: number, b1: number, b2: number, b3: number]
) => number;
export type Ternary = (
  ...lanes: [
    ...[a0: number, a1: number, a2: number, a3: number, b0: number, b1: number, b2: number, b3: number],
    ...[c0: number, c1: number, c2: number, c3: number],
  ]
) => number;

/** The 32-bit word `i` of a v128, 0 to 3. */
export function word(a0: number, a1: number, a2: number, a3: number, i: number): number {
  return i < 2 ? (i === 0 ? a0 : a1) : i === 2 ? a2 : a3;
}
/** Returns the v128 with word `i` replaced. */
export function with_word(a0: number, a1: number, a2: number, a3: number, value: number, i: number): number {
  return v128(i === 0 ? value : a0, i === 1 ? value : a1, i === 2 ? value : a2, i === 3 ? value : a3);
}
