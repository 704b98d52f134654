/**
 * A descriptor over a host descriptor: regular files, and whatever else can be read and written.
 *
 * Node cannot seek, so the position is ours and every access to a regular file names it. An inherited descriptor (standard
 * input from a file) starts with the position that the kernel holds, which others may share, and becomes ours when the
 * guest first seeks.
 */
import { Errno } from './errno.ts';
import { Fd } from './fd.ts';
import type { NodeFs } from './node-fs.ts';
import { filestat_of, filetype_of, new_times, now_ns } from './stat.ts';
import { checked_size, read_once, write_all } from './transfer.ts';
import type { Filestat, NewTimes } from './types.ts';
import { Fdflags, FILE_RIGHTS, Filetype, Rights, STREAM_RIGHTS } from './types.ts';

export interface HostFileOptions {
  readonly fdflags?: number;
  readonly rights?: number;
  /** A path that leads to the same file, to open it anew with other flags. */
  readonly path?: string;
  /** The descriptor was there before us: it is not ours to close, and the kernel holds its position. */
  readonly inherited?: boolean;
}

export class HostFile extends Fd {
  override readonly filetype: number;
  private readonly fs: NodeFs;
  private handle: number;
  private readonly seekable: boolean;
  private readonly inherited: boolean;
  private readonly path: string | undefined;
  /** Where the next read or write of a seekable file takes place; null: where the kernel says. */
  private position: number | null;
  /** Bytes passed through an inherited descriptor so far. */
  private passed = 0;

  constructor(fs: NodeFs, handle: number, options: HostFileOptions = {}) {
    const filetype = filetype_of(fs.fstatSync(handle, { bigint: true }));
    const seekable = filetype === Filetype.regular_file || filetype === Filetype.block_device;
    super((options.rights ?? -1) & (seekable ? FILE_RIGHTS : STREAM_RIGHTS), 0);
    this.filetype = filetype;
    this.fs = fs;
    this.handle = handle;
    this.seekable = seekable;
    this.inherited = options.inherited ?? false;
    this.position = seekable && !this.inherited ? 0 : null;
    this.path = options.path;
    this.fdflags = options.fdflags ?? 0;
  }

  override close(): void {
    if (!this.inherited) this.fs.closeSync(this.handle);
  }

  override read(buffers: readonly Uint8Array[]): number {
    return this.advance(read_once(this.fs, this.handle, buffers, this.position, this.nonblock));
  }

  override write(buffers: readonly Uint8Array[]): number {
    if (this.position !== null && (this.fdflags & Fdflags.append) !== 0) this.position = this.size();
    return this.advance(write_all(this.fs, this.handle, buffers, this.position, this.nonblock));
  }

  override pread(buffers: readonly Uint8Array[], offset: number): number {
    this.must_seek();
    return read_once(this.fs, this.handle, buffers, checked_size(offset), this.nonblock);
  }

  override pwrite(buffers: readonly Uint8Array[], offset: number): number {
    this.must_seek();
    return write_all(this.fs, this.handle, buffers, checked_size(offset), this.nonblock);
  }

  override seek(offset: number, base: 'start' | 'current' | 'end'): number {
    this.must_seek();
    const from = base === 'start' ? 0 : base === 'end' ? this.size() : this.current();
    const to = from + offset;
    if (to < 0) throw new Errno('EINVAL');
    if (!Number.isSafeInteger(to)) throw new Errno('EOVERFLOW');
    if (to !== from || base !== 'current') this.position = to;
    return to;
  }

  /** Only `append` and `nonblock` can change. */
  override set_fdflags(flags: number): void {
    const changed = flags ^ this.fdflags;
    if ((changed & ~(Fdflags.append | Fdflags.nonblock)) !== 0) throw new Errno('ENOTSUP');
    if (changed & this.fdflags & Fdflags.append) this.reopen();
    this.fdflags = flags;
  }

  override advise(): void {
    this.must_seek();
  }

  override allocate(offset: number, length: number): void {
    if (length === 0) throw new Errno('EINVAL');
    const end = checked_size(offset + length);
    if (end > this.size()) this.fs.ftruncateSync(this.handle, end);
  }

  override set_size(size: number): void {
    this.fs.ftruncateSync(this.handle, checked_size(size));
  }

  override sync(data_only: boolean): void {
    if (!this.seekable) throw new Errno('EINVAL');
    if (data_only) this.fs.fdatasyncSync(this.handle);
    else this.fs.fsyncSync(this.handle);
  }

  override filestat(): Filestat {
    return filestat_of(this.fs.fstatSync(this.handle, { bigint: true }));
  }

  override set_times(times: NewTimes): void {
    const [atime, mtime] = new_times(times, this.fs.fstatSync(this.handle, { bigint: true }), now_ns());
    this.fs.futimesSync(this.handle, atime, mtime);
  }

  override ready(what: 'read' | 'write'): bigint {
    if (what === 'write' || !this.seekable) return 1n;
    return BigInt(Math.max(0, this.size() - this.current()));
  }

  private get nonblock(): boolean {
    return (this.fdflags & Fdflags.nonblock) !== 0;
  }

  private must_seek(): void {
    if (!this.seekable) throw new Errno('ESPIPE');
  }

  private size(): number {
    return Number(this.fs.fstatSync(this.handle, { bigint: true }).size);
  }

  private advance(bytes: number): number {
    this.passed += bytes;
    if (this.position !== null) this.position += bytes;
    return bytes;
  }

  private current(): number {
    return this.position ?? this.kernel_position() ?? this.passed;
  }

  /** Linux tells the position of a descriptor; elsewhere we know only what went through our hands. */
  private kernel_position(): number | undefined {
    try {
      const info = this.fs.readFileSync(`/proc/self/fdinfo/${this.handle}`, 'utf8');
      const found = /^pos:\s*(\d+)/m.exec(info);
      return found === null ? undefined : Number(found[1]);
    } catch {
      return undefined;
    }
  }

  /** The kernel appends whatever position a write names, so the flag only goes with a new descriptor. */
  private reopen(): void {
    if (this.path === undefined || this.inherited) throw new Errno('ENOTSUP');
    const { O_RDWR, O_NOFOLLOW } = this.fs.constants;
    const handle = this.fs.openSync(this.path, O_RDWR | (O_NOFOLLOW ?? 0));
    const old = this.fs.fstatSync(this.handle, { bigint: true });
    const now = this.fs.fstatSync(handle, { bigint: true });
    if (old.ino !== now.ino || old.dev !== now.dev) {
      this.fs.closeSync(handle);
      throw new Errno('ENOTSUP');
    }
    this.fs.closeSync(this.handle);
    this.handle = handle;
  }
}

/**
 * Guests take a character device without the rights to seek and tell for a terminal (wasi-libc's isatty); other devices,
 * such as /dev/null, get those rights though they are of no use.
 */
export function mark_no_terminal(file: HostFile): void {
  file.rights |= Rights.fd_seek | Rights.fd_tell;
}
