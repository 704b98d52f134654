/** Tail calls at length: none of them uses up stack, alone, deep in recursion, and across instances. */
import { describe, expect, it } from 'vitest';
import { Table } from '../../../runtime/index.ts';
import type { BackendName } from '../../../src/options.ts';
import { type Exports, instantiateText } from './support.ts';

const MANY = 10_000_000;
const LONG = 300_000;

/** Even and odd, directly; a machine over a table, closed or exported; with arguments of all kinds. */
const machines = (table: string): string => `(module
  (type $h (func (param i32 i64) (result i64)))
  (type $w (func (param i32 f32 f64 i64 externref) (result i64 externref f64)))
  (table $t ${table} 3 funcref)
  (elem (table $t) (i32.const 0) func $up $down $wide)
  (func $even (export "even") (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
    (return_call $odd (i32.sub (local.get 0) (i32.const 1))))
  (func $odd (export "odd") (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
    (return_call $even (i32.sub (local.get 0) (i32.const 1))))
  (func $up (type $h)
    (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call_indirect $t (type $h) (i32.sub (local.get 0) (i32.const 1))
      (i64.add (local.get 1) (i64.const 0x100000001)) (i32.and (local.get 0) (i32.const 1))))
  (func $down (type $h)
    (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call_indirect $t (type $h) (i32.sub (local.get 0) (i32.const 1))
      (i64.sub (local.get 1) (i64.const 1)) (i32.and (local.get 0) (i32.const 1))))
  (func (export "machine") (type $h)
    (return_call_indirect $t (type $h) (local.get 0) (local.get 1) (i32.const 0)))
  (func $wide (export "wide") (type $w)
    (if (i32.eqz (local.get 0)) (then (return (local.get 3) (local.get 4) (local.get 2))))
    (return_call_indirect $t (type $w)
      (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (f64.promote_f32 (local.get 1))
      (i64.add (local.get 3) (i64.const 1)) (local.get 4) (i32.const 2)))
  (func $self (export "self") (param i32 i64) (result i64)
    (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call $self (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 3))))
  ;; recursion that is no tail call, each step with many that are
  (func $nested (export "nested") (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
    (i32.add (call $even (i32.const 100)) (call $nested (i32.sub (local.get 0) (i32.const 1)))))
  ;; a cycle whose members also recurse
  (func $tree (export "tree") (param i32) (result i32)
    (if (i32.le_s (local.get 0) (i32.const 1)) (then (return (i32.const 1))))
    (return_call $sum (local.get 0) (call $tree (i32.sub (local.get 0) (i32.const 1)))))
  (func $sum (param i32 i32) (result i32)
    (if (i32.gt_s (local.get 1) (i32.const 1000000)) (then (return_call $tree (i32.const 0))))
    (i32.add (local.get 1) (call $tree (i32.sub (local.get 0) (i32.const 2))))))`;

const CASES = (['wamr', 'wavm'] as const).flatMap((backend) =>
  [
    ['a closed table', ''],
    ['an exported table', '(export "t")'],
  ].map(([what, table]) => [backend, what, table] as [BackendName, string, string]),
);

describe.each(CASES)('%s, %s', (backend, _, table) => {
  const load = (): Promise<Exports> => instantiateText(machines(table), {}, { backend, verify: true });

  it('ten million tail calls in a cycle, and of the function itself', async () => {
    const { even, odd, machine, self } = await load();
    expect([even!(MANY), odd!(MANY), even!(MANY + 1)]).toEqual([1, 0, 0]);
    expect(machine!(MANY, 0n)).toBe(5_000_001n * 0x100000001n - 4_999_999n);
    expect(self!(MANY, 1n << 40n)).toBe((1n << 40n) + 30_000_000n);
  });
  it('several results, references and floats', async () => {
    const { wide } = await load();
    const token = {};
    expect(wide!(LONG, 0.1, 7, -5n, token)).toEqual([BigInt(LONG) - 5n, token, Math.fround(0.1)]);
    expect(wide!(0, 0.1, 7, -5n, null)).toEqual([-5n, null, 7]);
  });
  it('recursion between', async () => {
    const { nested, tree } = await load();
    expect([nested!(2000), tree!(20)]).toEqual([2000, 10946]);
  });
  it('traps at an index that holds no function of the type', async () => {
    const e = await load();
    const other = await instantiateText(
      machines(table).replaceAll('(i32.const 0)))\n  (func $wide', '(i32.const 2)))\n  (func $wide'),
      {},
      { backend },
    );
    expect(() => other.machine!(1, 1n)).toThrow('null function or function signature mismatch');
    expect(e.even!(6)).toBe(1);
  });
});

/** `f` calls through slot 1 of the shared table, `g` the imported function: each the other's. */
const PING = `(module (type $s (func (param i32 i64) (result i64)))
  (import "m" "t" (table $t 2 funcref))
  (func $f (export "f") (type $s)
    (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call_indirect $t (type $s)
      (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 1)) (i32.const 1)))
  (elem (table $t) (i32.const 0) func $f))`;
const PONG = `(module (type $s (func (param i32 i64) (result i64)))
  (import "m" "t" (table $t 2 funcref)) (import "m" "f" (func $f (type $s)))
  (func $g (export "g") (type $s)
    (return_call $f (local.get 0) (i64.sub (local.get 1) (i64.const 0x100000000))))
  (elem (table $t) (i32.const 1) func $g))`;

describe('across instances', () => {
  it.each([
    ['wamr', 'wamr'],
    ['wamr', 'wavm'],
    ['wavm', 'wamr'],
    ['wavm', 'wavm'],
  ] as const)('%s and %s', async (one, other) => {
    const t = new Table({ element: 'anyfunc', initial: 2 });
    const { f } = await instantiateText(PING, { m: { t } }, { backend: one });
    const { g } = await instantiateText(PONG, { m: { t, f } }, { backend: other });
    expect(f!(1_000_000, 0n)).toBe(1_000_000n * (1n - 0x100000000n));
    expect(g!(3, 0n)).toBe(3n - 4n * 0x100000000n);
  });
  it('a host function is called, not jumped to', async () => {
    const t = new Table({ element: 'anyfunc', initial: 2 });
    const f = (n: number, x: bigint): bigint => BigInt(n) * 2n + x;
    const { g } = await instantiateText(PONG, { m: { t, f } });
    expect(g!(3, 1n)).toBe(7n - 0x100000000n);
  });
});

describe('a module without cycles', () => {
  it('has neither cells nor entries of its own', async () => {
    const { transpile } = await import('../../../src/index.ts');
    const { assemble } = await import('./support.ts');
    const bytes = await assemble(`(module (func $a (param i32) (result i32) (local.get 0))
      (func (export "f") (param i32) (result i32) (return_call $a (local.get 0))))`);
    for (const backend of ['wamr', 'wavm'] as const) {
      expect(transpile(bytes, { backend }).code).not.toMatch(/tail|while/);
    }
  });
});
