/**
 * The text of `instantiate`: everything between the imports and the returned exports, in the order of the specification
 * (4.5.4): imports, functions, tables, memories, globals, exports, then the steps that can trap and leave traces: element
 * segments, data segments, start function. Only what something refers to is declared.
 *
 * All variables are `var`: every use of a `let` or `const` in a function begins with a check that it has been initialised, and
 * engines take a variable that nothing but its declaration sets for a constant anyway.
 *
 * The functions come after what they share: of a module's variables, the first 256 take half the bytes in V8's bytecode.
 */
import { slot_count, TYPE_NAMES } from '../../runtime/abi.ts';
import { ofCallee } from '../2-validate/payloads/carried.ts';
import { CELL_FIELDS, type FuncCode, VIEW_KINDS } from '../5-emit/js/scope.ts';
import { bodyName } from '../5-emit/js/tails.ts';
import { boundaryText, funcDescriptor, valueDescriptor } from '../5-emit/js/types.ts';
import { FUNCREF, type Limits, type MemoryType, V128, type ValType } from '../wasm/types.ts';
import { constant } from './constants.ts';
import { slots } from './references.ts';
import { INSTANCES, type LinkScope, quote } from './scope.ts';
import { activeData, activeElements, type DataLayout, dataSegments, elementSegments } from './segments.ts';
import { importTag, writeTag } from './tags.ts';
import { typeLines } from './types.ts';
import { exportWrapper, importAdapter, trapping } from './values.ts';

/** Writes the body of `instantiate` into `scope.lines`. */
export function writeFactory(scope: LinkScope, codes: readonly FuncCode[], layout: DataLayout): void {
  const { module } = scope.typed;
  writeImports(scope);
  for (const [i, t] of module.tags.entries()) if (t.import === undefined) writeTag(scope, i);
  for (const name of [...scope.uses.accessors.keys()].sort()) scope.line(scope.uses.accessors.get(name)!);
  describeFunctions(scope);
  for (const [i, t] of module.tables.entries()) if (t.import === undefined) writeTable(scope, i);
  for (const [i, m] of module.memories.entries()) if (m.import === undefined) writeMemory(scope, i);
  writeViews(scope);
  for (const [i, g] of module.globals.entries()) if (g.import === undefined) writeGlobal(scope, i);
  for (const { code } of codes) if (code !== '') scope.line(code);
  elementSegments(scope);
  dataSegments(scope, layout);
  writeExports(scope);
  activeElements(scope);
  activeData(scope, layout);
  if (module.start !== undefined) scope.line(trapping(scope, `${scope.func(module.start)}();`));
  scope.line('return { exports: exports_ };');
  scope.lines.unshift(...typeLines(scope));
}

/** The value type as the JS API's descriptors name it, where it has a letter. */
function apiName(scope: LinkScope, t: ValType): string | undefined {
  return t === FUNCREF ? 'anyfunc' : TYPE_NAMES[scope.typed.valueText(t)];
}
function limitArgs({ min, max }: Limits): string {
  return max === undefined ? `${min}` : `${min}, ${max}`;
}
/** The limits in a descriptor of the JS API: BigInts where addresses are i64. */
function limitFields({ min, max }: Limits, is64: boolean): string {
  const n = is64 ? 'n' : '';
  const limits = max === undefined ? `initial: ${min}${n}` : `initial: ${min}${n}, maximum: ${max}${n}`;
  return is64 ? `${limits}, address: "i64"` : limits;
}
/** Arguments that follow the limits of an import where it is not of the plain kind. */
function kindArg({ max }: Limits, kind: string): string {
  return kind === '' ? '' : `${max === undefined ? ', undefined' : ''}, "${kind}"`;
}
const memoryKind = ({ shared, is64 }: MemoryType): string =>
  `${shared ? 'shared' : ''}${shared && is64 ? ' ' : ''}${is64 ? 'i64' : ''}`;

function writeImports(scope: LinkScope): void {
  const { module } = scope.typed;
  for (const { name, kind, index } of module.imports) {
    const from = `imports, ${quote(name.module)}, ${quote(name.field)}`;
    if (kind === 'func') {
      const { type } = module.funcs[index]!;
      const adapter = importAdapter(scope, boundaryText(scope.typed, type));
      const args = `${from}, ${funcDescriptor(scope, type)}, ${index}, ${adapter}`;
      scope.line(`var ${scope.module.func(index)} = ${scope.name('import_func')}(${args});`);
    } else if (kind === 'memory') {
      const { type } = module.memories[index]!;
      const limits = limitArgs(type.limits) + kindArg(type.limits, memoryKind(type));
      scope.line(`var ${scope.module.memory(index)} = ${scope.name('import_memory')}(${from}, ${limits});`);
    } else if (kind === 'table') {
      const { ref, limits, is64 } = module.tables[index]!.type;
      const table = scope.module.table(index);
      const args = `${from}, ${valueDescriptor(scope, ref)}, ${limitArgs(limits)}${kindArg(limits, is64 ? 'i64' : '')}`;
      scope.line(`var ${table} = ${scope.name('import_table')}(${args});`);
      writeElems(scope, index);
    } else if (kind === 'tag') importTag(scope, index, from);
    else importGlobal(scope, index, from);
  }
}

