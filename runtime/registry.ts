/**
 * The host functions that a guest may import, as data: module, wire name, type, and the runtime file that exports them.
 * For the compiler, which must not load the functions themselves. A name or type that differs from the declaration, or one
 * that is missing, is a type error here.
 */
import type * as env from './env/index.ts';
import type { HostFunction } from './host.ts';
import type * as preview1 from './wasi/preview1.ts';
import type * as unstable from './wasi/unstable.ts';

/** The types of all host functions that a file exports. */
type TypesOf<M> = { readonly [K in keyof M]: M[K] extends HostFunction<infer T, infer _V> ? T : never };

const UNSTABLE: TypesOf<typeof unstable> = {
  args_get: 'ii:i',
  args_sizes_get: 'ii:i',
  environ_get: 'ii:i',
  environ_sizes_get: 'ii:i',
  clock_res_get: 'ii:i',
  clock_time_get: 'iIi:i',
  fd_advise: 'iIIi:i',
  fd_allocate: 'iII:i',
  fd_close: 'i:i',
  fd_datasync: 'i:i',
  fd_fdstat_get: 'ii:i',
  fd_fdstat_set_flags: 'ii:i',
  fd_fdstat_set_rights: 'iII:i',
  fd_filestat_get: 'ii:i',
  fd_filestat_set_size: 'iI:i',
  fd_filestat_set_times: 'iIIi:i',
  fd_pread: 'iiiIi:i',
  fd_prestat_get: 'ii:i',
  fd_prestat_dir_name: 'iii:i',
  fd_pwrite: 'iiiIi:i',
  fd_read: 'iiii:i',
  fd_readdir: 'iiiIi:i',
  fd_renumber: 'ii:i',
  fd_seek: 'iIii:i',
  fd_sync: 'i:i',
  fd_tell: 'ii:i',
  fd_write: 'iiii:i',
  path_create_directory: 'iii:i',
  path_filestat_get: 'iiiii:i',
  path_filestat_set_times: 'iiiiIIi:i',
  path_link: 'iiiiiii:i',
  path_open: 'iiiiiIIii:i',
  path_readlink: 'iiiiii:i',
  path_remove_directory: 'iii:i',
  path_rename: 'iiiiii:i',
  path_symlink: 'iiiii:i',
  path_unlink_file: 'iii:i',
  poll_oneoff: 'iiii:i',
  proc_exit: 'i:',
  proc_raise: 'i:i',
  sched_yield: ':i',
  random_get: 'ii:i',
  sock_recv: 'iiiiii:i',
  sock_send: 'iiiii:i',
  sock_shutdown: 'ii:i',
};

const PREVIEW1: TypesOf<typeof preview1> = { ...UNSTABLE, sock_accept: 'iii:i' };

const ENV: TypesOf<typeof env> = {
  dlopen: 'ii:i',
  dlsym: 'ii:i',
  dlclose: 'i:i',
  dlerror: ':i',
  dladdr: 'ii:i',
  ffi_prep_cif: 'iiiii:i',
  ffi_prep_cif_var: 'iiiiii:i',
  ffi_call: 'iiii:',
  ffi_get_struct_offsets: 'iii:i',
  ffi_closure_alloc: 'ii:i',
  ffi_closure_free: 'i:',
  ffi_prep_closure_loc: 'iiiii:i',
};

export interface HostModule {
  /** Path below runtime/ of the file that exports the functions by their wire names. */
  readonly file: string;
  /** Wire name to type descriptor. */
  readonly types: Readonly<Record<string, string>>;
}

/** By the module name that guests import from. */
export const HOST_MODULES: Readonly<Record<string, HostModule>> = {
  wasi_snapshot_preview1: { file: 'wasi/preview1.ts', types: PREVIEW1 },
  wasi_unstable: { file: 'wasi/unstable.ts', types: UNSTABLE },
  env: { file: 'env/index.ts', types: ENV },
};

/** Does a command that imports these functions of `env` need a loader? All that are there today do. */
export function needs_loader(names: Iterable<string>): boolean {
  for (const name of names) if (Object.hasOwn(ENV, name)) return true;
  return false;
}

/** Does a command that imports these WASI functions need its directories opened? */
export function needs_preopens(names: Iterable<string>): boolean {
  for (const name of names) if (name.startsWith('path_') || name.startsWith('fd_prestat_')) return true;
  return false;
}
