/**
 * Atomic read-modify-write accesses of 8, 16 and 32 bits: the value before. Those of i64 on as many bits are the same on
 * the low half. JavaScript's operations wrap their operands to the width, as WebAssembly's do.
 */

import type { MemoryObject } from '../types.ts';
import { type Cells, cells_at } from './atomics.ts';

export function i32_atomic_rmw_add(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return add(memory.shared, cells_at(memory, at, 4).words, at / 4, value);
}
export function i32_atomic_rmw8_add_u(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return add(memory.shared, cells_at(memory, at, 1).bytes, at, value);
}
export function i32_atomic_rmw16_add_u(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return add(memory.shared, cells_at(memory, at, 2).halves, at / 2, value);
}
function add(shared: boolean, cells: Cells, i: number, value: number): number {
  if (shared) return Atomics.add(cells, i, value);
  const old = cells[i]!;
  cells[i] = old + value;
  return old;
}

export function i32_atomic_rmw_sub(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return sub(memory.shared, cells_at(memory, at, 4).words, at / 4, value);
}
export function i32_atomic_rmw8_sub_u(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return sub(memory.shared, cells_at(memory, at, 1).bytes, at, value);
}
export function i32_atomic_rmw16_sub_u(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return sub(memory.shared, cells_at(memory, at, 2).halves, at / 2, value);
}
function sub(shared: boolean, cells: Cells, i: number, value: number): number {
  if (shared) return Atomics.sub(cells, i, value);
  const old = cells[i]!;
  cells[i] = old - value;
  return old;
}

export function i32_atomic_rmw_and(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return and(memory.shared, cells_at(memory, at, 4).words, at / 4, value);
}
export function i32_atomic_rmw8_and_u(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return and(memory.shared, cells_at(memory, at, 1).bytes, at, value);
}
export function i32_atomic_rmw16_and_u(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return and(memory.shared, cells_at(memory, at, 2).halves, at / 2, value);
}
function and(shared: boolean, cells: Cells, i: number, value: number): number {
  if (shared) return Atomics.and(cells, i, value);
  const old = cells[i]!;
  cells[i] = old & value;
  return old;
}

export function i32_atomic_rmw_or(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return or(memory.shared, cells_at(memory, at, 4).words, at / 4, value);
}
export function i32_atomic_rmw8_or_u(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return or(memory.shared, cells_at(memory, at, 1).bytes, at, value);
}
export function i32_atomic_rmw16_or_u(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return or(memory.shared, cells_at(memory, at, 2).halves, at / 2, value);
}
function or(shared: boolean, cells: Cells, i: number, value: number): number {
  if (shared) return Atomics.or(cells, i, value);
  const old = cells[i]!;
  cells[i] = old | value;
  return old;
}

export function i32_atomic_rmw_xor(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return xor(memory.shared, cells_at(memory, at, 4).words, at / 4, value);
}
export function i32_atomic_rmw8_xor_u(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return xor(memory.shared, cells_at(memory, at, 1).bytes, at, value);
}
export function i32_atomic_rmw16_xor_u(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return xor(memory.shared, cells_at(memory, at, 2).halves, at / 2, value);
}
function xor(shared: boolean, cells: Cells, i: number, value: number): number {
  if (shared) return Atomics.xor(cells, i, value);
  const old = cells[i]!;
  cells[i] = old ^ value;
  return old;
}

export function i32_atomic_rmw_xchg(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return xchg(memory.shared, cells_at(memory, at, 4).words, at / 4, value);
}
export function i32_atomic_rmw8_xchg_u(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return xchg(memory.shared, cells_at(memory, at, 1).bytes, at, value);
}
export function i32_atomic_rmw16_xchg_u(memory: MemoryObject, address: number, offset: number, value: number): number {
  const at = (address >>> 0) + offset;
  return xchg(memory.shared, cells_at(memory, at, 2).halves, at / 2, value);
}
function xchg(shared: boolean, cells: Cells, i: number, value: number): number {
  if (shared) return Atomics.exchange(cells, i, value);
  const old = cells[i]!;
  cells[i] = value;
  return old;
}

export function i32_atomic_rmw_cmpxchg(
  memory: MemoryObject,
  address: number,
  offset: number,
  expected: number,
  value: number,
): number {
  const at = (address >>> 0) + offset;
  return cmpxchg(memory.shared, cells_at(memory, at, 4).words, at / 4, expected, value);
}
export function i32_atomic_rmw8_cmpxchg_u(
  memory: MemoryObject,
  address: number,
  offset: number,
  expected: number,
  value: number,
): number {
  const at = (address >>> 0) + offset;
  return cmpxchg(memory.shared, cells_at(memory, at, 1).bytes, at, expected & 255, value);
}
export function i32_atomic_rmw16_cmpxchg_u(
  memory: MemoryObject,
  address: number,
  offset: number,
  expected: number,
  value: number,
): number {
  const at = (address >>> 0) + offset;
  return cmpxchg(memory.shared, cells_at(memory, at, 2).halves, at / 2, expected & 65535, value);
}
function cmpxchg(shared: boolean, cells: Cells, i: number, expected: number, value: number): number {
  if (shared) return Atomics.compareExchange(cells, i, expected, value);
  const old = cells[i]!;
  if (old === expected) cells[i] = value;
  return old;
}