function importGlobal(scope: LinkScope, index: number, from: string): void {
  const { type, mutable } = scope.typed.module.globals[index]!.type;
  const local = scope.module.globalPlace(index) === 'local';
  const cell = local ? scope.cell(index) : scope.module.global(index);
  const imported = `${scope.name('import_global')}(${scope.name('Global')}, ${from}, ${valueDescriptor(scope, type)}, ${mutable})`;
  scope.line(`var ${cell} = ${imported};`);
  if (!local) return;
  for (let slot = 0; slot < slotCount(scope, type); slot++) {
    scope.line(`var ${scope.module.globalSlot(index, slot)} = ${cell}.${CELL_FIELDS[slot]};`);
  }
  if (!scope.typed.payloads.global(index)) return;
  scope.line(
    `const ${scope.module.globalBits(index, 0)} = ${cell}.n, ${scope.module.globalBits(index, 1)} = ${cell}.h;`,
  );
}
function slotCount(scope: LinkScope, type: ValType): number {
  return slot_count([scope.typed.valueText(type)]);
}

/** Functions that may become references carry their type. */
function describeFunctions(scope: LinkScope): void {
  const { typed } = scope;
  const byType = new Map<string, number[]>();
  const referenced = [...new Set([...typed.referenced, ...scope.uses.funcRefs])].sort((a, b) => a - b);
  for (const index of referenced) {
    const func = typed.module.funcs[index]!;
    if (func.import !== undefined) continue;
    const t = funcDescriptor(scope, func.type);
    const same = byType.get(t);
    if (same === undefined) byType.set(t, [index]);
    else same.push(index);
  }
  for (const [t, all] of byType) {
    for (let i = 0; i < all.length; i += 1000) {
      const pairs = all.slice(i, i + 1000).map((index) => `${scope.func(index)}, ${index}`);
      scope.line(`${scope.name('describe_funcs')}(${t}, ${pairs.join(', ')});`);
    }
  }
  for (const index of referenced) {
    if (scope.uses.bodies.has(index)) scope.line(`${scope.func(index)}.tail = ${bodyName(scope.module, index)};`);
  }
}

function writeTable(scope: LinkScope, index: number): void {
  const { tables, elements } = scope.typed.module;
  const { type, init } = tables[index]!;
  const active = elements.some((e) => e.mode === 'active' && e.table === index);
  const { uses } = scope;
  if (!active && !uses.tables.has(index) && !uses.elems.has(index) && !scope.isExported('table', index)) return;
  const value = init === undefined ? 'null' : constant(scope, init).text;
  const name = scope.module.table(index);
  const letter = apiName(scope, type.ref);
  const descriptor = `{ element: "${letter ?? 'externref'}", ${limitFields(type.limits, type.is64)} }`;
  const made = `new ${scope.name('Table')}(${descriptor}, null)`;
  if (letter === undefined) {
    const typed = `${scope.name('typed_table')}(${made}, ${valueDescriptor(scope, type.ref)}, ${value})`;
    scope.line(`var ${name} = ${typed};`);
  } else scope.line(`var ${name} = ${made};`);
  if (letter !== undefined && value !== 'null') scope.line(`${name}.elems.fill(${value});`);
  writeElems(scope, index);
}
function writeElems(scope: LinkScope, index: number): void {
  if (scope.uses.elems.has(index)) scope.line(`var ${scope.module.elems(index)} = ${scope.module.table(index)}.elems;`);
}

function writeMemory(scope: LinkScope, index: number): void {
  const { memories, datas } = scope.typed.module;
  const active = datas.some((d) => d.mode === 'active' && d.memory === index);
  const viewed = scope.uses.views.has(index);
  if (!active && !viewed && !scope.uses.memories.has(index) && !scope.isExported('memory', index)) return;
  const { limits, is64, shared } = memories[index]!.type;
  const descriptor = `{ ${limitFields(limits, is64)}${shared ? ', shared: true' : ''} }`;
  scope.line(`var ${scope.module.memory(index)} = new ${scope.name('Memory')}(${descriptor});`);
}

