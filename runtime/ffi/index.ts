/** libffi for embedders: the functions that a program imports, over the loader that it is given. */

import type { Dynlink } from '../dynlink/create.ts';
import { dl_state } from '../dynlink/dlfcn.ts';
import { bind_all } from '../host.ts';
import * as functions from './imports.ts';

/** `ffi_call` and the others, to be spread into the `env` of a program and of its libraries. */
export function createFfi({ loader }: Dynlink): Record<string, (...args: unknown[]) => unknown> {
  return bind_all({ memory: undefined, dynlink: dl_state(loader) }, functions);
}
