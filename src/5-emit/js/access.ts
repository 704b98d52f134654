/**
 * Memory accesses, exact by construction. Where the module's own code alone can change the memory's size, and a compiler runs the
 * output, they are a DataView's (`viewed.ts`). Else they go through typed arrays: one array access decides alignment and bounds
 * together, by the index that `element.ts` gives it. On `undefined` a libcall does the access byte by byte, or traps.
 */
import type { OpName } from '../../wasm/opcodes.ts';
import {
  type Access,
  addressOf,
  elementIndex,
  elementOf,
  isInterpreted,
  isSmall,
  lowOnly,
  repeatable,
} from './element.ts';
import { atom, index, isSimple, type Js, js, loose, looseNumber, nullish, Prec, within } from './expr.ts';
import type { FuncScope, ViewKind } from './scope.ts';
import { getText, isViewed, METHODS, setText, viewedGet, viewedSet } from './viewed.ts';

export type LoadOp =
  | 'i32_load'
  | 'i32_load8_s'
  | 'i32_load8_u'
  | 'i32_load16_s'
  | 'i32_load16_u'
  | 'f32_load'
  | 'f64_load';
export type StoreOp = 'i32_store' | 'i32_store8' | 'i32_store16' | 'f32_store' | 'f64_store';

type AccessOp = LoadOp | StoreOp | 'i64_load' | 'i64_store';

