/**
 * Types as text. Two types have the same key exactly if they are equal, in whichever modules they stand: recursive
 * groups are printed in the order in which a walk from the type meets them, each once, so a key is linear in size.
 */
import {
  EXNREF,
  EXTERNREF,
  F32,
  F64,
  FUNCREF,
  heapOf,
  I32,
  I64,
  isConcrete,
  isNullable,
  isRef,
  type StorageType,
  type SubType,
  typeName,
  V128,
} from '../wasm/types.ts';

/** Letters of type descriptors, as in the runtime's ABI. */
const LETTERS = new Map<StorageType, string>([
  [I32, 'i'],
  [I64, 'I'],
  [F32, 'f'],
  [F64, 'F'],
  [V128, 'V'],
  [FUNCREF, 'r'],
  [EXTERNREF, 'e'],
  [EXNREF, 'x'],
]);

/** How a type index is written. */
type Refer = (type: number) => string;

/** A type as descriptors write it: a letter, or `<…>` for one that has none. */
export function valueText(t: StorageType, refer: Refer): string {
  const letter = LETTERS.get(t);
  if (letter !== undefined) return letter;
  if (!isRef(t) || !isConcrete(heapOf(t))) return `<${typeName(t)}>`;
  return `<${isNullable(t) ? 'null ' : ''}${refer(heapOf(t))}>`;
}

function compositeText({ composite: c }: SubType, refer: Refer): string {
  const list = (types: readonly StorageType[]): string => {
    let text = '';
    for (const t of types) text += valueText(t, refer);
    return text;
  };
  if (c.kind === 'func') return `${list(c.params)}:${list(c.results)}`;
  const fields = c.kind === 'struct' ? c.fields : [c.field];
  return `${c.kind} ${fields.map((f) => (f.mutable ? 'mut ' : '') + valueText(f.type, refer)).join(',')}`;
}

/** The text of the recursive group that starts at type `group`. */
export function groupText(types: readonly SubType[], group: number, refer: Refer): string {
  const texts: string[] = [];
  const end = group + types[group]!.groupSize;
  for (let i = group; i < end; i++) {
    const t = types[i]!;
    texts.push(
      `${t.final ? '' : 'open '}${t.supers.map((s) => `sub ${refer(s)} `).join('')}${compositeText(t, refer)}`,
    );
  }
  return texts.join(';');
}

/**
 * The descriptor of a plain function type: final, without supertype, alone in its group and without references to other
 * types. Its text alone says which type it is, in all modules.
 */
export function plainKey(types: readonly SubType[], type: number): string | undefined {
  const { composite: c, final, supers, groupSize } = types[type]!;
  if (c.kind !== 'func' || !final || supers.length > 0 || groupSize > 1) return undefined;
  const refers = (t: StorageType): boolean => isRef(t) && isConcrete(heapOf(t));
  return c.params.some(refers) || c.results.some(refers) ? undefined : compositeText(types[type]!, String);
}

/** The canonical descriptor of type `type`; `canonical` gives the first of all equal types of the module. */
export function typeKey(types: readonly SubType[], canonical: Int32Array, type: number): string {
  const plain = plainKey(types, type);
  if (plain !== undefined) return plain;
  const order: number[] = [];
  const place = new Map<number, number>();
  const refer: Refer = (t) => {
    const first = canonical[t]!;
    const { group } = types[first]!;
    let at = place.get(group);
    if (at === undefined) {
      at = order.push(group) - 1;
      place.set(group, at);
    }
    return `${at}.${first - group}`;
  };
  const self = refer(type);
  const texts: string[] = [];
  for (const group of order) texts.push(groupText(types, group, refer));
  return `${self}{${texts.join('}{')}}`;
}
