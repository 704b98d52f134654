/** Global variables as cells (JS API 5.5), shared between instances and the host. */
import { i32_reinterpret_f32, i64_reinterpret_f64 } from '../core/float.ts';
import { i64_hi } from '../core/int64.ts';
import type { AnyHierarchy } from './table.ts';
import { incoming, outgoing } from './value.ts';

export interface GlobalDescriptor {
  readonly value: 'i32' | 'i64' | 'f32' | 'f64' | 'anyfunc' | 'funcref' | 'externref' | 'exnref' | AnyHierarchy;
  readonly mutable?: boolean | undefined;
}

export class Global {
  /** The value as generated code has it; of an i64 the low half, the high half being `h`. */
  declare v: unknown;
  declare h: number;
  /** Of a v128, lanes 0 to 3 are `v`, `h`, `v2` and `v3`. */
  declare v2: number;
  declare v3: number;
  /** Of a float that is a NaN, the bits; of an f64 the low half, the high half being `h`. */
  declare n: number;
  /** Type letter. */
  declare readonly type: string;
  declare readonly mutable: boolean;

  /** Without `value` the type's default: zero, null, and undefined for externref. */
  constructor({ value: type, mutable = false }: GlobalDescriptor, value?: unknown) {
    this.type = letter_of(type);
    this.mutable = mutable;
    this.h = 0;
    this.n = 0;
    // A null that has no conversion yet (`typed_realm`), or none at all, is what it is.
    if (value === undefined && (this.type === 'x' || this.type[0] === '<')) this.v = null;
    else this.put(value === undefined ? default_of(this.type) : value);
  }

  get wasm_kind(): string {
    return 'global';
  }
  get value(): unknown {
    return outgoing(this.type, this.v, this.h);
  }
  set value(value: unknown) {
    if (!this.mutable) {
      throw new TypeError("set WebAssembly.Global.value: Can't set the value of an immutable global.");
    }
    this.put(value);
  }
  valueOf(): unknown {
    return this.value;
  }

  private put(value: unknown): void {
    const inner: unknown[] = [];
    incoming(this.type, value, inner);
    this.v = inner[0];
    if (this.type === 'I') this.h = inner[1] as number;
    note_bits(this);
  }
}

function letter_of(type: string): string {
  switch (type) {
    case 'i32':
      return 'i';
    case 'i64':
      return 'I';
    case 'f32':
      return 'f';
    case 'f64':
      return 'F';
    case 'anyfunc':
    case 'funcref':
      return 'r';
    case 'externref':
      return 'e';
    case 'exnref':
      return 'x';
    case 'anyref':
    case 'eqref':
    case 'i31ref':
    case 'structref':
    case 'arrayref':
      return `<${type}>`;
    default:
      throw new TypeError("WebAssembly.Global(): Descriptor property 'value' must be a WebAssembly type");
  }
}
function default_of(letter: string): unknown {
  if (letter === 'e') return undefined;
  return letter === 'r' ? null : letter === 'I' ? 0n : 0;
}

/** Makes a new cell one of a v128, which no descriptor can, and returns it. */
export function with_vector(cell: Global, x0: number, x1: number, x2: number, x3: number): Global {
  (cell as { type: string }).type = 'V';
  cell.v2 = x2;
  cell.v3 = x3;
  return with_value(cell, x0, x1);
}
/** The bits of a cell that holds a NaN, as far as the number has them. */
function note_bits(cell: Global): void {
  const { v, type } = cell;
  if ((type !== 'f' && type !== 'F') || !Number.isNaN(v)) return;
  if (type === 'f') cell.n = i32_reinterpret_f32(v as number);
  else {
    cell.n = i64_reinterpret_f64(v as number);
    cell.h = i64_hi[0]!;
  }
}

/** Gives a new cell its value as generated code has it, and returns it; `n` and `h` are the bits of a NaN. */
export function with_value(cell: Global, v: unknown, h = 0, n?: number): Global {
  cell.v = v;
  cell.h = h;
  if (n === undefined) note_bits(cell);
  else cell.n = n;
  return cell;
}
