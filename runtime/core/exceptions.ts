/**
 * Exceptions inside generated code. An exception reference (`exnref`) is one JavaScript value: the exception object itself,
 * which is also what is thrown, or a wrapper around whatever else JavaScript has thrown, so that `null` and `undefined`
 * are no null references. Objects are told by `wasm_kind`, so that bundles with a runtime each catch each other's.
 */
import { is_exhaustion, trap, trap_of } from './trap.ts';

export interface TagObject {
  /** True for the tag of JavaScript's own exceptions (JS API 5.11): its payload is what is thrown. */
  readonly js: boolean;
}
export interface ExceptionObject {
  readonly tag: TagObject;
  /** The payload as generated code has it: an i64 takes two places, a v128 four. */
  readonly values: readonly unknown[];
}

/** Where a realm keeps the one tag of JavaScript's exceptions, once someone has asked for it. */
export const JS_TAG = /* @__PURE__ */ Symbol.for('wasmelt.js_tag');
const UNKNOWN: TagObject = { js: true };

/** What JavaScript has thrown, as an exception with one externref. */
class ForeignException implements ExceptionObject {
  declare readonly tag: TagObject;
  declare readonly values: readonly unknown[];

  constructor(value: unknown) {
    this.tag = (globalThis as unknown as Record<symbol, TagObject | undefined>)[JS_TAG] ?? UNKNOWN;
    this.values = [value];
  }
}

/** The exception reference of what a `catch` of JavaScript has caught; what wasm does not catch is thrown again. */
export function exn_caught(value: unknown): ExceptionObject {
  const thrown = trap_of(value);
  if (typeof thrown === 'object' && thrown !== null) {
    const { wasm_kind } = thrown as { wasm_kind?: unknown };
    if (wasm_kind === 'exception') return thrown as unknown as ExceptionObject;
    if (wasm_kind === 'trap' || wasm_kind === 'exit' || is_exhaustion(thrown) || is_native_trap(thrown)) throw thrown;
  }
  return new ForeignException(thrown);
}

/** Is it a trap of a native instance? Those cannot be told from errors of their class that a host makes. */
function is_native_trap(error: object): boolean {
  const { name, wasm_kind } = error as { name?: unknown; wasm_kind?: unknown };
  return name === 'RuntimeError' && wasm_kind === undefined;
}

/** What to throw for an exception that is not null. */
export function exn_thrown(exn: ExceptionObject): unknown {
  return exn.tag.js ? exn.values[0] : exn;
}
/** `throw_ref`: the same, for a reference that may be null. */
export function exn_ref_thrown(exn: ExceptionObject | null): unknown {
  if (exn === null) trap('rethrowing null value');
  return exn_thrown(exn);
}
