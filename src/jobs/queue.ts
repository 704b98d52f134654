/**
 * Which functions are still to be compiled, shared by all threads: a list in shared memory, and counters that each thread
 * moves on atomically. Large functions come early, so that no thread is left with one when the others are done, but not first:
 * an engine that has not yet compiled the compiler is slow with them (esbuild's module took one thread a sixth longer).
 */
import type { Func, WasmModule } from '../wasm/module.ts';

/** Bytes of a function that is large. */
const LARGE = 10_000;
/** Bytes of functions that come before the large ones. */
const WARM_UP = 1_000_000;

const NEXT = 0;
const DONE = 1;
/** The least index of a function that cannot be translated. */
const FAILED = 2;
const HEADER = 3;
const NONE = 2 ** 31 - 1;

export class Queue {
  readonly memory: SharedArrayBuffer;
  private readonly cells: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.cells = new Int32Array(memory);
  }

  /** A queue of all functions that have a body. */
  static of({ funcs, importedFuncs }: WasmModule): Queue {
    const order = inOrder(funcs.slice(importedFuncs));
    const queue = new Queue(new SharedArrayBuffer(4 * (HEADER + order.length)));
    queue.cells[FAILED] = NONE;
    for (const [i, f] of order.entries()) queue.cells[HEADER + i] = f.index;
    return queue;
  }

  get total(): number {
    return this.cells.length - HEADER;
  }

  /** The index of the next function; undefined if none is left. */
  take(): number | undefined {
    for (let at = Atomics.add(this.cells, NEXT, 1); at < this.total; at = Atomics.add(this.cells, NEXT, 1)) {
      const func = this.cells[HEADER + at]!;
      // Behind a failure only what comes before it in the module matters: the first error is the one to tell.
      if (func < Atomics.load(this.cells, FAILED)) return func;
    }
    return undefined;
  }

  /** Counts a function as compiled; returns how many are. */
  done(): number {
    return Atomics.add(this.cells, DONE, 1) + 1;
  }

  fail(func: number): void {
    let known = Atomics.load(this.cells, FAILED);
    while (func < known) known = Atomics.compareExchange(this.cells, FAILED, known, func);
  }
}

/** As in the module, with the large ones, the largest first, behind the first megabyte of the others. */
function inOrder(funcs: readonly Func[]): Func[] {
  const size = (f: Func): number => f.end - f.start;
  const large = funcs.filter((f) => size(f) >= LARGE).sort((a, b) => size(b) - size(a));
  const others = funcs.filter((f) => size(f) < LARGE);
  let first = 0;
  for (let bytes = 0; first < others.length && bytes < WARM_UP; first++) bytes += size(others[first]!);
  return [...others.slice(0, first), ...large, ...others.slice(first)];
}
