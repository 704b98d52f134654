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
  memory.refresh();
  return memory.bytes.length / 65536;
}
export function memory_grow(memory: MemoryObject, pages: number): number {
  return memory.grow_by(pages >>> 0);
}
export function memory_fill(memory: MemoryObject, start: number, value: number, count: number): void {
  fill(memory, start >>> 0, value, count >>> 0);
}
export function memory_copy(dst: MemoryObject, to: number, src: MemoryObject, from: number, count: number): void {
  copy(dst, to >>> 0, src, from >>> 0, count >>> 0);
}
export function memory_init(memory: MemoryObject, segment: DataSegment, to: number, from: number, count: number): void {
  init(memory, segment, to >>> 0, from >>> 0, count >>> 0);
}

function fill(memory: MemoryObject, d: number, value: number, n: number): void {
  bytesFor(memory, d, n).fill(value, d, d + n);
}
function copy(dst: MemoryObject, d: number, src: MemoryObject, s: number, n: number): void {
  const source = bytesFor(src, s, n);
  const target = bytesFor(dst, d, n);
  if (dst === src) target.copyWithin(d, s, s + n);
  else target.set(source.subarray(s, s + n), d);
}
function init(memory: MemoryObject, segment: DataSegment, d: number, s: number, n: number): void {
  const target = bytesFor(memory, d, n);
  if (s + n > segment.v.length) trap_memory();
  target.set(segment.v.subarray(s, s + n), d);
}

/** The same with 64-bit addresses, given as halves: as one number, which is rounded only beyond all memories. */
function whole(low: number, high: number): number {
  return (high >>> 0) * 4294967296 + (low >>> 0);
}
export function memory_grow64(memory: MemoryObject, low: number, high: number): number {
  return memory.grow_by(whole(low, high));
}
export function memory_fill64(
  memory: MemoryObject,
  low: number,
  high: number,
  value: number,
  count: number,
  count_high: number,
): void {
  fill(memory, whole(low, high), value, whole(count, count_high));
}
export function memory_copy64(
  dst: MemoryObject,
  to: number,
  to_high: number,
  src: MemoryObject,
  from: number,
  from_high: number,
  count: number,
  count_high: number,
): void {
  copy(dst, whole(to, to_high), src, whole(from, from_high), whole(count, count_high));
}
export function memory_init64(
  memory: MemoryObject,
  segment: DataSegment,
  to: number,
  to_high: number,
  from: number,
  count: number,
): void {
  init(memory, segment, whole(to, to_high), from >>> 0, count >>> 0);
}
export function data_drop(segment: DataSegment): void {
  segment.v = segment.v.subarray(0, 0);
}
