/**
 * Memory instructions on ranges (spec 4.6.7, bulk memory): bounds are checked before anything is written, and ranges that
 * end exactly at the end of memory are in bounds even if empty.
 */
import { trap_memory } from './trap.ts';
import type { DataSegment, MemoryObject } from './types.ts';

/** All bytes of a memory in which `[start, start + count)` is in bounds. */
function bytesFor(memory: MemoryObject, start: number, count: number): Uint8Array {
  if (start + count > memory.bytes.length) {
    memory.refresh();
    if (start + count > memory.bytes.length) trap_memory();
  }
  return memory.bytes;
}

/** In pages of 64 KiB. */
export function memory_size(memory: MemoryObject): number {
  return memory.bytes.length >>> 16;
}
export function memory_grow(memory: MemoryObject, pages: number): number {
  return memory.grow_by(pages >>> 0);
}
export function memory_fill(memory: MemoryObject, start: number, value: number, count: number): void {
  const d = start >>> 0;
  const n = count >>> 0;
  bytesFor(memory, d, n).fill(value, d, d + n);
}
export function memory_copy(dst: MemoryObject, to: number, src: MemoryObject, from: number, count: number): void {
  const d = to >>> 0;
  const s = from >>> 0;
  const n = count >>> 0;
  const source = bytesFor(src, s, n);
  const target = bytesFor(dst, d, n);
  if (dst === src) target.copyWithin(d, s, s + n);
  else target.set(source.subarray(s, s + n), d);
}
export function memory_init(memory: MemoryObject, segment: DataSegment, to: number, from: number, count: number): void {
  const d = to >>> 0;
  const s = from >>> 0;
  const n = count >>> 0;
  const target = bytesFor(memory, d, n);
  if (s + n > segment.v.length) trap_memory();
  target.set(segment.v.subarray(s, s + n), d);
}
export function data_drop(segment: DataSegment): void {
  segment.v = segment.v.subarray(0, 0);
}
