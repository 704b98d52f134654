/**
 * Traps: how execution ends abnormally (spec 4.2.1). The texts are V8's own, so that a message read in a log or matched by a
 * program is the one that native WebAssembly gives. Each reason is a function, so that code that may trap stays small.
 */

/** A trap. Its `name` is that of `WebAssembly.RuntimeError`, which it stands for. */
export class Trap extends Error {
  override get name(): string {
    return 'RuntimeError';
  }
  /** What no `catch` of wasm catches; a RuntimeError that the host makes and throws itself is an ordinary error. */
  get wasm_kind(): string {
    return 'trap';
  }
}

export function trap(text: string): never {
  throw new Trap(text);
}
export function trap_unreachable(): never {
  trap('unreachable');
}
export function trap_memory(): never {
  trap('memory access out of bounds');
}
export function trap_div_zero(): never {
  trap('divide by zero');
}
export function trap_rem_zero(): never {
  trap('remainder by zero');
}
export function trap_div_overflow(): never {
  trap('divide result unrepresentable');
}
export function trap_float(): never {
  trap('float unrepresentable in integer range');
}
export function trap_table(): never {
  trap('table index is out of bounds');
}
export function trap_unaligned(): never {
  trap('operation does not support unaligned accesses');
}
export function trap_wait(): never {
  trap('Atomics.wait cannot be called in this context');
}
export function trap_signature(): never {
  trap('null function or function signature mismatch');
}
