/**
 * From a guest's path to a host path that stays below the directory it starts from.
 *
 * The path is walked component by component, as the kernel would walk it, but every symbolic link is read and followed
 * here: no host call is ever given a path with a link or `..` in it. What would leave the directory whose descriptor the
 * call names (`..` above it, an absolute path, a link to either) is ENOTCAPABLE, as WASI's own tests want it: a descriptor
 * gives what is below, not what is beside. Another process that swaps directories for links during the walk can defeat
 * this: node has no openat.
 */
import { Errno } from './errno.ts';
import type { NodeFs, Stats } from './node-fs.ts';

/** As Linux. */
const MOST_LINKS = 40;

/**
 * What a link at the very end of the path means. `follow`: its target. `nofollow`: itself, unless a slash follows it.
 * `entry`: itself; for calls that change the directory entry.
 */
export type LastLink = 'follow' | 'nofollow' | 'entry';

export interface Place {
  /** Host path of the preopen. */
  readonly root: string;
  /** Names from there: real directories, but for the last, which may be anything or nothing. */
  readonly parts: readonly string[];
}

export interface Resolved extends Place {
  /** The whole host path. */
  readonly path: string;
  /** The path asked for a directory by ending in a slash. */
  readonly slash: boolean;
  /** Of what is there (not followed), if anything is. */
  readonly stats: Stats | undefined;
}

export function host_path(place: Place): string {
  if (place.parts.length === 0) return place.root;
  return `${place.root.endsWith('/') ? place.root : `${place.root}/`}${place.parts.join('/')}`;
}

/**
 * Throws ENOENT, ENOTDIR, ELOOP and what lstat gives, as the kernel would; a missing last component is no error, but in
 * front of a slash something that is no directory is ENOTDIR.
 */
export function resolve(fs: NodeFs, from: Place, path: string, last: LastLink): Resolved {
  const { root } = from;
  const parts = [...from.parts];
  const pending = components(path);
  let slash = false;
  let links = 0;
  let stats: Stats | undefined;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    stats = undefined;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      if (parts.length === from.parts.length) throw new Errno('ENOTCAPABLE');
      parts.pop();
      continue;
    }
    check_name(fs, name);
    const more = pending.some((c) => c !== '');
    slash = !more && pending.length > 0;
    const at = host_path({ root, parts: [...parts, name] });
    stats = fs.lstatSync(at, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) {
      if (more) throw new Errno('ENOENT');
      return { root, parts: [...parts, name], path: at, slash, stats };
    }
    if (stats.isSymbolicLink() && (more || last === 'follow' || (slash && last === 'nofollow'))) {
      if (++links > MOST_LINKS) throw new Errno('ELOOP');
      pending.push(...components(fs.readlinkSync(at)));
      continue;
    }
    if ((more || slash) && !stats.isDirectory()) throw new Errno('ENOTDIR');
    parts.push(name);
    if (slash) pending.length = 0;
  }
  const whole = host_path({ root, parts });
  return { root, parts, path: whole, slash, stats: stats ?? fs.lstatSync(whole, { bigint: true }) };
}

/** The components, last first. */
function components(path: string): string[] {
  if (path === '') throw new Errno('ENOENT');
  if (path.includes('\0')) throw new Errno('EINVAL');
  if (path.startsWith('/')) throw new Errno('ENOTCAPABLE');
  return path.split('/').reverse();
}

/** On Windows, recognised by its lack of O_NOFOLLOW, a name may hold no separator, drive or stream mark. */
function check_name(fs: NodeFs, name: string): void {
  if (fs.constants.O_NOFOLLOW === undefined && /[\\:]/.test(name)) throw new Errno('EINVAL');
}
