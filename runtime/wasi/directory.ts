/** Descriptors of directories: preopens and entries. */
import { Errno } from '../fs/errno.ts';
import type { Dirent } from '../fs/types.ts';
import { Rights } from '../fs/types.ts';
import { u64_number } from '../host.ts';
import type { WasiVm } from './state.ts';
import { syscall } from './syscall.ts';

function preopen_name(vm: WasiVm, fd: number): Uint8Array {
  const { preopen } = vm.wasi.fds.get(fd);
  if (preopen === undefined) throw new Errno('EBADF');
  return new TextEncoder().encode(preopen);
}

/** `prestat`: tag u8 at 0 (0: directory), length of the name u32 at 4. */
export const fd_prestat_get = /* @__PURE__ */ syscall('ii:i', (vm, fd, out) => {
  const { memory } = vm.wasi;
  const name = preopen_name(vm, fd);
  const at = memory.check(out, 8);
  memory.set_u32(at, 0);
  memory.set_u32(at + 4, name.length);
});

/** The name goes without a terminating zero. */
export const fd_prestat_dir_name = /* @__PURE__ */ syscall('iii:i', (vm, fd, buffer, length) => {
  const name = preopen_name(vm, fd);
  if (length >>> 0 < name.length) throw new Errno('ENAMETOOLONG');
  vm.wasi.memory.bytes(buffer, name.length).set(name);
});

const DIRENT_SIZE = 24;

/**
 * Fills the buffer with entries, the last cut off where the buffer ends, which tells the guest to ask again with a larger
 * one. An entry's cookie is the number of the next entry in the list read at cookie 0, so that a walk sees every name once
 * though files come and go.
 */
export const fd_readdir = /* @__PURE__ */ syscall('iiiIi:i', (vm, fd, buffer, length, low, high, out) => {
  const { fds, memory } = vm.wasi;
  const directory = fds.get(fd, Rights.fd_readdir);
  const into = memory.bytes(buffer, length);
  memory.check(out, 4);
  let cookie = u64_number(low, high);
  let used = 0;
  while (used < into.length) {
    const entry = directory.entry(cookie);
    if (entry === undefined) break;
    cookie++;
    const bytes = dirent(entry, cookie).subarray(0, into.length - used);
    into.set(bytes, used);
    used += bytes.length;
  }
  memory.set_u32(out, used);
});

/** `dirent`: next u64 at 0, ino u64 at 8, length of the name u32 at 16, filetype u8 at 20; 24 bytes, then the name. */
function dirent(entry: Dirent, next: number): Uint8Array {
  const name = new TextEncoder().encode(entry.name);
  const bytes = new Uint8Array(DIRENT_SIZE + name.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(next), true);
  view.setBigUint64(8, entry.ino, true);
  view.setUint32(16, name.length, true);
  view.setUint8(20, entry.filetype);
  bytes.set(name, DIRENT_SIZE);
  return bytes;
}
