/**
 * Arrays (spec 4.6.9). An array is an object with `v`, its elements, and `n`, how many they are. Numbers lie in a typed
 * array (of i64, two places an element, of v128 four), references in a plain one. Indices and counts are i32, read as
 * unsigned.
 */

import { trap } from '../trap.ts';
import type { DataSegment, ElementSegment } from '../types.ts';
import { trap_null } from './references.ts';

export interface ArrayObject {
  readonly v: Elements;
  readonly n: number;
}
type Numbers = Uint8Array | Uint16Array | Int32Array | Float32Array | Float64Array;
type Elements = Numbers | unknown[];

/** V8's limit: objects are shorter than 2^30 bytes. */
const MAX_BYTES = 2 ** 30 - 64;

export function trap_array(): never {
  trap('array element access out of bounds');
}
/** The count as a number, if that many elements of `bytes` each may be. */
function fitting(count: number, bytes: number): number {
  const n = count >>> 0;
  if (n * bytes > MAX_BYTES) trap('requested new array is too large');
  return n;
}
function filled<T extends Numbers>(array: T, value: number): T {
  // By bits: -0 is another value, and all others but 0 are.
  if (array.length > 0 && (value !== 0 || Object.is(value, -0))) {
    array[0] = value;
    spread(array, 1);
  }
  return array;
}
/** Repeats the first `done` places through the whole array, by copies: engines' own `fill` is slow on wide elements. */
function spread(array: Numbers, done: number): void {
  for (let n = done; n < array.length; n *= 2) array.copyWithin(n, 0, n);
}

export function array_i8(value: number, count: number): Uint8Array {
  return filled(new Uint8Array(fitting(count, 1)), value);
}
export function array_i16(value: number, count: number): Uint16Array {
  return filled(new Uint16Array(fitting(count, 2)), value);
}
export function array_i32(value: number, count: number): Int32Array {
  return filled(new Int32Array(fitting(count, 4)), value);
}
export function array_f32(value: number, count: number): Float32Array {
  return filled(new Float32Array(fitting(count, 4)), value);
}
export function array_f64(value: number, count: number): Float64Array {
  return filled(new Float64Array(fitting(count, 8)), value);
}
export function array_i64(low: number, high: number, count: number): Int32Array {
  const array = new Int32Array(2 * fitting(count, 8));
  if (low !== 0 || high !== 0) fill_wide(array, [low, high]);
  return array;
}
export function array_v128(a: number, b: number, c: number, d: number, count: number): Int32Array {
  const array = new Int32Array(4 * fitting(count, 16));
  if ((a | b | c | d) !== 0) fill_wide(array, [a, b, c, d]);
  return array;
}
function fill_wide(array: Int32Array, parts: readonly number[]): void {
  if (array.length === 0) return;
  array.set(parts);
  spread(array, parts.length);
}
export function array_ref(value: unknown, count: number): unknown[] {
  const n = fitting(count, 8);
  if (n <= 32_000_000) return new Array(n).fill(value);
  // Longer ones would start as dictionaries.
  const array: unknown[] = [];
  for (let i = 0; i < n; i++) array.push(value);
  return array;
}

/** An element of a plain array, or the trap: no reference is undefined, other than host values. */
export function array_element(value: unknown): unknown {
  if (value === undefined) trap_array();
  return value;
}
/** The same where a host value may be undefined. */
export function array_at(elements: readonly unknown[], index: number): unknown {
  if (index >>> 0 >= elements.length) trap_array();
  return elements[index];
}
export function array_put(elements: unknown[], index: number, value: unknown): void {
  if (index >>> 0 >= elements.length) trap_array();
  elements[index] = value;
}

function check(array: ArrayObject | null, start: number, count: number): ArrayObject {
  if (array === null) trap_null();
  if (start + count > array.n) trap_array();
  return array;
}
/** Places of `v` that an element takes. */
function width({ v, n }: ArrayObject): number {
  return n === 0 ? 1 : v.length / n;
}

