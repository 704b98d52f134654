/**
 * Memory accesses of v128 (spec 4.4.7): any address, any alignment, with the trap; nothing is written unless all is in bounds.
 * Addresses as in memory.ts; the lane index comes last.
 */

import { memory_view } from '../memory.ts';
import type { MemoryObject } from '../types.ts';
import { i8x16_extract_lane_u, i8x16_replace_lane, i8x16_splat } from './i8x16.ts';
import {
  i16x8_extend_low_i8x16_s,
  i16x8_extend_low_i8x16_u,
  i16x8_extract_lane_u,
  i16x8_replace_lane,
  i16x8_splat,
} from './i16x8.ts';
import {
  i32x4_extend_low_i16x8_s,
  i32x4_extend_low_i16x8_u,
  i32x4_extract_lane,
  i32x4_replace_lane,
  i32x4_splat,
} from './i32x4.ts';
import { i64x2_replace_lane } from './i64x2.ts';
import { v128 } from './v128.ts';

type LoadLane = (
  ...operands: [
    memory: MemoryObject,
    address: number,
    offset: number,
    a0: number,
    a1: number,
    a2: number,
    a3: number,
    lane: number,
  ]
) => number;
type StoreLane = (...operands: Parameters<LoadLane>) => void;
type Store = (
  memory: MemoryObject,
  address: number,
  offset: number,
  a0: number,
  a1: number,
  a2: number,
  a3: number,
) => void;
export function v128_load(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 16);
  return v128(
    cells.getInt32(at, true),
    cells.getInt32(at + 4, true),
    cells.getInt32(at + 8, true),
    cells.getInt32(at + 12, true),
  );
}
export function v128_load8x8_s(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 8);
  const x = cells.getInt32(at, true);
  const y = cells.getInt32(at + 4, true);
  return i16x8_extend_low_i8x16_s(x, y, 0, 0);
}
export function v128_load16x4_s(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 8);
  const x = cells.getInt32(at, true);
  const y = cells.getInt32(at + 4, true);
  return i32x4_extend_low_i16x8_s(x, y, 0, 0);
}
export function v128_load32x2_s(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 8);
  const x = cells.getInt32(at, true);
  const y = cells.getInt32(at + 4, true);
  return v128(x, x >> 31, y, y >> 31);
}
export function v128_load8x8_u(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 8);
  const x = cells.getInt32(at, true);
  const y = cells.getInt32(at + 4, true);
  return i16x8_extend_low_i8x16_u(x, y, 0, 0);
}
export function v128_load16x4_u(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 8);
  const x = cells.getInt32(at, true);
  const y = cells.getInt32(at + 4, true);
  return i32x4_extend_low_i16x8_u(x, y, 0, 0);
}
export function v128_load32x2_u(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 8);
  const x = cells.getInt32(at, true);
  const y = cells.getInt32(at + 4, true);
  return v128(x, 0, y, 0);
}
export function v128_load8_splat(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 1);
  return i8x16_splat(cells.getInt8(at));
}
export function v128_load16_splat(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 2);
  return i16x8_splat(cells.getInt16(at, true));
}
export function v128_load32_splat(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 4);
  return i32x4_splat(cells.getInt32(at, true));
}
export function v128_load64_splat(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 8);
  const x = cells.getInt32(at, true);
  const y = cells.getInt32(at + 4, true);
  return v128(x, y, x, y);
}
export function v128_load32_zero(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 4);
  return v128(cells.getInt32(at, true), 0, 0, 0);
}
export function v128_load64_zero(memory: MemoryObject, address: number, offset: number): number {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 8);
  return v128(cells.getInt32(at, true), cells.getInt32(at + 4, true), 0, 0);
}
export const v128_load8_lane: LoadLane = (memory, address, offset, a0, a1, a2, a3, lane) => {
  const at = (address >>> 0) + offset;
  const value = memory_view(memory, at + 1).getInt8(at);
  return i8x16_replace_lane(a0, a1, a2, a3, value, lane);
};
export const v128_load16_lane: LoadLane = (memory, address, offset, a0, a1, a2, a3, lane) => {
  const at = (address >>> 0) + offset;
  const value = memory_view(memory, at + 2).getInt16(at, true);
  return i16x8_replace_lane(a0, a1, a2, a3, value, lane);
};
export const v128_load32_lane: LoadLane = (memory, address, offset, a0, a1, a2, a3, lane) => {
  const at = (address >>> 0) + offset;
  const value = memory_view(memory, at + 4).getInt32(at, true);
  return i32x4_replace_lane(a0, a1, a2, a3, value, lane);
};
export const v128_load64_lane: LoadLane = (memory, address, offset, a0, a1, a2, a3, lane) => {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 8);
  return i64x2_replace_lane(a0, a1, a2, a3, cells.getInt32(at, true), cells.getInt32(at + 4, true), lane);
};
export const v128_store: Store = (memory, address, offset, a0, a1, a2, a3) => {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 16);
  cells.setInt32(at, a0, true);
  cells.setInt32(at + 4, a1, true);
  cells.setInt32(at + 8, a2, true);
  cells.setInt32(at + 12, a3, true);
};
export const v128_store8_lane: StoreLane = (memory, address, offset, a0, a1, a2, a3, lane) => {
  const at = (address >>> 0) + offset;
  memory_view(memory, at + 1).setInt8(at, i8x16_extract_lane_u(a0, a1, a2, a3, lane));
};
export const v128_store16_lane: StoreLane = (memory, address, offset, a0, a1, a2, a3, lane) => {
  const at = (address >>> 0) + offset;
  memory_view(memory, at + 2).setInt16(at, i16x8_extract_lane_u(a0, a1, a2, a3, lane), true);
};
export const v128_store32_lane: StoreLane = (memory, address, offset, a0, a1, a2, a3, lane) => {
  const at = (address >>> 0) + offset;
  memory_view(memory, at + 4).setInt32(at, i32x4_extract_lane(a0, a1, a2, a3, lane), true);
};
export const v128_store64_lane: StoreLane = (memory, address, offset, a0, a1, a2, a3, lane) => {
  const at = (address >>> 0) + offset;
  const cells = memory_view(memory, at + 8);
  cells.setInt32(at, lane === 0 ? a0 : a2, true);
  cells.setInt32(at + 4, lane === 0 ? a1 : a3, true);
};
