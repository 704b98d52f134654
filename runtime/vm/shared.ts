/**
 * What shared memories are made of: a growable SharedArrayBuffer, which keeps its identity in all threads, and a cell with
 * the size in pages. Views of a fixed length over it are as fast as any (those that follow its length are not). A host
 * whose shared buffers cannot grow gives one of the maximum size at once: there `buffer` is longer than the memory.
 */
import type { AddressType } from './limits.ts';

/** A shared memory as data that can be sent to other threads. */
export interface MemoryHandle {
  readonly buffer: SharedArrayBuffer;
  /** One cell: the size in pages. */
  readonly count: Int32Array;
  readonly maximum: number;
  readonly address: AddressType;
}

interface Growable {
  readonly growable?: boolean;
  grow(size: number): void;
}
type GrowableConstructor = new (size: number, options: { maxByteLength: number }) => SharedArrayBuffer;

/** A buffer of `size` bytes that can grow to `most`. Throws RangeError where the host has no room. */
export function reserve(size: number, most: number): SharedArrayBuffer {
  const buffer = new (SharedArrayBuffer as unknown as GrowableConstructor)(size, { maxByteLength: most });
  return (buffer as unknown as Growable).growable || size === most ? buffer : new SharedArrayBuffer(most);
}

/** Makes the buffer at least `size` bytes long; another thread may be faster, and may go further. */
export function extend(buffer: SharedArrayBuffer, size: number): void {
  try {
    if (buffer.byteLength < size) (buffer as unknown as Growable).grow(size);
  } catch (error) {
    if (buffer.byteLength < size) throw error;
  }
}

/** The cell with the size. Throws TypeError without a maximum. */
export function allot(pages: number, maximum: number | undefined): Int32Array {
  if (maximum === undefined) {
    throw new TypeError('WebAssembly.Memory(): If shared is true, maximum property should be defined.');
  }
  const count = new Int32Array(new SharedArrayBuffer(4));
  count[0] = pages;
  return count;
}
