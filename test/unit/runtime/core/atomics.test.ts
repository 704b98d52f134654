/** Atomic libcalls: every access against the engine's own at every alignment, on shared memories and others. */
import { describe, expect, it } from 'vitest';
import * as core from '../../../../runtime/core/index.ts';
import { Memory } from '../../../../runtime/vm/index.ts';
import { OPS } from '../../../../src/wasm/opcodes.ts';

const libcalls = core as unknown as Record<string, (...args: unknown[]) => number | undefined>;
const ACCESSES = OPS.filter(
  (o) => o.feature === 'threads' && /^i32.*(load|store|rmw)|^i64\.atomic\.(load|store|rmw\.\w+)$/.test(o.name),
);

/** What an access does to a little-endian number of `width` bytes. */
const MEANING: Record<string, (old: bigint, value: bigint, expected: bigint) => bigint> = {
  load: (old) => old,
  store: (_, value) => value,
  add: (old, value) => old + value,
  sub: (old, value) => old - value,
  and: (old, value) => old & value,
  or: (old, value) => old | value,
  xor: (old, value) => old ^ value,
  xchg: (_, value) => value,
  cmpxchg: (old, value, expected) => (old === expected ? value : old),
};
const START = 0xfedcba98_80c0ff7fn;
const WORDS = [0x12345678, -1, 0x7f, 0xff7f, 0];

function kindOf(name: string): string {
  return /(load|store)/.exec(name)?.[1] ?? /rmw\d*\.([a-z]+)/.exec(name)![1]!;
}

describe.each([true, false])('shared: %s', (shared) => {
  const memory = new Memory({ initial: 1, maximum: 1, shared });
  it.each(ACCESSES.map((o) => [o.name, o] as const))('%s', (name, { width, signature }) => {
    const kind = kindOf(name);
    const f = libcalls[name.replaceAll('.', '_')]!;
    const long = name.startsWith('i64');
    const bits = width * 8;
    const wrap = (v: bigint): bigint => BigInt.asUintN(bits, v);
    for (const low of WORDS) {
      for (const expected of [wrap(START), 5n]) {
        memory.view.setBigUint64(8, START, true);
        const operand = long ? [low, ~low] : [low];
        const value = long ? (BigInt(~low) << 32n) | BigInt(low >>> 0) : BigInt(low);
        const wanted = long
          ? [Number(BigInt.asIntN(32, expected)), Number(expected >> 32n) | 0]
          : [Number(expected) | 0];
        const operands = kind === 'load' ? [] : kind === 'cmpxchg' ? [...wanted, ...operand] : operand;
        const got = f(memory, 4, 4, ...operands);
        const after = wrap(MEANING[kind]!(wrap(START), wrap(value), expected));
        expect(wrap(memory.view.getBigUint64(8, true))).toBe(after);
        if (signature!.results === '') continue;
        const whole = long ? (BigInt(core.i64_hi[0]!) << 32n) | BigInt(got! >>> 0) : BigInt(got!);
        expect(wrap(whole)).toBe(wrap(START));
      }
    }
    const zeros = new Array<number>(4).fill(0);
    expect(() => f(memory, 65536, 0, ...zeros)).toThrow('memory access out of bounds');
    expect(() => f(memory, -width, width, ...zeros)).toThrow('memory access out of bounds');
    if (width > 1) {
      expect(() => f(memory, 65537, 0, ...zeros)).toThrow('operation does not support unaligned accesses');
    }
  });
});

it('waiting: alignment, bounds, then whether the memory is shared', () => {
  const own = new Memory({ initial: 1 });
  const shared = new Memory({ initial: 1, maximum: 1, shared: true });
  const wait = (m: Memory, at: number, expected: number) => core.memory_atomic_wait32(m, at, 0, expected, 1000, 0);
  expect(() => wait(own, 2, 0)).toThrow('operation does not support unaligned accesses');
  expect(() => wait(own, 65536, 0)).toThrow('memory access out of bounds');
  expect(() => wait(own, 0, 0)).toThrow('Atomics.wait cannot be called in this context');
  expect([wait(shared, 0, 1), wait(shared, 0, 0)]).toEqual([1, 2]);
  expect(core.memory_atomic_wait64(shared, 8, 0, 0, 1, 0, 0)).toBe(1);
  expect(core.memory_atomic_wait64(shared, 8, 0, 0, 0, 0, 0)).toBe(2);
  expect([core.memory_atomic_notify(own, 0, 0, 1), core.memory_atomic_notify(shared, 0, 0, -1)]).toEqual([0, 0]);
});

it('an address that no memory reaches keeps its alignment', () => {
  expect(core.atomic_address(-1, 0)).toBe(2 ** 32 - 1);
  expect(core.atomic_address(5, 1)).toBe(2 ** 32 + 5);
  expect(core.atomic_address(7, -1) % 8).toBe(7);
});
