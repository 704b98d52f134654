/**
 * Where in a typed array an access finds its element, so that one array access decides alignment and bounds together.
 *
 * The element index of an access of width 2^k at address A is `A >>> k | A << 32 - k`, a rotation: the low bits of an
 * unaligned address end up on top, so that its index lies outside every memory. The same holds for
 * `(A >>> k) + O / 2^k | A << 32 - k` with a static offset O: it is exact even where A + O exceeds 2^32, because the sum
 * then turns negative. Bytes need no rotation: `A + O | A >> 31` is negative for every A from 2^31 on.
 *
 * In a 64-bit memory the address has a high half too. Where that is 0 all is as above, the index of large offsets included;
 * where not, the index is -1, and the libcall is given both. If the memory can be larger than 4 GiB, a rotated index might lie
 * in it, so that unaligned addresses are told by a test.
 *
 * That is for compilers, which have int32 in registers. An interpreter counts steps, and takes an integer of any size for
 * an index: there alignment is told by a test, bytes are at `(A >>> 0) + O`, and sums are not brought back to 32 bits:
 * from 0 to 2^32 they are the address, and where they are not, no memory of 4 GiB has them, and the libcall converts.
 *
 * The address is repeated: it must be a name or a literal, or be given a variable to live in.
 */
import {
  assign,
  atom,
  type BinaryOp,
  binary,
  comma,
  conditional,
  int,
  isSimple,
  type Js,
  js,
  loose,
  looseNumber,
  Prec,
  within,
} from './expr.ts';
import { unsigned } from './scalar.ts';
import type { FuncScope } from './scope.ts';

/** The memory argument of an access, and whether out-of-bounds and unaligned accesses count. */
export interface Access {
  readonly memory: number;
  /** Static offset, below 2^32 in memories with 32-bit addresses. */
  readonly offset: number;
  /** High half of the address, a name or literal, where it is not known to be 0. */
  readonly high?: Js;
  /** The memory may be larger than 4 GiB. */
  readonly large?: boolean;
  /** log2 of the alignment that the instruction promises. */
  readonly align: number;
  readonly exact: boolean;
  /** The element index, where it is known apart from the address; of an i64, that of its high half. */
  readonly element?: Js | undefined;
  /** The address is known to be a place in memory, so that no sum with an offset wraps; an offset is small then. */
  readonly isPlace?: boolean;
  /** The function is so large that each access is a call. */
  readonly compact?: boolean;
}

/** The same access where the high half is 0. */
export const lowOnly = ({ high: _, ...m }: Access): Access => m;
/** Can a sum of address and offset within the memory not wrap? */
export const isSmall = (scope: FuncScope, m: Access): boolean => scope.module.mostBytes(m.memory) <= 2 ** 32;

/**
 * An address, as it is written where it is read first and where it is read again: both times the same name or literal,
 * or at first an assignment to the variable that the rest reads.
 */
export interface Address {
  readonly first: Js;
  readonly again: Js;
}

export function repeatable(scope: FuncScope, address: Js, temp: string | undefined): Address {
  if (temp === undefined || isSimple(address)) return { first: address, again: address };
  return { first: assign(temp, isInterpreted(scope) ? looseNumber(address) : address), again: atom(temp) };
}

/** With an element index beside it the address is printed once, for the libcall. */
export function addressOf(scope: FuncScope, address: Js, m: Access, temp: string | undefined): Address {
  return m.element ? { first: address, again: address } : repeatable(scope, address, m.exact ? temp : undefined);
}

export const isInterpreted = (scope: FuncScope): boolean => scope.module.engine === 'interpreter';
const sum = (a: Js, n: number): Js => (n === 0 ? a : binary('+', a, int(n)));
const bits = (op: BinaryOp, a: Js, n: number): Js => binary(op, a, int(n));

/**
 * The element index of an access of width `1 << shift`, `words` elements further on, or undefined where only the
 * libcall is exact: an offset that is no multiple of the width, or an address known to be out of reach.
 */
export function elementIndex(
  scope: FuncScope,
  { first, again }: Address,
  m: Access,
  shift: number,
  words = 0,
): Js | undefined {
  const { offset, exact } = m;
  if (m.high !== undefined && first !== again) {
    const at = elementIndex(scope, { first: again, again }, m, shift, words);
    return at && comma(first, at);
  }
  if (m.high !== undefined) {
    const at = elementIndex(scope, { first, again }, lowOnly(m), shift, words);
    return at && conditional(m.high, int(-1), at);
  }
  if (offset >= 2 ** 32) return undefined;
  if (first.value !== undefined) {
    const at = (first.value >>> 0) + offset;
    if (at >= 2 ** 32 || at % 2 ** shift !== 0) return undefined;
    return int(Math.floor(at / 2 ** shift) + words);
  }
  if (!exact) {
    // A negative index is no element, and an address of which none is in the memory.
    if (shift === 0 && isInterpreted(scope) && scope.module.mostBytes(m.memory) <= 2 ** 31) return sum(first, offset);
    return sum(bits('>>>', offset === 0 ? loose(first) : sum(first, offset), shift), words);
  }
  if (shift === 0) {
    if (isInterpreted(scope) && (offset > 0 || m.large)) return sum(unsigned(first), offset);
    if (offset === 0) return first;
    return offset < 2 ** 31 ? binary('|', sum(first, offset), bits('>>', again, 31)) : undefined;
  }
  if (offset % 2 ** shift !== 0) return undefined;
  const n = offset / 2 ** shift + words;
  if (m.large || isInterpreted(scope))
    return conditional(bits('&', first, 2 ** shift - 1), int(-1), sum(bits('>>>', again, shift), n));
  return rotated(first, again, shift, n);
}

/** The index, `words` elements further on, of an address that is printed twice. */
export function rotated(first: Js, again: Js, shift: number, words: number): Js {
  // Most of all text is this: written at once, without its parts.
  const element = `${within(first, Prec.shift)} >>> ${shift}`;
  const low = words === 0 ? element : `(${element}) + ${words}`;
  return js(`${low} | ${within(again, Prec.shift)} << ${32 - shift}`, Prec.bitOr);
}

/**
 * The element index of an access, known apart from the address or not; undefined where the libcall is to do it. Accesses that
 * promise less than their own alignment are mostly unaligned: they go straight there, which keeps the array accesses of
 * others on their fast path. Of doubles, half their alignment is enough to try; without traps nothing tells if that fails.
 */
export function elementOf(scope: FuncScope, address: Address, m: Access, shift: number, words = 0): Js | undefined {
  if (m.element) return isInterpreted(scope) && !m.large ? looseNumber(m.element) : m.element;
  const isDoubtful = address.first.value === undefined && m.align < (m.exact ? Math.min(shift, 2) : shift);
  return isDoubtful ? undefined : elementIndex(scope, address, m, shift, words);
}
