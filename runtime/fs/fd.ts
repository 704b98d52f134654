/**
 * A file descriptor's object: everything one can do to it, and by default nothing. A kind of descriptor overrides what it
 * can do, so a new kind is a small class. Calls that a kind lacks fail with ENOTSUP.
 */
import { Errno } from './errno.ts';
import type { Dirent, Filestat, Moved, NewTimes, OpenRequest } from './types.ts';
import { Filetype } from './types.ts';

function not_supported(): never {
  throw new Errno('ENOTSUP');
}

export abstract class Fd {
  /** A value of `Filetype`. */
  readonly filetype: number = Filetype.unknown;
  /** Bits of `Fdflags`. */
  fdflags = 0;
  /** Bits of `Rights`: of this descriptor, and the most that descriptors opened through it may have. */
  rights: number;
  inheriting: number;
  /** Guest name of a preopened directory. */
  readonly preopen: string | undefined = undefined;

  constructor(rights: number, inheriting: number) {
    this.rights = rights;
    this.inheriting = inheriting;
  }

  /** Releases what the host holds for it. */
  close(): void {}

  /** Reads into the buffers in order; returns bytes read, 0 at the end. May stop early. */
  read(_buffers: readonly Uint8Array[]): number {
    return not_supported();
  }
  /** Writes the buffers in order; returns bytes written. */
  write(_buffers: readonly Uint8Array[]): number {
    return not_supported();
  }
  pread(_buffers: readonly Uint8Array[], _offset: number): number {
    return not_supported();
  }
  pwrite(_buffers: readonly Uint8Array[], _offset: number): number {
    return not_supported();
  }
  /** Moves the position by `offset` from `base`; returns the new position. */
  seek(_offset: number, _base: 'start' | 'current' | 'end'): number {
    throw new Errno('ESPIPE');
  }
  set_fdflags(_flags: number): void {
    not_supported();
  }
  advise(): void {
    not_supported();
  }
  allocate(_offset: number, _length: number): void {
    not_supported();
  }
  set_size(_size: number): void {
    not_supported();
  }
  sync(_data_only: boolean): void {
    not_supported();
  }
  filestat(): Filestat {
    return not_supported();
  }
  set_times(_times: NewTimes): void {
    not_supported();
  }
  /** Bytes that can be read, or room to write, now without waiting. */
  ready(_what: 'read' | 'write'): bigint {
    return 1n;
  }

  /** The entry at a position, `undefined` past the last; position 0 reads the directory anew. */
  entry(_position: number): Dirent | undefined {
    throw new Errno('ENOTDIR');
  }
  open(_path: string, _request: OpenRequest): Fd {
    throw new Errno('ENOTDIR');
  }
  path_filestat(_path: string, _follow: boolean): Filestat {
    throw new Errno('ENOTDIR');
  }
  path_set_times(_path: string, _follow: boolean, _times: NewTimes): void {
    throw new Errno('ENOTDIR');
  }
  create_directory(_path: string): void {
    throw new Errno('ENOTDIR');
  }
  remove_directory(_path: string): void {
    throw new Errno('ENOTDIR');
  }
  unlink(_path: string): void {
    throw new Errno('ENOTDIR');
  }
  symlink(_target: string, _path: string): void {
    throw new Errno('ENOTDIR');
  }
  readlink(_path: string): string {
    throw new Errno('ENOTDIR');
  }
  link(_path: string, _follow: boolean, _to: Fd, _to_path: string): void {
    throw new Errno('ENOTDIR');
  }
  /** Returns what descriptors that are open below the old path must be told by `renamed`. */
  rename(_path: string, _to: Fd, _to_path: string): Moved {
    throw new Errno('ENOTDIR');
  }
  /** Called on every descriptor after a rename. */
  renamed(_moved: Moved): void {}
}
