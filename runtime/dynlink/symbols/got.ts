/**
 * The loader's accessors by the names and with the meaning that they have in Faasm's WAVMWasmModule. They throw errors with
 * Faasm's texts.
 */

import type { Library } from '../library.ts';
import type { Loader } from '../loader.ts';
import type { AnyFunction } from '../program/guest.ts';
import { symbol } from './find.ts';
import { lookup } from './symbols.ts';

/** The index in the table of a function of the global scope, given one if it has none. */
export function getFunctionOffsetFromGOT(loader: Loader, name: string): number {
  const found = lookup(loader.scope(), name) ?? lookup(loader.libraries, name);
  if (found?.kind !== 'function') throw new Error(`Function not found in GOT: ${name}`);
  return loader.index_of(found);
}

/** The address in memory of a variable of the global scope. */
export function getDataOffsetFromGOT(loader: Loader, name: string): number {
  const found = lookup(loader.scope(), name) ?? lookup(loader.libraries, name);
  if (found?.kind !== 'data') throw new Error(`Memory not found in GOT: ${name}`);
  return found.library.address_of(name);
}

/** Opens a library for all others to see, as Faasm does, and returns its handle; that of the program for no path. */
export function dynamicLoadModule(loader: Loader, path: string): number {
  return loader.open(path, 0x102)!.handle;
}

/** The index in the table of a function that a library exports. */
export function getDynamicModuleFunction(loader: Loader, handle: number, name: string): number {
  if (loader.opened(handle) === undefined) throw new Error('Missing dynamic module');
  try {
    return symbol(loader, handle, name);
  } catch (cause) {
    throw new Error('Missing dynamic module function', { cause });
  }
}

/** Puts a WebAssembly function into a new slot of the table, also if it has one already; returns the index. */
export function addFunctionToTable(loader: Loader, func: AnyFunction): number {
  return loader.program.slots.append(func);
}

/** Of the library that was loaded last: where its data begin, in bytes. */
export function getNextMemoryBase(loader: Loader): number {
  return last(loader).dataBottom;
}
/** Of the library that was loaded last: where its stack pointer starts, or 0 if it shares the program's stack. */
export function getNextStackPointer(loader: Loader): number {
  return last(loader).stackPointer;
}
/** Of the library that was loaded last: its first slot of the table. */
export function getNextTableBase(loader: Loader): number {
  return last(loader).tableBottom;
}
/** How many libraries are loaded, without the program. */
export function getDynamicModuleCount(loader: Loader): number {
  return Math.max(0, loader.libraries.length - 1);
}

function last(loader: Loader): Library {
  const library = loader.libraries.at(-1);
  if (library === undefined || library === loader.main) throw new Error('No dynamic modules loaded');
  return library;
}
