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
const OUT_OF_BOUNDS = 'memory access out of bounds';
export function trap_memory(): never {
  trap(OUT_OF_BOUNDS);
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

/** RangeErrors that the host threw, of those that look like ours. */
const of_host = /* @__PURE__ */ new WeakSet<object>();
let texts: Set<string> | undefined;

/**
 * What a caller outside sees of `thrown`: a trap in place of the RangeError by which a DataView refuses an access of generated code.
 * Any other value is given back as it is, the host's own errors of that kind included (`host_error`).
 */
export function trap_of(thrown: unknown): unknown {
  if (!is_view_error(thrown) || of_host.has(thrown)) return thrown;
  const trap = new Trap(OUT_OF_BOUNDS);
  const { stack } = thrown;
  if (typeof stack === 'string') {
    const value = stack.replace(`RangeError: ${thrown.message}`, `RuntimeError: ${OUT_OF_BOUNDS}`);
    Object.defineProperty(trap, 'stack', { value, writable: true, configurable: true });
  }
  return trap;
}
/** Notes that the host threw a value, and gives it back. */
export function host_error(thrown: unknown): unknown {
  if (is_view_error(thrown)) of_host.add(thrown);
  return thrown;
}

/** Exhaustion of the stack in the words of V8 and JavaScriptCore, SpiderMonkey and QuickJS. */
export function is_exhaustion(thrown: unknown): boolean {
  const { name, message } = thrown as { name?: unknown; message?: unknown };
  if (name === 'RangeError') return /^Maximum call stack size exceeded/.test(String(message));
  return name === 'InternalError' && (message === 'too much recursion' || message === 'stack overflow');
}
function is_view_error(thrown: unknown): thrown is RangeError {
  if (typeof thrown !== 'object' || thrown === null || (thrown as Error).name !== 'RangeError') return false;
  if (is_exhaustion(thrown)) return false;
  texts ??= view_texts();
  return texts.has(String((thrown as Error).message));
}
/**
 * The texts by which this engine refuses accesses: out of bounds, below 0, and beyond what is an index. Throws where the stack
 * ends meanwhile.
 */
function view_texts(): Set<string> {
  const found = new Set<string>();
  const view = new DataView(new ArrayBuffer(0));
  for (const kind of ['Int8', 'Uint8', 'Int16', 'Uint16', 'Int32', 'Float32', 'Float64'] as const) {
    for (const at of [0, -1, 2 ** 32, 2 ** 33]) {
      for (const access of [() => view[`get${kind}`](at), () => view[`set${kind}`](at, 0)]) {
        try {
          access();
        } catch (error) {
          if (is_exhaustion(error)) throw error;
          found.add((error as Error).message);
        }
      }
    }
  }
  return found;
}
