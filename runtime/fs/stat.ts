/** Between node's Stats and WASI's filestat, and new times from what `fstflags` asks for. */
import type { Stats } from './node-fs.ts';
import type { Filestat, NewTimes } from './types.ts';
import { Filetype, Fstflags } from './types.ts';

/** Pipes count as sockets, which is the only stream type that WASI has. */
export function filetype_of(stats: Stats): number {
  if (stats.isFile()) return Filetype.regular_file;
  if (stats.isDirectory()) return Filetype.directory;
  if (stats.isSymbolicLink()) return Filetype.symbolic_link;
  if (stats.isCharacterDevice()) return Filetype.character_device;
  if (stats.isBlockDevice()) return Filetype.block_device;
  if (stats.isSocket() || stats.isFIFO()) return Filetype.socket_stream;
  return Filetype.unknown;
}

export function filestat_of(stats: Stats): Filestat {
  return {
    dev: stats.dev,
    ino: stats.ino,
    filetype: filetype_of(stats),
    nlink: stats.nlink,
    size: stats.size,
    atim: stats.atimeNs,
    mtim: stats.mtimeNs,
    ctim: stats.ctimeNs,
  };
}

/**
 * The two times in seconds, for node's utimes: exact to a microsecond, which is all that a double holds. `now` is in
 * nanoseconds; a time that is not asked for stays as it is in `stats`.
 */
export function new_times(times: NewTimes, stats: Stats, now: bigint): [atime: number, mtime: number] {
  const { fstflags } = times;
  const choose = (set: number, set_now: number, value: bigint, old: bigint): number => {
    const ns = (fstflags & set_now) !== 0 ? now : (fstflags & set) !== 0 ? value : old;
    return seconds(ns);
  };
  return [
    choose(Fstflags.atim, Fstflags.atim_now, times.atim, stats.atimeNs),
    choose(Fstflags.mtim, Fstflags.mtim_now, times.mtim, stats.mtimeNs),
  ];
}

/** A double from which node gets the right microsecond, though node 20 cuts off what is below. */
function seconds(ns: bigint): number {
  const near = Number(ns / 1000n) / 1e6;
  const whole = ns / 1_000_000_000n;
  const cut = Math.trunc((near - Number(whole)) * 1e9);
  return cut < Number((ns - whole * 1_000_000_000n) / 1000n) * 1000 ? near + 2.5e-7 : near;
}

export function now_ns(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
