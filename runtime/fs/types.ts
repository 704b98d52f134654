/** The constants and records of WASI preview1's file system (`wasi_snapshot_preview1.witx`). */

export const Filetype = {
  unknown: 0,
  block_device: 1,
  character_device: 2,
  directory: 3,
  regular_file: 4,
  socket_dgram: 5,
  socket_stream: 6,
  symbolic_link: 7,
} as const;

export const Fdflags = { append: 1, dsync: 2, nonblock: 4, rsync: 8, sync: 16, all: 31 } as const;

export const Oflags = { creat: 1, directory: 2, excl: 4, trunc: 8 } as const;

export const Fstflags = { atim: 1, atim_now: 2, mtim: 4, mtim_now: 8 } as const;

/** Bits of `lookupflags`. */
export const SYMLINK_FOLLOW = 1;

/** What a descriptor may be used for. All 30 fit in a number; the upper half of the wire's u64 is always zero. */
export const Rights = {
  fd_datasync: 1 << 0,
  fd_read: 1 << 1,
  fd_seek: 1 << 2,
  fd_fdstat_set_flags: 1 << 3,
  fd_sync: 1 << 4,
  fd_tell: 1 << 5,
  fd_write: 1 << 6,
  fd_advise: 1 << 7,
  fd_allocate: 1 << 8,
  path_create_directory: 1 << 9,
  path_create_file: 1 << 10,
  path_link_source: 1 << 11,
  path_link_target: 1 << 12,
  path_open: 1 << 13,
  fd_readdir: 1 << 14,
  path_readlink: 1 << 15,
  path_rename_source: 1 << 16,
  path_rename_target: 1 << 17,
  path_filestat_get: 1 << 18,
  path_filestat_set_size: 1 << 19,
  path_filestat_set_times: 1 << 20,
  fd_filestat_get: 1 << 21,
  fd_filestat_set_size: 1 << 22,
  fd_filestat_set_times: 1 << 23,
  path_symlink: 1 << 24,
  path_remove_directory: 1 << 25,
  path_unlink_file: 1 << 26,
  poll_fd_readwrite: 1 << 27,
  sock_shutdown: 1 << 28,
  sock_accept: 1 << 29,
} as const;

export const ALL_RIGHTS = (1 << 30) - 1;

/** What makes sense on a stream that cannot seek: a terminal, a pipe. */
export const STREAM_RIGHTS =
  Rights.fd_read |
  Rights.fd_write |
  Rights.fd_fdstat_set_flags |
  Rights.fd_sync |
  Rights.fd_datasync |
  Rights.fd_filestat_get |
  Rights.poll_fd_readwrite;

/** What makes sense on a regular file. */
export const FILE_RIGHTS =
  STREAM_RIGHTS |
  Rights.fd_seek |
  Rights.fd_tell |
  Rights.fd_advise |
  Rights.fd_allocate |
  Rights.fd_filestat_set_size |
  Rights.fd_filestat_set_times;

/** What makes sense on a directory itself. */
export const DIRECTORY_RIGHTS =
  Rights.fd_fdstat_set_flags |
  Rights.fd_sync |
  Rights.fd_datasync |
  Rights.fd_advise |
  Rights.path_create_directory |
  Rights.path_create_file |
  Rights.path_link_source |
  Rights.path_link_target |
  Rights.path_open |
  Rights.fd_readdir |
  Rights.path_readlink |
  Rights.path_rename_source |
  Rights.path_rename_target |
  Rights.path_filestat_get |
  Rights.path_filestat_set_size |
  Rights.path_filestat_set_times |
  Rights.fd_filestat_get |
  Rights.fd_filestat_set_times |
  Rights.path_symlink |
  Rights.path_remove_directory |
  Rights.path_unlink_file |
  Rights.poll_fd_readwrite;

/** What a file or directory is; sizes in bytes, times in nanoseconds since 1970. */
export interface Filestat {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly filetype: number;
  readonly nlink: bigint;
  readonly size: bigint;
  readonly atim: bigint;
  readonly mtim: bigint;
  readonly ctim: bigint;
}

/** New access and modification times, as `fstflags` says; nanoseconds since 1970. */
export interface NewTimes {
  readonly atim: bigint;
  readonly mtim: bigint;
  readonly fstflags: number;
}

export interface Dirent {
  readonly name: string;
  readonly ino: bigint;
  readonly filetype: number;
}

export interface OpenRequest {
  readonly follow: boolean;
  readonly oflags: number;
  readonly fdflags: number;
  readonly rights: number;
  readonly inheriting: number;
}

/** A directory entry was renamed: the host paths, and the new place as a preopen's host path and names from there. */
export interface Moved {
  readonly from: string;
  readonly to: string;
  readonly place: { readonly root: string; readonly parts: readonly string[] };
}
