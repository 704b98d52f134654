/** dlsym and dladdr over the loader: symbols by name in the orders that POSIX gives, and names by address. */
import { raw_of } from '../../vm/value.ts';
import { dl_fail } from '../errors.ts';
import type { Library } from '../library.ts';
import type { Loader } from '../loader.ts';
import { bytes_of, type Exports, type GlobalLike } from '../program/guest.ts';
import { breadth_first, type Found, lookup, own_symbol } from './symbols.ts';

/** Pseudo-handles of dlfcn.h. */
export const RTLD_DEFAULT = 0;
export const RTLD_NEXT = -1;

/**
 * What dlsym returns: the index of a function in the table, or the address of a variable. `caller` is the library that asks,
 * undefined for the program. Throws DlError.
 */
export function symbol(loader: Loader, handle: number, name: string, caller?: Library): number {
  const [scope, all] = scope_of(loader, handle, caller);
  const found = lookup(scope, name);
  if (found === undefined) {
    const host = all ? loader.host(caller ?? loader.main, 'env', name) : undefined;
    if (typeof host === 'function' && raw_of(host) !== undefined) return loader.program.slots.index_of(host);
    dl_fail(`undefined symbol ${name}${all ? '' : ` in ${scope[0]!.label}`}`);
  }
  return value_of(loader, found);
}

function value_of(loader: Loader, found: Found): number {
  const { library, name, kind } = found;
  if (kind === 'data') return library.address_of(name) | 0;
  if (kind === 'tag') dl_fail(`symbol ${name} is a tag in ${library.label}, which has no address`);
  if (loader.quirks) return loader.append(library, name);
  return loader.index_of(found);
}

/** Where to look, and whether the host's functions come last. */
function scope_of(loader: Loader, handle: number, caller: Library | undefined): [Library[], boolean] {
  if (handle === RTLD_DEFAULT) return [[...loader.scope(), ...(caller?.group ?? [])], true];
  if (handle === RTLD_NEXT) {
    const order = loader.scope();
    // A library outside of the global scope looks in its own group, behind itself.
    const own = caller === undefined || order.includes(caller) ? order : [...(caller.group ?? [])];
    return [own.slice(own.indexOf(caller ?? loader.main) + 1), true];
  }
  const library = loader.opened(handle) ?? dl_fail(`invalid handle ${handle}`);
  return library === loader.main ? [loader.scope(), true] : [breadth_first(library), false];
}

export interface Place {
  readonly library: Library;
  /** Where the library's memory begins. */
  readonly base: number;
  /** The symbol at the address, or the last one before it, and its own address. */
  readonly name: string | undefined;
  readonly address: number;
}

/**
 * What lies at an address, which may be a function pointer, that is an index of the table, or the address of a variable.
 * The two overlap: regions of libraries come first, then functions, then the program's variables.
 */
export function place_of(loader: Loader, address: number): Place | undefined {
  const at = address >>> 0;
  const inside = loader.libraries.find((l) => at >= l.memoryBottom && at < l.memoryTop);
  if (inside !== undefined) return variable_before(inside, at);
  const found = function_at(loader, at);
  if (found !== undefined || at >= bytes_of(loader.program.memory).length) return found;
  return variable_before(loader.main, at);
}

function function_at({ libraries, program }: Loader, index: number): Place | undefined {
  const func = program.slots.func(index);
  if (func === undefined) return undefined;
  for (const library of libraries) {
    for (const name of Object.keys(library.exports)) {
      if (library.exports[name] !== func || own_symbol(library, name) === undefined) continue;
      return { library, base: library.dataBottom, name, address: index };
    }
  }
  const owner = libraries.find((l) => index >= l.tableBottom && index < l.tableTop);
  return owner && { library: owner, base: owner.dataBottom, name: undefined, address: 0 };
}

function variable_before(library: Library, at: number): Place | undefined {
  let best: { name: string; address: number } | undefined;
  for (const name of Object.keys(library.exports as Exports)) {
    if ((library.exports[name] as GlobalLike | null)?.value === undefined) continue;
    if (own_symbol(library, name)?.kind !== 'data') continue;
    const address = library.address_of(name);
    if (address <= at && (best === undefined || address > best.address)) best = { name, address };
  }
  if (best === undefined && library.side === undefined) return undefined;
  return { library, base: library.dataBottom, name: best?.name, address: best?.address ?? 0 };
}
