/** Dynamic linking by hand: for embedders, and for programs that are no WASI commands. */
import { bind_all } from '../host.ts';
import { type DlVm, dl_state, dladdr, dlclose, dlerror, dlopen, dlsym, serve_libraries } from './dlfcn.ts';
import { DlError } from './errors.ts';
import type { Library } from './library.ts';
import { Loader, type LoaderOptions } from './loader.ts';
import { type LinkEntry, replay } from './log.ts';
import type { Exports } from './program/guest.ts';
import type { PieOptions } from './program/pie.ts';
import type { SideModule } from './side.ts';
import { symbol } from './symbols/find.ts';

export interface Dynlink {
  readonly loader: Loader;
  /** `dlopen` and the like, to be spread into the program's `env`. */
  readonly env: Record<string, (...args: unknown[]) => unknown>;
  /** Takes the exports of the program's instance; no library can be opened before. */
  start(exports: object): void;
  /**
   * For a program that is a side module itself: makes its instance, with memory, table and stack, and all that it needs, and runs
   * the constructors. Returns its exports, with `memory`; `_start` or `main` is for the caller to call. Throws DlError.
   */
  startSide(side: SideModule, options?: PieOptions): Exports;
  /** Loads what the registry has as functions that give promises: all, or those named, and what they need. */
  preload(names?: Iterable<string>): Promise<void>;
  /** As dlopen, for the embedder: throws DlError, whose message is that of dlerror. */
  open(name?: string, mode?: number): Library;
  /** As dlsym: the index of a function in the table, or the address of a variable. Throws DlError. */
  symbol(library: Library, name: string): number;
  /** As dlclose. Throws DlError. */
  close(library: Library): void;
  /** Does what the loader of another thread did over the same memory: entries of its `loader.log` that this one has not seen. */
  replay(entries: readonly LinkEntry[]): void;
}

export function createDynlink(options: LoaderOptions = {}): Dynlink {
  const loader = new Loader(options);
  const vm: DlVm & { memory: DlVm['memory'] } = { memory: undefined, dynlink: dl_state(loader) };
  serve_libraries(vm);
  return {
    loader,
    env: bind_all(vm, { dlopen, dlsym, dlclose, dlerror, dladdr }),
    start(exports) {
      vm.memory = (exports as Exports).memory as DlVm['memory'];
      loader.start(exports as Exports);
    },
    startSide(side, options) {
      const { exports } = loader.start_side(side, options);
      const { memory } = loader.program;
      vm.memory = memory as DlVm['memory'];
      return { ...exports, memory };
    },
    preload: (names) => loader.sources.preload(names),
    open(name, mode) {
      const library = loader.open(name, mode);
      if (library === undefined) throw new DlError(`${name}: not loaded`);
      return library;
    },
    symbol: (library, name) => symbol(loader, library.handle, name),
    close: (library) => loader.close(library),
    replay: (entries) => replay(loader, entries),
  };
}
