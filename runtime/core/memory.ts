/**
 * Memory accesses, the slow path: any address, any alignment, with the trap (spec 4.6.7).
 *
 * The effective address is `address` read as unsigned plus `offset`: below 2^33, so exact as a number. All go through a
 * DataView, little-endian by definition. Only where the access seems out of bounds is the memory asked whether its buffer
 * was replaced.
 */
import { i64_hi } from './int64.ts';
import { trap_memory } from './trap.ts';
import type { MemoryObject } from './types.ts';

/** The view to access `[at, end)` through. */
export function memory_view(memory: MemoryObject, end: number): DataView {
  const current = memory.view;
  return end <= current.byteLength ? current : grown(memory, end);
}
function grown(memory: MemoryObject, end: number): DataView {
  memory.refresh();
  if (end > memory.view.byteLength) trap_memory();
  return memory.view;
}

export function i32_load(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  return memory_view(memory, at + 4).getInt32(at, true);
}
export function i32_load8_s(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  return memory_view(memory, at + 1).getInt8(at);
}
export function i32_load8_u(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  return memory_view(memory, at + 1).getUint8(at);
}
export function i32_load16_s(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  return memory_view(memory, at + 2).getInt16(at, true);
}
export function i32_load16_u(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  return memory_view(memory, at + 2).getUint16(at, true);
}
export function f32_load(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  return memory_view(memory, at + 4).getFloat32(at, true);
}
export function f64_load(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  return memory_view(memory, at + 8).getFloat64(at, true);
}
export function i64_load(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 8);
  i64_hi[0] = cells.getInt32(at + 4, true);
  return cells.getInt32(at, true);
}
export function i64_load8_s(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const low = memory_view(memory, at + 1).getInt8(at);
  i64_hi[0] = low >> 31;
  return low;
}
export function i64_load8_u(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const low = memory_view(memory, at + 1).getUint8(at);
  i64_hi[0] = 0;
  return low;
}
export function i64_load16_s(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const low = memory_view(memory, at + 2).getInt16(at, true);
  i64_hi[0] = low >> 31;
  return low;
}
export function i64_load16_u(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const low = memory_view(memory, at + 2).getUint16(at, true);
  i64_hi[0] = 0;
  return low;
}
export function i64_load32_s(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const low = memory_view(memory, at + 4).getInt32(at, true);
  i64_hi[0] = low >> 31;
  return low;
}
export function i64_load32_u(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const low = memory_view(memory, at + 4).getInt32(at, true);
  i64_hi[0] = 0;
  return low;
}

export function i32_store(memory: MemoryObject, address: number, offset: number, value: number): void {
  const at = (address >>> 0) + offset;
  memory_view(memory, at + 4).setInt32(at, value, true);
}
export function i32_store8(memory: MemoryObject, address: number, offset: number, value: number): void {
  const at = (address >>> 0) + offset;
  memory_view(memory, at + 1).setInt8(at, value);
}
export function i32_store16(memory: MemoryObject, address: number, offset: number, value: number): void {
  const at = (address >>> 0) + offset;
  memory_view(memory, at + 2).setInt16(at, value, true);
}
export function f32_store(memory: MemoryObject, address: number, offset: number, value: number): void {
  const at = (address >>> 0) + offset;
  memory_view(memory, at + 4).setFloat32(at, value, true);
}
export function f64_store(memory: MemoryObject, address: number, offset: number, value: number): void {
  const at = (address >>> 0) + offset;
  memory_view(memory, at + 8).setFloat64(at, value, true);
}
export function i64_store(memory: MemoryObject, address: number, offset: number, low: number, high: number): void {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 8);
  cells.setInt32(at, low, true);
  cells.setInt32(at + 4, high, true);
}
export function i64_store8(memory: MemoryObject, address: number, offset: number, low: number, _high?: number): void {
  const at = (address >>> 0) + offset;
  memory_view(memory, at + 1).setInt8(at, low);
}
export function i64_store16(memory: MemoryObject, address: number, offset: number, low: number, _high?: number): void {
  const at = (address >>> 0) + offset;
  memory_view(memory, at + 2).setInt16(at, low, true);
}
export function i64_store32(memory: MemoryObject, address: number, offset: number, low: number, _high?: number): void {
  const at = (address >>> 0) + offset;
  memory_view(memory, at + 4).setInt32(at, low, true);
}
