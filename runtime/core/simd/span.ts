/** Bounds of accesses to several neighbouring elements. */
import { memory_view } from '../memory.ts';
import type { MemoryObject } from '../types.ts';

/** The address of `bytes` bytes as an i32; traps if they are not all in the memory. */
export function memory_span(memory: MemoryObject, address: number, offset: number, bytes: number): number {
  memory_view(memory, (address >>> 0) + offset + bytes);
  return (address + offset) | 0;
}
