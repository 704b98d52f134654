/**
 * A directory below (or at) a preopen, over node:fs. It holds its place by name, since node has no openat; renames made
 * through the same descriptor table move it along.
 */
import { Errno } from './errno.ts';
import { Fd } from './fd.ts';
import { HostFile, mark_no_terminal } from './file.ts';
import type { NodeFs } from './node-fs.ts';
import type { LastLink, Place, Resolved } from './resolve.ts';
import { host_path, resolve } from './resolve.ts';
import { filestat_of, filetype_of, new_times, now_ns } from './stat.ts';
import type { Dirent, Filestat, Moved, NewTimes, OpenRequest } from './types.ts';
import { ALL_RIGHTS, DIRECTORY_RIGHTS, Fdflags, Filetype, Oflags, Rights } from './types.ts';

/** Rights that only a descriptor open for writing can have. */
const WRITES = Rights.fd_write | Rights.fd_datasync | Rights.fd_allocate | Rights.fd_filestat_set_size;

export interface DirectoryOptions {
  readonly rights?: number;
  readonly inheriting?: number;
  readonly fdflags?: number;
  readonly preopen?: string;
}

/** Opens a host directory for the guest to know by the name `guest`. Throws node's errors and ENOTDIR. */
export function open_preopen(fs: NodeFs, host: string, guest: string): Directory {
  const root = fs.realpathSync(host);
  if (!fs.statSync(root).isDirectory()) throw new Errno('ENOTDIR');
  return new Directory(fs, { root, parts: [] }, { preopen: guest });
}

export class Directory extends Fd {
  override readonly filetype = Filetype.directory;
  override readonly preopen: string | undefined;
  private readonly fs: NodeFs;
  private place: Place;
  /** The names as of the last read from position 0. */
  private names: readonly string[] | undefined;

  constructor(fs: NodeFs, place: Place, options: DirectoryOptions = {}) {
    super((options.rights ?? ALL_RIGHTS) & DIRECTORY_RIGHTS, options.inheriting ?? ALL_RIGHTS);
    this.fs = fs;
    this.place = place;
    this.preopen = options.preopen;
    this.fdflags = options.fdflags ?? 0;
  }

  override filestat(): Filestat {
    return filestat_of(this.fs.lstatSync(host_path(this.place), { bigint: true }));
  }

  override set_times(times: NewTimes): void {
    this.set_times_at(host_path(this.place), times);
  }

  override set_fdflags(flags: number): void {
    this.fdflags = flags;
  }

  override advise(): void {}

  override sync(data_only: boolean): void {
    const handle = this.fs.openSync(host_path(this.place), this.fs.constants.O_RDONLY);
    try {
      if (data_only) this.fs.fdatasyncSync(handle);
      else this.fs.fsyncSync(handle);
    } finally {
      this.fs.closeSync(handle);
    }
  }

  override entry(position: number): Dirent | undefined {
    if (position === 0 || this.names === undefined) {
      this.names = ['.', '..', ...this.fs.readdirSync(host_path(this.place))];
    }
    const name = this.names[position];
    if (name === undefined) return undefined;
    // The parent of a preopen is itself, as that of the root is.
    const { root, parts } = this.place;
    const at = name === '.' ? parts : name === '..' ? parts.slice(0, -1) : [...parts, name];
    const stats = this.fs.lstatSync(host_path({ root, parts: at }), { bigint: true, throwIfNoEntry: false });
    return { name, ino: stats?.ino ?? 0n, filetype: stats === undefined ? Filetype.unknown : filetype_of(stats) };
  }

  override open(path: string, request: OpenRequest): Fd {
    const { oflags, rights } = request;
    const creat = (oflags & Oflags.creat) !== 0;
    const directory = (oflags & Oflags.directory) !== 0;
    const exclusive = creat && (oflags & Oflags.excl) !== 0;
    if (creat && directory) throw new Errno('EINVAL');
    const at = this.resolve(path, exclusive ? 'entry' : request.follow ? 'follow' : 'nofollow');
    if (at.stats === undefined) {
      if (!creat) throw new Errno('ENOENT');
      if (at.slash) throw new Errno('EISDIR');
    } else {
      if (exclusive) throw new Errno('EEXIST');
      if (at.stats.isSymbolicLink()) throw new Errno('ELOOP');
      if (at.stats.isDirectory()) {
        if (creat || (oflags & Oflags.trunc) !== 0 || (rights & Rights.fd_write) !== 0) throw new Errno('EISDIR');
        return new Directory(this.fs, at, { rights, inheriting: request.inheriting, fdflags: request.fdflags });
      }
      if (directory) throw new Errno('ENOTDIR');
    }
    const handle = this.fs.openSync(at.path, this.open_flags(request), 0o666);
    const file = new HostFile(this.fs, handle, { rights, fdflags: request.fdflags, path: at.path });
    if (file.filetype === Filetype.character_device) mark_no_terminal(file);
    return file;
  }

  override path_filestat(path: string, follow: boolean): Filestat {
    return filestat_of(this.existing(path, follow ? 'follow' : 'nofollow').stats);
  }

  override path_set_times(path: string, follow: boolean, times: NewTimes): void {
    this.set_times_at(this.existing(path, follow ? 'follow' : 'nofollow').path, times);
  }

