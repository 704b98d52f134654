/**
 * Atomic accesses of 64 bits, halves in and out. In a shared memory the one way to them is a BigInt64Array; in a memory of
 * one thread they are two words.
 */

import { i64_add, i64_hi, i64_sub } from '../int64.ts';
import type { MemoryObject } from '../types.ts';
import { cells_at } from './atomics.ts';

const long = /* @__PURE__ */ new BigInt64Array(1);
const halves = /* @__PURE__ */ new Int32Array(long.buffer);

function joined(low: number, high: number): bigint {
  halves[0] = low;
  halves[1] = high;
  return long[0]!;
}
function split(value: bigint): number {
  long[0] = value;
  i64_hi[0] = halves[1]!;
  return halves[0]!;
}

export function i64_atomic_load(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const { longs, words } = cells_at(memory, at, 8);
  return memory.shared ? split(Atomics.load(longs, at / 8)) : read(words, at / 4);
}
export function i64_atomic_store(
  memory: MemoryObject,
  address: number,
  offset: number,
  low: number,
  high: number,
): void {
  const at = (address >>> 0) + offset;
  const { longs, words } = cells_at(memory, at, 8);
  if (memory.shared) Atomics.store(longs, at / 8, joined(low, high));
  else write(words, at / 4, low, high);
}
/** Leaves the value before as a result. */
function read(words: Int32Array, i: number): number {
  i64_hi[0] = words[i + 1]!;
  return words[i]!;
}
function write(words: Int32Array, i: number, low: number, high: number): void {
  words[i] = low;
  words[i + 1] = high;
}

export function i64_atomic_rmw_add(
  memory: MemoryObject,
  address: number,
  offset: number,
  low: number,
  high: number,
): number {
  const at = (address >>> 0) + offset;
  const { longs, words } = cells_at(memory, at, 8);
  if (memory.shared) return split(Atomics.add(longs, at / 8, joined(low, high)));
  const i = at / 4;
  const before = words[i]!;
  const before_high = words[i + 1]!;
  words[i] = i64_add(before, before_high, low, high);
  words[i + 1] = i64_hi[0]!;
  i64_hi[0] = before_high;
  return before;
}
export function i64_atomic_rmw_sub(
  memory: MemoryObject,
  address: number,
  offset: number,
  low: number,
  high: number,
): number {
  const at = (address >>> 0) + offset;
  const { longs, words } = cells_at(memory, at, 8);
  if (memory.shared) return split(Atomics.sub(longs, at / 8, joined(low, high)));
  const i = at / 4;
  const before = words[i]!;
  const before_high = words[i + 1]!;
  words[i] = i64_sub(before, before_high, low, high);
  words[i + 1] = i64_hi[0]!;
  i64_hi[0] = before_high;
  return before;
}
export function i64_atomic_rmw_and(
  memory: MemoryObject,
  address: number,
  offset: number,
  low: number,
  high: number,
): number {
  const at = (address >>> 0) + offset;
  const { longs, words } = cells_at(memory, at, 8);
  if (memory.shared) return split(Atomics.and(longs, at / 8, joined(low, high)));
  const i = at / 4;
  const before = read(words, i);
  write(words, i, words[i]! & low, words[i + 1]! & high);
  return before;
}
export function i64_atomic_rmw_or(
  memory: MemoryObject,
  address: number,
  offset: number,
  low: number,
  high: number,
): number {
  const at = (address >>> 0) + offset;
  const { longs, words } = cells_at(memory, at, 8);
  if (memory.shared) return split(Atomics.or(longs, at / 8, joined(low, high)));
  const i = at / 4;
  const before = read(words, i);
  write(words, i, words[i]! | low, words[i + 1]! | high);
  return before;
}
export function i64_atomic_rmw_xor(
  memory: MemoryObject,
  address: number,
  offset: number,
  low: number,
  high: number,
): number {
  const at = (address >>> 0) + offset;
  const { longs, words } = cells_at(memory, at, 8);
  if (memory.shared) return split(Atomics.xor(longs, at / 8, joined(low, high)));
  const i = at / 4;
  const before = read(words, i);
  write(words, i, words[i]! ^ low, words[i + 1]! ^ high);
  return before;
}
export function i64_atomic_rmw_xchg(
  memory: MemoryObject,
  address: number,
  offset: number,
  low: number,
  high: number,
): number {
  const at = (address >>> 0) + offset;
  const { longs, words } = cells_at(memory, at, 8);
  if (memory.shared) return split(Atomics.exchange(longs, at / 8, joined(low, high)));
  const i = at / 4;
  const before = read(words, i);
  write(words, i, low, high);
  return before;
}
export function i64_atomic_rmw_cmpxchg(
  memory: MemoryObject,
  address: number,
  offset: number,
  expected: number,
  expected_high: number,
  low: number,
  high: number,
): number {
  const at = (address >>> 0) + offset;
  const { longs, words } = cells_at(memory, at, 8);
  if (memory.shared) {
    const wanted = joined(expected, expected_high);
    return split(Atomics.compareExchange(longs, at / 8, wanted, joined(low, high)));
  }
  const before = read(words, at / 4);
  if (before === expected && i64_hi[0] === expected_high) write(words, at / 4, low, high);
  return before;
}
