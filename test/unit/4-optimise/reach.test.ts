/** What accesses add to an address that one before has found in memory: which they know of, and that no sum wraps. */
import { describe, expect, it } from 'vitest';
import { type FuncIR, Ir } from '../../../src/3-lower/ir.ts';
import { Known } from '../../../src/4-optimise/indices/plans.ts';
import { type EngineName, loadEngine } from '../../spec/engines.ts';
import { assemble, lower, through } from '../../support/func-ir.ts';
import { add, num, PARAMS, p, q, set, x } from './addresses.ts';

/** Displacements of accesses that add them to what is known to be a place in memory, in order. */
async function added(body: string, memory = '(memory 1)'): Promise<number[]> {
  const text = `(module ${memory} (func ${PARAMS} ${body}))`;
  const ir = through(await lower(text), 'copies', 'dce', 'int64', 'fold', 'ifs', 'dce', 'indices', 'dce');
  return places(ir);
}
const places = (ir: FuncIR): number[] =>
  ir.code.filter((n) => n.op === Ir.place && isByRotation(n.inputs[0]!, n.inputs[1]!)).map((n) => n.imm);
const isByRotation = (index: { op: number; imm2: number }, address: unknown): boolean =>
  index === address || (index.op === Ir.index && index.imm2 >= Known.rotated);

const byte = (a: string, offset = 0): string => `(drop (i32.load8_u offset=${offset} ${a}))`;
const word = (a: string, offset = 0): string => `(drop (i32.load offset=${offset} ${a}))`;
const store = (a: string, offset = 0): string => `(f64.store offset=${offset} ${a} (f64.const 1))`;

describe('an access knows its address from one before', () => {
  it.each<[string, string, number[]]>([
    ['of any type', store(p) + byte(p, 9), [9]],
    ['at any offset', byte(p, 70000) + byte(p, 1), [1]],
    ['that a condition follows', `${word(p)} (if ${q} (then ${byte(p, 3)}) (else ${byte(p, 4)}))`, [3, 4]],
    ['that a loop follows', `${word(p)} (loop ${byte(p, 3)} (br_if 0 ${q}))`, [3]],
    ['on both ways', `(if ${q} (then ${word(p)}) (else ${store(p)})) ${byte(p, 5)}`, []],
    ['before a way out', `(block ${word(p)} (br_if 0 ${q}) ${store(q)}) ${byte(p, 5)} ${byte(q, 6)}`, [5]],
    ['in the last round', `(block (loop ${word(p)} (br_if 1 ${q}) (br 0))) ${byte(p, 5)}`, [0, 5]],
    ['in an arm that is the only way', `(if ${q} (then ${word(p)}) (else (return))) ${byte(p, 5)}`, [5]],
    ['without the constant', word(p) + word(add(p, 8)) + word(add(p, -8)), [0, 2, -2]],
    ['or from how it is made', byte(`(i32.and ${p} ${num(255)})`, 70000), [70000]],
  ])('%s', async (_, body, expected) => {
    expect(await added(body)).toEqual(expected);
  });
  it.each<[string, string, string?]>([
    ['behind it', byte(p, 9) + word(p)],
    ['in an arm', `(if ${q} (then ${word(p)})) ${byte(p, 9)}`],
    ['in the other arm', `(if ${q} (then ${word(p)}) (else ${byte(p, 9)}))`],
    ['behind a way out', `(block (br_if 0 ${q}) ${word(p)}) ${byte(p, 9)}`],
    ['of another value', word(q) + byte(p, 9)],
    ['of a value of the round before', `(loop ${byte(p, 9)} ${set(0, add(p, 4))} (br_if 0 ${q}))`],
    ['that a constant is added to', word(add(p, 8)) + byte(p, 9)],
    ['with an offset beyond the last page', word(p) + byte(p, 65536)],
    [
      'in a memory of 64-bit addresses',
      '(drop (i32.load (i64.const 4))) (drop (i32.load8_u offset=9 (i64.extend_i32_u (local.get 0))))',
      '(memory i64 1)',
    ],
  ])('but not %s', async (_, body, memory) => {
    expect((await added(body, memory)).filter((d) => d !== 0)).toEqual([]);
  });
  it('by the one index of all that come later', async () => {
    expect(await added(`${word(p, 8)} ${word(p)} ${store(x)} ${word(p, 12)}`)).toEqual([0, -2, 1]);
  });
  it('not where first accesses differ', async () => {
    const arms = `(if ${q} (then ${word(p, 4)} ${word(p, 8)}) (else ${word(p, 12)} ${word(p, 16)}))`;
    expect(await added(`${arms} ${word(p, 20)}`)).toEqual([]);
  });
});

