/** A guest without a program: a memory, a vm, and the WASI calls on it by name. Texts are laid into the memory as needed. */
import * as fs from 'node:fs';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { open_preopen } from '../../../../runtime/fs/directory.ts';
import { Sink, source_of } from '../../../../runtime/fs/stdio.ts';
import { bind_all } from '../../../../runtime/host.ts';
import * as preview1 from '../../../../runtime/wasi/preview1.ts';
import type { WasiVm } from '../../../../runtime/wasi/state.ts';
import { create_vm } from '../../../../runtime/wasi/state.ts';
import * as unstable from '../../../../runtime/wasi/unstable.ts';

export const ERRNO = {
  ...{ E2BIG: 1, EACCES: 2, EBADF: 8, EBUSY: 10, EEXIST: 20, EFAULT: 21, EFBIG: 22, EILSEQ: 25, EINVAL: 28, EIO: 29 },
  ...{ EISDIR: 31, ELOOP: 32, ENAMETOOLONG: 37, ENOENT: 44, ENOSYS: 52, ENOTDIR: 54, ENOTEMPTY: 55, ENOTSOCK: 57 },
  ...{ ENOTSUP: 58, EOVERFLOW: 61, EPERM: 63, ESPIPE: 70, ENOTCAPABLE: 76 },
} as const;

export interface Guest {
  readonly vm: WasiVm;
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** What came out of descriptors 1 and 2. */
  readonly out: string[];
  /** Calls by wire name; i64 as BigInt. */
  call(name: string, ...args: (number | bigint)[]): number;
  /** Puts text (or bytes) at a fresh place; gives pointer and length, to be spread into a call. */
  text(text: string | Uint8Array): [pointer: number, length: number];
  /** Puts an array of buffers {pointer, length}; gives pointer and count. */
  iovs(...buffers: [pointer: number, length: number][]): [pointer: number, count: number];
  /** Opens a file of the preopen for reading and writing. */
  open(path: string, oflags?: number, fdflags?: number, rights?: bigint): number;
}

/** Where calls put their results. */
export const OUT = 64;
export const ALL = (1n << 30n) - 1n;

export interface GuestOptions {
  readonly version?: 'preview1' | 'unstable';
  readonly args?: string[];
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  /** Host directory to preopen as `/`, descriptor 3. */
  readonly root?: string;
}

export function guest(options: GuestOptions = {}): Guest {
  const memory = { buffer: new ArrayBuffer(65536) };
  const vm = create_vm(options.args ?? [], options.env ?? {});
  vm.memory = memory;
  const out: string[] = [];
  const sink = () => new Sink((bytes) => out.push(new TextDecoder().decode(bytes)));
  for (const fd of [source_of(new TextEncoder().encode(options.stdin ?? '')), sink(), sink()]) vm.wasi.fds.add(fd);
  if (options.root !== undefined) vm.wasi.fds.add(open_preopen(fs, options.root, '/'));
  const calls = bind_all(vm, options.version === 'unstable' ? unstable : preview1);
  let free = 1024;
  const place = (bytes: Uint8Array): [number, number] => {
    const at = free;
    new Uint8Array(memory.buffer).set(bytes, at);
    free = (free + bytes.length + 7) & ~7;
    return [at, bytes.length];
  };
  const self: Guest = {
    vm,
    get view() {
      return new DataView(memory.buffer);
    },
    get bytes() {
      return new Uint8Array(memory.buffer);
    },
    out,
    call: (name, ...args) => calls[name]?.(...args) as number,
    text: (text) => place(typeof text === 'string' ? new TextEncoder().encode(text) : text),
    iovs: (...buffers) => {
      const table = new Uint32Array(buffers.flat());
      return [place(new Uint8Array(table.buffer))[0], buffers.length];
    },
    open: (path, oflags = 0, fdflags = 0, rights = ALL) => {
      const error = self.call('path_open', 3, 1, ...self.text(path), oflags, rights, rights, fdflags, OUT);
      if (error !== 0) throw new Error(`path_open ${path}: ${error}`);
      return self.view.getUint32(OUT, true);
    },
  };
  return self;
}

/** A fresh directory of the host, removed after the test; its real path. */
export function temporary(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'wasmelt-wasi-')));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
