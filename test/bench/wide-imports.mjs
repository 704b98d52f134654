/**
 * Which parameters of a module's imported functions are i64: wasm2js hands each of them over as two numbers, where the
 * JavaScript API hands over one BigInt. Reads the type and import sections only, of modules known to be valid.
 */

const I64 = 0x7e;
const FUNCTION_TYPE = 0x60;

/** @returns {Record<string, Record<string, number[]>>} module name, field name, positions of i64 parameters */
export function wideImports(bytes) {
  const reader = new Reader(bytes);
  reader.at = 8;
  const types = [];
  const found = {};
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const end = reader.u32() + reader.at;
    if (id === 1) readTypes(reader, types);
    if (id === 2) readImports(reader, types, found);
    reader.at = end;
  }
  return found;
}

function readTypes(reader, types) {
  for (let n = reader.u32(); n > 0; n--) {
    if (reader.byte() !== FUNCTION_TYPE) throw new Error('wide imports: only plain function types are read');
    types.push(reader.valueTypes());
    reader.valueTypes();
  }
}

function readImports(reader, types, found) {
  for (let n = reader.u32(); n > 0; n--) {
    const module = reader.name();
    const field = reader.name();
    const kind = reader.byte();
    if (kind === 0) {
      const positions = types[reader.u32()].flatMap((type, i) => (type === I64 ? [i] : []));
      if (positions.length > 0) (found[module] ??= {})[field] = positions;
    } else {
      skipType(reader, kind);
    }
  }
}

/** Tables (1), memories (2), globals (3). */
function skipType(reader, kind) {
  if (kind !== 2) reader.byte();
  if (kind === 3) {
    reader.byte();
    return;
  }
  const flags = reader.byte();
  reader.u32();
  if (flags & 1) reader.u32();
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  byte() {
    return this.bytes[this.at++];
  }
  u32() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }
  name() {
    const length = this.u32();
    this.at += length;
    return Buffer.from(this.bytes.subarray(this.at - length, this.at)).toString();
  }
  valueTypes() {
    return Array.from({ length: this.u32() }, () => this.byte());
  }
}
