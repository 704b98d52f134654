/**
 * Value types that have no letter, at the boundary: conversions (JS API 5.6) and matching (spec 3.3.3). Such a type's
 * descriptor is `<eqref>`, `<(ref func)>`, or `<null 17>` and `<17>` with the number of a type of the realm.
 *
 * The other files reach this one through the realm's record, so that only modules that have such types bring it along.
 */
import { any_convert_extern, extern_convert_any } from '../core/gc/references.ts';
import { is_func, type Realm, type RuntimeType, realm } from '../core/gc/rtt.ts';
import type { RawFunction } from '../core/types.ts';
import type { Global } from './global.ts';
import type { Table } from './table.ts';
import { raw_of, to_func } from './value.ts';

interface Ref {
  readonly heap: string | RuntimeType;
  readonly nullable: boolean;
}

const LETTERS: Readonly<Record<string, string>> = { r: 'func', e: 'extern', x: 'exn' };
const BOTTOMS: Readonly<Record<string, string>> = {
  nullref: 'none',
  nullfuncref: 'nofunc',
  nullexternref: 'noextern',
  nullexnref: 'noexn',
};

/** A descriptor's meaning; undefined for numbers and vectors. */
function parse(type: string): Ref | undefined {
  if (type in LETTERS) return { heap: LETTERS[type]!, nullable: true };
  const [, nullable, number, shorthand, heap] = /^<(?:(null )?(\d+)|(\w+ref)|\(ref (\w+)\))>$/.exec(type) ?? [];
  if (number !== undefined) return { heap: realm().types[+number]!, nullable: nullable !== undefined };
  if (heap !== undefined) return { heap, nullable: false };
  return shorthand === undefined ? undefined : { heap: BOTTOMS[shorthand] ?? shorthand.slice(0, -3), nullable: true };
}

const ABOVE: Readonly<Record<string, readonly string[]>> = {
  eq: ['any'],
  i31: ['eq', 'any'],
  struct: ['eq', 'any'],
  array: ['eq', 'any'],
  none: ['i31', 'struct', 'array', 'eq', 'any'],
  nofunc: ['func'],
  noextern: ['extern'],
  noexn: ['exn'],
};

function heap_matches(a: Ref['heap'], b: Ref['heap']): boolean {
  if (a === b) return true;
  if (typeof a !== 'string') {
    if (typeof b !== 'string') return a.d[b.depth] === b;
    return a.kind === b || (ABOVE[a.kind]?.includes(b) ?? false);
  }
  if (typeof b !== 'string') return a === (b.kind === 'func' ? 'nofunc' : 'none');
  return ABOVE[a]?.includes(b) ?? false;
}

/** Whether a value of `type` may stand where `expected` is wanted. */
function matches(type: string, expected: string): boolean {
  const a = parse(type);
  const b = parse(expected);
  return a !== undefined && b !== undefined && (b.nullable || !a.nullable) && heap_matches(a.heap, b.heap);
}

const INCOMPATIBLE = 'type incompatibility when transforming from/to JS';
const OTHER_HIERARCHIES = /^(no)?(func|extern|exn)$/;

/** A reference from JavaScript as generated code has it; throws TypeError for what the type does not take. */
export function from_ref(value: unknown, type: string): unknown {
  const { heap, nullable } = parse(type)!;
  if (value === null && nullable) return null;
  if (heap === 'extern' && value !== null) return value;
  if (heap === 'func' || (heap as RuntimeType).kind === 'func') {
    const raw = raw_of(value);
    if (raw !== undefined && (heap === 'func' || is_func(raw, heap as RuntimeType))) return raw;
  } else if (value !== null && (typeof heap !== 'string' || !OTHER_HIERARCHIES.test(heap))) {
    const inner = any_convert_extern(value);
    if (is_any(inner, heap)) return inner;
  }
  throw new TypeError(INCOMPATIBLE);
}
/** Does a reference of the `any` hierarchy that is not null belong to the heap type? */
function is_any(value: unknown, heap: Ref['heap']): boolean {
  if (typeof value === 'number') return heap_matches('i31', heap);
  const { t } = value as { t?: RuntimeType };
  return t === undefined ? heap === 'any' : heap_matches(t, heap);
}

/** A reference for JavaScript. */
export function to_ref(value: unknown, type: string): unknown {
  const { heap } = parse(type)!;
  if (heap === 'exn' || heap === 'noexn') throw new TypeError(INCOMPATIBLE);
  if (heap === 'extern' || heap === 'noextern') return value;
  if (heap === 'func' || heap === 'nofunc' || (heap as RuntimeType).kind === 'func') {
    return to_func(value as RawFunction | null);
  }
  return extern_convert_any(value);
}

/** The realm's record, able to convert and match. Modules that have such types call it first. */
export function typed_realm(): Realm {
  const all = realm();
  all.from ??= from_ref;
  all.to ??= to_ref;
  all.matches ??= matches;
  return all;
}

/** Gives a new table the type of its elements, and all of them their first value. */
export function typed_table(table: Table, element: string, value: unknown): Table {
  (table as { element: string }).element = element;
  table.elems.fill(value);
  return table;
}
/** Gives a new cell its type and value. */
export function typed_global(cell: Global, type: string, value: unknown): Global {
  (cell as { type: string }).type = type;
  cell.v = value;
  return cell;
}
