/**
 * Atomic accesses (threads proposal). In a shared memory they are JavaScript's own, which are sequentially consistent as
 * WebAssembly's are; a memory of one thread takes plain ones. The effective address is `address` read as unsigned plus
 * `offset`; an address of 64 bits comes whole as the offset. Alignment is checked first, then bounds.
 */
import { trap_memory, trap_unaligned, trap_wait } from '../trap.ts';
import type { AtomicCells, MemoryObject } from '../types.ts';

/** The typed arrays of a memory, if `[at, at + width)` is an aligned place in it. */
export function cells_at(memory: MemoryObject, at: number, width: number): AtomicCells {
  if (at % width !== 0) trap_unaligned();
  const { cells } = memory;
  return cells !== undefined && cells.bytes === memory.bytes && at + width <= cells.bytes.length
    ? cells
    : renewed(memory, at + width);
}
function renewed(memory: MemoryObject, end: number): AtomicCells {
  memory.refresh();
  const { bytes, cells } = memory;
  if (end > bytes.length) trap_memory();
  if (cells !== undefined && cells.bytes === bytes) return cells;
  const { buffer, length } = bytes;
  const [halves, words] = [new Uint16Array(buffer, 0, length / 2), new Int32Array(buffer, 0, length / 4)];
  memory.cells = { bytes, halves, words, longs: new BigInt64Array(buffer, 0, length / 8) };
  return memory.cells;
}

/**
 * A 64-bit address as a number, to be the offset from address 0. One that no memory reaches is another such, so that its
 * alignment is not rounded away.
 */
export function atomic_address(low: number, high: number): number {
  return high >>> 20 === 0 ? high * 4294967296 + (low >>> 0) : 2 ** 52 + (low & 7);
}

export type Cells = Uint8Array | Uint16Array | Int32Array;

export function i32_atomic_load(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  return load(memory.shared, cells_at(memory, at, 4).words, at / 4);
}
export function i32_atomic_load8_u(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  return load(memory.shared, cells_at(memory, at, 1).bytes, at);
}
export function i32_atomic_load16_u(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  return load(memory.shared, cells_at(memory, at, 2).halves, at / 2);
}
function load(shared: boolean, cells: Cells, i: number): number {
  return shared ? Atomics.load(cells, i) : cells[i]!;
}

export function i32_atomic_store(memory: MemoryObject, address: number, offset: number, value: number): void {
  const at = (address >>> 0) + offset;
  store(memory.shared, cells_at(memory, at, 4).words, at / 4, value);
}
export function i32_atomic_store8(memory: MemoryObject, address: number, offset: number, value: number): void {
  const at = (address >>> 0) + offset;
  store(memory.shared, cells_at(memory, at, 1).bytes, at, value);
}
export function i32_atomic_store16(memory: MemoryObject, address: number, offset: number, value: number): void {
  const at = (address >>> 0) + offset;
  store(memory.shared, cells_at(memory, at, 2).halves, at / 2, value);
}
function store(shared: boolean, cells: Cells, i: number, value: number): void {
  if (shared) Atomics.store(cells, i, value);
  else cells[i] = value;
}

/** How many were woken; nobody waits on a memory of one thread. */
export function memory_atomic_notify(memory: MemoryObject, address: number, offset: number, count: number): number {
  const at = (address >>> 0) + offset;
  const { words } = cells_at(memory, at, 4);
  return memory.shared ? Atomics.notify(words, at / 4, count >>> 0) : 0;
}
/** `expected` is an i32, the timeout an i64 in nanoseconds, endless if negative. 0 woken, 1 not equal, 2 timed out. */
export function memory_atomic_wait32(
  memory: MemoryObject,
  address: number,
  offset: number,
  expected: number,
  timeout: number,
  timeout_high: number,
): number {
  const at = (address >>> 0) + offset;
  const { words } = cells_at(memory, at, 4);
  if (!memory.shared) trap_wait();
  return outcome(() => Atomics.wait(words, at / 4, expected, milliseconds(timeout, timeout_high)));
}
export function memory_atomic_wait64(
  memory: MemoryObject,
  address: number,
  offset: number,
  expected: number,
  expected_high: number,
  timeout: number,
  timeout_high: number,
): number {
  const at = (address >>> 0) + offset;
  const { longs } = cells_at(memory, at, 8);
  if (!memory.shared) trap_wait();
  const value = (BigInt(expected_high) << 32n) | BigInt(expected >>> 0);
  return outcome(() => Atomics.wait(longs, at / 8, value, milliseconds(timeout, timeout_high)));
}
function milliseconds(low: number, high: number): number {
  return high < 0 ? Number.POSITIVE_INFINITY : (high * 4294967296 + (low >>> 0)) / 1e6;
}
/** Threads that must not block, such as a page's, get a TypeError from `Atomics.wait`. */
function outcome(wait: () => 'ok' | 'not-equal' | 'timed-out'): number {
  try {
    return ['ok', 'not-equal', 'timed-out'].indexOf(wait());
  } catch (error) {
    if (error instanceof TypeError) trap_wait();
    throw error;
  }
}

const fence = /* @__PURE__ */ new Int32Array(1);
/** Orders all accesses around it: as every atomic access of JavaScript does. */
export function atomic_fence(): void {
  Atomics.or(fence, 0, 0);
}
