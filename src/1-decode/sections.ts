/**
 * The known sections (spec 5.5), each a function that reads its contents into the module under construction.
 * Index spaces are filled as they come: imports first, since their section precedes all definitions.
 */
import type {
  ConstExpr,
  DataSegment,
  ElementSegment,
  Export,
  ExternKind,
  Func,
  Global,
  ImportName,
  Memory,
  Table,
  Tag,
} from '../wasm/module.ts';
import { FUNCREF, type SubType, type ValType } from '../wasm/types.ts';
import { checkLimit } from './limits.ts';
import type { OperatorReader } from './operators.ts';
import {
  readGlobalType,
  readMemoryType,
  readRecursiveGroup,
  readRefType,
  readTableType,
  readTagType,
} from './types.ts';

/** A module under construction. */
export interface Draft {
  readonly bytes: Uint8Array;
  readonly types: SubType[];
  readonly imports: { name: ImportName; kind: ExternKind; index: number }[];
  readonly funcs: Func[];
  readonly tables: Table[];
  readonly memories: Memory[];
  readonly globals: Global[];
  readonly tags: Tag[];
  readonly exports: Export[];
  start: number | undefined;
  readonly elements: ElementSegment[];
  dataCount: number | undefined;
  readonly datas: DataSegment[];
  importedFuncs: number;
  importedTables: number;
  importedMemories: number;
  importedGlobals: number;
  importedTags: number;
}

export type ReadSection = (r: OperatorReader, m: Draft) => void;

export function readTypes(r: OperatorReader, m: Draft): void {
  const at = r.pos;
  for (let n = r.count('recursion groups'); n > 0; n--) readRecursiveGroup(r, m.types);
  checkLimit('types', m.types.length, at);
}

const KINDS: readonly ExternKind[] = ['func', 'table', 'memory', 'global', 'tag'];

function readKind(r: OperatorReader, what: string): ExternKind {
  const at = r.pos;
  const b = r.byte();
  return KINDS[b] ?? r.fail(`malformed ${what} kind 0x${b.toString(16)}`, at);
}

export function readImports(r: OperatorReader, m: Draft): void {
  const count = r.count('imports');
  for (let ordinal = 0; ordinal < count; ordinal++) {
    const offset = r.pos;
    const module = r.name();
    const field = r.name();
    const name = { module, field, ordinal, offset };
    const kind = readKind(r, 'import');
    m.imports.push({ name, kind, index: readImported(r, m, kind, name) });
  }
  m.importedFuncs = m.funcs.length;
  m.importedTables = m.tables.length;
  m.importedMemories = m.memories.length;
  m.importedGlobals = m.globals.length;
  m.importedTags = m.tags.length;
}

/** Reads the type of an import into its index space; returns its index. */
function readImported(r: OperatorReader, m: Draft, kind: ExternKind, name: ImportName): number {
  switch (kind) {
    case 'func':
      return m.funcs.push({ index: m.funcs.length, type: r.u32(), import: name, start: 0, end: 0 }) - 1;
    case 'table':
      return m.tables.push({ type: readTableType(r), import: name, init: undefined }) - 1;
    case 'memory':
      return m.memories.push({ type: readMemoryType(r), import: name }) - 1;
    case 'global':
      return m.globals.push({ type: readGlobalType(r), import: name, init: undefined }) - 1;
    case 'tag':
      return m.tags.push({ type: readTagType(r), import: name }) - 1;
  }
}

export function readFunctions(r: OperatorReader, m: Draft): void {
  for (let n = r.count('functions'); n > 0; n--) {
    m.funcs.push({ index: m.funcs.length, type: r.u32(), import: undefined, start: 0, end: 0 });
  }
}

/** 0x40 0x00 before a table type says that an initial value follows it (spec 5.5.7). */
export function readTables(r: OperatorReader, m: Draft): void {
  for (let n = r.count('tables', m.tables.length); n > 0; n--) {
    const initialised = r.peek() === 0x40;
    if (initialised) {
      const at = r.skip(2);
      if (r.bytes[at + 1] !== 0) r.fail('malformed table: expected 0x40 0x00', at);
    }
    const type = readTableType(r);
    m.tables.push({ type, import: undefined, init: initialised ? r.skipExpression() : undefined });
  }
}

export function readMemories(r: OperatorReader, m: Draft): void {
  for (let n = r.count('memories', m.memories.length); n > 0; n--) {
    m.memories.push({ type: readMemoryType(r), import: undefined });
  }
}

