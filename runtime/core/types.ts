/** What libcalls ask of the objects of `vm/`: interfaces only, because core imports nothing of vm. */

import type { RuntimeType } from './gc/rtt.ts';

/** A function's type: letters where it is a plain one, else the realm's object for the type (rtt.ts). */
export type FuncDescriptor = string | RuntimeType;

/** A wasm function inside generated code (runtime/README.md, "Raw functions"). */
export interface RawFunction {
  (...args: never[]): unknown;
  /** Type descriptor, `ii:i`, or the type; on functions that may be references. */
  t?: FuncDescriptor;
  /** Function index, as the `name` of the exported function. */
  n?: string;
  /** The exported JavaScript function, once one was asked for. */
  w?: unknown;
  /** Its body for jumps (tail.ts), if tail calls in a cycle lead to it. */
  tail?: () => unknown;
}

/** Typed arrays over all of a memory, for atomic accesses. */
export interface AtomicCells {
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Int32Array;
  readonly longs: BigInt64Array;
}

export interface MemoryObject {
  /** Over all of the current buffer; never over a detached one. */
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** Made by the first atomic access. */
  cells?: AtomicCells | undefined;
  /** Can other threads use it? */
  readonly shared: boolean;
  /** Takes notice of a buffer that was replaced or grew behind our back, and tells the watchers. */
  refresh(): void;
  /** `memory.grow`: the old size in pages, or -1. */
  grow_by(pages: number): number;
}

export interface TableObject {
  readonly elems: unknown[];
  /** `table.grow`: the old size, or -1. */
  grow_by(count: number, value: unknown): number;
}

/** A data or element segment at run time; dropping it empties it. */
export interface DataSegment {
  v: Uint8Array;
}
export interface ElementSegment {
  v: unknown[];
}
