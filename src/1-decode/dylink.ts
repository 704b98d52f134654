/** `dylink.0` and the older `dylink` section (tool-conventions, DynamicLinking.md), read into one shape. */
import type { Dylink } from '../wasm/module.ts';
import { ByteReader } from './bytes.ts';

type Draft = { -readonly [K in keyof Dylink]: Dylink[K] };

const nothing = (): Draft => ({
  memorySize: 0,
  memoryAlignment: 0,
  tableSize: 0,
  tableAlignment: 0,
  needed: [],
  exports: new Map(),
  imports: [],
  runtimePath: [],
});

/** Memory and table sizes and alignments, in the order in which both forms have them. */
function readSizes(r: ByteReader, d: Draft): void {
  d.memorySize = r.u32();
  d.memoryAlignment = r.u32();
  d.tableSize = r.u32();
  d.tableAlignment = r.u32();
}

function readList<T>(r: ByteReader, read: (r: ByteReader) => T): T[] {
  const list: T[] = [];
  for (let n = r.u32(); n > 0; n--) list.push(read(r));
  return list;
}

const readName = (r: ByteReader): string => r.name();

/** Subsections of `dylink.0` by id. */
const SUBSECTIONS: Record<number, (r: ByteReader, d: Draft) => void> = {
  1: readSizes,
  2: (r, d) => {
    d.needed = readList(r, readName);
  },
  3: (r, d) => {
    d.exports = new Map(readList(r, (s) => [s.name(), s.u32()] as const));
  },
  4: (r, d) => {
    d.imports = readList(r, (s) => ({ module: s.name(), field: s.name(), flags: s.u32() }));
  },
  5: (r, d) => {
    d.runtimePath = readList(r, readName);
  },
};

export function readDylink0(r: ByteReader): Dylink {
  const d = nothing();
  const { end } = r;
  while (r.pos < end) {
    const id = r.byte();
    const start = r.skip(r.u32());
    SUBSECTIONS[id]?.(new ByteReader(r.bytes, start, r.pos), d);
  }
  return d;
}

export function readOldDylink(r: ByteReader): Dylink {
  const d = nothing();
  readSizes(r, d);
  d.needed = readList(r, readName);
  return d;
}
