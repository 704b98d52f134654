/**
 * What a WASI program has around it on some host: files, standard streams, arguments, environment. Two ways to it: in
 * node-process.ts by static imports, for output that only node (or a host like it) runs; here by asking, for output that
 * must load anywhere.
 */
import type { NodeFs } from '../fs/node-fs.ts';

export interface HostProcess {
  /** Absent in a browser: then there are no preopens, and the standard streams are the console. */
  readonly fs: NodeFs | undefined;
  readonly isatty: (fd: number) => boolean;
}

interface Builtins {
  getBuiltinModule?: (name: string) => unknown;
  mainModule?: { require(name: string): unknown };
}

/** Files if the host has node's modules within reach: node from 20.16, or a CommonJS main program on any. */
export function any_process(): HostProcess {
  const process: Builtins | undefined = globalThis.process;
  const builtin = (name: string): unknown => process?.getBuiltinModule?.(name) ?? process?.mainModule?.require(name);
  const fs = builtin('node:fs') as NodeFs | undefined;
  const tty = builtin('node:tty') as { isatty(fd: number): boolean } | undefined;
  return { fs, isatty: (fd) => tty?.isatty(fd) ?? false };
}
