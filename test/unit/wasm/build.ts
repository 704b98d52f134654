/** Builds module binaries byte by byte, so that tests can also say what no assembler would. */

export type Bytes = readonly number[];

export function u32(n: number): number[] {
  const out: number[] = [];
  let rest = n >>> 0;
  do {
    out.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return out;
}

export function s32(n: number): number[] {
  const out: number[] = [];
  for (let rest = n | 0; ; rest >>= 7) {
    const b = rest & 0x7f;
    const done = rest >> 6 === 0 || rest >> 6 === -1;
    out.push(done ? b : b | 0x80);
    if (done) return out;
  }
}

export const flat = (parts: readonly Bytes[]): number[] => {
  const out: number[] = [];
  for (const p of parts) for (const b of p) out.push(b);
  return out;
};
export const vec = (...items: Bytes[]): number[] => [...u32(items.length), ...flat(items)];
export const name = (text: string): number[] => {
  const bytes = new TextEncoder().encode(text);
  return [...u32(bytes.length), ...bytes];
};
export const section = (id: number, content: Bytes): number[] => flat([[id], u32(content.length), content]);
export const custom = (title: string, content: Bytes): number[] => section(0, [...name(title), ...content]);

export const HEADER: Bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
export const wasm = (...sections: Bytes[]): Uint8Array => Uint8Array.from(flat([HEADER, ...sections]));

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
export const FUNCREF = 0x70;
export const EXTERNREF = 0x6f;
export const END = 0x0b;

export const funcType = (params: Bytes, results: Bytes): number[] => [
  0x60,
  ...vec(...params.map((t) => [t])),
  ...vec(...results.map((t) => [t])),
];
/** A body with its size; `locals` are groups of `[count, type]`. */
export function body(code: Bytes, locals: readonly (readonly [number, number])[] = []): number[] {
  const content = flat([vec(...locals.map(([n, t]) => [...u32(n), t])), code, [END]]);
  return flat([u32(content.length), content]);
}

/** Sections beside the types, the function and its code, each by its content. */
export interface Extra {
  /** More types after that of the function, which is type 0. */
  types?: Bytes[];
  imports?: Bytes[];
  tables?: Bytes[];
  memories?: Bytes[];
  tags?: Bytes[];
  globals?: Bytes[];
  exports?: Bytes[];
  start?: number;
  elements?: Bytes[];
  dataCount?: number;
  datas?: Bytes[];
  customs?: Bytes[];
  locals?: readonly (readonly [number, number])[];
}

/** A module of one function `params → results` whose operators are `code` (without the last `end`). */
export function oneFunc(params: Bytes, results: Bytes, code: Bytes, x: Extra = {}): Uint8Array {
  const maybe = (id: number, items: Bytes[] | undefined): number[] => (items ? section(id, vec(...items)) : []);
  return wasm(
    section(1, vec(funcType(params, results), ...(x.types ?? []))),
    maybe(2, x.imports),
    section(3, vec([0])),
    maybe(4, x.tables),
    maybe(5, x.memories),
    maybe(13, x.tags),
    maybe(6, x.globals),
    maybe(7, x.exports),
    x.start === undefined ? [] : section(8, u32(x.start)),
    maybe(9, x.elements),
    x.dataCount === undefined ? [] : section(12, u32(x.dataCount)),
    section(10, vec(body(code, x.locals))),
    maybe(11, x.datas),
    ...(x.customs ?? []),
  );
}
