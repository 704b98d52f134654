/**
 * What a WASI program has around it on some host: files and standard streams. Two ways to it: node-process.ts by static
 * imports, for output that only node (or a host like it) runs; here by asking, for output that must load anywhere.
 */
import type { Fd } from '../fs/fd.ts';
import type { NodeFs } from '../fs/node-fs.ts';
import { inherited_fd, LineSink, source_of } from '../fs/stdio.ts';

export type Stdio = readonly [stdin: Fd, stdout: Fd, stderr: Fd];

export interface HostProcess {
  /** Absent in a browser: then there are no preopens, and the standard streams are the console. */
  readonly fs: NodeFs | undefined;
  readonly isatty: (fd: number) => boolean;
  /** Opens the standard descriptors. */
  readonly stdio: () => Stdio;
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
  const isatty = (fd: number): boolean => tty?.isatty(fd) ?? false;
  return { fs, isatty, stdio: () => (fs === undefined ? console_stdio() : host_stdio(fs, isatty)) };
}

/** The descriptors that the process was started with. */
export function host_stdio(fs: NodeFs, isatty: (fd: number) => boolean): Stdio {
  return [inherited_fd(fs, 0, isatty), inherited_fd(fs, 1, isatty), inherited_fd(fs, 2, isatty)];
}

/** No input, and output to the console. */
export function console_stdio(): Stdio {
  return [
    source_of(new Uint8Array(0)),
    new LineSink((line) => console.log(line)),
    new LineSink((line) => console.error(line)),
  ];
}
