/**
 * The objects of a program as the loader uses them: by the JS API, so that instances of translated modules and of native ones
 * do alike, and bytes of memory, little-endian.
 */
import { dl_fail } from '../errors.ts';

export interface MemoryLike {
  readonly buffer: ArrayBufferLike;
  /** Ours have the bytes at hand; reading `buffer` would move the memory to a buffer of its exact size. */
  readonly bytes?: Uint8Array;
  readonly view?: DataView;
  /** Returns the old size in pages; throws RangeError. */
  grow(pages: number): unknown;
}
export interface TableLike {
  readonly length: number;
  /** Of ours, the raw functions. */
  readonly elems?: unknown[];
  get(index: number): unknown;
  set(index: number, value: unknown): void;
  /** Returns the old length; throws RangeError. */
  grow(count: number): unknown;
}
export interface GlobalLike {
  value: unknown;
}
export type AnyFunction = (...args: unknown[]) => unknown;
export type Exports = Readonly<Record<string, unknown>>;

export function bytes_of(memory: MemoryLike): Uint8Array {
  return memory.bytes ?? new Uint8Array(memory.buffer);
}
export function view_of(memory: MemoryLike): DataView {
  if (memory.view !== undefined) return memory.view;
  const { buffer, byteOffset, length } = bytes_of(memory);
  return new DataView(buffer, byteOffset, length);
}

/** The text up to the next zero, lenient where it is no UTF-8; DlError for a pointer that leads out of the memory. */
export function c_string(memory: MemoryLike, pointer: number): string {
  const bytes = bytes_of(memory);
  const start = pointer >>> 0;
  const end = bytes.indexOf(0, start);
  if (start >= bytes.length || end < 0) dl_fail('a string leads out of the memory');
  // A copy: decoders in browsers take no shared memory.
  return new TextDecoder().decode(bytes.slice(start, end));
}
/** With its terminating zero. */
export function c_bytes(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

export function align_up(n: number, log2: number): number {
  const size = 2 ** log2;
  return Math.ceil(n / size) * size;
}
