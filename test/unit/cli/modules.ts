/** Small modules assembled by hand, for tests that need bytes and no assembler. */

const text = (s: string) => [s.length, ...new TextEncoder().encode(s)];
const section = (id: number, ...contents: number[]) => [id, contents.length, ...contents];
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const WASI = text('wasi_snapshot_preview1');

/** Exports `add`: (i32, i32) -> i32. */
export const ADD = new Uint8Array([
  ...HEADER,
  ...section(1, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f),
  ...section(3, 1, 0),
  ...section(7, 1, ...text('add'), 0, 0),
  ...section(10, 1, 7, 0, 0x20, 0, 0x20, 1, 0x6a, 0x0b),
]);

/** A memory of pages of one byte: valid, and not supported. */
export const REFUSED = new Uint8Array([...HEADER, ...section(5, 1, 8, 1, 0)]);

/** Holds a data segment, "hello" at 8. */
export const DATA = new Uint8Array([
  ...HEADER,
  ...section(5, 1, 0, 1),
  ...section(7, 1, ...text('memory'), 2, 0),
  ...section(11, 1, 0, 0x41, 8, 0x0b, ...text('hello')),
]);

/** A WASI command whose exit code is the number of its arguments, its own name counted. */
export const COUNT_ARGS = new Uint8Array([
  ...HEADER,
  ...section(1, 3, 0x60, 2, 0x7f, 0x7f, 1, 0x7f, 0x60, 1, 0x7f, 0, 0x60, 0, 0),
  ...long(2, 2, ...WASI, ...text('args_sizes_get'), 0, 0, ...WASI, ...text('proc_exit'), 0, 1),
  ...section(3, 1, 2),
  ...section(5, 1, 0, 1),
  ...section(7, 2, ...text('memory'), 2, 0, ...text('_start'), 0, 2),
  ...section(10, 1, 16, 0, 0x41, 0, 0x41, 4, 0x10, 0, 0x1a, 0x41, 0, 0x28, 2, 0, 0x10, 1, 0x0b),
]);

/** A WASI command that prints "ready\n" and then runs until it is killed. */
export const READY_THEN_LOOP = new Uint8Array([
  ...HEADER,
  ...section(1, 2, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f, 0x60, 0, 0),
  ...section(2, 1, ...WASI, ...text('fd_write'), 0, 0),
  ...section(3, 1, 1),
  ...section(5, 1, 0, 1),
  ...section(7, 2, ...text('memory'), 2, 0, ...text('_start'), 0, 1),
  ...section(10, 1, 18, 0, 0x41, 1, 0x41, 0, 0x41, 1, 0x41, 32, 0x10, 0, 0x1a, 0x03, 0x40, 0x0c, 0, 0x0b, 0x0b),
  // one buffer: 6 bytes at 8
  ...section(11, 1, 0, 0x41, 0, 0x0b, 14, 8, 0, 0, 0, 6, 0, 0, 0, ...text('ready\n').slice(1)),
]);

/** A section of 128 bytes or more. */
function long(id: number, ...contents: number[]): number[] {
  return [id, (contents.length & 0x7f) | 0x80, contents.length >> 7, ...contents];
}
