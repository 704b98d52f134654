/**
 * Memory accesses through typed arrays, exact by construction.
 *
 * The element index of an access of width 2^k at address A is `A >>> k | A << 32 - k`, a rotation: the low bits of an
 * unaligned address end up on top, so that its index lies outside every memory. One array access then decides
 * alignment and bounds together: on `undefined` a libcall does the access byte by byte, or traps. The same holds for
 * `(A >>> k) + O / 2^k | A << 32 - k` with a static offset O: it is exact even where A + O exceeds 2^32, because the sum
 * then turns negative. Bytes need no rotation: `A + O | A >> 31` is negative for every A from 2^31 on.
 *
 * The address must be a name or a literal, since it is repeated.
 */
import type { OpName } from '../../wasm/opcodes.ts';
import { atom, type BinaryOp, binary, call, index, int, type Js, loose, nullish, Prec, within } from './expr.ts';
import type { FuncScope, ViewKind } from './scope.ts';

export type LoadOp =
  | 'i32_load'
  | 'i32_load8_s'
  | 'i32_load8_u'
  | 'i32_load16_s'
  | 'i32_load16_u'
  | 'f32_load'
  | 'f64_load';
export type StoreOp = 'i32_store' | 'i32_store8' | 'i32_store16' | 'f32_store' | 'f64_store';

interface Shape {
  readonly view: ViewKind;
  /** log2 of the width. */
  readonly shift: number;
}
const SHAPES: Readonly<Record<LoadOp | StoreOp, Shape>> = {
  i32_load: { view: 'i32', shift: 2 },
  i32_load8_s: { view: 'i8', shift: 0 },
  i32_load8_u: { view: 'u8', shift: 0 },
  i32_load16_s: { view: 'i16', shift: 1 },
  i32_load16_u: { view: 'u16', shift: 1 },
  f32_load: { view: 'f32', shift: 2 },
  f64_load: { view: 'f64', shift: 3 },
  i32_store: { view: 'i32', shift: 2 },
  i32_store8: { view: 'u8', shift: 0 },
  i32_store16: { view: 'u16', shift: 1 },
  f32_store: { view: 'f32', shift: 2 },
  f64_store: { view: 'f64', shift: 3 },
};

/** How an i64 access narrower than 8 bytes is done: the i32 access, and what its high half is. */
export const NARROW_LOADS: Partial<Readonly<Record<OpName, { load: LoadOp; signed: boolean }>>> = {
  'i64.load8_s': { load: 'i32_load8_s', signed: true },
  'i64.load8_u': { load: 'i32_load8_u', signed: false },
  'i64.load16_s': { load: 'i32_load16_s', signed: true },
  'i64.load16_u': { load: 'i32_load16_u', signed: false },
  'i64.load32_s': { load: 'i32_load', signed: true },
  'i64.load32_u': { load: 'i32_load', signed: false },
};
export const NARROW_STORES: Partial<Readonly<Record<OpName, StoreOp>>> = {
  'i64.store8': 'i32_store8',
  'i64.store16': 'i32_store16',
  'i64.store32': 'i32_store',
};

/** The memory argument of an access, and whether out-of-bounds and unaligned accesses count. */
export interface Access {
  readonly memory: number;
  /** Static offset, below 2^32. */
  readonly offset: number;
  /** log2 of the alignment that the instruction promises. */
  readonly align: number;
  readonly exact: boolean;
}

const sum = (a: Js, n: number): Js => (n === 0 ? a : binary('+', a, int(n)));
const bits = (op: BinaryOp, a: Js, n: number): Js => binary(op, a, int(n));

/**
 * The element index of an access of width `1 << shift`, `words` elements further on, or undefined where only the
 * libcall is exact: an offset that is no multiple of the width, or an address known to be out of reach.
 */
function elementIndex(address: Js, m: Access, shift: number, words = 0): Js | undefined {
  const { offset, exact } = m;
  if (address.value !== undefined) {
    const at = (address.value >>> 0) + offset;
    if (at >= 2 ** 32 || (exact && at % 2 ** shift !== 0)) return undefined;
    return int(Math.floor(at / 2 ** shift) + words);
  }
  if (!exact) return sum(bits('>>>', sum(address, offset), shift), words);
  if (shift === 0) {
    if (offset === 0) return address;
    return offset < 2 ** 31 ? binary('|', sum(address, offset), bits('>>', address, 31)) : undefined;
  }
  if (offset % 2 ** shift !== 0) return undefined;
  return binary('|', sum(bits('>>>', address, shift), offset / 2 ** shift + words), bits('<<', address, 32 - shift));
}

