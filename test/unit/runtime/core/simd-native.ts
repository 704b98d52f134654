/**
 * The oracle of the SIMD libcalls: a module with a function for each instruction, which takes its operands from memory (16
 * bytes each, from 0 on) and leaves its result there, run by the engine's own WebAssembly. So every bit is compared.
 */
import { OPS, type OpName } from '../../../../src/wasm/opcodes.ts';
import { leb } from './native.ts';

/** Where results are. */
export const RESULT = 256;
/** One page, above operands and results: where instructions that access memory do so. */
export const PAGE = 65536;

const LOAD: Record<string, number[]> = { i: [0x28, 2], I: [0x29, 3], f: [0x2a, 2], F: [0x2b, 3], V: [0xfd, 0, 4] };
const STORE: Record<string, number[]> = { i: [0x36, 2], I: [0x37, 3], f: [0x38, 2], F: [0x39, 3], V: [0xfd, 11, 4] };

export interface Case {
  readonly params: string;
  readonly results: string;
  /** What follows when the operands are on the stack. */
  readonly code: readonly number[];
}

/** The bytes of a vector instruction, without immediates. */
export function op(name: OpName): number[] {
  return [0xfd, ...leb(OPS.find((o) => o.name === name)!.code - 0xfd000)];
}

/** i32.const */
export function constant(n: number): number[] {
  const out: number[] = [0x41];
  for (let rest = n | 0; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [...out, rest & 127];
    out.push((rest & 127) | 128);
  }
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const body = [...leb(items.length), ...items.flat()];
  return [id, ...leb(body.length), ...body];
}
const text = (s: string): number[] => [s.length, ...new TextEncoder().encode(s)];

interface Api {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: { m: { buffer: ArrayBuffer } } & Record<string, unknown> };
}

/** Functions that each apply a case to the operands in `view`. */
export function nativeCases(cases: readonly Case[]): { view: DataView; run: (() => void)[] } {
  const bodies = cases.map(({ params, results, code }) => {
    const operands = [...params].flatMap((p, i) => [...constant(16 * i), ...LOAD[p]!, 0]);
    const first = results === '' ? [] : constant(RESULT);
    const last = results === '' ? [] : [...STORE[results]!, 0];
    // A local for each operand, so that a case may use one twice.
    const body = [1, 4, 0x7b, ...first, ...operands, ...code, ...last, 0x0b];
    return [...leb(body.length), ...body];
  });
  const bytes = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[0x60, 0, 0]]),
    ...section(
      3,
      cases.map(() => [0]),
    ),
    ...section(5, [[0, 1]]),
    ...section(7, [[...text('m'), 2, 0], ...cases.map((_, i) => [...text(String(i)), 0, ...leb(i)])]),
    ...section(10, bodies),
  ];
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: Api }).WebAssembly;
  const { exports } = new Instance(new Module(Uint8Array.from(bytes)));
  return { view: new DataView(exports.m.buffer), run: cases.map((_, i) => exports[i] as () => void) };
}