  override create_directory(path: string): void {
    const at = this.resolve(path, 'entry');
    if (at.stats !== undefined) throw new Errno('EEXIST');
    this.fs.mkdirSync(at.path);
  }

  override remove_directory(path: string): void {
    const at = this.entry_at(path);
    if (!at.stats.isDirectory()) throw new Errno('ENOTDIR');
    this.fs.rmdirSync(at.path);
  }

  override unlink(path: string): void {
    const at = this.entry_at(path);
    if (at.stats.isDirectory()) throw new Errno('EISDIR');
    this.fs.unlinkSync(at.path);
  }

  override symlink(target: string, path: string): void {
    if (target.startsWith('/')) throw new Errno('ENOTCAPABLE');
    if (target === '') throw new Errno('ENOENT');
    const at = this.resolve(path, 'entry');
    if (at.stats !== undefined) throw new Errno('EEXIST');
    if (at.slash) throw new Errno('ENOENT');
    this.fs.symlinkSync(target, at.path);
  }

  override readlink(path: string): string {
    const at = this.existing(path, 'nofollow');
    if (!at.stats.isSymbolicLink()) throw new Errno('EINVAL');
    return this.fs.readlinkSync(at.path);
  }

  override link(path: string, follow: boolean, to: Fd, to_path: string): void {
    const source = this.existing(path, follow ? 'follow' : 'nofollow');
    if (source.stats.isDirectory()) throw new Errno('EPERM');
    const target = directory_of(to).resolve(to_path, 'entry');
    if (target.stats !== undefined) throw new Errno('EEXIST');
    if (target.slash) throw new Errno('ENOENT');
    this.fs.linkSync(source.path, target.path);
    // Some systems follow a link here, which could name a file outside.
    if (source.stats.isSymbolicLink() && !this.fs.lstatSync(target.path).isSymbolicLink()) {
      this.fs.unlinkSync(target.path);
      throw new Errno('ENOTSUP');
    }
  }

  override rename(path: string, to: Fd, to_path: string): Moved {
    const source = this.entry_at(path);
    const target = directory_of(to).resolve(to_path, 'entry');
    if (target.slash && !source.stats.isDirectory()) throw new Errno('ENOTDIR');
    if (target.parts.length === 0) throw new Errno('EBUSY');
    this.fs.renameSync(source.path, target.path);
    return { from: source.path, to: target.path, place: target };
  }

  override renamed(moved: Moved): void {
    const path = host_path(this.place);
    if (path !== moved.from && !path.startsWith(`${moved.from}/`)) return;
    const { root, parts } = this.place;
    if (parts.length === 0) {
      this.place = { root: moved.to + root.slice(moved.from.length), parts };
      return;
    }
    const below = path.slice(moved.from.length).split('/').slice(1);
    this.place = { root: moved.place.root, parts: [...moved.place.parts, ...below] };
  }

  private resolve(path: string, last: LastLink): Resolved {
    return resolve(this.fs, this.place, path, last);
  }

  private existing(path: string, last: LastLink): Resolved & { stats: NonNullable<Resolved['stats']> } {
    const at = this.resolve(path, last);
    if (at.stats === undefined) throw new Errno('ENOENT');
    return { ...at, stats: at.stats };
  }

  /** An entry that can be removed or renamed: neither the preopen itself nor something called `.` or `..`. */
  private entry_at(path: string): Resolved & { stats: NonNullable<Resolved['stats']> } {
    if (/(?:^|\/)\.\.?\/*$/.test(path)) throw new Errno('EINVAL');
    return this.existing(path, 'entry');
  }

  private set_times_at(path: string, times: NewTimes): void {
    const [atime, mtime] = new_times(times, this.fs.lstatSync(path, { bigint: true }), now_ns());
    this.fs.lutimesSync(path, atime, mtime);
  }

  private open_flags(request: OpenRequest): number {
    const c = this.fs.constants;
    const { oflags, fdflags, rights } = request;
    const reads = (rights & Rights.fd_read) !== 0;
    const writes = (rights & WRITES) !== 0 || (oflags & Oflags.trunc) !== 0;
    let flags = writes ? (reads ? c.O_RDWR : c.O_WRONLY) : c.O_RDONLY;
    // Not every host has each of these.
    flags |= c.O_NOFOLLOW ?? 0;
    if (oflags & Oflags.creat) flags |= c.O_CREAT;
    if (oflags & Oflags.excl) flags |= c.O_EXCL;
    if (oflags & Oflags.trunc) flags |= c.O_TRUNC;
    if (fdflags & Fdflags.append) flags |= c.O_APPEND;
    if (fdflags & Fdflags.dsync) flags |= c.O_DSYNC ?? c.O_SYNC ?? 0;
    if (fdflags & (Fdflags.sync | Fdflags.rsync)) flags |= c.O_SYNC ?? 0;
    if (fdflags & Fdflags.nonblock) flags |= c.O_NONBLOCK ?? 0;
    return flags;
  }
}

function directory_of(fd: Fd): Directory {
  if (!(fd instanceof Directory)) throw new Errno('ENOTDIR');
  return fd;
}
