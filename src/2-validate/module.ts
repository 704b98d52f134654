/**
 * The validation of everything but function bodies (spec 3.5): types of definitions, limits, constant expressions,
 * segments, exports, start. In the order in which the specification extends the context.
 */
import type { DataSegment, ElementSegment, Export, Memory, Table } from '../wasm/module.ts';
import { Heap, type Limits, refType, type SubType, typeName, type ValType } from '../wasm/types.ts';
import type { Body } from './body.ts';
import { addressType, type Context } from './context.ts';
import { invalid, isDefaultable, unpacked } from './types.ts';

/** Element segments of function indices hold references that are never null. */
const SOME_FUNC: ValType = refType(Heap.func, false);

/** Validates the module's definitions and fills the context. Throws CompileError('invalid'). */
export function validateDefinitions(c: Context, body: Body): void {
  const { module } = c;
  for (const t of module.types) noteType(c, t);
  for (const f of module.funcs) c.funcs.push(c.funcType(f.type, f.import?.offset));
  for (const t of module.tags) addTag(c, t.type, t.import?.offset);
  for (const m of module.memories) addMemory(c, m);
  for (let i = 0; i < module.importedGlobals; i++) addGlobal(c, body, i);
  for (const t of module.tables) addTable(c, body, t);
  for (let i = module.importedGlobals; i < module.globals.length; i++) addGlobal(c, body, i);
  for (const e of module.elements) addElement(c, body, e);
  for (const d of module.datas) validateData(c, body, d);
  validateExports(c);
  validateStart(c);
}

/** Notes the features that a type of the type section shows; its validity was checked with the type space. */
function noteType(c: Context, { composite, final, supers, groupSize }: SubType): void {
  if (composite.kind !== 'func' || !final || supers.length > 0 || groupSize > 1) c.features.add('gc');
  if (composite.kind === 'func') {
    for (const t of composite.params) c.valType(t);
    for (const t of composite.results) c.valType(t);
    if (composite.results.length > 1) c.features.add('multi-value');
  } else if (composite.kind === 'struct') for (const f of composite.fields) c.valType(unpacked(f.type));
  else c.valType(unpacked(composite.field.type));
}

function addTag(c: Context, type: number, offset: number | undefined): void {
  const t = c.funcType(type, offset);
  if (t.results.length > 0) throw invalid('non-empty tag result type', offset);
  c.tags.push(t);
  c.features.add('exception-handling');
}

function checkLimits({ min, max }: Limits, most: bigint, what: string, offset: number | undefined): void {
  if (max !== undefined && min > max) throw invalid('size minimum must not be greater than maximum', offset);
  const size = max ?? min;
  if (size > most) throw invalid(`${what} size must be at most ${most}`, offset);
}

function addMemory(c: Context, m: Memory): void {
  const { limits, shared, is64, pageSizeLog2 } = m.type;
  const offset = m.import?.offset;
  if (pageSizeLog2 !== 16) {
    if (pageSizeLog2 !== 0) throw invalid('invalid custom page size: only 1 and 65536 are allowed', offset);
    c.features.add('custom-page-sizes');
  }
  checkLimits(limits, 1n << BigInt((is64 ? 64 : 32) - pageSizeLog2), 'memory', offset);
  if (shared) {
    if (limits.max === undefined) throw invalid('shared memory must have maximum', offset);
    c.features.add('threads');
  }
  if (is64) c.features.add('memory64');
  c.memories.push({ address: addressType(is64) });
  if (c.memories.length > 1) c.features.add('multi-memory');
}

/** Initial values see imported globals only, since the table section comes before the global section. */
function addTable(c: Context, body: Body, t: Table): void {
  const { ref, limits, is64 } = t.type;
  const offset = t.init?.start ?? t.import?.offset;
  const type = c.valType(ref, offset);
  checkLimits(limits, (1n << (is64 ? 64n : 32n)) - 1n, 'table', offset);
  if (is64) c.features.add('table64');
  if (t.init) {
    c.features.add('function-references');
    body.validateConstant(t.init.start, t.init.end, type, c.module.importedGlobals);
  } else if (!t.import && !isDefaultable(ref)) {
    throw invalid(`type mismatch: a table of ${typeName(ref)} must have an initial value`, offset);
  }
  c.tables.push({ ref: type, address: addressType(is64) });
  if (c.tables.length > 1) c.features.add('reference-types');
}

function addGlobal(c: Context, body: Body, index: number): void {
  const g = c.module.globals[index]!;
  const type = c.valType(g.type.type, g.init?.start ?? g.import?.offset);
  if (g.init) body.validateConstant(g.init.start, g.init.end, type, index);
  else if (g.type.mutable) c.features.add('mutable-globals');
  c.globals.push({ type, mutable: g.type.mutable });
}

function addElement(c: Context, body: Body, e: ElementSegment): void {
  const type = e.funcs ? SOME_FUNC : c.valType(e.type, e.offset?.start);
  if (e.offset) {
    const table = c.tables[e.table];
    if (table === undefined) throw invalid(`unknown table ${e.table}`, e.offset.start);
    if (!c.types.matches(type, table.ref)) {
      const found = `type mismatch: element segment of ${typeName(type)}`;
      throw invalid(`${found} for a table of ${typeName(table.ref)}`, e.offset.start);
    }
    body.validateConstant(e.offset.start, e.offset.end, table.address, c.module.globals.length);
  }
  for (const f of e.funcs ?? []) {
    if (f >= c.funcs.length) throw invalid(`element segment: unknown function ${f}`, e.offset?.start);
    c.declared[f] = 1;
  }
  for (const x of e.exprs ?? []) body.validateConstant(x.start, x.end, type, c.module.globals.length);
  c.elements.push(type);
  if (e.mode !== 'active') c.features.add('bulk-memory');
}

function validateData(c: Context, body: Body, d: DataSegment): void {
  if (d.offset === undefined) {
    c.features.add('bulk-memory');
    return;
  }
  const memory = c.memories[d.memory];
  if (memory === undefined) throw invalid(`unknown memory ${d.memory}`, d.offset.start);
  body.validateConstant(d.offset.start, d.offset.end, memory.address, c.module.globals.length);
}

function validateExports(c: Context): void {
  const names = new Set<string>();
  for (const e of c.module.exports) {
    if (names.has(e.name)) throw invalid(`duplicate export name ${JSON.stringify(e.name)}`, e.offset);
    names.add(e.name);
    validateExport(c, e);
  }
}

function validateExport(c: Context, { kind, index, offset }: Export): void {
  const spaces = { func: c.funcs, table: c.tables, memory: c.memories, global: c.globals, tag: c.tags };
  if (index >= spaces[kind].length) throw invalid(`unknown ${kind === 'func' ? 'function' : kind} ${index}`, offset);
  if (kind === 'func') c.declared[index] = 1;
  if (kind === 'global' && c.globals[index]!.mutable) c.features.add('mutable-globals');
}

function validateStart(c: Context): void {
  const { start } = c.module;
  if (start === undefined) return;
  const type = c.funcs[start];
  if (type === undefined) throw invalid(`start function: unknown function ${start}`);
  if (type.params.length > 0 || type.results.length > 0) {
    throw invalid(`start function ${start} must take and return nothing`);
  }
}
