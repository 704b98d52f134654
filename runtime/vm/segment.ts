/** Data and element segments when an instance is made (spec 4.5.5): decoding, and the active ones. */
import { trap, trap_table } from '../core/trap.ts';
import type { MemoryObject, TableObject } from '../core/types.ts';

/** Base64 (RFC 4648, section 4) to bytes, by a table of six-bit values: hosts differ in what they offer. */
export function decode_base64(text: string): Uint8Array {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const six = new Uint8Array(128);
  for (let i = 0; i < 64; i++) six[alphabet.charCodeAt(i)] = i;
  const length = text.length;
  const bytes = new Uint8Array((length * 3) >> 2);
  for (let i = 0, to = 0; i < length; i += 4) {
    const a = (six[text.charCodeAt(i)]! << 18) | (six[text.charCodeAt(i + 1)]! << 12);
    const b = (six[text.charCodeAt(i + 2)]! << 6) | six[text.charCodeAt(i + 3)]!;
    bytes[to++] = a >> 16;
    bytes[to++] = (a | b) >> 8;
    bytes[to++] = b;
  }
  return bytes;
}

/**
 * Bytes from a text that compresses as well as they do, and that a script element may hold: a character for each of the 90
 * frequent byte values, two for each of the others. Characters are digits: those from ' ' to '~' without `"`, `<` and `\`,
 * 92 of them. The digits 90 and 91 say that the value is not frequent; the digit behind them says which, of the first 92 or
 * of the rest.
 * @param frequent 64 hexadecimal digits: bit `i & 3` of digit `i >> 2` tells whether the value `i` is a frequent one
 */
export function decode_text(frequent: string, text: string): Uint8Array {
  const values: number[][] = [[], []];
  for (let i = 0; i < 256; i++) values[(Number.parseInt(frequent[i >> 2]!, 16) >> (i & 3)) & 1]!.push(i);
  const [rare, one] = values as [number[], number[]];
  const digit = (i: number): number => {
    const c = text.charCodeAt(i);
    return c - 32 - +(c > 34) - +(c > 60) - +(c > 92);
  };
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const d = digit(i);
    bytes[length++] = d < 90 ? one[d]! : rare[(d - 90) * 92 + digit(++i)]!;
  }
  return bytes.slice(0, length);
}

/** Copies active segment `index`; `offset` is an i32, or the low half of an i64. Traps without writing if it does not fit. */
export function init_memory(memory: MemoryObject, index: number, offset: number, bytes: Uint8Array, high = 0): void {
  const at = (high >>> 0) * 4294967296 + (offset >>> 0);
  memory.refresh();
  const size = memory.bytes.length;
  if (at + bytes.length > size) {
    trap(`data segment ${index} is out of bounds (offset ${at}, length ${bytes.length}, memory size ${size})`);
  }
  memory.bytes.set(bytes, at);
}
/**
 * Copies active segments `index`, `index + 1` … whose bytes lie one after another in `bytes` from `start`.
 * @param places pairs of distance from the end of the segment before (of the first: its offset) and length
 */
export function init_memories(
  memory: MemoryObject,
  index: number,
  bytes: Uint8Array,
  start: number,
  places: readonly number[],
): void {
  let offset = 0;
  for (let i = 0; i < places.length; i += 2) {
    const length = places[i + 1]!;
    offset += places[i]!;
    init_memory(memory, index + i / 2, offset, bytes.subarray(start, start + length));
    start += length;
    offset += length;
  }
}
export function init_table(table: TableObject, offset: number, values: readonly unknown[]): void {
  const at = offset >>> 0;
  if (at + values.length > table.elems.length) trap_table();
  for (let i = 0; i < values.length; i++) table.elems[at + i] = values[i];
}
