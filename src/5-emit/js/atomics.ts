/** The place of an atomic access as its libcalls take it: address and offset. */
import { binary, call, int, type Js } from './expr.ts';
import type { FuncScope } from './scope.ts';

/** `address` is one i32, or the halves of a 64-bit address: those are joined, and make the offset of address 0. */
export function atomicPlace(scope: FuncScope, [low, high]: readonly Js[], offset: number): [Js, Js] {
  if (high === undefined || (high.value === 0 && offset < 2 ** 32)) return [low!, int(offset)];
  const whole = call(scope.libcall('atomic_address'), low!, high);
  return [int(0), offset === 0 ? whole : binary('+', whole, int(offset))];
}
