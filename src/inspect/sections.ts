/** The sections of a module with their places and sizes: a walk over section headers (spec 5.5.2) of a decoded module. */
import { ByteReader } from '../1-decode/bytes.ts';

export interface Section {
  readonly name: string;
  /** Byte offset of the contents, and their size. */
  readonly offset: number;
  readonly size: number;
}

const NAMES: Readonly<Record<number, string>> = {
  1: 'type',
  2: 'import',
  3: 'function',
  4: 'table',
  5: 'memory',
  6: 'global',
  7: 'export',
  8: 'start',
  9: 'element',
  10: 'code',
  11: 'data',
  12: 'data count',
  13: 'tag',
};
const CUSTOM = 0;
const HEADER_BYTES = 8;

/** A section with the number it bears in the binary format; 0 is a custom section. */
export interface NumberedSection extends Section {
  readonly id: number;
}

/** In order of the module. Custom sections are named `custom "name"`. The bytes have been decoded before. */
export function sectionsOf(bytes: Uint8Array): NumberedSection[] {
  const found: NumberedSection[] = [];
  const r = new ByteReader(bytes, HEADER_BYTES);
  while (r.pos < bytes.length) {
    const id = r.byte();
    const size = r.u32();
    const offset = r.pos;
    const name = id === CUSTOM ? `custom ${JSON.stringify(r.name())}` : (NAMES[id] ?? `section ${id}`);
    found.push({ id, name, offset, size });
    r.pos = offset + size;
  }
  return found;
}
