/** Dynamic linking for commands: what the text of an output calls (src/6-link/command.ts). */
import { type DlVm, dl_state, serve_libraries } from './dlfcn.ts';
import { type HostModules, Loader } from './loader.ts';
import type { Exports } from './program/guest.ts';
import type { Registry, Resolver } from './sources.ts';

/**
 * Gives a command's vm a loader over the libraries that its output was linked with and, if there are files, those beside it.
 * Returns what takes the exports of the program's instance.
 */
export function attach_loader(
  vm: object,
  host: HostModules,
  libraries: Registry,
  files: Resolver | undefined,
): (exports: Exports) => void {
  const resolvers = files === undefined ? [] : [files];
  const loader = new Loader({ libraries, resolvers, host });
  serve_libraries(Object.assign(vm, { dynlink: dl_state(loader) }) as DlVm);
  return (exports) => loader.start(exports);
}
