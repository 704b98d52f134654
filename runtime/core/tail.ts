/**
 * Jumps: tail calls in a cycle (README.md, "Tail calls"). The caller puts the arguments and the callee's body into cells and
 * returns the cells' object, up to the entry of the function that was called first, which runs bodies until one returns
 * something else. One object for all bundles in a realm, so that cycles may pass through several instances.
 */
export interface TailCells {
  /** The body to run next; it takes its parameters from the cells. */
  next: (() => unknown) | undefined;
  /** Parameters of type i32, halves of i64 and lanes of v128, in order. */
  readonly i: Int32Array;
  readonly f: Float64Array;
  readonly r: unknown[];
}

export const tail_cells: TailCells = /* @__PURE__ */ shared_cells();

/** A function has 1,000 parameters at most, a parameter up to four lanes. */
function shared_cells(): TailCells {
  const shared = globalThis as unknown as Record<symbol, TailCells | undefined>;
  const key = Symbol.for('wasmelt.tail');
  return (shared[key] ??= { next: undefined, i: new Int32Array(4000), f: new Float64Array(1000), r: [] });
}
