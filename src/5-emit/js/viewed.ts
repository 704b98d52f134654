/**
 * Memory accesses through a DataView: whatever the address's alignment, with one comparison by the engine itself. Out of bounds
 * it throws a RangeError, which is a trap by the time that anybody sees it (`trap_of` in `runtime/core/trap.ts`).
 *
 * That is for compilers, which have no faster access (typed arrays take a test for what to do otherwise), and
 * for memories whose view changes only when code of this thread makes them grow: one that other threads share needs accesses that
 * try again. A native memory as an import may have grown whenever control comes from outside: it is looked at then (`6-link/values.ts`).
 */
import type { Access } from './element.ts';
import { binary, int, type Js, js, Prec, within } from './expr.ts';
import { unsigned } from './scalar.ts';
import type { FuncScope, ViewKind } from './scope.ts';

/** The DataView methods, without `get` and `set`. */
export const METHODS: Readonly<Record<Exclude<ViewKind, 'dv'>, string>> = {
  i8: 'Int8',
  u8: 'Uint8',
  i16: 'Int16',
  u16: 'Uint16',
  i32: 'Int32',
  f32: 'Float32',
  f64: 'Float64',
};
type Kind = keyof typeof METHODS;

/** `little`: the bytes' order is told. */
const little = (kind: Kind): string => (kind === 'i8' || kind === 'u8' ? '' : ', true');

/** Does an access go through a DataView? The linker is told, since callers must see a trap for what that throws. */
export function isViewed(scope: FuncScope, { exact, memory }: Access): boolean {
  if (!exact || !scope.module.isViewed(memory)) return false;
  scope.libcall('trap_of');
  return true;
}

/**
 * The address of an access `more` bytes further on, as a number that is no place in the memory if the access traps. Signed
 * addresses will do where no memory has the others, unless what is added might bring them back.
 */
function place(scope: FuncScope, address: Js, m: Access, more: number): Js {
  const distance = m.offset + more;
  if (address.value !== undefined) return int((address.value >>> 0) + distance);
  const isSigned = scope.module.isLow(m.memory) && (distance === 0 || m.isPlace === true);
  const from = isSigned ? address : unsigned(address);
  return distance === 0 ? from : binary('+', from, int(distance));
}

/** The text of a read by a DataView, and of a write. */
export const getText = (view: string, kind: Kind, at: string): string =>
  `${view}.get${METHODS[kind]}(${at}${little(kind)})`;
export const setText = (view: string, kind: Kind, at: string, value: string): string =>
  `${view}.set${METHODS[kind]}(${at}, ${value}${little(kind)});`;

export function viewedGet(scope: FuncScope, kind: Kind, address: Js, m: Access, more = 0): Js {
  const at = within(place(scope, address, m, more), Prec.assign);
  return js(getText(scope.view('dv', m.memory), kind, at), Prec.call);
}
/** As a statement. */
export function viewedSet(scope: FuncScope, kind: Kind, address: Js, value: string, m: Access, more = 0): string {
  const at = within(place(scope, address, m, more), Prec.assign);
  return setText(scope.view('dv', m.memory), kind, at, value);
}