describe.each(['2', '2 2', '2 2 shared'])(
  'whatever the address, accesses do what they do natively, memory %s',
  (memory) => {
    const OFFSETS = [0, 1, 2, 4, 6, 8, 12, 16, 24, 40, 60, 65512, 65520, 65528, 65536, 2 ** 31 - 8, 2 ** 32 - 8];
    const WIDTHS = {
      i32: ['load', 'load8_u', 'load8_s', 'load16_u'],
      i64: ['load', 'load32_u'],
      f64: ['load'],
    } as const;
    let seed = 1;
    const upTo = (n: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 2 ** 32) * n);
    };
    const pick = <T>(list: readonly T[]): T => list[upTo(list.length)]!;

    function access(address: string): string {
      const type = pick(['i32', 'i32', 'i64', 'f64'] as const);
      const offset = pick(OFFSETS);
      if (upTo(3) === 0) return `(${type}.store offset=${offset} ${address} (${type}.const ${upTo(200)}))`;
      const value = `(${type}.${pick(WIDTHS[type])} offset=${offset} ${address})`;
      const bits = type === 'f64' ? `(i64.reinterpret_f64 ${value})` : value;
      const word = type === 'i32' ? value : `(i32.wrap_i64 (i64.mul ${bits} (i64.const 0x100000001)))`;
      return set(7, `(i32.xor (i32.rotl (local.get 7) ${num(5)}) ${word})`);
    }
    function statement(depth: number): string {
      const address = pick([p, p, p, add(p, pick([4, 8, -4, -8])), q]);
      const kind = depth === 0 ? 0 : upTo(8);
      const body = (): string => Array.from({ length: 1 + upTo(3) }, () => statement(depth - 1)).join(' ');
      if (kind === 1) return `(if (i32.and ${x} ${num(1 << upTo(4))}) (then ${body()}) (else ${body()}))`;
      if (kind === 2) return `(block ${body()} (br_if 0 (i32.and ${x} ${num(1 << upTo(4))})) ${body()})`;
      if (kind === 3) return `(if (i32.and ${x} ${num(1 << upTo(4))}) (then ${body()} (return (local.get 7))))`;
      return access(address);
    }
    const FUNCTIONS = 60;
    const functions = Array.from({ length: FUNCTIONS }, (_, i) => {
      const body = Array.from({ length: 7 }, () => statement(2)).join(' ');
      return `(func (export "f${i}") ${PARAMS.replace(' (local', ' (result i32) (local')} ${body} (local.get 7))`;
    });
    const text = `(module (memory (export "memory") ${memory}) ${functions.join(' ')})`;
    const NEAR = [0, 2 ** 17, 2 ** 30, 2 ** 31, 2 ** 32 - 65536, 2 ** 32];
    const AWAY = [-65528, -64, -17, -13, -12, -9, -8, -7, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 7, 8, 65521];
    const ADDRESSES = NEAR.flatMap((near) => AWAY.map((away) => (near + away) | 0));

    async function outcomes(name: EngineName): Promise<string[]> {
      const engine = await loadEngine(name);
      const { exports } = new engine.Instance(new engine.Module(await assemble(text)), {});
      const bytes = new Uint8Array((exports.memory as { buffer: ArrayBuffer }).buffer);
      return Array.from({ length: FUNCTIONS }, (_, i) => {
        for (let k = 0; k < bytes.length; k++) bytes[k] = Math.imul(k, 0x9e3779b1) >>> 24;
        const run = exports[`f${i}`] as (...args: number[]) => number;
        const found = ADDRESSES.map((address, k) => {
          try {
            return run(address, ADDRESSES[(7 * k) % ADDRESSES.length]!, k, 0);
          } catch (error) {
            return (error as Error).message.replace(/.*(out of bounds).*/, '$1');
          }
        });
        return `${found.join(' ')} ${bytes.reduce((sum, b, k) => (Math.imul(sum, 31) + b + k) | 0, 0)}`;
      });
    }
    it.each<EngineName>(['wavm', 'wavm-jsc', 'wavm-interpreter'] as EngineName[])('by %s', async (name) => {
      expect(await outcomes(name)).toEqual(await outcomes('native'));
    });
  },
);
