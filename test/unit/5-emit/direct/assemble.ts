/** A small assembler: modules from functions written as lists of instruction names and immediates. */
import { OP, OPS, type OpName } from '../../../../src/wasm/opcodes.ts';

/** Instruction names, and their immediates as numbers (LEB128), bigints (64-bit LEB128) or raw bytes. */
export type Item = OpName | number | bigint | readonly number[];

export interface TestFunc {
  readonly name: string;
  /** `ii:i`, letters as in runtime/README.md. */
  readonly type: string;
  /** Letters of further locals. */
  readonly locals?: string;
  readonly body: readonly Item[];
}
export interface TestModule {
  readonly imports?: readonly { readonly name: string; readonly type: string }[];
  readonly funcs: readonly TestFunc[];
  /** Pages of memory. */
  readonly memory?: number;
  /** Types and initial values of mutable globals, as constant instructions. */
  readonly globals?: readonly { readonly type: string; readonly init: readonly Item[] }[];
  /** Function indices of table 0. */
  readonly table?: readonly number[];
  /** Further types: 0 and on, before those of functions. */
  readonly types?: readonly string[];
}

const TYPE: Readonly<Record<string, number>> = { i: 0x7f, I: 0x7e, f: 0x7d, F: 0x7c, r: 0x70, e: 0x6f };
/** Block types. */
export const EMPTY = [0x40];
export const result = (letter: string): number[] => [TYPE[letter]!];

export function leb(n: number | bigint): number[] {
  let rest = BigInt(n);
  const out: number[] = [];
  for (;;) {
    const byte = Number(rest & 127n);
    rest >>= 7n;
    if ((rest === 0n && byte < 64) || (rest === -1n && byte >= 64)) return [...out, byte];
    out.push(byte | 128);
  }
}
const unsigned = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...unsigned(n >>> 7)]);
const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const text = (s: string): number[] => vector([...new TextEncoder().encode(s)].map((b) => [b]));
const section = (id: number, items: readonly (readonly number[])[]): number[] => {
  if (items.length === 0) return [];
  const body = vector(items);
  return [id, ...unsigned(body.length), ...body];
};

/** The 4 or 8 bytes of a float immediate. */
export function floatBytes(type: 'f' | 'F', x: number): number[] {
  return [...new Uint8Array((type === 'f' ? new Float32Array([x]) : new Float64Array([x])).buffer)];
}

function code(items: readonly Item[]): number[] {
  const out: number[] = [];
  let signed = false;
  for (const item of items) {
    if (typeof item === 'string') {
      const { code: opcode, immediates } = OPS[OP[item]]!;
      out.push(...(opcode > 0xff ? [opcode >> 8, ...unsigned(opcode & 0xff)] : [opcode]));
      signed = immediates === 'i32' || immediates === 'i64';
    } else if (typeof item === 'object') out.push(...item);
    else out.push(...(signed || typeof item === 'bigint' ? leb(item) : unsigned(item)));
  }
  return out;
}

function funcType(type: string): number[] {
  const [params, results] = type.split(':') as [string, string];
  return [0x60, ...vector([...params].map(result)), ...vector([...results].map(result))];
}

export function assemble(m: TestModule): Uint8Array<ArrayBuffer> {
  const imports = m.imports ?? [];
  const first = m.types?.length ?? 0;
  const types = [...(m.types ?? []), ...imports.map((i) => i.type), ...m.funcs.map((f) => f.type)];
  const bodies = m.funcs.map((f) => {
    const locals = vector([...(f.locals ?? '')].map((l) => [1, TYPE[l]!]));
    const body = [...locals, ...code(f.body), 0x0b];
    return [...unsigned(body.length), ...body];
  });
  const table = m.table ?? [];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types.map(funcType)),
    ...section(
      2,
      imports.map((i, k) => [...text('m'), ...text(i.name), 0, ...unsigned(first + k)]),
    ),
    ...section(
      3,
      m.funcs.map((_, k) => unsigned(first + imports.length + k)),
    ),
    ...section(4, table.length > 0 ? [[0x70, 0, ...unsigned(table.length)]] : []),
    ...section(5, m.memory === undefined ? [] : [[0, ...unsigned(m.memory)]]),
    ...section(
      6,
      (m.globals ?? []).map((g) => [TYPE[g.type]!, 1, ...code(g.init), 0x0b]),
    ),
    ...section(7, [
      ...m.funcs.map((f, k) => [...text(f.name), 0, ...unsigned(imports.length + k)]),
      ...(m.memory === undefined ? [] : [[...text('memory'), 2, 0]]),
    ]),
    ...section(9, table.length > 0 ? [[0, 0x41, 0, 0x0b, ...vector(table.map(unsigned))]] : []),
    ...section(10, bodies),
  ]);
}
