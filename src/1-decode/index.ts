/** Phase 1: bytes → WasmModule. Strict as the specification (chapter 5): sections in order, of their exact size. */
import { CompileError } from '../errors.ts';
import type { CustomSection, WasmModule } from '../wasm/module.ts';
import { readCustoms } from './customs.ts';
import { checkLimit } from './limits.ts';
import { OperatorReader } from './operators.ts';
import {
  type Draft,
  inconsistent,
  type ReadSection,
  readCode,
  readDataCount,
  readDatas,
  readElements,
  readExports,
  readFunctions,
  readGlobals,
  readImports,
  readMemories,
  readStart,
  readTables,
  readTags,
  readTypes,
} from './sections.ts';

/** The known sections: the place of each in the prescribed order (spec 5.5.1), its name, and its reader, by id. */
const SECTIONS: Record<number, { order: number; name: string; read: ReadSection }> = {
  1: { order: 1, name: 'type', read: readTypes },
  2: { order: 2, name: 'import', read: readImports },
  3: { order: 3, name: 'function', read: readFunctions },
  4: { order: 4, name: 'table', read: readTables },
  5: { order: 5, name: 'memory', read: readMemories },
  13: { order: 6, name: 'tag', read: readTags },
  6: { order: 7, name: 'global', read: readGlobals },
  7: { order: 8, name: 'export', read: readExports },
  8: { order: 9, name: 'start', read: readStart },
  9: { order: 10, name: 'element', read: readElements },
  12: { order: 11, name: 'data count', read: readDataCount },
  10: { order: 12, name: 'code', read: readCode },
  11: { order: 13, name: 'data', read: readDatas },
};

/**
 * Decodes a module. Function bodies are left as byte ranges, for `OperatorReader`.
 * Throws CompileError: `malformed` where the binary format is broken, `limit` above an implementation limit.
 */
export function decode(bytes: Uint8Array): WasmModule {
  checkLimit('bytes of module', bytes.length, 0);
  checkPreamble(bytes);
  const m: Draft = {
    bytes,
    types: [],
    imports: [],
    funcs: [],
    tables: [],
    memories: [],
    globals: [],
    tags: [],
    exports: [],
    start: undefined,
    elements: [],
    dataCount: undefined,
    datas: [],
    importedFuncs: 0,
    importedTables: 0,
    importedMemories: 0,
    importedGlobals: 0,
    importedTags: 0,
  };
  const customs = readSections(m);
  return { ...m, customs, ...readCustoms(bytes, customs) };
}

function readSections(m: Draft): CustomSection[] {
  const { bytes } = m;
  const customs: CustomSection[] = [];
  const r = new OperatorReader(bytes, 8);
  let last = 0;
  let hasCode = false;
  while (r.pos < bytes.length) {
    const at = r.pos;
    const id = r.byte();
    const size = r.u32();
    if (size > bytes.length - r.pos) r.fail(`unexpected end: section ${id} is ${size} bytes long`, at);
    const end = r.pos + size;
    r.end = end;
    if (id === 0) {
      const name = r.name();
      customs.push({ name, start: r.pos, end });
    } else {
      const section = SECTIONS[id] ?? r.fail(`malformed section id ${id}`, at);
      if (section.order <= last)
        r.fail(`unexpected content after last section: ${section.name} section out of order`, at);
      last = section.order;
      hasCode ||= id === 10;
      section.read(r, m);
      if (r.pos !== end) r.fail(`section size mismatch: ${section.name} section has ${end - r.pos} bytes too many`);
    }
    r.reset(end, bytes.length);
  }
  if (!hasCode && m.funcs.length > m.importedFuncs) inconsistent(r, 0, m, bytes.length);
  if (m.dataCount !== undefined && m.dataCount !== m.datas.length) {
    r.fail(`data count and data section have inconsistent lengths: ${m.dataCount} and ${m.datas.length}`);
  }
  return customs;
}

/** Magic and version; says what the bytes look like where they are no module. */
function checkPreamble(bytes: Uint8Array): void {
  const fail = (reason: string): never => {
    throw new CompileError('malformed', reason, { offset: 0 });
  };
  if (bytes.length === 0) fail('not a WebAssembly module: it is empty');
  const magic = [0x00, 0x61, 0x73, 0x6d].findIndex((b, i) => bytes[i] !== b);
  if (magic >= 0 && magic < bytes.length) fail(describeAlien(bytes));
  if (bytes.length < 8) fail('not a WebAssembly module: it ends inside its 8-byte header');
  const version = bytes[4]! | (bytes[5]! << 8);
  const layer = bytes[6]! | (bytes[7]! << 8);
  if (layer === 1) fail('a component (layer 1): wasmelt translates core modules; unpack it first');
  if (version !== 1 || layer !== 0) fail(`unknown binary version ${version}${layer === 0 ? '' : `, layer ${layer}`}`);
}

function describeAlien(bytes: Uint8Array): string {
  const head = new TextDecoder().decode(bytes.subarray(0, 6));
  const text = new TextDecoder().decode(bytes.subarray(0, 200));
  const start = `not a WebAssembly module: it starts with ${JSON.stringify(head)}`;
  if (/^\s*(\(module|\(;|;;|\(func|\(component)/.test(text)) {
    return `${start}, which looks like the text format (assemble it first)`;
  }
  return `${start} instead of "\\0asm"`;
}
