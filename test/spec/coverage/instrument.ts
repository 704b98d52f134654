/**
 * Modules that count which instructions they execute: a bit for each opcode in i64 globals behind the module's own, set in
 * front of each instruction and exported. No index of the module changes.
 */
import { decode } from '../../../src/1-decode/index.ts';
import { OperatorReader } from '../../../src/1-decode/operators.ts';
import type { WasmModule } from '../../../src/wasm/module.ts';
import { OP, OPS } from '../../../src/wasm/opcodes.ts';

/** Names of the exported globals, each of 64 opcodes. */
export const GLOBALS = Array.from({ length: Math.ceil(OPS.length / 64) }, (_, i) => `wasmelt coverage ${i}`);

/** Instructions in front of which no other may stand, or that run by what comes before them: they count from behind. */
const BEHIND = new Set<number>([OP.else, OP.catch, OP.catch_all]);
/** Nothing may stand on either side; they count as run with the construct that they close. */
const CLOSING = new Set<number>([OP.delegate]);

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let n = value; ; n = Math.floor(n / 128)) {
    if (n < 128) return [...bytes, n];
    bytes.push((n % 128) | 128);
  }
}
function signed(value: bigint): number[] {
  const bytes: number[] = [];
  for (let n = value; ; n >>= 7n) {
    const byte = Number(n & 127n);
    if (n >= -64n && n < 64n) return [...bytes, byte];
    bytes.push(byte | 128);
  }
}
const text = (name: string): number[] => [...unsigned(name.length), ...[...name].map((c) => c.charCodeAt(0))];

/** Instructions that set the bit of an opcode; `first` is the index of the first counting global. */
function count(op: number, first: number): number[] {
  const global = unsigned(first + (op >> 6));
  const bit = signed(BigInt.asIntN(64, 1n << BigInt(op & 63)));
  return [0x23, ...global, 0x42, ...bit, 0x84, 0x24, ...global];
}

function body(module: WasmModule, start: number, end: number, first: number): number[] {
  const reader = new OperatorReader(module.bytes, start, end);
  const code = reader.localGroups(start, end).start;
  const out = [...module.bytes.subarray(start, code)];
  reader.reset(code, end);
  while (reader.next()) {
    const own = module.bytes.subarray(reader.at, reader.pos);
    const bits = CLOSING.has(reader.op) ? [] : count(reader.op, first);
    if (BEHIND.has(reader.op)) out.push(...own, ...bits);
    else out.push(...bits, ...own);
  }
  return out;
}

interface Section {
  readonly id: number;
  readonly bytes: Uint8Array;
}

function readUnsigned(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let i = at, scale = 1; ; i++, scale *= 128) {
    value += (bytes[i]! & 127) * scale;
    if (bytes[i]! < 128) return [value, i + 1];
  }
}

function sections(bytes: Uint8Array): Section[] {
  const found: Section[] = [];
  for (let at = 8; at < bytes.length; ) {
    const [size, start] = readUnsigned(bytes, at + 1);
    found.push({ id: bytes[at]!, bytes: bytes.subarray(start, start + size) });
    at = start + size;
  }
  return found;
}

/** Order of sections, where it is not that of their numbers. */
const ORDER = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/** A vector section with more items behind its own. */
function longer({ bytes }: Section, items: readonly number[][]): number[] {
  const [old, start] = readUnsigned(bytes, 0);
  return [...unsigned(old + items.length), ...bytes.subarray(start), ...items.flat()];
}

/** The module, counting. The bytes themselves where they are no valid module. */
export function instrument(bytes: Uint8Array): Uint8Array {
  let module: WasmModule;
  try {
    module = decode(bytes);
  } catch {
    return bytes;
  }
  const first = module.globals.length;
  const globals = GLOBALS.map(() => [0x7e, 1, 0x42, 0, 0x0b]);
  const exports = GLOBALS.map((name, i) => [...text(name), 3, ...unsigned(first + i)]);
  const all = sections(bytes);
  for (const id of [6, 7]) {
    if (all.some((s) => s.id === id)) continue;
    const place = all.findIndex((s) => s.id !== 0 && ORDER.indexOf(s.id) > ORDER.indexOf(id));
    all.splice(place < 0 ? all.length : place, 0, { id, bytes: Uint8Array.of(0) });
  }
  const out = [...bytes.subarray(0, 8)];
  for (const section of all) {
    let content: number[];
    if (section.id === 6) content = longer(section, globals);
    else if (section.id === 7) content = longer(section, exports);
    else if (section.id === 10) content = bodies(module, first);
    else content = [...section.bytes];
    out.push(section.id, ...unsigned(content.length));
    for (const byte of content) out.push(byte);
  }
  return Uint8Array.from(out);
}

function bodies(module: WasmModule, first: number): number[] {
  const own = module.funcs.filter((f) => f.import === undefined);
  const content = unsigned(own.length);
  for (const f of own) {
    const code = body(module, f.start, f.end, first);
    content.push(...unsigned(code.length));
    for (const byte of code) content.push(byte);
  }
  return content;
}
