/** Tables of references (JS API 5.4): an array whose identity never changes, of raw functions or of any values. */
import type { RawFunction, TableObject } from '../core/types.ts';
import { check_limits } from './memory.ts';
import { from_func, no_crossing, to_func } from './value.ts';

export interface TableDescriptor {
  readonly element: 'anyfunc' | 'funcref' | 'externref' | 'exnref';
  readonly initial: number;
  readonly maximum?: number | undefined;
}

/** V8's limit on the number of elements. */
const MAX_ELEMENTS = 10_000_000;

export class Table implements TableObject {
  /** Raw functions or `null`; any values in a table of externref. */
  declare readonly elems: unknown[];
  /** Type letter of the elements: `r` or `e`. */
  declare readonly element: string;
  /** The declared maximum; undefined where there is none. */
  declare readonly maximum: number | undefined;

  /** The elements start as `init`; without one as null for functions, undefined for externref. */
  constructor({ element, initial, maximum }: TableDescriptor, init?: unknown) {
    if (!/^(externref|anyfunc|funcref|exnref)$/.test(element)) {
      throw new TypeError("WebAssembly.Table(): Descriptor property 'element' must be a WebAssembly reference type");
    }
    check_limits('Table', initial, maximum, MAX_ELEMENTS);
    this.element = element === 'externref' ? 'e' : element === 'exnref' ? 'x' : 'r';
    this.maximum = maximum;
    this.elems = new Array(initial).fill(this.inward(init));
  }

  get wasm_kind(): string {
    return 'table';
  }
  get length(): number {
    return this.elems.length;
  }
  get(index: number): unknown {
    this.check('get', index);
    const value = this.elems[index];
    if (this.element === 'x') no_crossing();
    return this.element === 'r' ? to_func(value as RawFunction | null) : value;
  }
  /** Throws TypeError for what is no wasm function in a table of functions. */
  set(index: number, value?: unknown): void {
    this.check('set', index);
    this.elems[index] = this.inward(value);
  }
  /** Returns the old length; throws RangeError past the maximum. */
  grow(count: number, value?: unknown): number {
    const old = this.grow_by(count, this.inward(value));
    if (old < 0) throw new RangeError(`WebAssembly.Table.grow(): failed to grow table by ${count}`);
    return old;
  }
  /** As `table.grow`: -1 where `grow` throws; `value` is the element itself. */
  grow_by(count: number, value: unknown): number {
    const { elems } = this;
    const old = elems.length;
    if (count > Math.min(this.maximum ?? MAX_ELEMENTS, MAX_ELEMENTS) - old) return -1;
    for (let i = 0; i < count; i++) elems.push(value);
    return old;
  }

  private inward(value: unknown): unknown {
    if (this.element === 'e') return value;
    if (this.element === 'x' && value != null) no_crossing();
    return value === undefined ? null : from_func(value);
  }
  private check(method: string, index: number): void {
    if (!(index >= 0 && index < this.elems.length && Number.isInteger(index))) {
      throw new RangeError(`WebAssembly.Table.${method}(): invalid index ${index} into table`);
    }
  }
}
