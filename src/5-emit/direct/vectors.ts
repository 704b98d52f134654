/** Entries of v128 that a call computes: it returns lane 0 and leaves the others in cells, so it is a statement. */
import { int, type Js } from '../js/expr.ts';
import type { FuncScope } from '../js/scope.ts';
import { type Entry, vector } from './stack.ts';

const UNKNOWN = [int(0), int(0), int(0), int(0)];

/** The v128 that the call `value` returns. */
export function vectorCall(scope: FuncScope, value: Js, effects: number, reads: readonly number[]): Entry {
  const cells = [1, 2, 3].map((lane) => scope.lane(lane));
  const statements = (...[first, ...rest]: string[]): string =>
    `${first} = ${value.text}; ${rest.map((name, i) => `${name} = ${cells[i]};`).join(' ')}`;
  return { ...vector(UNKNOWN, effects, reads), statements };
}
