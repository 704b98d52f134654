/**
 * Sockets: there are none to be had, so each call fails as it does on a descriptor that is none (ENOTSOCK), or that is not
 * open (EBADF). Present so that programs that import them link.
 */
import { Errno } from '../fs/errno.ts';
import type { WasiVm } from './state.ts';
import { syscall } from './syscall.ts';

function refuse(vm: WasiVm, fd: number): never {
  vm.wasi.fds.get(fd);
  throw new Errno('ENOTSOCK');
}

export const sock_accept = /* @__PURE__ */ syscall('iii:i', refuse);

export const sock_recv = /* @__PURE__ */ syscall('iiiiii:i', refuse);

export const sock_send = /* @__PURE__ */ syscall('iiiii:i', refuse);

export const sock_shutdown = /* @__PURE__ */ syscall('ii:i', refuse);