/** The objects with the views, which the memories keep up to date. */
function writeViews(scope: LinkScope): void {
  const viewed = [...scope.uses.views].sort((a, b) => a - b);
  if (scope.module.engine === 'interpreter') return writeViewVariables(scope, viewed);
  if (viewed.length > 0) scope.line(`var $first$ = ${INSTANCES}++ === 0;`);
  for (const index of viewed) {
    const made = `${scope.name('memory_views')}(${scope.module.memory(index)}, $first$)`;
    scope.line(`var ${scope.module.views(index)} = ${made};`);
  }
}

/** The same as variables. */
function writeViewVariables(scope: LinkScope, viewed: readonly number[]): void {
  for (const index of viewed) {
    const names = VIEW_KINDS.map((kind) => scope.module.viewOf(kind, index));
    scope.line(`var ${names.join(', ')};`);
    const set = VIEW_KINDS.map((kind, i) => `${names[i]} = v.${kind};`).join(' ');
    scope.line(`${scope.name('watch_views')}(${scope.module.memory(index)}, (v) => { ${set} });`);
  }
}

function writeGlobal(scope: LinkScope, index: number): void {
  const { type, init } = scope.typed.module.globals[index]!;
  const exported = scope.isExported('global', index);
  if (!exported && !scope.uses.globals.has(index) && !inConstants(scope, index)) return;
  const value = constant(scope, init!);
  const values = slots(value);
  const local = scope.module.globalPlace(index) === 'local';
  const name = scope.module.global(index);
  if (local) {
    const set = values.map((value, slot) => `${scope.module.globalSlot(index, slot)} = ${value}`);
    scope.line(`var ${set.join(', ')};`);
    if (scope.typed.payloads.global(index)) {
      const words = [value.bits?.[0] ?? 0, value.bits?.[1] ?? 0];
      scope.line(`var ${words.map((w, i) => `${scope.module.globalBits(index, i)} = ${w}`).join(', ')};`);
    }
  }
  if (local && !exported) return;
  const cell = local ? scope.cell(index) : name;
  const letter = type.type === V128 ? 'i32' : apiName(scope, type.type);
  const made = `new ${scope.name('Global')}({ value: "${letter ?? 'externref'}", mutable: ${type.mutable} })`;
  if (letter === undefined) {
    const typed = `${scope.name('typed_global')}(${made}, ${valueDescriptor(scope, type.type)}, ${values[0]})`;
    scope.line(`var ${cell} = ${typed};`);
    return;
  }
  const set = scope.name(type.type === V128 ? 'with_vector' : 'with_value');
  if (value.bits) values.push(value.bits[1], value.bits[0]);
  scope.line(`var ${cell} = ${set}(${made}, ${values.join(', ')});`);
}

/** Only immutable globals may be read by constant expressions: those are all kept. */
function inConstants(scope: LinkScope, index: number): boolean {
  return !scope.typed.module.globals[index]!.type.mutable;
}

/**
 * The exports: before anything of the guest runs, since a start function may hand out functions, and each has one exported
 * function. `__proto__` is an ordinary name only as a computed key.
 */
function writeExports(scope: LinkScope): void {
  const made = new Map<number, string>();
  const items = scope.typed.module.exports.map(({ name, kind, index }) => {
    const key = name === '__proto__' ? '["__proto__"]' : quote(name);
    return `  ${key}: ${kind === 'func' ? exportFunc(scope, index, made) : exportObject(scope, kind, index)},`;
  });
  scope.line(['const exports_ = Object.freeze({', '  __proto__: null,', ...items, '});'].join('\n'));
}

function exportFunc(scope: LinkScope, index: number, made: Map<number, string>): string {
  const raw = scope.func(index);
  const func = scope.typed.module.funcs[index]!;
  if (func.import !== undefined) return `${scope.name('to_func')}(${raw})`;
  const before = made.get(index);
  if (before !== undefined) return before;
  const name = `x_${index}`;
  made.set(index, name);
  const noticed = ofCallee(scope.typed, index).params;
  const wrapper = exportWrapper(scope, index, raw, boundaryText(scope.typed, func.type), noticed);
  scope.line(`var ${name} = ${scope.name('bind_func')}(${raw}, ${wrapper});`);
  return name;
}

function exportObject(scope: LinkScope, kind: string, index: number): string {
  if (kind === 'table') return scope.module.table(index);
  if (kind === 'tag') return scope.module.tag(index);
  if (kind === 'memory') return `${scope.module.memory(index)}${isImportedMemory(scope, index) ? '.host' : ''}`;
  return scope.module.globalPlace(index) === 'local' ? scope.cell(index) : scope.module.global(index);
}
function isImportedMemory(scope: LinkScope, index: number): boolean {
  return scope.typed.module.memories[index]!.import !== undefined;
}
