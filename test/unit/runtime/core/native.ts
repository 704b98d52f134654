/**
 * The oracle of the libcall tests: tiny modules made byte by byte, one function per instruction, run by the engine's own
 * WebAssembly. Floats go in and out as integers, so that every bit of a NaN can be compared.
 */

interface Native {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: Record<string, (...args: unknown[]) => unknown> };
}
const native = (globalThis as unknown as { WebAssembly: Native }).WebAssembly;

const TYPES: Record<string, number> = { i: 0x7f, I: 0x7e, f: 0x7f, F: 0x7e };
/** Makes a float of the integer that stands for it, and the reverse. */
const TO_FLOAT: Record<string, number[]> = { f: [0xbe], F: [0xbf] };
const TO_BITS: Record<string, number[]> = { f: [0xbc], F: [0xbd] };

export function leb(n: number): number[] {
  const out: number[] = [];
  for (let rest = n; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) | 0x80);
  }
}
function section(id: number, items: readonly number[][]): number[] {
  const body = [...leb(items.length), ...items.flat()];
  return [id, ...leb(body.length), ...body];
}
export function opcodeBytes(code: number): number[] {
  return code < 0x100 ? [code] : [code >> 8, ...leb(code & 0xff)];
}

export interface NativeFunc {
  readonly name: string;
  readonly params: string;
  readonly results: string;
  /** The instruction with its immediates. */
  readonly code: readonly number[];
}

/** Instantiates functions that apply one instruction to their parameters, over a memory of one page called `memory`. */
export function nativeFuncs(funcs: readonly NativeFunc[]): Record<string, (...args: unknown[]) => unknown> {
  const types = funcs.map(({ params, results }) => [0x60, ...letters(params), ...letters(results)]);
  const bodies = funcs.map(({ params, results, code }) => {
    const args = [...params].flatMap((p, i) => [0x20, i, ...(TO_FLOAT[p] ?? [])]);
    const body = [0, ...args, ...code, ...(TO_BITS[results] ?? []), 0x0b];
    return [...leb(body.length), ...body];
  });
  const exports = funcs.map(({ name }, i) => [...text(name), 0, ...leb(i)]);
  const bytes = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(
      3,
      funcs.map((_, i) => leb(i)),
    ),
    ...section(5, [[0, 1]]),
    ...section(7, [...exports, [...text('memory'), 2, 0]]),
    ...section(10, bodies),
  ];
  return new native.Instance(new native.Module(new Uint8Array(bytes))).exports;
}
function letters(types: string): number[] {
  return [types.length, ...[...types].map((t) => TYPES[t]!)];
}
function text(s: string): number[] {
  const bytes = [...new TextEncoder().encode(s)];
  return [...leb(bytes.length), ...bytes];
}

/** A small generator (mulberry32): the same numbers in every run. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) | 0;
  };
}
