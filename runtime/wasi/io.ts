/** Descriptors: reading, writing and seeking. */
import { Errno } from '../fs/errno.ts';
import type { Fd } from '../fs/fd.ts';
import { Rights } from '../fs/types.ts';
import { s64_number, u64_number } from '../host.ts';
import type { GuestMemory } from './memory.ts';
import type { WasiVm } from './state.ts';
import { syscall } from './syscall.ts';

/** The buffers that an array of `iovec` or `ciovec` {pointer, length} names. */
function buffers(memory: GuestMemory, iovs: number, count: number): Uint8Array[] {
  const at = memory.check(iovs, (count >>> 0) * 8);
  const out: Uint8Array[] = [];
  for (let i = 0; i < count >>> 0; i++)
    out.push(memory.bytes(memory.get_u32(at + 8 * i), memory.get_u32(at + 8 * i + 4)));
  return out;
}

export const fd_read = /* @__PURE__ */ syscall('iiii:i', (vm, fd, iovs, count, out) => {
  const { fds, memory } = vm.wasi;
  const file = fds.get(fd, Rights.fd_read);
  memory.check(out, 4);
  memory.set_u32(out, file.read(buffers(memory, iovs, count)));
});

export const fd_write = /* @__PURE__ */ syscall('iiii:i', (vm, fd, iovs, count, out) => {
  const { fds, memory } = vm.wasi;
  const file = fds.get(fd, Rights.fd_write);
  memory.check(out, 4);
  memory.set_u32(out, file.write(buffers(memory, iovs, count)));
});

export const fd_pread = /* @__PURE__ */ syscall('iiiIi:i', (vm, fd, iovs, count, low, high, out) => {
  const { fds, memory } = vm.wasi;
  const file = fds.get(fd, Rights.fd_read | Rights.fd_seek);
  memory.check(out, 4);
  memory.set_u32(out, file.pread(buffers(memory, iovs, count), u64_number(low, high)));
});

export const fd_pwrite = /* @__PURE__ */ syscall('iiiIi:i', (vm, fd, iovs, count, low, high, out) => {
  const { fds, memory } = vm.wasi;
  const file = fds.get(fd, Rights.fd_write | Rights.fd_seek);
  memory.check(out, 4);
  memory.set_u32(out, file.pwrite(buffers(memory, iovs, count), u64_number(low, high)));
});

export type Base = Parameters<Fd['seek']>[1];

/** Moves a descriptor's position and stores the new one. Asking where one is takes only the right to tell. */
export function seek(vm: WasiVm, fd: number, offset: number, base: Base | undefined, out: number): void {
  const { fds, memory } = vm.wasi;
  const tells = offset === 0 && base === 'current';
  const file = fds.get(fd, tells ? Rights.fd_tell : Rights.fd_seek);
  if (base === undefined) throw new Errno('EINVAL');
  memory.check(out, 8);
  memory.set_u64(out, BigInt(file.seek(offset, base)));
}

const WHENCE: readonly Base[] = ['start', 'current', 'end'];

export const fd_seek = /* @__PURE__ */ syscall('iIii:i', (vm, fd, low, high, whence, out) => {
  seek(vm, fd, s64_number(low, high), WHENCE[whence], out);
});

export const fd_tell = /* @__PURE__ */ syscall('ii:i', (vm, fd, out) => seek(vm, fd, 0, 'current', out));
