/** Tables of references (JS API 5.4): an array whose identity never changes, of raw functions or of any values. */
import type { TableObject } from '../core/types.ts';
import { type AddressType, address_out, check_limits, count_in } from './limits.ts';
import { incoming, outgoing } from './value.ts';

export interface TableDescriptor {
  readonly element: 'anyfunc' | 'funcref' | 'externref' | 'exnref' | AnyHierarchy;
  /** BigInts where indices are i64. */
  readonly initial: number | bigint;
  readonly maximum?: number | bigint | undefined;
  /** The type of indices; `i32` if not given. */
  readonly address?: AddressType | undefined;
}

/** Types that the JS API names; `typed_realm` brings their conversions. */
export type AnyHierarchy = 'anyref' | 'eqref' | 'i31ref' | 'structref' | 'arrayref';
function letter_of(type: string): string {
  switch (type) {
    case 'externref':
      return 'e';
    case 'anyfunc':
    case 'funcref':
      return 'r';
    case 'exnref':
      return 'x';
    case 'anyref':
    case 'eqref':
    case 'i31ref':
    case 'structref':
    case 'arrayref':
      return `<${type}>`;
    default:
      throw new TypeError("WebAssembly.Table(): Descriptor property 'element' must be a WebAssembly reference type");
  }
}

/** V8's limit on the number of elements. */
const MAX_ELEMENTS = 10_000_000;

export class Table implements TableObject {
  /** Elements as generated code has them: raw functions or `null`; any values in a table of externref. */
  declare readonly elems: unknown[];
  /** Type descriptor of the elements. */
  declare readonly element: string;
  /** The declared maximum; undefined where there is none. */
  declare readonly maximum: number | undefined;
  /** Indices are i64. */
  declare readonly is64: boolean;

  /** The elements start as `init`; without one as null for functions, undefined for externref. */
  constructor({ element, initial, maximum, address = 'i32' }: TableDescriptor, init?: unknown) {
    const letter = letter_of(element);
    this.is64 = address === 'i64';
    const limits = check_limits('Table', initial, maximum, this.is64, MAX_ELEMENTS, this.is64 ? 2 ** 64 : 0xffffffff);
    this.element = letter;
    this.maximum = limits.maximum;
    this.elems = new Array(limits.initial).fill(this.inward(init));
  }

  get wasm_kind(): string {
    return 'table';
  }
  get length(): number | bigint {
    return address_out(this.elems.length, this.is64);
  }
  get(index: number | bigint): unknown {
    return outgoing(this.element, this.elems[this.place('get', index)], 0);
  }
  /** Throws TypeError for what is no wasm function in a table of functions. */
  set(index: number | bigint, ...value: [unknown?]): void {
    const at = this.place('set', index);
    this.elems[at] = this.given(value);
  }
  /** Returns the old length; throws RangeError past the maximum. */
  grow(count: number | bigint, ...value: [unknown?]): number | bigint {
    const more = count_in(count, this.is64, 'WebAssembly.Table.grow(): Argument 0');
    const old = this.grow_by(more, this.given(value));
    if (old < 0) throw new RangeError(`WebAssembly.Table.grow(): failed to grow table by ${count}`);
    return address_out(old, this.is64);
  }
  /** As `table.grow`: -1 where `grow` throws; `value` is the element itself. */
  grow_by(count: number, value: unknown): number {
    const { elems } = this;
    const old = elems.length;
    if (count > Math.min(this.maximum ?? MAX_ELEMENTS, MAX_ELEMENTS) - old) return -1;
    for (let i = 0; i < count; i++) elems.push(value);
    return old;
  }

  /** What was passed for a new element; nothing is the default. */
  private given(value: readonly unknown[]): unknown {
    return value.length === 0 || (value[0] === undefined && this.element === 'r')
      ? this.inward(undefined)
      : this.converted(value[0]);
  }
  private inward(value: unknown): unknown {
    // The null that generated code gives new tables of exceptions, of which JavaScript has none.
    const none = value === undefined ? this.element !== 'e' : value === null && this.element === 'x';
    return none ? null : this.converted(value);
  }
  private converted(value: unknown): unknown {
    const inner: unknown[] = [];
    incoming(this.element, value, inner);
    return inner[0];
  }
  private place(method: string, index: number | bigint): number {
    const at = Number(index);
    const is_index = typeof index === (this.is64 ? 'bigint' : 'number') && Number.isInteger(at);
    if (is_index && at >= 0 && at < this.elems.length) return at;
    throw new RangeError(`WebAssembly.Table.${method}(): invalid index ${index} into table`);
  }
}
