/**
 * The slots of the one table that a program and its libraries share. The same function has the same index whoever asks, so that
 * function pointers compare equal; slots that are given back are used again, the first that fit.
 */
import { raw_of } from '../../vm/value.ts';
import { dl_fail } from '../errors.ts';
import { type AnyFunction, align_up, type TableLike } from './guest.ts';

interface Range {
  readonly start: number;
  readonly count: number;
}

export class Slots {
  readonly table: TableLike;
  private readonly indices = new Map<object, number>();
  private free: Range[] = [];
  /** Up to here the table has been looked through for functions. */
  private seen = 0;

  constructor(table: TableLike) {
    this.table = table;
  }
  get length(): number {
    return this.table.length;
  }

  /** What stands in a slot: a raw function of ours, a native one, null, or undefined where there is no slot. */
  at(index: number): unknown {
    const { elems, length } = this.table;
    if (elems !== undefined) return elems[index >>> 0];
    return index >>> 0 < length ? this.table.get(index >>> 0) : undefined;
  }
  /** The JavaScript function in a slot; undefined if there is none. */
  func(index: number): AnyFunction | undefined {
    return this.at(index) == null ? undefined : (this.table.get(index >>> 0) as AnyFunction);
  }

  /** The index of an exported function, if it has one. */
  find(func: unknown): number | undefined {
    const key = (raw_of(func) ?? func) as object;
    const known = this.indices.get(key);
    if (known !== undefined && this.at(known) === key) return known;
    this.scan(this.seen, this.table.length);
    this.seen = this.table.length;
    const found = this.indices.get(key);
    return found !== undefined && this.at(found) === key ? found : undefined;
  }
  /** The index of an exported function, in a slot of its own where it has none yet. */
  index_of(func: unknown): number {
    return this.find(func) ?? this.append(func);
  }
  /** Puts an exported function into a new slot, also if it has one. */
  append(func: unknown): number {
    const index = this.allot(1, 0);
    this.put(index, func);
    return index;
  }
  put(index: number, func: unknown): void {
    this.table.set(index, func);
    const key = (raw_of(func) ?? func) as object;
    if (!this.indices.has(key)) this.indices.set(key, index);
  }

  /** Learns the functions in `[start, end)`; those that have an index keep it. */
  scan(start: number, end: number): void {
    for (let i = start; i < end; i++) {
      const f = this.at(i) as object | null;
      if (f === null || f === undefined) continue;
      const before = this.indices.get(f);
      if (before === undefined || this.at(before) !== f) this.indices.set(f, i);
    }
  }

  /** Slots in a row, all null. Throws DlError where the table may not grow. */
  allot(count: number, alignment: number): number {
    for (const range of this.free) {
      const start = align_up(range.start, alignment);
      if (start + count > range.start + range.count) continue;
      this.take(range, start, count);
      return start;
    }
    const old = this.table.length;
    const start = align_up(old, alignment);
    this.grow(start + count - old);
    if (start > old) this.free.push({ start: old, count: start - old });
    return start;
  }
  /** Takes slots at a place that another thread chose. */
  claim(start: number, count: number): void {
    const old = this.table.length;
    if (start + count > old) {
      this.grow(start + count - old);
      this.free.push({ start: old, count: start + count - old });
    }
    const range = this.free.find((r) => r.start <= start && r.start + r.count >= start + count);
    if (range !== undefined && count > 0) this.take(range, start, count);
  }
  private grow(count: number): void {
    try {
      this.table.grow(count);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      dl_fail(`no room for ${count} functions more in the table: link the program with --growable-table`);
    }
  }
  private take(range: Range, start: number, count: number): void {
    const end = range.start + range.count;
    this.free = this.free.filter((r) => r !== range);
    if (start > range.start) this.free.push({ start: range.start, count: start - range.start });
    if (end > start + count) this.free.push({ start: start + count, count: end - start - count });
    this.free.sort((a, b) => a.start - b.start);
  }

  /** Empties slots, which others get next: until then a call through them traps. */
  release(start: number, count: number): void {
    for (let i = start; i < start + count; i++) {
      const f = this.at(i) as object | null | undefined;
      if (f != null && this.indices.get(f) === i) this.indices.delete(f);
      this.table.set(i, null);
    }
    if (count === 0) return;
    const all = [...this.free, { start, count }].sort((a, b) => a.start - b.start);
    this.free = [];
    for (const range of all) {
      const last = this.free.at(-1);
      if (last !== undefined && last.start + last.count === range.start) {
        this.free[this.free.length - 1] = { start: last.start, count: last.count + range.count };
      } else this.free.push(range);
    }
  }
}
