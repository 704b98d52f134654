/** The descriptor table: small integers to `Fd`s, the lowest free number first. */
import { Errno } from './errno.ts';
import type { Fd } from './fd.ts';
import type { Moved } from './types.ts';

export class FdTable {
  private readonly entries: (Fd | undefined)[] = [];

  /** The descriptor; EBADF if there is none, ENOTCAPABLE if it lacks one of the rights. */
  get(fd: number, rights = 0): Fd {
    const entry = this.entries[fd >>> 0];
    if (entry === undefined) throw new Errno('EBADF');
    if ((entry.rights & rights) !== rights) throw new Errno('ENOTCAPABLE');
    return entry;
  }

  add(entry: Fd): number {
    const free = this.entries.indexOf(undefined);
    const fd = free < 0 ? this.entries.length : free;
    this.entries[fd] = entry;
    return fd;
  }

  close(fd: number): void {
    const entry = this.get(fd);
    this.entries[fd >>> 0] = undefined;
    entry.close();
  }

  /** Moves a descriptor onto another, which is closed. Both must be open. */
  renumber(from: number, to: number): void {
    const entry = this.get(from);
    const old = this.get(to);
    if (entry === old) return;
    this.entries[from >>> 0] = undefined;
    this.entries[to >>> 0] = entry;
    old.close();
  }

  renamed(moved: Moved): void {
    for (const entry of this.entries) entry?.renamed(moved);
  }

  /** Closes all. */
  close_all(): void {
    const open = this.entries.splice(0);
    for (const entry of open) entry?.close();
  }
}
