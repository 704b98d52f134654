/** Descriptors: what they are, what they may, and what becomes of them. */
import { Errno } from '../fs/errno.ts';
import type { Filestat, NewTimes } from '../fs/types.ts';
import { ALL_RIGHTS, Fdflags, Fstflags, Rights } from '../fs/types.ts';
import { u64_bigint, u64_number } from '../host.ts';
import type { GuestMemory } from './memory.ts';
import { syscall } from './syscall.ts';

export const fd_close = /* @__PURE__ */ syscall('i:i', (vm, fd) => vm.wasi.fds.close(fd));

export const fd_renumber = /* @__PURE__ */ syscall('ii:i', (vm, from, to) => vm.wasi.fds.renumber(from, to));

/** `fdstat`: filetype u8 at 0, flags u16 at 2, rights u64 at 8, inheriting u64 at 16. */
export const fd_fdstat_get = /* @__PURE__ */ syscall('ii:i', (vm, fd, out) => {
  const { fds, memory } = vm.wasi;
  const entry = fds.get(fd);
  const at = memory.check(out, 24);
  memory.set_u8(at, entry.filetype);
  memory.set_u16(at + 2, entry.fdflags);
  memory.set_u64(at + 8, BigInt(entry.rights));
  memory.set_u64(at + 16, BigInt(entry.inheriting));
});

export const fd_fdstat_set_flags = /* @__PURE__ */ syscall('ii:i', (vm, fd, flags) => {
  const entry = vm.wasi.fds.get(fd, Rights.fd_fdstat_set_flags);
  if ((flags & ~Fdflags.all) !== 0) throw new Errno('EINVAL');
  entry.set_fdflags(flags);
});

/** Rights can be given up, never gained. */
export const fd_fdstat_set_rights = /* @__PURE__ */ syscall(
  'iII:i',
  (vm, fd, base, base_high, inheriting, inheriting_high) => {
    const entry = vm.wasi.fds.get(fd);
    const gains = (base & ~entry.rights) | (inheriting & ~entry.inheriting) | base_high | inheriting_high;
    if (gains !== 0) throw new Errno('ENOTCAPABLE');
    entry.rights = base & ALL_RIGHTS;
    entry.inheriting = inheriting & ALL_RIGHTS;
  },
);

export const fd_advise = /* @__PURE__ */ syscall(
  'iIIi:i',
  (vm, fd, _offset, _offset_high, _length, _length_high, advice) => {
    const entry = vm.wasi.fds.get(fd, Rights.fd_advise);
    if (advice >>> 0 > 5) throw new Errno('EINVAL');
    entry.advise();
  },
);

export const fd_allocate = /* @__PURE__ */ syscall('iII:i', (vm, fd, offset, offset_high, length, length_high) => {
  vm.wasi.fds.get(fd, Rights.fd_allocate).allocate(u64_number(offset, offset_high), u64_number(length, length_high));
});

export const fd_sync = /* @__PURE__ */ syscall('i:i', (vm, fd) => vm.wasi.fds.get(fd, Rights.fd_sync).sync(false));

export const fd_datasync = /* @__PURE__ */ syscall('i:i', (vm, fd) =>
  vm.wasi.fds.get(fd, Rights.fd_datasync).sync(true),
);

/** `filestat`: dev 0, ino 8, filetype u8 at 16, nlink 24, size 32, atim 40, mtim 48, ctim 56; 64 bytes. */
export function set_filestat(memory: GuestMemory, out: number, stat: Filestat): void {
  const at = memory.check(out, 64);
  memory.set_u64(at, stat.dev);
  memory.set_u64(at + 8, stat.ino);
  memory.set_u8(at + 16, stat.filetype);
  memory.set_u64(at + 24, stat.nlink);
  memory.set_u64(at + 32, stat.size);
  memory.set_u64(at + 40, stat.atim);
  memory.set_u64(at + 48, stat.mtim);
  memory.set_u64(at + 56, stat.ctim);
}

export const fd_filestat_get = /* @__PURE__ */ syscall('ii:i', (vm, fd, out) => {
  const { fds, memory } = vm.wasi;
  set_filestat(memory, out, fds.get(fd, Rights.fd_filestat_get).filestat());
});

export const fd_filestat_set_size = /* @__PURE__ */ syscall('iI:i', (vm, fd, low, high) => {
  vm.wasi.fds.get(fd, Rights.fd_filestat_set_size).set_size(u64_number(low, high));
});

/** Times as a call gives them; EINVAL if it asks for both a given time and now. */
export function new_times_from(atim: bigint, mtim: bigint, fstflags: number): NewTimes {
  const { atim: a, atim_now, mtim: m, mtim_now } = Fstflags;
  const both = (fstflags & (a | atim_now)) === (a | atim_now) || (fstflags & (m | mtim_now)) === (m | mtim_now);
  if (both || (fstflags & ~(a | atim_now | m | mtim_now)) !== 0) throw new Errno('EINVAL');
  return { atim, mtim, fstflags };
}

export const fd_filestat_set_times = /* @__PURE__ */ syscall(
  'iIIi:i',
  (vm, fd, atim, atim_high, mtim, mtim_high, fstflags) => {
    const entry = vm.wasi.fds.get(fd, Rights.fd_filestat_set_times);
    entry.set_times(new_times_from(u64_bigint(atim, atim_high), u64_bigint(mtim, mtim_high), fstflags));
  },
);
