/**
 * Exceptions inside generated code. An exception reference (`exnref`) is one JavaScript value: the exception object itself,
 * which is also what is thrown, or a wrapper around whatever else JavaScript has thrown, so that `null` and `undefined`
 * are no null references. Objects are told by `wasm_kind`, so that bundles with a runtime each catch each other's.
 */
import { trap, trap_of } from './trap.ts';

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
    if (wasm_kind === 'trap' || wasm_kind === 'exit' || is_uncatchable(thrown, wasm_kind)) throw thrown;
  }
  return new ForeignException(thrown);
}

/**
 * Exhaustion of the stack in the words of V8 and JavaScriptCore, SpiderMonkey and QuickJS; and traps of native instances,
 * which cannot be told from errors of their class that a host makes.
 */
function is_uncatchable(error: object, wasm_kind: unknown): boolean {
  const { name, message } = error as { name?: unknown; message?: unknown };
  if (name === 'RangeError') return /^Maximum call stack size exceeded/.test(String(message));
  if (name === 'InternalError') return message === 'too much recursion' || message === 'stack overflow';
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