export function readTags(r: OperatorReader, m: Draft): void {
  for (let n = r.count('tags'); n > 0; n--) m.tags.push({ type: readTagType(r), import: undefined });
}

export function readGlobals(r: OperatorReader, m: Draft): void {
  for (let n = r.count('globals'); n > 0; n--) {
    const type = readGlobalType(r);
    m.globals.push({ type, import: undefined, init: r.skipExpression() });
  }
}

export function readExports(r: OperatorReader, m: Draft): void {
  for (let n = r.count('exports'); n > 0; n--) {
    const offset = r.pos;
    const name = r.name();
    const kind = readKind(r, 'export');
    m.exports.push({ name, kind, index: r.u32(), offset });
  }
}

export function readStart(r: OperatorReader, m: Draft): void {
  m.start = r.u32();
}

export function readElements(r: OperatorReader, m: Draft): void {
  for (let n = r.count('element segments'); n > 0; n--) m.elements.push(readElement(r));
}

/**
 * The flags of an element segment (spec 5.5.12): bit 0 passive or declarative, bit 1 explicit table (or declarative),
 * bit 2 expressions instead of function indices.
 */
function readElement(r: OperatorReader): ElementSegment {
  const at = r.pos;
  const flags = r.u32();
  if (flags > 7) r.fail(`malformed element segment flags ${flags}`, at);
  const active = (flags & 1) === 0;
  const table = active && flags & 2 ? r.u32() : 0;
  const offset = active ? r.skipExpression() : undefined;
  const type = flags & 3 ? readElementKind(r, (flags & 4) !== 0) : FUNCREF;
  const count = r.count('elements in a segment');
  const mode = active ? 'active' : flags & 2 ? 'declarative' : 'passive';
  const common = { mode, type, table, offset } as const;
  if ((flags & 4) === 0) {
    // Function indices are references to functions that exist, never null (spec: (ref func)).
    const funcs = new Uint32Array(count);
    for (let i = 0; i < count; i++) funcs[i] = r.u32();
    return { ...common, funcs, exprs: undefined };
  }
  const exprs: ConstExpr[] = [];
  for (let i = 0; i < count; i++) exprs.push(r.skipExpression());
  return { ...common, funcs: undefined, exprs };
}

/** A reference type, or the element kind byte, of which 0 (functions) is the only one. */
function readElementKind(r: OperatorReader, expressions: boolean): ValType {
  if (expressions) return readRefType(r);
  const at = r.pos;
  return r.byte() === 0 ? FUNCREF : r.fail('malformed element kind', at);
}

export function readDataCount(r: OperatorReader, m: Draft): void {
  const at = r.pos;
  m.dataCount = r.u32();
  checkLimit('data segments', m.dataCount, at);
}

export function readCode(r: OperatorReader, m: Draft): void {
  const at = r.pos;
  const count = r.count('functions');
  if (count !== m.funcs.length - m.importedFuncs) inconsistent(r, count, m, at);
  for (let i = m.importedFuncs; i < m.funcs.length; i++) {
    const sizeAt = r.pos;
    const size = r.u32();
    checkLimit('bytes of function body', size, sizeAt);
    const f = m.funcs[i]!;
    f.start = r.skip(size);
    f.end = r.pos;
  }
}

export function inconsistent(r: OperatorReader, bodies: number, m: Draft, at: number): never {
  const declared = m.funcs.length - m.importedFuncs;
  return r.fail(`function and code section have inconsistent lengths: ${declared} types, ${bodies} bodies`, at);
}

export function readDatas(r: OperatorReader, m: Draft): void {
  const at = r.pos;
  const count = r.count('data segments');
  if (m.dataCount !== undefined && m.dataCount !== count) {
    r.fail(`data count and data section have inconsistent lengths: ${m.dataCount} and ${count}`, at);
  }
  for (let i = 0; i < count; i++) m.datas.push(readData(r));
}

function readData(r: OperatorReader): DataSegment {
  const at = r.pos;
  const flags = r.u32();
  if (flags > 2) r.fail(`malformed data segment flags ${flags}`, at);
  const memory = flags === 2 ? r.u32() : 0;
  const offset = flags === 1 ? undefined : r.skipExpression();
  const size = r.u32();
  const start = r.skip(size);
  return { mode: flags === 1 ? 'passive' : 'active', memory, offset, start, end: r.pos };
}
