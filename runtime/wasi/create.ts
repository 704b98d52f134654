/** WASI by hand: an import object for a library module, a reactor, or a command that an embedder runs itself. */
import { open_preopen } from '../fs/directory.ts';
import type { Fd } from '../fs/fd.ts';
import type { NodeFs } from '../fs/node-fs.ts';
import { inherited_fd, Sink, Source, source_of } from '../fs/stdio.ts';
import { bind_all, Exit } from '../host.ts';
import { start as run_start } from './command.ts';
import * as preview1 from './preview1.ts';
import type { HostProcess } from './process.ts';
import { any_process, host_stdio } from './process.ts';
import type { WasiVm } from './state.ts';
import { create_vm } from './state.ts';
import * as unstable from './unstable.ts';

/** Input: a descriptor of the process, bytes or text, or a function that gives chunks and `undefined` at the end. */
export type Input = number | Uint8Array | string | (() => Uint8Array | undefined);
/** Output: a descriptor of the process, or a function that takes the bytes. */
export type Output = number | ((bytes: Uint8Array) => void);

export interface WasiOptions {
  /** All arguments, the program's name first; default none. */
  readonly args?: readonly string[];
  /** The whole environment; default empty. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Guest names to host directories. */
  readonly preopens?: Readonly<Record<string, string>>;
  /** Default: the process's own, or the console where there is no process. */
  readonly stdin?: Input;
  readonly stdout?: Output;
  readonly stderr?: Output;
  /** node:fs or what stands for it; default: the host's, if it has one. */
  readonly fs?: NodeFs;
}

export interface WasiInstance {
  /** For `instantiate`, or for native `WebAssembly.Instance`. */
  readonly imports: Record<string, Record<string, (...args: unknown[]) => unknown>>;
  /** Runs a command's `_start` to its end, closes all descriptors, and returns the exit code. Traps pass through. */
  start(exports: object): number;
  /** Gives the calls a reactor's memory, and runs its `_initialize` if it has one. */
  initialize(exports: object): void;
  /** Closes all descriptors. */
  close(): void;
}

/** Throws node's error, or `Errno` ENOTDIR, for a preopen that is no directory. */
export function createWasi(options: WasiOptions = {}): WasiInstance {
  const process = process_of(options.fs);
  const vm = create_vm(options.args ?? [], options.env ?? {});
  const { fds } = vm.wasi;
  const [stdin, stdout, stderr] = process.stdio();
  fds.add(options.stdin === undefined ? stdin : input(process, options.stdin));
  fds.add(options.stdout === undefined ? stdout : output(process, options.stdout));
  fds.add(options.stderr === undefined ? stderr : output(process, options.stderr));
  for (const [guest, host] of Object.entries(options.preopens ?? {}))
    fds.add(open_preopen(need_fs(process), host, guest));
  return {
    imports: { wasi_snapshot_preview1: bind_all(vm, preview1), wasi_unstable: bind_all(vm, unstable) },
    start: (exports) => {
      try {
        run_start(vm, exports as Record<string, unknown>);
        return 0;
      } catch (error) {
        if (error instanceof Exit) return error.code;
        throw error;
      } finally {
        fds.close_all();
      }
    },
    initialize: (exports) => {
      const { memory, _initialize } = exports as { memory?: WasiVm['memory']; _initialize?: () => void };
      vm.memory = memory;
      _initialize?.();
    },
    close: () => fds.close_all(),
  };
}

function process_of(fs: NodeFs | undefined): HostProcess {
  const found = any_process();
  return fs === undefined ? found : { ...found, fs, stdio: () => host_stdio(fs, found.isatty) };
}

function need_fs(process: HostProcess): NodeFs {
  if (process.fs === undefined) throw new TypeError('wasmelt: there is no file system here; give one in the option fs');
  return process.fs;
}

function input(process: HostProcess, from: Input): Fd {
  if (typeof from === 'number') return inherited_fd(need_fs(process), from, process.isatty);
  if (typeof from === 'function') return new Source(from);
  return source_of(typeof from === 'string' ? new TextEncoder().encode(from) : from);
}

function output(process: HostProcess, to: Output): Fd {
  return typeof to === 'number' ? inherited_fd(need_fs(process), to, process.isatty) : new Sink(to);
}
