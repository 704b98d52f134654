/** What a DataView refuses is a trap for whoever sees it, and the host's own errors stay what they are. */
import { describe, expect, it } from 'vitest';
import { instantiateText } from './support.ts';

const MODULE = `(module
  (import "env" "host" (func $host (param i32) (result i32)))
  (import "env" "other" (func $other (param i32) (result i32)))
  (memory (export "memory") 1 2)
  (table (export "table") 1 funcref) (elem (i32.const 0) func $hidden)
  (func $hidden (param i32) (result i32) (i32.load offset=4 (local.get 0)))
  (func (export "load") (param i32) (result i32) (i32.load offset=4 (local.get 0)))
  (func (export "again") (param i32) (result i32)
    (drop (i32.load (local.get 0)))
    (i32.load offset=65532 (local.get 0)))
  (func (export "store") (param i32) (i64.store offset=2 (local.get 0) (i64.const -1)))
  (func (export "call") (param i32) (result i32) (call $host (local.get 0)))
  (func (export "pass") (param i32) (result i32) (call $other (local.get 0)))
  (func (export "caught") (param i32) (result i32)
    (block $h (try_table (catch_all $h) (return (i32.load (call $host (local.get 0))))))
    (i32.const -1))
  (func (export "grown") (param i32) (result i32)
    (i32.store (i32.const 8) (i32.const 5))
    (drop (memory.grow (i32.const 1)))
    (i32.store (local.get 0) (i32.load (i32.const 8)))
    (i32.load (local.get 0))))`;
const NO_MEMORY = `(module
  (import "env" "f" (func $f (param i32) (result i32)))
  (func (export "f") (param i32) (result i32) (call $f (local.get 0))))`;
const STARTS = '(module (memory 1) (func $start (i32.store (i32.const 65536) (i32.const 1))) (start $start))';

const thrownBy = (run: () => unknown): { name: string; message: string; wasm_kind?: string; stack: string } => {
  try {
    run();
  } catch (error) {
    return error as never;
  }
  throw new Error('nothing was thrown');
};
const TRAP = { name: 'RuntimeError', message: 'memory access out of bounds', wasm_kind: 'trap' };
const OUT = [65536, 65533, 65529, -1, -4, -8, -0x80000000, 0x7fffffff];

describe.each(['wamr', 'wavm'] as const)('%s', (backend) => {
  const none = { host: (x: number) => x, other: (x: number) => x };
  const load = (env: object = none, text = MODULE) => instantiateText(text, { env }, { backend, verify: true });

  it.each(['load', 'store'])('an exported function: %s', async (name) => {
    const exports = await load();
    for (const address of OUT) {
      const thrown = thrownBy(() => exports[name]!(address));
      expect(thrown).toMatchObject(TRAP);
      expect(thrown.stack).toMatch(/^RuntimeError: memory access out of bounds\n/);
    }
    const { buffer } = exports.memory as unknown as { buffer: ArrayBuffer };
    expect(new Uint8Array(buffer).every((b) => b === 0)).toBe(true);
  });
  it('at a known address', async () => {
    const exports = await load();
    expect(exports.again!(0)).toBe(0);
    for (const address of [1, 4, 65532]) expect(thrownBy(() => exports.again!(address))).toMatchObject(TRAP);
  });
  it('a function that is reached by a table alone', async () => {
    const exports = await load();
    const hidden = (exports.table as unknown as { get(i: number): (x: number) => number }).get(0);
    expect(hidden(65528)).toBe(0);
    for (const address of OUT) expect(thrownBy(() => hidden(address))).toMatchObject(TRAP);
  });
  it('a start function', async () => {
    const run = load(none, STARTS);
    await expect(run).rejects.toMatchObject(TRAP);
  });
  it('a function of another instance, through one that has no memory', async () => {
    const inner = await load();
    const outer = await load({ f: inner.load }, NO_MEMORY);
    expect(thrownBy(() => outer.f!(65536))).toMatchObject(TRAP);
    const both = await load({ ...none, other: outer.f });
    expect(thrownBy(() => both.pass!(65536))).toMatchObject(TRAP);
  });
  it('a host function that calls back', async () => {
    const seen: unknown[] = [];
    const exports = await load({
      ...none,
      host: (x: number): number => {
        seen.push(thrownBy(() => exports.load!(x)));
        return 7;
      },
    });
    expect(exports.call!(65536)).toBe(7);
    expect(seen).toMatchObject([TRAP]);
  });
  it('no handler of exceptions', async () => {
    const exports = await load();
    expect(exports.caught!(4)).toBe(0);
    expect(thrownBy(() => exports.caught!(65536))).toMatchObject(TRAP);
  });

  describe("the host's own error of the same kind", () => {
    const error = thrownBy(() => new DataView(new ArrayBuffer(0)).getInt32(0));
    const fails = () => {
      throw error;
    };
    it('passes as it is', async () => {
      const exports = await load({ ...none, host: fails });
      expect(thrownBy(() => exports.call!(0))).toBe(error);
      for (const f of [exports.call, fails]) {
        const outer = await load({ f }, NO_MEMORY);
        expect(thrownBy(() => outer.f!(0))).toBe(error);
      }
    });
    it('passes where an argument is converted', async () => {
      const exports = await load();
      expect(thrownBy(() => exports.load!({ valueOf: fails }))).toBe(error);
    });
    it('is an exception to handlers', async () => {
      const exports = await load({ ...none, host: fails });
      expect(exports.caught!(0)).toBe(-1);
    });
  });

  it('what a memory grows by can be reached at once', async () => {
    const exports = await load();
    expect(thrownBy(() => exports.load!(65536))).toMatchObject(TRAP);
    expect(exports.grown!(131068)).toBe(5);
    expect(exports.load!(131064)).toBe(5);
  });
});
