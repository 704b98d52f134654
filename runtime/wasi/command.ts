/**
 * Runs a WASI command: what an output made from a module with `_start` does when it is loaded.
 *
 * The exit code is the guest's (its low 8 bits, as the system keeps), 134 after a trap, as after an abort, with
 * `wasmelt: RuntimeError: unreachable` on standard error, and 1 when a directory cannot be opened.
 */
import type { open_preopen } from '../fs/directory.ts';
import { errno_number, host_code } from '../fs/errno.ts';
import type { HostFunctions } from '../host.ts';
import { bind_all, Exit } from '../host.ts';
import type { HostProcess } from './process.ts';
import type { WasiVm } from './state.ts';
import { create_vm } from './state.ts';

type Exports = Readonly<Record<string, unknown>>;
type Imports = Record<string, Record<string, unknown>>;

export interface CommandConfig {
  /** The program's name: its first argument, and the name in messages. */
  readonly name: string;
  readonly process: HostProcess;
  /**
   * Directories the guest may use, and how to open them; left out of bundles whose guest calls nothing that takes a
   * directory (`needs_preopens` in runtime/registry.ts).
   */
  readonly preopens?: { readonly open: typeof open_preopen; readonly dirs: readonly PreopenSpec[] };
  /**
   * Called with the vm and its import object before the instance exists, by commands that load libraries; what it returns is
   * called with the instance's exports before the guest runs.
   */
  readonly attach?: (vm: WasiVm, imports: Imports) => (exports: Exports) => void;
}

export interface PreopenSpec {
  readonly host: string;
  readonly guest: string;
}

const TRAPPED = 134;
const FAILED = 1;

/**
 * Gives the guest the process's arguments and environment, instantiates it with the WASI functions it imports (by module
 * and wire name), and runs it to its end. Sets the process's exit code and returns it.
 */
export function run_command(
  instantiate: (imports: Imports) => { readonly exports: Exports },
  functions: Readonly<Record<string, HostFunctions<WasiVm>>>,
  config: CommandConfig,
): number {
  const process: Partial<typeof globalThis.process> | undefined = globalThis.process;
  const { WASMELT_DIR, ...env } = process?.env ?? {};
  const vm = create_vm([config.name, ...(process?.argv?.slice(2) ?? [])], env);
  const { fds } = vm.wasi;
  for (const fd of config.process.stdio()) fds.add(fd);
  const print = (text: string): void => console.error(`wasmelt: ${text}`);
  const code = open_dirs(vm, config, WASMELT_DIR, print) ?? run_guest(vm, instantiate, functions, config, print);
  fds.close_all();
  if (process !== undefined) process.exitCode = code;
  return code;
}

function run_guest(
  vm: WasiVm,
  instantiate: (imports: Imports) => { readonly exports: Exports },
  functions: Readonly<Record<string, HostFunctions<WasiVm>>>,
  config: CommandConfig,
  print: (text: string) => void,
): number {
  try {
    const imports: Imports = Object.create(null);
    for (const [module, named] of Object.entries(functions)) imports[module] = bind_all(vm, named);
    const joined = config.attach?.(vm, imports);
    const { exports } = instantiate(imports);
    joined?.(exports);
    start(vm, exports);
    return 0;
  } catch (error) {
    if (error instanceof Exit) return error.code & 0xff;
    const trap = trap_text(error);
    if (trap === undefined) throw error;
    print(trap);
    return TRAPPED;
  }
}

/** Lets the WASI calls see the instance's memory, and calls its `_start`. */
export function start(vm: WasiVm, exports: Exports): void {
  vm.memory = exports.memory as WasiVm['memory'];
  (exports._start as () => void)();
}

/** What to print for a trap, of wasmelt's runtime or of native WebAssembly; `undefined` for any other error. */
function trap_text(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'RuntimeError') return `RuntimeError: ${error.message}`;
  const exhausted = error instanceof RangeError && /call stack|recursion/i.test(error.message);
  return exhausted ? `RangeError: ${error.message}` : undefined;
}

function open_dirs(
  vm: WasiVm,
  config: CommandConfig,
  more: string | undefined,
  print: (text: string) => void,
): number | undefined {
  const { preopens, process } = config;
  if (preopens === undefined) return undefined;
  for (const { host, guest } of [...preopens.dirs, ...parse_dirs(more ?? '')]) {
    if (process.fs === undefined) {
      print(`cannot open the directory ${host}: there is no file system here`);
      return FAILED;
    }
    try {
      vm.wasi.fds.add(preopens.open(process.fs, host, guest));
    } catch (error) {
      if (errno_number(error) === undefined) throw error;
      print(`cannot open the directory ${host}: ${host_code(error)}`);
      return FAILED;
    }
  }
  return undefined;
}

/** `host::guest` entries with commas between them; a single path is both. */
export function parse_dirs(text: string): PreopenSpec[] {
  return text
    .split(',')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const at = entry.indexOf('::');
      return at < 0 ? { host: entry, guest: entry } : { host: entry.slice(0, at), guest: entry.slice(at + 2) };
    });
}
