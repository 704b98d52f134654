/**
 * Reads and writes on a host descriptor, complete and binary-safe: short writes go on, a descriptor that is in
 * non-blocking mode (a terminal or pipe shared with another program) is tried again until it takes the bytes.
 */
import { Errno, host_code } from './errno.ts';
import type { NodeFs } from './node-fs.ts';
import { pause } from './pause.ts';

/** More than this in one call is refused by some hosts. */
const MOST_BYTES = 1 << 30;

/**
 * Reads once into the buffers in order; 0 is the end of the file. `position` null: the descriptor's own.
 * With `nonblock`, EAGAIN is thrown instead of waited out.
 */
export function read_once(
  fs: NodeFs,
  fd: number,
  buffers: readonly Uint8Array[],
  position: number | null,
  nonblock: boolean,
): number {
  const into = clip(buffers);
  const first = into[0];
  if (first === undefined) return 0;
  for (;;) {
    try {
      if (into.length === 1) return fs.readSync(fd, first, 0, first.length, position);
      return fs.readvSync(fd, into, position ?? undefined);
    } catch (error) {
      const code = host_code(error);
      // Windows reports the end of a pipe so.
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN' || nonblock) throw error;
      pause(1);
    }
  }
}

/**
 * Writes all bytes of the buffers in order and returns how many; fewer only where an error (or, with `nonblock`, EAGAIN)
 * came after the first of them.
 */
export function write_all(
  fs: NodeFs,
  fd: number,
  buffers: readonly Uint8Array[],
  position: number | null,
  nonblock: boolean,
): number {
  let total = 0;
  let rest = clip(buffers);
  for (let first = rest[0]; first !== undefined; first = rest[0]) {
    try {
      const at = position === null ? null : position + total;
      const written =
        rest.length === 1 ? fs.writeSync(fd, first, 0, first.length, at) : fs.writevSync(fd, rest, at ?? undefined);
      if (written === 0) return total;
      total += written;
      rest = clip(skip(buffers, total));
    } catch (error) {
      if (host_code(error) === 'EAGAIN' && !nonblock) pause(1);
      else if (total > 0) return total;
      else throw error;
    }
  }
  return total;
}

/** The non-empty buffers up to the most that one call takes. */
function clip(buffers: readonly Uint8Array[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  let room = MOST_BYTES;
  for (const buffer of buffers) {
    if (buffer.length === 0) continue;
    if (buffer.length > room) {
      if (room > 0) out.push(buffer.subarray(0, room));
      break;
    }
    out.push(buffer);
    room -= buffer.length;
  }
  return out;
}

/** What is left of the buffers after so many bytes. */
function skip(buffers: readonly Uint8Array[], bytes: number): Uint8Array[] {
  const out: Uint8Array[] = [];
  let left = bytes;
  for (const buffer of buffers) {
    if (left < buffer.length) out.push(buffer.subarray(left));
    left = Math.max(0, left - buffer.length);
  }
  return out;
}

/** A size or position that node can take: a whole number up to 2^53. */
export function checked_size(n: number): number {
  if (n < 0) throw new Errno('EINVAL');
  if (!Number.isSafeInteger(n)) throw new Errno('EFBIG');
  return n;
}
