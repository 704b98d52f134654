/** Stack exhaustion is an error that can be caught, from whichever kind of recursion, and leaves the instance as it was. */
import { describe, expect, it } from 'vitest';
import { Memory, Table } from '../../../runtime/index.ts';
import { instantiateText } from './support.ts';

const RECURSION = `(module
  (type $i (func (param i64) (result i64)))
  (import "env" "back" (func $back (param i64) (result i64)))
  (table $t (export "t") 3 funcref) (elem (table $t) (i32.const 0) func $indirect $host $cycle)
  (memory (export "m") 1)
  (global $count (export "count") (mut i64) (i64.const 0))
  (func $direct (export "direct") (type $i) (i64.add (i64.const 1) (call $direct (local.get 0))))
  (func $indirect (export "indirect") (type $i)
    (i64.add (i64.const 1) (call_indirect $t (type $i) (local.get 0) (i32.const 0))))
  (func $host (export "host") (type $i) (i64.add (i64.const 1) (call $back (local.get 0))))
  ;; tail calls in a cycle with recursion between
  (func $cycle (export "cycle") (type $i)
    (return_call_indirect $t (type $i) (call $cycle (i64.add (local.get 0) (i64.const 1))) (i32.const 2)))
  (func $stores (export "stores") (type $i)
    (i64.store (i32.const 8) (local.get 0))
    (global.set $count (i64.add (global.get $count) (i64.const 1)))
    (i64.add (call $stores (i64.add (local.get 0) (i64.const 1))) (i64.const 1)))
  (func (export "load") (result i64) (i64.load (i32.const 8)))
  (func (export "pass") (type $i)
    (if (result i64) (i64.lt_s (local.get 0) (i64.const 1000))
      (then (return_call_indirect $t (type $i) (local.get 0) (i32.const 1))) (else (local.get 0)))))`;

const isExhaustion = (run: () => unknown): boolean => {
  try {
    run();
    return false;
  } catch (error) {
    return error instanceof RangeError && error.message === 'Maximum call stack size exceeded';
  }
};

describe.each(['wamr', 'wavm'] as const)('%s', (backend) => {
  it('is caught, again and again, and the instance goes on', async () => {
    let depth = 0;
    let end = Number.POSITIVE_INFINITY;
    const exports = await instantiateText(
      RECURSION,
      { env: { back: (x: bigint): unknown => (++depth < end ? exports.host!(x) : x + 5n) } },
      { backend, verify: true },
    );
    for (let round = 0; round < 3; round++) {
      for (const name of ['direct', 'indirect', 'host', 'cycle', 'stores']) {
        expect([name, isExhaustion(() => exports[name]!(0n))]).toEqual([name, true]);
      }
      const { count } = exports as unknown as { count: { value: bigint } };
      expect(count.value).toBe((exports.load!() as bigint) + 1n);
      expect(count.value).toBeGreaterThan(500n);
      count.value = 0n;
      depth = 0;
      end = 100;
      expect(exports.host!(-(1n << 40n))).toBe(-(1n << 40n) + 5n + 100n);
      end = Number.POSITIVE_INFINITY;
      expect(exports.pass!(1n << 33n)).toBe(1n << 33n);
    }
  });

  it('from a host function near the end of the stack, too', async () => {
    const exports = await instantiateText(RECURSION, { env: { back: (x: bigint) => x } }, { backend });
    const fill = (): unknown => {
      try {
        return fill();
      } catch {
        try {
          return exports.pass!(1n << 50n);
        } catch {
          return undefined;
        }
      }
    };
    expect([undefined, 1n << 50n]).toContain(fill());
    expect(exports.pass!(7n << 40n)).toBe(7n << 40n);
    expect(exports.host!(3n)).toBe(4n);
  });
});

describe('a memory that grows near the end of the stack', () => {
  /** Calls `run` with ever less stack, until nothing is left. */
  const down = (run: () => void): void => {
    try {
      down(run);
    } catch {
      run();
    }
  };
  it.each([true, false])('keeps its contents, shown outside: %s', (shown) => {
    for (let round = 0; round < 20; round++) {
      const memory = new Memory({ initial: 1 });
      let views = 0;
      memory.watch((buffer, size) => {
        views = new Uint8Array(buffer, 0, size).length;
      });
      memory.bytes[5] = 77;
      down(() => {
        if (shown) void memory.buffer;
        memory.grow_by(1);
      });
      expect(memory.bytes[5]).toBe(77);
      expect([65536, 131072]).toContain(memory.bytes.length);
      expect(new Uint8Array(memory.buffer)[5]).toBe(77);
      expect(views).toBe(memory.bytes.length);
    }
  });
  it('a table, too', () => {
    const table = new Table({ element: 'externref', initial: 1 }, 5);
    down(() => void table.grow(3, 6));
    expect(table.get(0)).toBe(5);
    expect([1, 4]).toContain(table.length);
  });
});
