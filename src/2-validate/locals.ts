/**
 * The locals of the function being validated: their types, and which of those without default value are set. The
 * latter is undone at the end of a block (spec 7.3); the order of setting is kept as a stack for that.
 */
import { checkLimit } from '../1-decode/limits.ts';
import type { OperatorReader } from '../1-decode/operators.ts';
import type { Func } from '../wasm/module.ts';
import type { ValType } from '../wasm/types.ts';
import type { Context } from './context.ts';
import { isDefaultable } from './types.ts';

export class Locals {
  private count = 0;
  private types = new Int32Array(256);
  /** Whether there are locals without default value; if so, 1 in `assigned` for each local that may be read. */
  private tracked = false;
  private assigned = new Uint8Array(256);
  private readonly order: number[] = [];

  clear(): void {
    this.count = 0;
    this.tracked = false;
    this.order.length = 0;
  }

  /** Reads the local declarations of a body; returns where its operators start. */
  declare(context: Context, reader: OperatorReader, func: Func, params: readonly ValType[]): number {
    const { start, groups } = reader.localGroups(func.start, func.end);
    const total = groups.reduce((sum, g) => sum + g.count, params.length);
    checkLimit('locals', total, func.start);
    this.clear();
    this.reserve(total);
    for (const t of params) this.types[this.count++] = t;
    for (const g of groups) this.add(context.valType(g.type, func.start), g.count);
    return start;
  }

  private reserve(total: number): void {
    if (total <= this.types.length) return;
    this.types = new Int32Array(total * 2);
    this.assigned = new Uint8Array(total * 2);
  }

  private add(t: ValType, count: number): void {
    const from = this.count;
    const to = from + count;
    this.count = to;
    this.types.fill(t, from, to);
    const defaultable = isDefaultable(t);
    if (!this.tracked && (defaultable || count === 0)) return;
    if (!this.tracked) this.assigned.fill(1, 0, from);
    this.tracked = true;
    this.assigned.fill(defaultable ? 1 : 0, from, to);
  }

  type(index: number): ValType | undefined {
    return index < this.count ? this.types[index] : undefined;
  }

  isSet(index: number): boolean {
    return !this.tracked || this.assigned[index] === 1;
  }

  set(index: number): void {
    if (!this.tracked || this.assigned[index] === 1) return;
    this.assigned[index] = 1;
    this.order.push(index);
  }

  /** How many locals have been set so far in the open blocks. */
  get setCount(): number {
    return this.order.length;
  }

  /** Makes all but the first `count` of them unset again. */
  unset(count: number): void {
    while (this.order.length > count) this.assigned[this.order.pop()!] = 0;
  }
}
