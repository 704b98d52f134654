/**
 * Custom sections that mean something to a compiler. None can make a module malformed (spec 7.5): reading ends where
 * the content does not parse, and a section read as a whole is dropped then.
 */
import { CompileError } from '../errors.ts';
import type { CustomSection, WasmModule } from '../wasm/module.ts';
import { ByteReader } from './bytes.ts';
import { readDylink0, readOldDylink } from './dylink.ts';
import { type NamesDraft, noNames, readNames } from './names.ts';

type Customs = Pick<
  WasmModule,
  'names' | 'dylink' | 'producers' | 'targetFeatures' | 'sourceMappingURL' | 'branchHints'
>;
type Draft = { -readonly [K in keyof Customs]: Customs[K] } & { names: NamesDraft };

/** By section name, what its content becomes. */
const READERS = new Map<string, (r: ByteReader, draft: Draft) => void>([
  ['name', (r, draft) => readNames(r, draft.names)],
  [
    'dylink.0',
    (r, draft) => {
      draft.dylink = readDylink0(r);
    },
  ],
  [
    'dylink',
    (r, draft) => {
      draft.dylink = readOldDylink(r);
    },
  ],
  [
    'producers',
    (r, draft) => {
      draft.producers = readMap(r, () => readMap(r, () => r.name()));
    },
  ],
  [
    'target_features',
    (r, draft) => {
      draft.targetFeatures = readTargetFeatures(r);
    },
  ],
  [
    'sourceMappingURL',
    (r, draft) => {
      draft.sourceMappingURL = r.name();
    },
  ],
  [
    'metadata.code.branch_hint',
    (r, draft) => {
      draft.branchHints = readBranchHints(r);
    },
  ],
]);

export function readCustoms(bytes: Uint8Array, sections: readonly CustomSection[]): Customs {
  const draft: Draft = {
    names: noNames(),
    dylink: undefined,
    producers: new Map(),
    targetFeatures: [],
    sourceMappingURL: undefined,
    branchHints: new Map(),
  };
  for (const s of sections) {
    const read = READERS.get(s.name);
    if (read) lenient(() => read(new ByteReader(bytes, s.start, s.end), draft));
  }
  return draft;
}

/** Runs a reader of custom content; malformed content ends it quietly. */
function lenient(read: () => void): void {
  try {
    read();
  } catch (e) {
    if (!(e instanceof CompileError)) throw e;
  }
}

function readMap<T>(r: ByteReader, value: () => T): Map<string, T> {
  const map = new Map<string, T>();
  for (let n = r.u32(); n > 0; n--) {
    const name = r.name();
    map.set(name, value());
  }
  return map;
}

/** Names after their prefix: `+` used, `-` forbidden, `=` required (tool-conventions, Linking.md). */
function readTargetFeatures(r: ByteReader): string[] {
  const features: string[] = [];
  for (let n = r.u32(); n > 0; n--) {
    const prefix = String.fromCharCode(r.byte());
    features.push(prefix + r.name());
  }
  return features;
}

/** By function, by offset from the start of its body: is the branch likely to be taken? (branch-hinting proposal) */
function readBranchHints(r: ByteReader): Map<number, Map<number, boolean>> {
  const hints = new Map<number, Map<number, boolean>>();
  for (let n = r.u32(); n > 0; n--) {
    const inner = new Map<number, boolean>();
    hints.set(r.u32(), inner);
    for (let k = r.u32(); k > 0; k--) {
      const offset = r.u32();
      const at = r.skip(r.u32());
      inner.set(offset, r.bytes[at] === 1);
    }
  }
  return hints;
}
