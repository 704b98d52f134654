/** Indices that accesses share lead to the right element: by native's results, and by what is asked for. */
import { describe, expect, it } from 'vitest';
import { type EngineName, loadEngine } from '../../spec/engines.ts';
import { assemble } from '../../support/func-ir.ts';
import { emitted } from '../5-emit/tree/emitted.ts';
import { add, low, num, PARAMS, p, q, set, shl, sum, x, y } from './addresses.ts';

/** Accesses of every form, as bodies of a function that goes round its loops once, and leaves a number in local 7. */
const keep = (value: string): string => set(7, `(i32.xor (i32.rotl (local.get 7) ${num(5)}) ${value})`);
const read = (a: string, offset = 0): string => keep(`(i32.load offset=${offset} ${a})`);
const readHalf = (a: string, offset = 0): string => keep(`(i32.load16_u offset=${offset} ${a})`);
const write = (a: string, offset = 0): string => `(f64.store offset=${offset} ${a} (f64.const 1.1))`;
const writePair = (a: string, offset = 0): string => `(i64.store offset=${offset} ${a} (i64.const 0x123456789abcdef))`;
const once = (body: string): string => `(loop ${body} (br_if 0 ${y}))`;
/** The constants furthest from 0 that are terms: the sign bit by itself is an exclusive or. */
const [LEAST, MOST] = [8 - 2 ** 31, 2 ** 31 - 8];
const local = (at: number): string => `(local.get ${at})`;

const FORMS: Readonly<Record<string, string>> = {
  'a base': read(p) + read(p, 4) + read(p, MOST) + write(p, 8) + write(p, MOST),
  'a base and constants': [4, -8, MOST, LEAST].map((c) => read(add(p, c)) + write(add(p, c & -8))).join(' '),
  halves: [2, -2, MOST + 6, LEAST].map((c) => readHalf(add(p, c))).join(' ') + readHalf(p, MOST + 6),
  'halves of aligned sums': readHalf(add(sum(low(1, p), low(1, q), shl(x, 1)), MOST)),
  'pairs of words': [0, 8, MOST].map((offset) => writePair(p, offset)).join(' '),
  'aligned pairs of words': [0, 8, MOST].map((offset) => writePair(low(2, p), offset)).join(' '),
  'an aligned base': [0, 8, MOST].map((offset) => read(low(3, p), offset) + write(low(3, p), offset)).join(' '),
  'aligned sums': [0, MOST, LEAST].map((c) => write(add(sum(low(3, p), low(3, q), shl(x, 4)), c))).join(' '),
  'scaled terms': `${read(shl(x, 2))} ${write(add(shl(x, 4), LEAST))} ${write(add(`(i32.mul ${x} ${num(-24)})`, p))}`,
  'an unknown base and two terms':
    set(4, low(2, q)) + set(5, low(2, x)) + once(read(sum(p, local(4), local(5))) + read(sum(p, local(5), local(4)))),
  'an unknown base, a term and constants':
    set(4, low(2, q)) + once([4, MOST, LEAST].map((c) => read(add(add(p, local(4)), c))).join(' ')),
  'an unknown base, two terms and constants':
    set(4, low(2, q)) +
    set(5, low(2, x)) +
    once([4, MOST, LEAST].map((c) => read(add(sum(p, local(4), local(5)), c))).join(' ')),
  'an unknown base, three terms and constants':
    set(4, low(3, q)) +
    set(5, low(3, x)) +
    set(6, shl(x, 3)) +
    once([8, MOST, LEAST].map((c) => write(add(sum(p, local(4), local(5), local(6)), c))).join(' ')),
};
const NAMES = Object.keys(FORMS);
const PARAMS_AND_RESULT = PARAMS.replace(' (local', ' (result i32) (local');
const functionOf = (name: string): string =>
  `(func (export "${name}") ${PARAMS_AND_RESULT} ${FORMS[name]} ${local(7)})`;

const EDGES = [0, 1, 6, 8, -1, -8, 65528, 2 ** 28, 2 ** 29 + 4, 2 ** 30 - 4, MOST, LEAST, -(2 ** 31), 2 - 2 ** 31];
function* triples(): Generator<[number, number, number]> {
  for (const a of EDGES) for (const b of EDGES) for (const c of EDGES) yield [a, b, c];
}

