/**
 * Calls with exact bits: for each signature a small module that loads the arguments from its memory, calls the imported
 * function and stores the results, run by the same engine. Values never become JavaScript values on the way that the
 * engine itself would not make them.
 */
import type { NumberType } from './convert/commands.ts';
import type { Namespace } from './engines.ts';

/** Exception references cross no boundary: of those there is only whether they are null, as an i32. */
export type NullType = 'exnref' | 'nullexnref';
export type SlotType = NumberType | 'v128' | NullType;
export interface Signature {
  readonly params: readonly SlotType[];
  readonly results: readonly SlotType[];
}
/** Memory of the adapter: argument i at 16 i, then the results likewise. */
export interface Bound {
  readonly view: DataView;
  readonly results: number;
  run(): void;
}
/** What is adapted: a function, or a global that is read. */
export type Subject = 'func' | 'const global' | 'mutable global';

export const SLOT = 16;

const TYPE: Readonly<Record<SlotType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  exnref: 0x69,
  nullexnref: 0x74,
};
const LOAD: Readonly<Record<SlotType, readonly number[]>> = {
  i32: [0x28],
  i64: [0x29],
  f32: [0x2a],
  f64: [0x2b],
  v128: [0xfd, 0],
  exnref: [],
  nullexnref: [],
};
const STORE: Readonly<Record<SlotType, readonly number[]>> = {
  i32: [0x36],
  i64: [0x37],
  f32: [0x38],
  f64: [0x39],
  v128: [0xfd, 11],
  exnref: [0x36],
  nullexnref: [0x36],
};
export const isNullType = (t: SlotType): t is NullType => t === 'exnref' || t === 'nullexnref';

function unsigned(n: number): number[] {
  return n < 128 ? [n] : [(n & 127) | 128, ...unsigned(n >>> 7)];
}
function signed(n: number): number[] {
  return n >= -64 && n < 64 ? [n & 127] : [(n & 127) | 128, ...signed(n >> 7)];
}
function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}
function section(id: number, body: readonly number[]): number[] {
  return [id, ...unsigned(body.length), ...body];
}

/** The adapter's bytes: imports `m.f`, exports the memory `m` and the function `r`. */
function adapterBytes(subject: Subject, { params, results }: Signature): Uint8Array {
  const address = (slot: number): number[] => [0x41, ...signed(slot * SLOT)];
  const access = (op: readonly number[]): number[] => [...op, 0, 0];
  const locals = results.map((t) => [1, TYPE[t]]);
  const code = [
    ...params.flatMap((t, i) => [...address(i), ...access(LOAD[t])]),
    ...(subject === 'func' ? [0x10, 0] : [0x23, 0]),
    ...results.flatMap((_, i) => [0x21, ...unsigned(results.length - 1 - i)]),
    ...results.flatMap((t, i) => [
      ...address(params.length + i),
      0x20,
      ...unsigned(i),
      ...(isNullType(t) ? [0xd1] : []),
      ...access(STORE[t]),
    ]),
    0x0b,
  ];
  const body = [...vector(locals), ...code];
  const types = [
    [0x60, ...vector(params.map((t) => [TYPE[t]])), ...vector(results.map((t) => [TYPE[t]]))],
    [0x60, 0, 0],
  ];
  const item = subject === 'func' ? [0, 0] : [3, TYPE[results[0]!], subject === 'mutable global' ? 1 : 0];
  const pages = Math.ceil(((params.length + results.length) * SLOT) / 65536);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(2, vector([[1, 0x6d, 1, 0x66, ...item]])),
    ...section(3, vector([[1]])),
    ...section(5, vector([[0, Math.max(pages, 1)]])),
    ...section(
      7,
      vector([
        [1, 0x72, 0, subject === 'func' ? 1 : 0],
        [1, 0x6d, 2, 0],
      ]),
    ),
    ...section(10, vector([[...unsigned(body.length), ...body]])),
  ]);
}

/** Makes adapters, one module for each signature and one instance for each function. */
export function adapters(wasm: Namespace): (subject: Subject, item: object, signature: Signature) => Bound {
  const modules = new Map<string, object>();
  const instances = new WeakMap<object, Bound>();
  return (subject, item, signature) => {
    const known = instances.get(item);
    if (known !== undefined) return known;
    const key = `${subject} ${signature.params} ${signature.results}`;
    let module = modules.get(key);
    if (module === undefined) modules.set(key, (module = new wasm.Module(adapterBytes(subject, signature))));
    const { m, r } = new wasm.Instance(module, { m: { f: item } }).exports as {
      m: { buffer: ArrayBuffer };
      r: () => void;
    };
    const bound = { view: new DataView(m.buffer), results: SLOT * signature.params.length, run: () => void r() };
    instances.set(item, bound);
    return bound;
  };
}