export function array_fill(array: ArrayObject | null, start: number, value: unknown, count: number): void {
  const d = start >>> 0;
  const n = count >>> 0;
  const { v } = check(array, d, n);
  if (Array.isArray(v)) v.fill(value, d, d + n);
  else if (n > 0) {
    const part = v.subarray(d, d + n);
    part[0] = value as number;
    spread(part, 1);
  }
}
export function array_fill_i64(
  array: ArrayObject | null,
  start: number,
  low: number,
  high: number,
  count: number,
): void {
  const d = start >>> 0;
  const n = count >>> 0;
  fill_wide((check(array, d, n).v as Int32Array).subarray(2 * d, 2 * (d + n)), [low, high]);
}

export function array_fill_v128(
  array: ArrayObject | null,
  start: number,
  x0: number,
  x1: number,
  x2: number,
  x3: number,
  count: number,
): void {
  const d = start >>> 0;
  const n = count >>> 0;
  fill_wide((check(array, d, n).v as Int32Array).subarray(4 * d, 4 * (d + n)), [x0, x1, x2, x3]);
}

export function array_copy(
  dst: ArrayObject | null,
  to: number,
  src: ArrayObject | null,
  from: number,
  count: number,
): void {
  const n = count >>> 0;
  const target = check(dst, to >>> 0, n);
  const source = check(src, from >>> 0, n);
  if (n === 0) return;
  const w = width(target);
  const d = (to >>> 0) * w;
  const s = (from >>> 0) * w;
  move(target.v as unknown[], d, source.v as unknown[], s, n * w);
}
function move(target: unknown[], d: number, source: readonly unknown[], s: number, n: number): void {
  if (target === source) target.copyWithin(d, s, s + n);
  else for (let i = 0; i < n; i++) target[d + i] = source[s + i];
}

/** The bytes of `count` elements of `width` bytes each, from byte `from` of a data segment. */
function data_bytes(segment: DataSegment, from: number, count: number, width: number): Uint8Array {
  const s = from >>> 0;
  const size = (count >>> 0) * width;
  if (s + size > segment.v.length) trap('data segment out of bounds');
  return segment.v.subarray(s, s + size);
}
/** `array.new_data`: `elements` is empty and new; its type and the width of an element in bytes say what to make. */
export function array_data<T extends Numbers>(
  elements: new (buffer: ArrayBuffer) => T,
  width: number,
  segment: DataSegment,
  from: number,
  count: number,
): T {
  // V8 looks at the count before the segment, unless the offset alone is beyond all segments.
  if (from >= 0) fitting(count, width);
  return new elements(new Uint8Array(data_bytes(segment, from, count, width)).buffer as ArrayBuffer);
}
export function array_init_data(
  width: number,
  segment: DataSegment,
  array: ArrayObject | null,
  to: number,
  from: number,
  count: number,
): void {
  const { buffer, byteOffset } = check(array, to >>> 0, count >>> 0).v as Numbers;
  const bytes = data_bytes(segment, from, count, width);
  new Uint8Array(buffer, byteOffset).set(bytes, (to >>> 0) * width);
}

function elements_of(segment: ElementSegment, from: number, count: number): unknown[] {
  const s = from >>> 0;
  const n = count >>> 0;
  if (s + n > segment.v.length) trap('element segment out of bounds');
  return segment.v.slice(s, s + n);
}
export function array_elements(segment: ElementSegment, from: number, count: number): unknown[] {
  if (from >= 0) fitting(count, 8);
  return elements_of(segment, from, count);
}
export function array_init_elements(
  segment: ElementSegment,
  array: ArrayObject | null,
  to: number,
  from: number,
  count: number,
): void {
  const { v } = check(array, to >>> 0, count >>> 0);
  move(v as unknown[], to >>> 0, elements_of(segment, from, count), 0, count >>> 0);
}
