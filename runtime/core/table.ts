/** Table instructions, and the check behind `call_indirect` (spec 4.6.6). Indices are i32, read as unsigned. */
import { is_func, type RuntimeType } from './gc/rtt.ts';
import { trap, trap_signature, trap_table } from './trap.ts';
import type { ElementSegment, RawFunction, TableObject } from './types.ts';

/** The callee, if the element is a function of type `t`; `undefined` is what an index out of range reads. */
export function check_func(f: unknown, t: string): RawFunction {
  return f != null && (f as RawFunction).t === t ? (f as RawFunction) : no_func(f);
}
/** The same for a type that is not plain, of which the function's may be a subtype. */
export function check_func_type(f: unknown, type: RuntimeType): RawFunction {
  return f != null && ((f as RawFunction).t === type || is_func(f, type)) ? (f as RawFunction) : no_func(f);
}
function no_func(f: unknown): never {
  if (f === undefined) trap_table();
  trap_signature();
}

export function table_get(table: TableObject, index: number): unknown {
  const { elems } = table;
  if (index >>> 0 >= elems.length) trap_table();
  return elems[index >>> 0];
}
export function table_set(table: TableObject, index: number, value: unknown): void {
  const { elems } = table;
  if (index >>> 0 >= elems.length) trap_table();
  elems[index >>> 0] = value;
}
export function table_size(table: TableObject): number {
  return table.elems.length;
}
export function table_grow(table: TableObject, value: unknown, count: number): number {
  return table.grow_by(count >>> 0, value);
}
export function table_fill(table: TableObject, start: number, value: unknown, count: number): void {
  const d = start >>> 0;
  const end = d + (count >>> 0);
  if (end > table.elems.length) trap_table();
  table.elems.fill(value, d, end);
}
export function table_copy(dst: TableObject, to: number, src: TableObject, from: number, count: number): void {
  const d = to >>> 0;
  const s = from >>> 0;
  const n = count >>> 0;
  if (d + n > dst.elems.length || s + n > src.elems.length) trap_table();
  if (dst === src) dst.elems.copyWithin(d, s, s + n);
  else move(dst.elems, d, src.elems, s, n);
}
export function table_init(table: TableObject, segment: ElementSegment, to: number, from: number, count: number): void {
  const d = to >>> 0;
  const s = from >>> 0;
  const n = count >>> 0;
  if (d + n > table.elems.length) trap_table();
  if (s + n > segment.v.length) trap('element segment out of bounds');
  move(table.elems, d, segment.v, s, n);
}
function move(target: unknown[], d: number, source: readonly unknown[], s: number, n: number): void {
  for (let i = 0; i < n; i++) target[d + i] = source[s + i];
}
export function elem_drop(segment: ElementSegment): void {
  segment.v = [];
}
