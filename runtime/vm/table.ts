/** Tables of references (JS API 5.4): an array whose identity never changes, of raw functions or of any values. */
import type { TableObject } from '../core/types.ts';
import { check_limits } from './memory.ts';
import { incoming, outgoing } from './value.ts';

export interface TableDescriptor {
  readonly element: 'anyfunc' | 'funcref' | 'externref' | 'exnref' | AnyHierarchy;
  readonly initial: number;
  readonly maximum?: number | undefined;
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

  /** The elements start as `init`; without one as null for functions, undefined for externref. */
  constructor({ element, initial, maximum }: TableDescriptor, init?: unknown) {
    const letter = letter_of(element);
    check_limits('Table', initial, maximum, MAX_ELEMENTS);
    this.element = letter;
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
    return outgoing(this.element, this.elems[index], 0);
  }
  /** Throws TypeError for what is no wasm function in a table of functions. */
  set(index: number, ...value: [unknown?]): void {
    this.check('set', index);
    this.elems[index] = this.given(value);
  }
  /** Returns the old length; throws RangeError past the maximum. */
  grow(count: number, ...value: [unknown?]): number {
    const old = this.grow_by(count, this.given(value));
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

  /** What was passed for a new element; nothing is the default. */
  private given(value: readonly unknown[]): unknown {
    return value.length === 0 || (value[0] === undefined && this.element === 'r')
      ? this.inward(undefined)
      : this.converted(value[0]);
  }
  private inward(value: unknown): unknown {
    return value === undefined && this.element !== 'e' ? null : this.converted(value);
  }
  private converted(value: unknown): unknown {
    const inner: unknown[] = [];
    incoming(this.element, value, inner);
    return inner[0];
  }
  private check(method: string, index: number): void {
    if (!(index >= 0 && index < this.elems.length && Number.isInteger(index))) {
      throw new RangeError(`WebAssembly.Table.${method}(): invalid index ${index} into table`);
    }
  }
}