interface Shape {
  readonly view: Exclude<ViewKind, 'dv'>;
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

/** An access to a 64-bit memory, whose address has this high half. Without traps, only memories above 4 GiB need it. */
export function withHigh(scope: FuncScope, m: Access, high: Js): Access {
  const large = !isSmall(scope, m);
  const exact = m.exact || large;
  return high.value === 0 || !exact ? { ...m, exact, large } : { ...m, exact, large, high };
}
/** Is the address a literal within the memory's least size? Memories never shrink, so nothing needs to be checked. */
function alwaysInBounds(scope: FuncScope, address: Js, m: Access, width: number): boolean {
  if (address.value === undefined || m.high !== undefined) return false;
  return (address.value >>> 0) + m.offset + width <= scope.module.leastBytes(m.memory);
}

/** Is the access one to an element that exists, at a literal address? */
const isElement = (scope: FuncScope, address: Js, m: Access, shift: number): boolean =>
  alwaysInBounds(scope, address, m, 2 ** shift) && ((address.value! >>> 0) + m.offset) % 2 ** shift === 0;

/**
 * How an access by call is done: `slow` after the typed array gave undefined, `full` with the attempt at the typed array
 * (for functions so large that it should not be spelled out in them), `unaligned` for addresses expected to be so.
 */
type Way = 'slow' | 'full' | 'unaligned';

/** A call that does the whole access: exact, whatever the address. It converts addresses and integers itself. */
function callAccess(scope: FuncScope, op: AccessOp, address: Js, m: Access, values: readonly Js[], way: Way): Js {
  const isFloat = op.startsWith('f');
  let text = accessor(scope, op, m, way).opening + within(looseNumber(address), Prec.assign);
  if (m.high !== undefined) text += `, ${within(m.high, Prec.assign)}`;
  for (const value of values) text += `, ${within(isFloat ? value : looseNumber(value), Prec.assign)}`;
  return js(text + (m.offset === 0 ? ')' : `, ${m.offset})`), Prec.call);
}

/** About how many characters a call for an access has. */
export function callLength(
  op: AccessOp | 'span',
  address: Js,
  m: Access,
  ...values: readonly (Js | undefined)[]
): number {
  let length = op.length + '_full_0()'.length + address.text.length;
  if (m.high) length += 4 + m.high.text.length;
  if (m.offset !== 0) length += 2 + String(m.offset).length;
  for (const v of values) if (v) length += 2 + v.text.length;
  return length;
}

/** The instance's own function for accesses of a kind to a memory, whose text the linker declares. */
function accessor(scope: FuncScope, op: AccessOp, m: Access, way: Way): Accessor {
  const known = accessorOf(op, m, way);
  const { name } = known;
  const { accessors } = scope.uses;
  if (accessors.has(name)) return known;
  const { memory } = m;
  const wide = m.high !== undefined;
  const form = formOf(op, way);
  if (way === 'full' && form === '_full' && scope.module.isViewed(memory)) {
    accessors.set(name, fullViewText(scope, op, memory, name));
    return known;
  }
  scope.libcall(op);
  scope.memory(memory);
  const slow = accessorOf(op, m, 'slow').name;
  if (form === '_unaligned') accessors.set(name, unalignedText(scope, name, op, memory, wide));
  else accessors.set(slow, accessorText(slow, op, scope.module.memory(memory), wide));
  if (form === '_full') accessors.set(name, fullText(scope, op, m, name, slow));
  return known;
}

interface Accessor {
  readonly name: string;
  /** The name and the parenthesis behind it in one piece. */
  readonly opening: string;
}
const WAYS: Readonly<Record<Way, Map<AccessOp, Accessor[]>>> = {
  slow: new Map(),
  full: new Map(),
  unaligned: new Map(),
};

function accessorOf(op: AccessOp, { memory, high }: Access, way: Way): Accessor {
  const accessors = WAYS[way];
  let list = accessors.get(op);
  if (!list) accessors.set(op, (list = []));
  const wide = high === undefined ? 0 : 1;
  const known = list[2 * memory + wide];
  if (known) return known;
  const name = `${op}${formOf(op, way)}${wide ? '64' : ''}_${memory}`;
  return (list[2 * memory + wide] = { name, opening: `${name}(` });
}
/** What tells the accessors of an operation apart in their names: bytes are never unaligned, and pairs are never read in full. */
function formOf(op: AccessOp, way: Way): '' | '_full' | '_unaligned' {
  if (way === 'unaligned' && widthOf(op) > 1) return '_unaligned';
  return way === 'full' && op !== 'i64_load' ? '_full' : '';
}

/** Declares the accessor that tries the typed array itself. */
function fullText(scope: FuncScope, op: AccessOp, { memory, high, large }: Access, name: string, slow: string): string {
  const wide = high !== undefined;
  const pair = op === 'i64_store';
  const { view, shift } = isShaped(op) ? SHAPES[op] : SHAPES.i32_store;
  const sum = `(a >>> ${shift}) + (o >>> ${shift})${pair ? ' + 1' : ''}`;
  const tested = shift === 0 ? '(a >>> 0) + (o >>> 0)' : `a & ${2 ** shift - 1} ? -1 : ${sum}`;
  const rotated = shift === 0 ? 'a + (o | 0) | a >> 31' : `${sum} | a << ${32 - shift}`;
  const element = isInterpreted(scope) || (large && shift > 0) ? tested : rotated;
  const a = wide ? 'a, b' : 'a';
  const cells = scope.currentView(view, memory);
  const checked = wide ? `b ? -1 : ${element}` : element;
  const cell = `${cells}[${checked}]`;
  if (pair) {
    const write = `${cells}[i - 1] = l; ${cells}[i] = h;`;
    return `function ${name}(${a}, l, h, o) { const i = ${checked}; if (${cells}[i] === undefined) ${slow}(${a}, l, h, o); else { ${write} } }`;
  }
  return op.includes('store')
    ? `function ${name}(${a}, v, o) { if (${cell} === undefined) ${slow}(${a}, v, o); else ${cell} = v; }`
    : `function ${name}(${a}, o) { return ${cell} ?? ${slow}(${a}, o); }`;
}

/** The same by a DataView. */
function fullViewText(scope: FuncScope, op: AccessOp, memory: number, name: string): string {
  const dv = scope.currentView('dv', memory);
  const at = '(a >>> 0) + (o >>> 0)';
  if (op === 'i64_store') {
    const words = `${setText(dv, 'i32', 'i + 4', 'h')} ${setText(dv, 'i32', 'i', 'l')}`;
    return `function ${name}(a, l, h, o) { const i = ${at}; ${words} }`;
  }
  const { view } = SHAPES[op as LoadOp | StoreOp];
  return op.includes('store')
    ? `function ${name}(a, v, o) { ${setText(dv, view, at, 'v')} }`
    : `function ${name}(a, o) { return ${getText(dv, view, at)}; }`;
}

/**
 * An unaligned access by a DataView, which checks bounds itself: where it throws, nothing has been written, and the libcall
 * finds out whether that is a trap. Engines do the check in line; to test the last byte by a typed array before, as one
 * must without `try`, takes 1.3 of the time. Of two words the upper one comes first: where that is in bounds, both are.
 */
function unalignedText(scope: FuncScope, name: string, op: AccessOp, memory: number, wide: boolean): string {
  const dv = scope.currentView('dv', memory);
  const a = wide ? 'a, b' : 'a';
  const slow = `${op}(${scope.module.memory(memory)}, ${wide ? '0, i' : 'a, o'}`;
  const cell = (method: string, at: string, value = ''): string => `${dv}.${method}(${at}${value}, true)`;
  const body = (values: string, access: string, otherwise: string): string => {
    const i = wide ? WIDE_ADDRESS : '(a >>> 0) + o';
    return `function ${name}(${a}${values}, o = 0) { const i = ${i}; try { ${access}; } catch { ${otherwise}; } }`;
  };
  if (op === 'i64_load') {
    const high = `${scope.libcall('i64_hi')}[0] = ${cell('getInt32', 'i + 4')};`;
    return body('', `${high} return ${cell('getInt32', 'i')}`, `return ${slow})`);
  }
  if (op === 'i64_store') {
    const words = `${cell('setInt32', 'i + 4', ', h')}; ${cell('setInt32', 'i', ', l')}`;
    return body(', l, h', words, `${slow}, l, h)`);
  }
  const method = METHODS[SHAPES[op].view];
  if (op.includes('store')) return body(', v', cell(`set${method}`, 'i', ', v'), `${slow}, v)`);
  return body('', `return ${cell(`get${method}`, 'i')}`, `return ${slow})`);
}

/** Address and offset as one number: rounded only beyond 2^53, where no memory reaches. */
const WIDE_ADDRESS = '(b >>> 0) * 4294967296 + (a >>> 0) + o';

/** Declares the accessor that goes straight to the libcall; the offset comes last and may be left out. */
function accessorText(name: string, op: AccessOp, object: string, wide: boolean): string {
  const values = op === 'i64_store' ? 'l, h' : op.includes('store') ? 'v' : '';
  const tail = values === '' ? '' : `, ${values}`;
  if (!wide) return `function ${name}(a${tail}, o = 0) { return ${op}(${object}, a, o${tail}); }`;
  return `function ${name}(a, b${tail}, o = 0) { return ${op}(${object}, 0, ${WIDE_ADDRESS}${tail}); }`;
}
const widthOf = (op: AccessOp): number => (isShaped(op) ? 2 ** SHAPES[op].shift : 8);
const isShaped = (op: AccessOp): op is LoadOp | StoreOp => op !== 'i64_load' && op !== 'i64_store';

/** A load as an expression. Without `temp`, a variable of this use alone, the address must be a name or a literal. */
export function load(scope: FuncScope, op: LoadOp, address: Js, m: Access, temp?: string): Js {
  const { view, shift } = SHAPES[op];
  if (isViewed(scope, m) && !isElement(scope, address, m, shift))
    return m.compact ? callAccess(scope, op, address, m, [], 'full') : viewedGet(scope, view, address, m);
  const a = addressOf(scope, address, m, temp);
  const at = elementOf(scope, a, m, shift);
  if (!at) return callAccess(scope, op, address, m, [], 'unaligned');
  const unchecked = !m.exact || alwaysInBounds(scope, address, m, 2 ** shift);
  if (m.compact && !unchecked) return callAccess(scope, op, address, m, [], 'full');
  const fast = index(scope.view(view, m.memory), at);
  return unchecked ? fast : nullish(fast, callAccess(scope, op, a.again, m, [], 'slow'));
}

/** Variables of one access alone, for its element index and its address. */
export interface Temps {
  /** To be asked for only where it is used. */
  readonly index: () => string;
  readonly address?: string;
}

/**
 * A store as a statement. `value` is printed twice, of which one is executed: it must not be large, and must not call
 * what may grow the memory. Without `temps.address` the address must be a name or a literal.
 */
export function store(scope: FuncScope, op: StoreOp, address: Js, value: Js, m: Access, temps: Temps): string {
  const { view, shift } = SHAPES[op];
  const v = within(op.startsWith('f') ? value : loose(value), Prec.assign);
  if (isViewed(scope, m) && !isElement(scope, address, m, shift)) {
    if (m.compact) return `${callAccess(scope, op, address, m, [value], 'full').text};`;
    return viewedSet(scope, view, address, v, m);
  }
  const a = addressOf(scope, address, m, temps.address);
  const at = elementOf(scope, a, m, shift);
  if (!at) return `${callAccess(scope, op, address, m, [value], 'unaligned').text};`;
  const unchecked = !m.exact || alwaysInBounds(scope, address, m, 2 ** shift);
  if (m.compact && !unchecked) return `${callAccess(scope, op, address, m, [value], 'full').text};`;
  const cells = scope.view(view, m.memory);
  if (unchecked) return `${cells}[${at.text}] = ${v};`;
  const slow = `${callAccess(scope, op, a.again, m, [value], 'slow').text};`;
  // An index that is the address itself needs no variable of its own.
  const known = at === a.first ? a.again.text : isSimple(at) ? at.text : undefined;
  const again = known ?? temps.index();
  const first = known === undefined ? `${again} = ${within(at, Prec.assign)}` : at.text;
  return `if (${cells}[${first}] === undefined) ${slow} else ${cells}[${again}] = ${v};`;
}

/**
 * An i64 load as a statement that sets the variables `low` and `high`: two words. The index of the high word is rotated
 * too; where it is in bounds, so is the low word. The address must be a name or a literal; it may be `low` itself but
 * not `high`, which is set first.
 */
export function loadPair(scope: FuncScope, address: Js, low: string, high: string, m: Access): string {
  if (isViewed(scope, m) && !isElement(scope, address, m, 2)) {
    const [l, h] = [viewedGet(scope, 'i32', address, m), viewedGet(scope, 'i32', address, m, 4)];
    return `${high} = ${h.text}; ${low} = ${l.text};`;
  }
  const a = repeatable(scope, address, undefined);
  const top = elementOf(scope, a, m, 2, 1);
  if (!top) return slowPairLoad(scope, address, low, high, m, 'unaligned');
  const cells = scope.view('i32', m.memory);
  const bottom = elementIndex(scope, a, { ...lowOnly(m), exact: !isSmall(scope, m) }, 2)!;
  if (!m.exact || alwaysInBounds(scope, address, m, 8))
    return `${high} = ${cells}[${top.text}]; ${low} = ${cells}[${bottom.text}];`;
  const slow = slowPairLoad(scope, address, low, high, m, 'slow');
  // In line the address is known to be aligned and in bounds, so that address + offset does not wrap.
  return `if ((${high} = ${cells}[${top.text}]) === undefined) { ${slow} } else ${low} = ${cells}[${bottom.text}];`;
}

function slowPairLoad(scope: FuncScope, address: Js, low: string, high: string, m: Access, way: Way): string {
  const value = callAccess(scope, 'i64_load', address, m, [], way);
  return `${low} = ${value.text}; ${high} = ${scope.high()};`;
}

/** An i64 store as a statement; nothing is written unless both words are in bounds. As `store` for the rest. */
export function storePair(scope: FuncScope, address: Js, low: Js, high: Js, m: Access, temps: Temps): string {
  if (isViewed(scope, m) && !isElement(scope, address, m, 2)) {
    return m.compact
      ? `${callAccess(scope, 'i64_store', address, m, [low, high], 'full').text};`
      : viewedPair(scope, address, low, high, m, temps);
  }
  const a = addressOf(scope, address, m, temps.address);
  const top = elementOf(scope, a, m, 2, 1);
  if (!top) return `${callAccess(scope, 'i64_store', address, m, [low, high], 'unaligned').text};`;
  const unchecked = !m.exact || alwaysInBounds(scope, address, m, 8);
  if (m.compact && !unchecked) return `${callAccess(scope, 'i64_store', address, m, [low, high], 'full').text};`;
  const cells = scope.view('i32', m.memory);
  const l = within(loose(low), Prec.assign);
  const h = within(loose(high), Prec.assign);
  const at = isSimple(top) ? top.text : temps.index();
  const below = top.value === undefined ? `${at} - 1` : String(top.value - 1);
  const write = `${cells}[${below}] = ${l}; ${cells}[${at}] = ${h};`;
  const set = isSimple(top) ? at : `${at} = ${within(top, Prec.assign)}`;
  if (unchecked) return isSimple(top) ? write : `${set}; ${write}`;
  const slow = callAccess(scope, 'i64_store', a.again, m, [low, high], 'slow').text;
  return `if (${cells}[${set}] === undefined) ${slow}; else { ${write} }`;
}

/** The upper word first: where that is in bounds, both are. */
function viewedPair(scope: FuncScope, address: Js, low: Js, high: Js, m: Access, temps: Temps): string {
  const at = isSimple(address) ? address : atom(temps.index());
  const set = at === address ? '' : `${at.text} = ${within(address, Prec.assign)}; `;
  const word = (value: Js, more: number): string =>
    viewedSet(scope, 'i32', at, within(loose(value), Prec.assign), m, more);
  return `${set}${word(high, 4)} ${word(low, 0)}`;
}
