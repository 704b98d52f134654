/**
 * References of the `any` hierarchy. Inside, a value is null, a number (an i31), an object of a class that was made for
 * its type, or a box around a host value: so each test looks at our own properties only, and never at a host object, which
 * could notice. An externref is always the JavaScript value itself. Structures and arrays are opaque to JavaScript
 * (JS API 5.9): outside, a frozen object without properties stands for each.
 */

import { trap } from '../trap.ts';
import { HOST, realm } from './rtt.ts';

/** A host value as a reference of the `any` hierarchy. */
class Host {
  declare readonly v: unknown;

  constructor(v: unknown) {
    this.v = v;
  }
  /** The kind of all boxes, whichever bundle has made them. */
  get k(): number {
    return HOST;
  }
}

export function trap_null(): never {
  trap('dereferencing a null pointer');
}
export function trap_cast(): never {
  trap('illegal cast');
}

/** `any.convert_extern`: numbers are i31 if they fit. */
export function any_convert_extern(value: unknown): unknown {
  if (value === null) return null;
  if (typeof value === 'number') return Object.is((value << 1) >> 1, value) ? value : new Host(value);
  if (typeof value === 'object') {
    const object = realm().inner.get(value);
    if (object !== undefined) return object;
  }
  return new Host(value);
}

/** `extern.convert_any`: what JavaScript sees of it. */
export function extern_convert_any(value: unknown): unknown {
  if (value === null || typeof value === 'number') return value;
  if ((value as Host).k === HOST) return (value as Host).v;
  const { outer, inner } = realm();
  let shown = outer.get(value as object);
  if (shown === undefined) {
    shown = Object.freeze(Object.create(null)) as object;
    outer.set(value as object, shown);
    inner.set(shown, value as object);
  }
  return shown;
}

/** A reference to any structure, array or i31, but to no host value; not null. */
export function is_eq(value: unknown): boolean {
  return value !== null && (value as Host).k !== HOST;
}
/** The same for one kind of objects: `STRUCT` or `ARRAY`. */
export function is_kind(value: unknown, kind: number): boolean {
  return value !== null && (value as Host).k === kind;
}
