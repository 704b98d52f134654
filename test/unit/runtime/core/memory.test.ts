/** Loads and stores at every alignment and around every bound, against the engine's own; then the bulk instructions. */
import { beforeEach, describe, expect, it } from 'vitest';
import * as core from '../../../../runtime/core/index.ts';
import { Memory } from '../../../../runtime/vm/index.ts';
import { OPS } from '../../../../src/wasm/opcodes.ts';
import { leb, nativeFuncs, opcodeBytes } from './native.ts';

const libcalls = core as unknown as Record<string, (...args: unknown[]) => unknown>;
const ADDRESSES = [0, 1, 2, 3, 5, 8, 4095, 65520, 65527, 65528, 65529, 65532, 65533, 65534, 65535, 65536].concat([
  0x7fffffff, -0x80000000, -1, -2, -4, -8, -65536,
]);
const OFFSETS = [0, 1, 4, 8, 65529, 65535, 65536, 0x7fffffff, 0xfffffff8, 0xffffffff];

const PLAIN = OPS.filter((o) => o.width > 0 && o.code >= 0x28 && o.code <= 0x3e);
const name = (op: string, offset: number): string => `${op} ${offset}`;
const oracle = nativeFuncs(
  PLAIN.flatMap((o) =>
    OFFSETS.map((offset) => ({
      name: name(o.name, offset),
      params: o.signature!.params.replace('a', 'i'),
      results: o.signature!.results,
      code: [...opcodeBytes(o.code), 0, ...leb(offset)],
    })),
  ),
);
const nativeBytes = new Uint8Array((oracle.memory as unknown as { buffer: ArrayBuffer }).buffer);

let memory: Memory;
beforeEach(() => {
  memory = new Memory({ initial: 1 });
  for (let i = 0; i < 65536; i++) memory.bytes[i] = (i * 167 + (i >> 8)) & 0xff;
  nativeBytes.set(memory.bytes);
});

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}
/** A result as bits. */
function bits(results: string, value: unknown): unknown {
  if (typeof value === 'string' || results === '' || results === 'i') return value;
  if (results === 'f') return core.i32_reinterpret_f32(value as number);
  const low = results === 'F' ? core.i64_reinterpret_f64(value as number) : (value as number);
  return (BigInt(core.i64_hi[0]!) << 32n) | BigInt(low >>> 0);
}

const LOW = 0x12345678;
const HIGH = 0x4abcdef0;
/** The stored value: as the oracle takes it, and as the libcall does. */
const VALUES: Record<string, [unknown, unknown[]]> = {
  i: [LOW, [LOW]],
  I: [(BigInt(HIGH) << 32n) | BigInt(LOW), [LOW, HIGH]],
  f: [LOW, [core.f32_reinterpret_i32(LOW)]],
  F: [(BigInt(HIGH) << 32n) | BigInt(LOW), [core.f64_reinterpret_i64(LOW, HIGH)]],
};

describe('accesses', () => {
  it.each(PLAIN.map((o) => [o.name, o] as const))('%s', (op, { signature }) => {
    const [given, passed] = VALUES[signature!.params[1] ?? ''] ?? [undefined, []];
    for (const offset of OFFSETS) {
      for (const address of ADDRESSES) {
        const want = attempt(() => oracle[name(op, offset)]!(address, given));
        const got = attempt(() =>
          bits(signature!.results, libcalls[op.replace('.', '_')]!(memory, address, offset, ...passed)),
        );
        expect(`${address} + ${offset}: ${got}`).toBe(`${address} + ${offset}: ${want}`);
      }
    }
    expect(Buffer.compare(memory.bytes, nativeBytes)).toBe(0);
  });

  it('asks the memory again before it traps', () => {
    let current = new Memory({ initial: 0 });
    const replaced = {
      get view() {
        return current.view;
      },
      get bytes() {
        return current.bytes;
      },
      refresh: () => {
        current = memory;
      },
      grow_by: () => -1,
      shared: false,
    };
    expect(core.i32_load8_u(replaced, 5, 0)).toBe(memory.bytes[5]);
    expect(() => core.i32_load8_u(replaced, 65536, 0)).toThrow('memory access out of bounds');
  });
});

describe('bulk', () => {
  const OUT = 'memory access out of bounds';
  const text = (start: number, end: number): string =>
    Buffer.from(memory.bytes.subarray(start, end)).toString('latin1');
  beforeEach(() => {
    memory.bytes.fill(0);
    memory.bytes.set(Buffer.from('abcdefgh'));
  });

  it('fills', () => {
    core.memory_fill(memory, 2, 0x158, 3);
    expect(text(0, 8)).toBe('abXXXfgh');
    core.memory_fill(memory, 65536, 1, 0);
    expect(() => core.memory_fill(memory, 65537, 1, 0)).toThrow(OUT);
    expect(() => core.memory_fill(memory, 0, 1, -1)).toThrow(OUT);
    expect(() => core.memory_fill(memory, 65530, 1, 7)).toThrow(OUT);
    expect(memory.bytes[65530]).toBe(0);
  });

  it('copies overlapping ranges in both directions, and between memories', () => {
    core.memory_copy(memory, 2, memory, 0, 5);
    expect(text(0, 8)).toBe('ababcdeh');
    core.memory_copy(memory, 0, memory, 2, 5);
    expect(text(0, 8)).toBe('abcdedeh');
    const other = new Memory({ initial: 1 });
    core.memory_copy(other, 65533, memory, 1, 3);
    expect(Buffer.from(other.bytes.subarray(65533)).toString()).toBe('bcd');
    expect(() => core.memory_copy(other, 65534, memory, 1, 3)).toThrow(OUT);
    expect(() => core.memory_copy(other, 0, memory, -2, 3)).toThrow(OUT);
    core.memory_copy(other, 65536, memory, 65536, 0);
  });

  it('initialises from segments, which can be dropped', () => {
    const segment = { v: Uint8Array.from(Buffer.from('12345')) };
    core.memory_init(memory, segment, 1, 2, 3);
    expect(text(0, 5)).toBe('a345e');
    expect(() => core.memory_init(memory, segment, 0, 3, 3)).toThrow(OUT);
    expect(() => core.memory_init(memory, segment, 65534, 0, 3)).toThrow(OUT);
    core.data_drop(segment);
    core.memory_init(memory, segment, 65536, 0, 0);
    expect(() => core.memory_init(memory, segment, 0, 0, 1)).toThrow(OUT);
    expect(() => core.memory_init(memory, segment, 0, 1, 0)).toThrow(OUT);
  });

  it('grows and tells its size', () => {
    const small = new Memory({ initial: 1, maximum: 3 });
    expect([core.memory_size(small), core.memory_grow(small, 2), core.memory_size(small)]).toEqual([1, 1, 3]);
    expect([core.memory_grow(small, 1), core.memory_grow(small, -1), core.memory_size(small)]).toEqual([-1, -1, 3]);
  });
});