/**
 * Accesses that promise less than their own alignment are mostly unaligned: straight to the libcall, which keeps the
 * array access of others on its fast path.
 */
function fastIndex(address: Js, m: Access, shift: number, words = 0): Js | undefined {
  return m.exact && m.align < Math.min(shift, 2) ? undefined : elementIndex(address, m, shift, words);
}

/** A load as an expression. */
export function load(scope: FuncScope, op: LoadOp, address: Js, m: Access): Js {
  const { view, shift } = SHAPES[op];
  const at = fastIndex(address, m, shift);
  const fast = at && index(scope.view(view, m.memory), at);
  if (fast && !m.exact) return fast;
  const slow = call(scope.libcall(op), atom(scope.memory(m.memory)), address, int(m.offset));
  return fast ? nullish(fast, slow) : slow;
}

/**
 * A store as a statement. `value` is printed twice, of which one is executed: it must not be large. `temp` is a variable
 * for the element index; without one the index is repeated.
 */
export function store(scope: FuncScope, op: StoreOp, address: Js, value: Js, m: Access, temp?: string): string {
  const { view, shift } = SHAPES[op];
  const v = within(op.startsWith('f') ? value : loose(value), Prec.assign);
  const at = fastIndex(address, m, shift);
  const cells = at && scope.view(view, m.memory);
  if (at && !m.exact) return `${cells}[${at.text}] = ${v};`;
  const slow = `${scope.libcall(op)}(${scope.memory(m.memory)}, ${address.text}, ${m.offset}, ${within(value, Prec.assign)});`;
  if (!at) return slow;
  const short = temp === undefined || at.prec === Prec.atom || at.value !== undefined;
  const first = short ? at.text : `${temp} = ${at.text}`;
  return `if (${cells}[${first}] === undefined) ${slow} else ${cells}[${short ? at.text : temp}] = ${v};`;
}

/**
 * An i64 load as a statement that sets the variables `low` and `high`: two words. The index of the high word is rotated
 * too; where it is in bounds, so is the low word. `low` may be the address itself, `high` may not: it is set first.
 */
export function loadPair(scope: FuncScope, address: Js, low: string, high: string, m: Access): string {
  const top = m.exact && m.align < 2 ? undefined : elementIndex(address, m, 2, 1);
  const cells = top && scope.view('i32', m.memory);
  const bottom = top && elementIndex(address, { ...m, exact: false }, 2);
  if (top && !m.exact) return `${high} = ${cells}[${top.text}]; ${low} = ${cells}[${bottom!.text}];`;
  const slow = `${low} = ${scope.libcall('i64_load')}(${scope.memory(m.memory)}, ${address.text}, ${m.offset}); ${high} = i64_hi[0];`;
  scope.libcall('i64_hi');
  if (!top) return slow;
  const fast = `${low} = ${cells}[${bottomIndex(address, m)}];`;
  return `if ((${high} = ${cells}[${top.text}]) === undefined) { ${slow} } else ${fast}`;
}

/** An i64 store as a statement; nothing is written unless both words are in bounds. `temp` holds an index. */
export function storePair(scope: FuncScope, address: Js, low: Js, high: Js, m: Access, temp: string): string {
  const top = m.exact && m.align < 2 ? undefined : elementIndex(address, m, 2, 1);
  const cells = top && scope.view('i32', m.memory);
  const l = within(loose(low), Prec.assign);
  const h = within(loose(high), Prec.assign);
  if (top?.value !== undefined) {
    const write = `${cells}[${top.value - 1}] = ${l}; ${cells}[${top.value}] = ${h};`;
    return m.exact ? `if (${cells}[${top.value}] === undefined) ${slowPair()} else { ${write} }` : write;
  }
  const write = `${cells}[${temp} - 1] = ${l}; ${cells}[${temp}] = ${h};`;
  if (top && !m.exact) return `${temp} = ${top.text}; ${write}`;
  if (!top) return slowPair();
  return `if (${cells}[${temp} = ${top.text}] === undefined) ${slowPair()} else { ${write} }`;

  function slowPair(): string {
    const args = `${scope.memory(m.memory)}, ${address.text}, ${m.offset}, ${within(low, Prec.assign)}, ${within(high, Prec.assign)}`;
    return `${scope.libcall('i64_store')}(${args});`;
  }
}

/** The index of the low word where the address is known to be aligned and in bounds. */
function bottomIndex(address: Js, m: Access): string {
  if (address.value !== undefined) return String(((address.value >>> 0) + m.offset) / 4);
  return sum(bits('>>>', address, 2), m.offset / 4).text;
}
