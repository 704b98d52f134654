/**
 * dlfcn.h for guests: the C entry points over the loader (POSIX; dladdr as in glibc and musl). What goes wrong is a return value
 * and the text of the next `dlerror`, never an exception in the guest, unless the loader has Faasm's quirks.
 *
 * The declarations of dlfcn.h: `void *dlopen(const char *, int)`, `void *dlsym(void *, const char *)`, `int dlclose(void *)`,
 * `char *dlerror(void)`, `int dladdr(const void *, Dl_info *)`. A function pointer is an index of the table.
 */
import { bind_all, type HostFunction, host, type Vm } from '../host.ts';
import { DlError, dl_fail } from './errors.ts';
import type { Library } from './library.ts';
import type { Loader } from './loader.ts';
import { bytes_of, c_bytes, c_string, view_of } from './program/guest.ts';
import { place_of, symbol } from './symbols/find.ts';

/** What a program that loads libraries has besides its memory. */
export interface DlVm extends Vm {
  readonly dynlink: DlState;
  /** The library that calls; undefined for the program. */
  readonly caller?: Library;
}

export interface DlState {
  readonly loader: Loader;
  /** The text for the next dlerror. */
  error: string | undefined;
  /** Texts that the guest has pointers to: where they lie, by their text. */
  readonly texts: Map<string, number>;
  /** The last text of dlerror, which the next one replaces. */
  shown: number | undefined;
  /** The index of the function that finishes libraries when the program exits. */
  finisher: number | undefined;
}

export function dl_state(loader: Loader): DlState {
  return { loader, error: undefined, texts: new Map(), shown: undefined, finisher: undefined };
}

/** Runs; what fails is kept for dlerror. */
function guarded(vm: DlVm, failed: number, run: (loader: Loader) => number): number {
  const { dynlink } = vm;
  try {
    return run(dynlink.loader);
  } catch (error) {
    if (!(error instanceof DlError) || dynlink.loader.quirks) throw error;
    dynlink.error = error.message;
    return failed;
  }
}

/** Returns a handle, 0 for an error and, with RTLD_NOLOAD, for a library that is not loaded. */
export const dlopen: HostFunction<'ii:i', DlVm> = /* @__PURE__ */ host('ii:i', (vm, path, mode) =>
  guarded(vm, 0, (loader) => {
    const name = path === 0 ? undefined : c_string(loader.program.memory, path);
    return loader.open(name, loader.quirks ? undefined : mode)?.handle ?? 0;
  }),
);

/** Returns a function's index or a variable's address; 0 for an error. */
export const dlsym: HostFunction<'ii:i', DlVm> = /* @__PURE__ */ host('ii:i', (vm, handle, name) =>
  guarded(vm, 0, (loader) => symbol(loader, handle, c_string(loader.program.memory, name), vm.caller)),
);

/** Returns 0, or -1 for an error. */
export const dlclose: HostFunction<'i:i', DlVm> = /* @__PURE__ */ host('i:i', (vm, handle) =>
  guarded(vm, -1, (loader) => {
    loader.close(loader.opened(handle) ?? dl_fail(`invalid handle ${handle}`));
    return 0;
  }),
);

const FAASM_ERROR = 'Wasm dynamic linking error. See logs';

/** The text of the last error since the last call, or 0. It is valid until the next call. */
export const dlerror: HostFunction<':i', DlVm> = /* @__PURE__ */ host(':i', (vm) => {
  const { dynlink } = vm;
  const { loader } = dynlink;
  if (loader.quirks) return write_text(loader, FAASM_ERROR);
  if (dynlink.shown !== undefined) loader.program.arena.release(dynlink.shown);
  dynlink.shown = dynlink.error === undefined ? undefined : write_text(loader, dynlink.error);
  dynlink.error = undefined;
  return dynlink.shown ?? 0;
});

/**
 * Fills `Dl_info`: path, base, name and address of the symbol at an address or of the last one before it. Returns 0 where
 * nothing is known of the address, else 1.
 */
export const dladdr: HostFunction<'ii:i', DlVm> = /* @__PURE__ */ host('ii:i', (vm, address, info) =>
  guarded(vm, 0, (loader) => {
    const found = place_of(loader, address);
    if (found === undefined) return 0;
    const fields = [
      kept_text(vm.dynlink, found.library.path),
      found.base,
      found.name === undefined ? 0 : kept_text(vm.dynlink, found.name),
      found.address,
    ];
    const view = view_of(loader.program.memory);
    if ((info >>> 0) + 16 > view.byteLength) dl_fail('a Dl_info leads out of the memory');
    for (let i = 0; i < 4; i++) view.setInt32((info >>> 0) + 4 * i, fields[i]!, true);
    return 1;
  }),
);

function write_text({ program }: Loader, text: string): number {
  const bytes = c_bytes(text);
  const at = program.arena.allot(bytes.length, 0);
  bytes_of(program.memory).set(bytes, at);
  return at;
}
function kept_text({ loader, texts }: DlState, text: string): number {
  const at = texts.get(text) ?? write_text(loader, text);
  texts.set(text, at);
  return at;
}

/**
 * For libraries only: their destructors, which run at dlclose, or when the program exits if it exports `__cxa_atexit`. Returns 0.
 */
const cxa_atexit: HostFunction<'iii:i', DlVm> = /* @__PURE__ */ host('iii:i', (vm, func, arg, _library) => {
  const { loader } = vm.dynlink;
  const library = vm.caller!;
  if (library.atExit.length === 0) finish_at_exit(vm, loader, library);
  library.atExit.push({ func, arg });
  return 0;
});

const finish: HostFunction<'i:', DlVm> = /* @__PURE__ */ host('i:', (vm, handle) => {
  const { loader } = vm.dynlink;
  const library = loader.libraries.find((l) => l.handle === handle);
  if (library !== undefined) loader.finish(library);
  return undefined;
});

function finish_at_exit(vm: DlVm, loader: Loader, library: Library): void {
  const { program } = loader;
  const register = loader.main.func('__cxa_atexit');
  if (register === undefined) return;
  vm.dynlink.finisher ??= program.slots.append(program.wrap(bind_all(vm, { finish }).finish!, finish.type));
  register(vm.dynlink.finisher, library.handle, 0);
}

const OF_LIBRARIES = {
  dlopen,
  dlsym,
  dlclose,
  dlerror,
  dladdr,
  __cxa_atexit: cxa_atexit,
  __cxa_thread_atexit: cxa_atexit,
};

/** Gives libraries their own dlfcn, which knows who calls. */
export function serve_libraries(vm: DlVm): void {
  const bound = new WeakMap<Library, Record<string, unknown>>();
  vm.dynlink.loader.own = (library, module, name) => {
    if (module !== 'env' || library.side === undefined || !Object.hasOwn(OF_LIBRARIES, name)) return undefined;
    let functions = bound.get(library);
    if (functions === undefined) {
      functions = bind_all(Object.create(vm, { caller: { value: library } }) as DlVm, OF_LIBRARIES);
      bound.set(library, functions);
    }
    return functions[name];
  };
}
