/** libffi for embedders: the functions that a program imports, over the loader that it is given. */

import type { Dynlink } from '../dynlink/create.ts';
import { type DlVm, dl_state } from '../dynlink/dlfcn.ts';
import { bind_all } from '../host.ts';
import { replay_closures } from './imports.ts';
import * as functions from './list.ts';

/** `ffi_call` and the others, to be spread into the program's `env`; libraries get them as well. */
export function createFfi({ loader }: Dynlink): Record<string, (...args: unknown[]) => unknown> {
  const vm: DlVm = { memory: undefined, dynlink: dl_state(loader) };
  replay_closures(vm);
  const bound = bind_all(vm, functions);
  loader.offer('env', bound);
  return bound;
}
