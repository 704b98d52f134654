/**
 * All of `wasi_unstable`, the snapshot before preview1. It differs in three layouts (filestat, subscription, and the order
 * of `whence`) and has no `sock_accept`; all else is preview1's.
 */
import type { Filestat } from '../fs/types.ts';
import { Rights } from '../fs/types.ts';
import { s64_number } from '../host.ts';
import type { Base } from './io.ts';
import { seek } from './io.ts';
import type { GuestMemory } from './memory.ts';
import { follows } from './path.ts';
import type { SubscriptionLayout } from './poll.ts';
import { poll } from './poll.ts';
import { syscall } from './syscall.ts';

export { args_get, args_sizes_get, environ_get, environ_sizes_get } from './args.ts';
export { clock_res_get, clock_time_get } from './clock.ts';
export { fd_prestat_dir_name, fd_prestat_get, fd_readdir } from './directory.ts';
export {
  fd_advise,
  fd_allocate,
  fd_close,
  fd_datasync,
  fd_fdstat_get,
  fd_fdstat_set_flags,
  fd_fdstat_set_rights,
  fd_filestat_set_size,
  fd_filestat_set_times,
  fd_renumber,
  fd_sync,
} from './fd.ts';
export { fd_pread, fd_pwrite, fd_read, fd_tell, fd_write } from './io.ts';
export {
  path_create_directory,
  path_filestat_set_times,
  path_link,
  path_open,
  path_readlink,
  path_remove_directory,
  path_rename,
  path_symlink,
  path_unlink_file,
} from './path.ts';
export { proc_exit, proc_raise, sched_yield } from './proc.ts';
export { random_get } from './random.ts';
export { sock_recv, sock_send, sock_shutdown } from './sock.ts';

const WHENCE: readonly Base[] = ['current', 'end', 'start'];

export const fd_seek = /* @__PURE__ */ syscall('iIii:i', (vm, fd, low, high, whence, out) => {
  seek(vm, fd, s64_number(low, high), WHENCE[whence], out);
});

/** `filestat`: dev 0, ino 8, filetype u8 at 16, nlink u32 at 20, size 24, atim 32, mtim 40, ctim 48; 56 bytes. */
function set_filestat(memory: GuestMemory, out: number, stat: Filestat): void {
  const at = memory.check(out, 56);
  memory.set_u64(at, stat.dev);
  memory.set_u64(at + 8, stat.ino);
  memory.set_u8(at + 16, stat.filetype);
  memory.set_u32(at + 20, Number(BigInt.asUintN(32, stat.nlink)));
  memory.set_u64(at + 24, stat.size);
  memory.set_u64(at + 32, stat.atim);
  memory.set_u64(at + 40, stat.mtim);
  memory.set_u64(at + 48, stat.ctim);
}

export const fd_filestat_get = /* @__PURE__ */ syscall('ii:i', (vm, fd, out) => {
  const { fds, memory } = vm.wasi;
  set_filestat(memory, out, fds.get(fd, Rights.fd_filestat_get).filestat());
});

export const path_filestat_get = /* @__PURE__ */ syscall('iiiii:i', (vm, fd, flags, path, length, out) => {
  const { fds, memory } = vm.wasi;
  const directory = fds.get(fd, Rights.path_filestat_get);
  set_filestat(memory, out, directory.path_filestat(memory.text(path, length), follows(flags)));
});

/** A clock subscription begins with a userdata of its own. */
const LAYOUT: SubscriptionLayout = { size: 56, clock_id: 24, timeout: 32, clock_flags: 48 };

export const poll_oneoff = /* @__PURE__ */ syscall('iiii:i', (vm, input, out, count, stored) => {
  poll(vm, LAYOUT, input, out, count, stored);
});
