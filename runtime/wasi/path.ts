/** Calls on paths, each relative to a directory's descriptor. What a path may reach is decided in runtime/fs/resolve.ts. */
import { Errno } from '../fs/errno.ts';
import { ALL_RIGHTS, Fdflags, Oflags, Rights, SYMLINK_FOLLOW } from '../fs/types.ts';
import { u64_bigint } from '../host.ts';
import { new_times_from, set_filestat } from './fd.ts';
import { syscall } from './syscall.ts';

export function follows(lookupflags: number): boolean {
  if ((lookupflags & ~SYMLINK_FOLLOW) !== 0) throw new Errno('EINVAL');
  return lookupflags === SYMLINK_FOLLOW;
}

/**
 * Rights asked for must be inherited from the directory; the new descriptor keeps those that make sense for what was
 * opened. Bits that name no right are ignored.
 */
export const path_open = /* @__PURE__ */ syscall(
  'iiiiiIIii:i',
  (vm, fd, dirflags, path, length, oflags, base, _base_high, inheriting, _inheriting_high, fdflags, out) => {
    const { fds, memory } = vm.wasi;
    let needed: number = Rights.path_open;
    if (oflags & Oflags.creat) needed |= Rights.path_create_file;
    if (oflags & Oflags.trunc) needed |= Rights.path_filestat_set_size;
    const directory = fds.get(fd, needed);
    const known = Oflags.creat | Oflags.directory | Oflags.excl | Oflags.trunc;
    if ((oflags & ~known) !== 0 || (fdflags & ~Fdflags.all) !== 0) throw new Errno('EINVAL');
    const rights = base & ALL_RIGHTS;
    if ((rights & ~directory.inheriting) !== 0) throw new Errno('ENOTCAPABLE');
    memory.check(out, 4);
    const opened = directory.open(memory.text(path, length), {
      follow: follows(dirflags),
      oflags,
      fdflags,
      rights,
      inheriting: inheriting & directory.inheriting,
    });
    memory.set_u32(out, fds.add(opened));
  },
);

export const path_filestat_get = /* @__PURE__ */ syscall('iiiii:i', (vm, fd, flags, path, length, out) => {
  const { fds, memory } = vm.wasi;
  const directory = fds.get(fd, Rights.path_filestat_get);
  set_filestat(memory, out, directory.path_filestat(memory.text(path, length), follows(flags)));
});

export const path_filestat_set_times = /* @__PURE__ */ syscall(
  'iiiiIIi:i',
  (vm, fd, flags, path, length, atim, atim_high, mtim, mtim_high, fstflags) => {
    const { fds, memory } = vm.wasi;
    const directory = fds.get(fd, Rights.path_filestat_set_times);
    const times = new_times_from(u64_bigint(atim, atim_high), u64_bigint(mtim, mtim_high), fstflags);
    directory.path_set_times(memory.text(path, length), follows(flags), times);
  },
);

export const path_create_directory = /* @__PURE__ */ syscall('iii:i', (vm, fd, path, length) => {
  const { fds, memory } = vm.wasi;
  fds.get(fd, Rights.path_create_directory).create_directory(memory.text(path, length));
});

export const path_remove_directory = /* @__PURE__ */ syscall('iii:i', (vm, fd, path, length) => {
  const { fds, memory } = vm.wasi;
  fds.get(fd, Rights.path_remove_directory).remove_directory(memory.text(path, length));
});

export const path_unlink_file = /* @__PURE__ */ syscall('iii:i', (vm, fd, path, length) => {
  const { fds, memory } = vm.wasi;
  fds.get(fd, Rights.path_unlink_file).unlink(memory.text(path, length));
});

export const path_rename = /* @__PURE__ */ syscall('iiiiii:i', (vm, fd, path, length, to_fd, to_path, to_length) => {
  const { fds, memory } = vm.wasi;
  const from = fds.get(fd, Rights.path_rename_source);
  const to = fds.get(to_fd, Rights.path_rename_target);
  fds.renamed(from.rename(memory.text(path, length), to, memory.text(to_path, to_length)));
});

export const path_link = /* @__PURE__ */ syscall(
  'iiiiiii:i',
  (vm, fd, flags, path, length, to_fd, to_path, to_length) => {
    const { fds, memory } = vm.wasi;
    const from = fds.get(fd, Rights.path_link_source);
    const to = fds.get(to_fd, Rights.path_link_target);
    from.link(memory.text(path, length), follows(flags), to, memory.text(to_path, to_length));
  },
);

export const path_symlink = /* @__PURE__ */ syscall('iiiii:i', (vm, target, target_length, fd, path, length) => {
  const { fds, memory } = vm.wasi;
  const directory = fds.get(fd, Rights.path_symlink);
  directory.symlink(memory.text(target, target_length), memory.text(path, length));
});

/** Stores as much of the link's text as the buffer holds, and how much that is. */
export const path_readlink = /* @__PURE__ */ syscall('iiiiii:i', (vm, fd, path, length, buffer, room, out) => {
  const { fds, memory } = vm.wasi;
  const directory = fds.get(fd, Rights.path_readlink);
  const into = memory.bytes(buffer, room);
  const text = new TextEncoder().encode(directory.readlink(memory.text(path, length)));
  const part = text.subarray(0, into.length);
  into.set(part);
  memory.set_u32(out, part.length);
});
