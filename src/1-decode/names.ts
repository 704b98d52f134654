/** The `name` section (spec 7.6.1 and the extended-name-section proposal): names of functions, locals and the rest. */
import type { Names } from '../wasm/module.ts';
import { ByteReader } from './bytes.ts';

export type NameMap = Map<number, string>;
export type IndirectMap = Map<number, NameMap>;

/** Subsections by id; 0 is the module's own name. `indirect` ones map to maps: locals by function and index. */
const SUBSECTIONS: readonly ({ key: Exclude<keyof Names, 'module'>; indirect?: true } | undefined)[] = [
  undefined,
  { key: 'funcs' },
  { key: 'locals', indirect: true },
  { key: 'labels', indirect: true },
  { key: 'types' },
  { key: 'tables' },
  { key: 'memories' },
  { key: 'globals' },
  { key: 'elements' },
  { key: 'datas' },
  { key: 'fields', indirect: true },
  { key: 'tags' },
];

export type NamesDraft = { -readonly [K in keyof Names]: Names[K] };

export function noNames(): NamesDraft {
  const maps = SUBSECTIONS.flatMap((s) => (s ? [[s.key, new Map()]] : []));
  return { module: undefined, ...Object.fromEntries(maps) };
}

/** Adds to `names` what the section says; what precedes malformed content stays. */
export function readNames(r: ByteReader, names: NamesDraft): void {
  const { end } = r;
  while (r.pos < end) {
    const id = r.byte();
    const start = r.skip(r.u32());
    const sub = new ByteReader(r.bytes, start, r.pos);
    const known = SUBSECTIONS[id];
    if (id === 0) names.module = sub.name();
    else if (known?.indirect) readIndirectMap(sub, names[known.key] as IndirectMap);
    else if (known) readNameMap(sub, names[known.key] as NameMap);
  }
}

function readNameMap(r: ByteReader, map: NameMap): void {
  for (let n = r.u32(); n > 0; n--) {
    const index = r.u32();
    map.set(index, r.name());
  }
}

function readIndirectMap(r: ByteReader, map: IndirectMap): void {
  for (let n = r.u32(); n > 0; n--) {
    const inner: NameMap = new Map();
    map.set(r.u32(), inner);
    readNameMap(r, inner);
  }
}
