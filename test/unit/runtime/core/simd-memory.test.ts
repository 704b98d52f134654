/** SIMD loads and stores at every alignment and around every bound, against the engine's own. */
import { beforeEach, describe, expect, it } from 'vitest';
import * as core from '../../../../runtime/core/index.ts';
import { Memory } from '../../../../runtime/vm/index.ts';
import { OPS } from '../../../../src/wasm/opcodes.ts';
import { leb } from './native.ts';
import { constant, nativeCases, op, PAGE, RESULT } from './simd-native.ts';

const libcalls = core as unknown as Record<string, (...args: unknown[]) => number>;
const ACCESSES = OPS.filter((o) => o.feature === 'simd' && o.width > 0);
const ADDRESSES = [0x1000, 0x1001, 0x1002, 0x1007, 0x100f, PAGE - 17, PAGE - 16, PAGE - 15, PAGE - 9, PAGE - 8]
  .concat([PAGE - 7, PAGE - 5, PAGE - 4, PAGE - 3, PAGE - 2, PAGE - 1, PAGE, 0x7fffffff, -0x80000000])
  .concat([-1, -2, -8, -15, -16, -0x1000]);
const OFFSETS = [0, 1, 5, 8, 0x1000, 0xffffffff];
const VECTOR = [0x04030281, 0x08870605, 0x8c0b0a09 | 0, 0x100f0e8d];

const SUBJECTS = ACCESSES.flatMap(({ name, signature, width, immediates }) => {
  const lanes = immediates === 'memarg_lane' ? Array.from({ length: 16 / width }, (_, i) => i) : [undefined];
  return lanes.flatMap((lane) =>
    OFFSETS.map((offset) => ({
      ...{ name, lane, offset, stores: signature!.results === '' },
      ...{ params: 'iV'.slice(0, signature!.params.length), results: signature!.results },
      code: [...op(name), 0, ...leb(offset), ...(lane === undefined ? [] : [lane])],
    })),
  );
});
const oracle = nativeCases(SUBJECTS);
const native = new Uint8Array(oracle.view.buffer);
const PATTERN = Uint8Array.from({ length: PAGE }, (_, i) => (i * 167 + (i >> 8)) & 0xff);
const lib = (name: string): string => name.replace('.', '_');

let memory: Memory;
beforeEach(() => {
  memory = new Memory({ initial: 1 });
});

/** Both memories with the same bytes, and the operands in the oracle's. */
function prepare(address: number): void {
  native.set(PATTERN);
  oracle.view.setInt32(0, address, true);
  for (let i = 0; i < 4; i++) oracle.view.setInt32(16 + 4 * i, VECTOR[i]!, true);
  memory.bytes.set(native);
}

function attempt(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}

describe('each access gives what the engine gives', () => {
  it.each(ACCESSES.map((o) => [o.name] as const))('%s', (name) => {
    const wrong: string[] = [];
    SUBJECTS.forEach(({ lane, offset, params, results, stores }, i) => {
      if (SUBJECTS[i]!.name !== name) return;
      for (const address of ADDRESSES) {
        prepare(address);
        const want = attempt(() => {
          oracle.run[i]!();
          return results && [0, 4, 8, 12].map((at) => oracle.view.getInt32(RESULT + at, true)).join();
        });
        const args = [
          memory,
          address,
          offset,
          ...(params === 'iV' ? VECTOR : []),
          ...(lane === undefined ? [] : [lane]),
        ];
        const got = attempt(() => {
          const low = libcalls[lib(name)]!(...args);
          return results && [low, ...core.v128_hi].join();
        });
        const same = !stores || Buffer.compare(native, memory.bytes) === 0;
        if (got !== want || !same) wrong.push(`${name} ${address}+${offset} [${lane}]: ${got}, expected ${want}`);
      }
    });
    expect(wrong.slice(0, 3)).toEqual([]);
  });
});

it('sees memory that has grown since', () => {
  expect(() => core.v128_load(memory, PAGE, 0)).toThrow('memory access out of bounds');
  memory.grow(1);
  core.v128_store(memory, PAGE, 1, 1, 2, 3, 4);
  expect([core.v128_load(memory, PAGE, 1), ...core.v128_hi]).toEqual([1, 2, 3, 4]);
});

it('addresses of the oracle are constants of the right width', () => {
  expect([constant(63), constant(64), constant(256)]).toEqual([
    [0x41, 63],
    [0x41, 192, 0],
    [0x41, 128, 2],
  ]);
});
