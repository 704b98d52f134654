/**
 * Which functions are still to be compiled, shared by all threads: a list in shared memory, and counters that each thread
 * moves on atomically. Large functions come first, so that no thread is left with one when the others are done.
 */
import type { Func, WasmModule } from '../wasm/module.ts';

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
    const size = (f: Func): number => f.end - f.start;
    const order = funcs.slice(importedFuncs).sort((a, b) => size(b) - size(a) || a.index - b.index);
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
