/**
 * One library's imports: which definition each gets. All of them are judged before anything is allotted, so that a library
 * which does not fit leaves no trace; the values come when it is instantiated, those of the cells of `GOT.mem` and `GOT.func`
 * when all libraries of one dlopen are.
 */
import { trap } from '../../core/trap.ts';
import { raw_of } from '../../vm/value.ts';
import { dl_fail } from '../errors.ts';
import type { Library } from '../library.ts';
import type { AnyFunction, GlobalLike } from '../program/guest.ts';
import type { Program } from '../program/program.ts';
import type { SideImport } from '../side.ts';
import { stub } from './stubs.ts';
import { type Found, type_text } from './symbols.ts';

/** What linking asks of the loader. */
export interface Linkage {
  readonly program: Program;
  find(library: Library, name: string): Found | undefined;
  /** A function that each library has of its own, before all symbols; undefined for others. */
  own(library: Library, module: string, name: string): unknown;
  /** A function of the host, by module and name, behind all symbols. */
  host(library: Library, module: string, name: string): unknown;
  index_of(found: Found): number;
  /** A slot for a function that `library` wants and that nobody has yet. */
  missing(library: Library, name: string): number;
}

const OWN = /^__(?:memory|table|tls)_base(?:32)?$/;

/** Throws DlError for an import that nothing fits. */
export function check_imports(linkage: Linkage, library: Library): void {
  for (const item of library.side!.imports) {
    const { module, name, kind, is64 } = item;
    if (is64) dl_fail(`${library.path}: it has 64-bit addresses, which the loader does not know`);
    if (kind === 'memory' || kind === 'table' || name === '__stack_pointer' || OWN.test(name)) continue;
    if (kind === 'tag' || linkage.own(library, module, name) !== undefined) continue;
    const wanted = kind === 'function' || module === 'GOT.func' ? 'function' : 'data';
    const found = linkage.find(library, name);
    if (found !== undefined) check_kind(library, item, found, wanted);
    else if (wanted === 'data' && linkage.program.constants.has(name)) continue;
    else if (
      typeof linkage.host(library, module === 'GOT.func' ? 'env' : module, name) !== 'function' ||
      wanted === 'data'
    ) {
      if (!library.weak.has(name) && !(library.isLazy && wanted === 'function')) {
        dl_fail(`${library.path}: undefined symbol ${name}`);
      }
    }
  }
}

function check_kind(library: Library, item: SideImport, found: Found, wanted: Found['kind']): void {
  const from = found.library.label;
  if (found.kind !== wanted) {
    dl_fail(`${library.path}: symbol ${item.name} is ${noun(found.kind)} in ${from}, and ${noun(wanted)} is needed`);
  }
  if (item.kind !== 'function' || item.type === undefined || found.type === undefined || found.type === item.type)
    return;
  const types = `${type_text(found.type)} in ${from}, and ${type_text(item.type)} is needed`;
  dl_fail(`${library.path}: symbol ${item.name} is a function ${types}`);
}
const noun = (kind: Found['kind']): string => (kind === 'data' ? 'a variable' : `a ${kind}`);

/** The import object of a library whose regions are allotted. */
export function import_object(linkage: Linkage, library: Library): Record<string, Record<string, unknown>> {
  const imports: Record<string, Record<string, unknown>> = Object.create(null);
  for (const item of library.side!.imports) {
    const module = (imports[item.module] ??= Object.create(null) as Record<string, unknown>);
    module[item.name] = value_of(linkage, library, item);
  }
  return imports;
}

function value_of(linkage: Linkage, library: Library, item: SideImport): unknown {
  const { program } = linkage;
  const { module, name, kind } = item;
  if (kind === 'memory') return program.memory;
  if (kind === 'table') return program.slots.table;
  if (kind === 'tag') return tag_of(linkage, library, item);
  if (kind === 'function') return function_of(linkage, library, item);
  if (name === '__stack_pointer') return stack_of(program, library);
  if (OWN.test(name)) {
    if (name.startsWith('__tls')) return program.cell(library.tlsBase);
    return name.startsWith('__memory') ? library.dataBottom : library.tableBottom;
  }
  if (module !== 'GOT.mem' && module !== 'GOT.func') return address_of(linkage, library, name);
  const cells = module === 'GOT.mem' ? library.gotMem : library.gotFunc;
  const cell = program.cell(0);
  cells.set(name, cell);
  return cell;
}

/** The program's stack, or the library's own. */
function stack_of(program: Program, library: Library): GlobalLike {
  if (library.stackSize > 0) return program.cell(library.stackPointer);
  return program.stack ?? dl_fail('the program exports no __stack_pointer: link it with --export=__stack_pointer');
}

function tag_of(linkage: Linkage, library: Library, { name, type }: SideImport): unknown {
  const found = linkage.find(library, name);
  return found?.kind === 'tag' && found.library.state !== 'placed'
    ? found.library.exports[name]
    : linkage.program.tag(name, type ?? '');
}

function function_of(linkage: Linkage, library: Library, { module, name, type }: SideImport): unknown {
  const own = linkage.own(library, module, name);
  if (own !== undefined) return own;
  const found = linkage.find(library, name);
  if (found !== undefined) {
    if (found.library !== library) library.uses.add(found.library);
    return found.library.func(name) ?? stub(name, type, () => found.library.func(name)!);
  }
  const host = linkage.host(library, module, name);
  if (typeof host === 'function') return host;
  return stub(name, type, () => {
    const late = linkage.find(library, name);
    if (late?.kind !== 'function') trap(`undefined symbol ${name}, called in ${library.path}`);
    library.uses.add(late.library);
    return late.library.func(name)!;
  });
}

function address_of(linkage: Linkage, library: Library, name: string): number {
  const found = linkage.find(library, name);
  if (found === undefined) return linkage.program.constants.get(name)?.() ?? 0;
  if (found.kind !== 'data') return 0;
  if (found.library !== library) library.uses.add(found.library);
  return found.library.address_of(name) | 0;
}

/** Gives the cells their values. Functions that are missing get a slot, which is filled when they come. */
export function fill_cells(linkage: Linkage, library: Library, pending: Pending): void {
  for (const [name, cell] of library.gotMem) cell.value = address_of(linkage, library, name);
  for (const [name, cell] of library.gotFunc) cell.value = function_index(linkage, library, name, pending);
}

/** Slots of functions that are still missing, by library and name. */
export type Pending = Map<Library, Map<string, number>>;

function function_index(linkage: Linkage, library: Library, name: string, pending: Pending): number {
  const found = linkage.find(library, name);
  if (found !== undefined) {
    if (found.library !== library) library.uses.add(found.library);
    return linkage.index_of(found);
  }
  const host = linkage.host(library, 'env', name);
  if (typeof host === 'function' && raw_of(host) !== undefined) return linkage.program.slots.index_of(host);
  if (library.weak.has(name)) return 0;
  const slot = linkage.missing(library, name);
  const names = pending.get(library) ?? new Map<string, number>();
  pending.set(library, names.set(name, slot));
  return slot;
}

/** Fills the slots of functions that have come meanwhile. */
export function fill_pending(linkage: Linkage, pending: Pending): void {
  for (const [library, names] of pending) {
    for (const [name, slot] of names) {
      const found = linkage.find(library, name);
      if (found?.kind !== 'function') continue;
      library.uses.add(found.library);
      linkage.program.slots.put(slot, found.library.func(name) as AnyFunction);
      library.gotFunc.get(name)!.value = linkage.index_of(found);
      names.delete(name);
    }
  }
}
