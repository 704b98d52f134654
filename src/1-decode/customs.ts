/**
 * Custom sections that mean something to a compiler. None can make a module malformed (spec 7.5): what does not
 * parse is dropped, and what parsed before it is kept.
 */
import { CompileError } from '../errors.ts';
import type { CustomSection, Names, WasmModule } from '../wasm/module.ts';
import { ByteReader } from './bytes.ts';
import type { Draft } from './sections.ts';

type Customs = Pick<
  WasmModule,
  'names' | 'dylink' | 'producers' | 'targetFeatures' | 'sourceMappingURL' | 'branchHints'
>;
type NameMap = Map<number, string>;
type IndirectMap = Map<number, NameMap>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function readCustoms(bytes: Uint8Array, sections: readonly CustomSection[], _m: Draft): Customs {
  const names = emptyNames();
  const found: Mutable<Customs> = {
    names,
    dylink: undefined,
    producers: new Map(),
    targetFeatures: [],
    sourceMappingURL: undefined,
    branchHints: new Map(),
  };
  for (const s of sections) {
    if (s.name === 'name') lenient(() => readNames(new ByteReader(bytes, s.start, s.end), names));
  }
  return found;
}

/** Runs a reader of custom content; malformed content ends it quietly. */
function lenient(read: () => void): void {
  try {
    read();
  } catch (e) {
    if (!(e instanceof CompileError)) throw e;
  }
}

type MutableNames = Mutable<Names>;
function emptyNames(): MutableNames {
  const maps: Record<string, NameMap | IndirectMap> = {};
  for (const key of Object.values(SUBSECTIONS)) maps[key] = new Map();
  return { module: undefined, ...maps } as unknown as MutableNames;
}

/** Subsections of the name section by id (spec 7.6.1 and the extended-name-section proposal); 0 is the module's name. */
const SUBSECTIONS = {
  1: 'funcs',
  2: 'locals',
  3: 'labels',
  4: 'types',
  5: 'tables',
  6: 'memories',
  7: 'globals',
  8: 'elements',
  9: 'datas',
  10: 'fields',
  11: 'tags',
} as const;
const INDIRECT = new Set<string>(['locals', 'labels', 'fields']);

function readNames(r: ByteReader, names: MutableNames): void {
  const { end } = r;
  while (r.pos < end) {
    const id = r.byte();
    const size = r.u32();
    const start = r.skip(size);
    const key = (SUBSECTIONS as Record<number, keyof Omit<Names, 'module'>>)[id];
    const sub = new ByteReader(r.bytes, start, r.pos);
    if (id === 0) names.module = sub.name();
    else if (key === undefined) continue;
    else if (INDIRECT.has(key)) readIndirectMap(sub, names[key] as IndirectMap);
    else readNameMap(sub, names[key] as NameMap);
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