describe.each(['1', '1 1', '1 1 shared'])('accesses give what they give natively, memory %s', (memory) => {
  const text = `(module (memory (export "memory") ${memory}) ${NAMES.map(functionOf).join(' ')})`;
  async function outcome(name: EngineName, form: string): Promise<unknown[]> {
    const engine = await loadEngine(name);
    const { exports } = new engine.Instance(new engine.Module(await assemble(text)), {});
    const bytes = new Uint8Array((exports.memory as { buffer: ArrayBuffer }).buffer);
    for (let i = 0; i < bytes.length; i++) bytes[i] = Math.imul(i, 0x9e3779b1) >>> 24;
    const run = exports[form] as (...args: number[]) => number;
    const found: unknown[] = [];
    for (const args of triples()) {
      try {
        found.push(run(...args, 0));
      } catch (error) {
        found.push((error as Error).message.replace(/.*(out of bounds).*/, '$1'));
      }
    }
    return [...found, Buffer.from(bytes).toString('base64')];
  }
  it.each(NAMES)('%s', async (form) => {
    expect(await outcome('wavm', form)).toEqual(await outcome('native', form));
  });
});

/** What an access asks for: the element of its view, and the address that the libcall is given. */
interface Asked {
  readonly view: 'i32' | 'u16' | 'f64';
  readonly index: number;
  readonly address: number;
  readonly words: number;
}
const SHIFTS = { i32: 2, u16: 1, f64: 3 } as const;
const isInside = ({ view, index }: Asked): boolean => index >= 0 && index < 2 ** (32 - SHIFTS[view]);

/**
 * A function with views that hold nothing: each access asks for an element first, and is then left to the libcall, which is
 * given the address. Gives what all of them asked for.
 */
async function asking(func: string): Promise<(...args: number[]) => Asked[]> {
  const text = await emitted(`(memory 65536 65536 shared) ${func}`);
  let list: Asked[] = [];
  let last = { view: 'i32' as Asked['view'], index: 0 };
  const view = (name: Asked['view']): object =>
    new Proxy({}, { get: (_, index) => void (last = { view: name, index: Number(index) }) });
  const libcall = (address: number, offset = 0, words = 0): number => {
    list.push({ ...last, address: (address >>> 0) + offset, words });
    return 0;
  };
  const names = {
    $v0$: Object.fromEntries((['i32', 'u16', 'f64'] as const).map((name) => [name, view(name)])),
    i32_load_0: libcall,
    i32_load16_u_0: libcall,
    f64_store_0: (address: number, _: number, offset?: number) => libcall(address, offset),
    i64_store_0: (address: number, _: number, __: number, offset?: number) => libcall(address, offset, 1),
  };
  const source = text.slice(text.indexOf('function $f0'));
  const f = new Function(...Object.keys(names), `${source}; return $f0`)(...Object.values(names)) as (
    ...args: number[]
  ) => number;
  return (...args) => {
    list = [];
    f(...args, 0);
    return list;
  };
}

describe('an element within 4 GiB is the right one', () => {
  it.each(NAMES)('%s', async (form) => {
    const ask = await asking(functionOf(form));
    const inside = [...triples()].flatMap((args) => ask(...args)).filter(isInside);
    expect(inside.filter((a) => (a.index - a.words) * 2 ** SHIFTS[a.view] !== a.address)).toEqual([]);
    expect(inside.length).toBeGreaterThan(0);
  });
});

describe('an element is asked for where a base is below 0 and what is added brings it back', () => {
  const around = (p: string): string => `(func (export "f") ${PARAMS_AND_RESULT} ${p} ${local(7)})`;
  it.each<[string, string, number]>([
    ['a constant', once(read(add(p, 4096)) + write(add(p, 4104))), -1024],
    ['a term', set(4, low(3, q)) + once(read(sum(p, local(4))) + write(sum(p, local(4)))), -2000],
    ['a term and a constant', set(4, low(3, q)) + once(read(add(sum(p, local(4)), 2048)).repeat(2)), -4096],
    ['a constant, and halves', once(readHalf(add(p, 4098)).repeat(2)), -4096],
  ])('%s', async (_, body, start) => {
    const asked = (await asking(around(body)))(start, 4000, 0);
    expect(asked.map(isInside)).toEqual([true, true]);
  });
});
