/**
 * Payloads of NaNs across calls. Engines do not carry them in numbers, so beside the number travel its bits, in cells of the
 * realm: a caller writes those of argument `i` to words `2 i` and `2 i + 1` right before the call, and a function those of
 * result `i` to words `2000 + 2 i` and the next right before it returns. A cell counts only where the number is a NaN.
 */

const buffer = /* @__PURE__ */ new ArrayBuffer(8);
const f64 = /* @__PURE__ */ new Float64Array(buffer);
const words = /* @__PURE__ */ new Int32Array(buffer);
const f32 = /* @__PURE__ */ new Float32Array(buffer);

/** Two words for each parameter and each result that a function may have. An f32 uses the first. */
export const nan_bits = /* @__PURE__ */ shared_cells();

function shared_cells(): Int32Array {
  const shared = globalThis as unknown as Record<symbol, Int32Array | undefined>;
  const key = Symbol.for('wasmelt.nan_bits');
  return (shared[key] ??= new Int32Array(4000));
}

/** Notes the bits of a number that comes from JavaScript in the cell that begins with word `cell`, and returns it. */
export function note_f32(cell: number, x: number): number {
  if (Number.isNaN(x)) {
    f32[0] = x;
    nan_bits[cell] = words[0]!;
  }
  return x;
}
export function note_f64(cell: number, x: number): number {
  if (Number.isNaN(x)) {
    f64[0] = x;
    nan_bits[cell] = words[0]!;
    nan_bits[cell + 1] = words[1]!;
  }
  return x;
}

/** The result of arithmetic that an optimising engine takes for its operand, and would leave a signalling NaN. */
export function f64_quiet(x: number): number {
  return Number.isNaN(x) ? Number.NaN : x;
}
