/**
 * Output for each kind of engine, and what `--traps none` changes: memories that grow, the order of effects, which is WebAssembly's
 * also where a store is an assignment and a call asks the table's array, and signatures. Native is the oracle.
 */
import { describe, expect, it } from 'vitest';
import { type BackendName, ENGINES, type Engine, type Options, type TrapMode } from '../../../src/options.ts';
import { assemble, type Exports, instantiateText } from './support.ts';

const ALL: [BackendName, Engine, TrapMode][] = (['wavm', 'wamr'] as const).flatMap((backend) =>
  ENGINES.flatMap((engine) =>
    (['exact', 'none'] as const).map((traps): [BackendName, Engine, TrapMode] => [backend, engine, traps]),
  ),
);

/** Functions leave their number in `trace`, and some make the memory grow; the table is closed, or exported as well. */
const effects = (table: string): string => `(module
  (type $op (func (param i32 i32) (result i32)))
  (memory (export "m") 1)
  (global $trace (mut i32) (i32.const 0))
  (table $t ${table} 3 funcref)
  (elem (table $t) (i32.const 0) func $add $sub)
  (func $add (type $op) (i32.add (local.get 0) (local.get 1)))
  (func $sub (type $op) (i32.sub (local.get 0) (local.get 1)))
  (func $note (param i32)
    (global.set $trace (i32.add (i32.mul (global.get $trace) (i32.const 10)) (local.get 0))))
  (func $at (param i32) (result i32) (call $note (i32.const 1)) (local.get 0))
  (func $value (param i32) (result i32)
    (call $note (i32.const 2)) (drop (memory.grow (i32.const 1))) (i32.store (i32.const 16) (i32.const 77)) (local.get 0))
  (func (export "trace") (result i32) (global.get $trace) (global.set $trace (i32.const 0)))
  (func (export "size") (result i32) (memory.size))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "calls") (param i32 i32)
    (i32.store (call $at (local.get 0)) (call $value (local.get 1))))
  (func (export "before") (param i32) (result i32)
    (i32.store (local.get 0) (i32.add (i32.load (i32.const 16)) (i32.const 1)))
    (i32.store16 (local.get 0) (call $value (i32.load16_u (local.get 0))))
    (i32.add (i32.load (local.get 0)) (i32.load (i32.const 16))))
  (func (export "narrow") (param i32 i32) (result f64)
    (f64.store (i32.const 32) (f64.add (f64.load (i32.const 32)) (f64.convert_i32_s (local.get 1))))
    (f32.store (local.get 0) (f32.demote_f64 (f64.load (i32.const 32))))
    (i32.store8 (local.get 0) (i32.load8_s (i32.add (local.get 0) (i32.const 1))))
    (f64.promote_f32 (f32.load (local.get 0))))
  (func (export "pair") (param i32 i64) (result i64)
    (i64.store (local.get 0) (i64.mul (i64.load (local.get 0)) (local.get 1)))
    (i64.add (i64.load (local.get 0)) (i64.const 0x100000001)))
  (func (export "args") (param i32 i32) (result i32)
    (call_indirect $t (type $op) (call $at (local.get 0)) (call $value (local.get 1))
      (i32.and (i32.load (i32.const 16)) (i32.const 1))))
  (func (export "index") (param i32 i32) (result i32)
    (call_indirect $t (type $op) (i32.load (i32.const 16)) (call $at (local.get 1)) (i32.and (local.get 0) (i32.const 1))))
  (func (export "late") (param i32 i32) (result i32)
    (call_indirect $t (type $op) (local.get 0) (i32.load (i32.const 16)) (call $value (local.get 1))))
  (func (export "nested") (param i32 i32) (result i32)
    (call_indirect $t (type $op)
      (call_indirect $t (type $op) (local.get 0) (i32.load (i32.const 16)) (i32.const 1)) (call $value (local.get 1))
      (i32.const 0)))
  (func (export "orders") (param i32 i32) (result i32)
    (i32.add
      (i32.shl (i32.lt_u (local.get 0) (local.get 1)) (i32.const 1))
      (i32.add (i32.shl (i32.ge_u (local.get 0) (local.get 1)) (i32.const 2)) (i32.gt_u (local.get 0) (i32.const -2)))))
  (func (export "carries") (param i32 i32) (result i32)
    (i32.sub
      (i32.add (i32.sub (i32.lt_u (local.get 0) (local.get 1)) (local.get 1)) (call $at (local.get 0)))
      (i32.add
        (i32.sub (call $value (local.get 1)) (i32.lt_s (local.get 1) (local.get 0)))
        (i32.add (i32.gt_u (local.get 0) (i32.const 7)) (i32.add (i32.load (i32.const 16)) (i32.eqz (local.get 0)))))))
  (func (export "times") (param i32 i32) (result i32)
    (i32.xor (i32.mul (local.get 0) (i32.const 2097151))
      (i32.xor (i32.mul (local.get 0) (i32.const -435)) (i32.mul (local.get 0) (i32.const 2097152))))))`;

/** Each call with what it may have changed; whole or grown, the memory is the guest's or the host's doing. */
function run(exports: Exports): unknown[] {
  const results: unknown[] = [];
  const call = (name: string, ...args: unknown[]): void =>
    void results.push(name, exports[name]!(...args), exports.trace!(), exports.size!());
  const memory = exports.m as unknown as { grow(pages: number): number };
  for (const [a, b] of [
    [0, 1],
    [1, 0],
    [-5, 7],
    [0x7fffffff, -0x80000000],
    [-1, -2],
  ] as const) {
    for (const name of ['orders', 'times', 'index', 'carries']) call(name, a, b);
    call('store', 16, b & 1);
    call('args', a, b);
    call('store', 16, a);
    call('late', a, b & 1);
    call('nested', a, b);
    call('calls', 64, b);
    call('load', 64);
    call('before', 128);
    call('narrow', 256, b);
    call('pair', 512, 0x123456789abcdefn);
    call('store', 512, b);
    results.push(memory.grow(1));
    call('store', (exports.size!() as number) * 65536 - 4, a);
    call('load', (exports.size!() as number) * 65536 - 4);
  }
  return results;
}

type Native = { instantiate(bytes: Uint8Array): Promise<{ instance: { exports: Exports } }> };
async function native(wat: string): Promise<Exports> {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: Native };
  return (await WebAssembly.instantiate(await assemble(wat))).instance.exports;
}

describe.each(ALL)('%s, --engine %s, --traps %s', (backend, engine, traps) => {
  const options: Options = { backend, engine, traps, verify: true };

  it.each([
    ['closed', ''],
    ['exported', '(export "t")'],
  ])('does what native does, the table %s', async (_, table) => {
    const wat = effects(table);
    expect(run(await instantiateText(wat, {}, options))).toEqual(run(await native(wat)));
  });
  it('calls what is at an index, and checks its type if traps are exact', async () => {
    const exports = await instantiateText(
      `(module
        (table (export "t") 3 funcref) (elem (i32.const 0) func $id $two)
        (func $id (param i32) (result i32) (local.get 0))
        (func $two (result i32) (i32.const 2))
        (func (export "call") (param i32) (result i32) (call_indirect (param i32) (result i32) (i32.const 5) (local.get 0))))`,
      {},
      options,
    );
    expect(exports.call!(0)).toBe(5);
    if (traps === 'exact') expect(() => exports.call!(1)).toThrow('signature');
    else expect(exports.call!(1)).toBe(2);
    for (const index of [2, 3, -1]) expect(() => exports.call!(index)).toThrow();
  });
});
