/**
 * Large functions: accesses as calls, and regions as functions of their own. The limit is lowered here, so that the golden
 * cases, the kernels and a few awkward shapes are large functions; they must do what they do natively.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { behaviour } from '../../../golden/behaviour.ts';
import { type EngineName, loadEngine } from '../../../spec/engines.ts';
import { assemble } from '../../../support/func-ir.ts';
import { emitted } from '../tree/emitted.ts';

/** How many times as large as they are functions seem to be. */
const size = vi.hoisted(() => ({ factor: 1 }));
vi.mock('../../../../src/5-emit/large/size.ts', async (original) => {
  const real = await original<typeof import('../../../../src/5-emit/large/size.ts')>();
  const bytecodeEstimate: typeof real.bytecodeEstimate = (...args) => real.bytecodeEstimate(...args) * size.factor;
  return { ...real, FEW_NODES: 0, bytecodeEstimate };
});
vi.mock('../../../../src/5-emit/large/accesses.ts', async (original) => {
  const real = await original<typeof import('../../../../src/5-emit/large/accesses.ts')>();
  const shorterAsCalls: typeof real.shorterAsCalls = (...args) =>
    real.shorterAsCalls(...args).map((access) => ({ ...access, saves: access.saves * size.factor }));
  return { ...real, shorterAsCalls };
});
beforeEach(() => {
  size.factor = 1;
});

const FIXTURES = fileURLToPath(new URL('../../../../fixtures/', import.meta.url));
const KERNELS = ['bytes/json', 'bytes/lz', 'int64/siphash', 'interp/regex', 'interp/stack-vm', 'sort/quicksort'];

const native = (globalThis as unknown as { WebAssembly: { validate(bytes: Uint8Array): boolean } }).WebAssembly;

async function everything(name: EngineName): Promise<Record<string, unknown>> {
  const engine = await loadEngine(name);
  const found: Record<string, unknown> = {};
  for (const kernel of KERNELS) {
    const bytes = Uint8Array.from(readFileSync(`${FIXTURES}guests/bench/${kernel}.wasm`));
    const { exports } = new engine.Instance(new engine.Module(bytes), {});
    const { run, size: work } = exports as { run(n: number): unknown; size(): number };
    found[kernel] = run(Math.max(1, work() >> 4));
  }
  for (const folder of readdirSync(`${FIXTURES}golden`)) {
    const wat = readFileSync(`${FIXTURES}golden/${folder}/input.wat`, 'utf8');
    const bytes = await assemble(wat);
    // What this Node does not know is not compared here.
    if (native.validate(bytes)) found[folder] = behaviour(engine, bytes);
  }
  for (const [i, fields] of AWKWARD.entries()) found[i] = behaviour(engine, await assemble(`(module ${fields})`));
  return found;
}

const PAD = '(i32.store (local.get 0) (i32.mul (i32.load (local.get 0)) (i32.const 3)))'.repeat(6);
const ARMS = [0, 1, 2, 3, 4, 5, 6, 7];
const AWKWARD = [
  // A branch table ends what could be cut out, and its cases follow.
  `(memory (export "memory") 1) (func (export "f") (param i32) (result i32)
    (block $out
      (block (br_if 0 (local.get 0)) ${PAD})
      ${PAD}
      (block $b (block $a (block (br_if 0 (i32.eqz (local.get 0))) ${PAD}) ${PAD} (br_table $a $b $out (local.get 0))) ${PAD})
      ${PAD} (return (i32.const 5)))
    (i32.const 6))`,
  // Loops are left, and gone round, from what is cut out; values of every type go in and out.
  `(memory (export "memory") 1) (func (export "f") (param i32 i64 f64) (result f64) (local i32 f32)
    (local.set 0 (i32.and (local.get 0) (i32.const 7)))
    (block $out (loop $round
      (local.set 3 (i32.add (local.get 3) (i32.const 1)))
      (if (i32.and (local.get 3) (i32.const 1))
        (then ${PAD} (local.set 1 (i64.mul (local.get 1) (i64.const 0x100000003))) (br_if $out (i32.gt_u (local.get 3) (i32.const 20))))
        (else ${PAD} (local.set 4 (f32.add (local.get 4) (f32.const 0.1)))
          (if (i64.eqz (local.get 1)) (then (return (f64.promote_f32 (local.get 4)))))
          (local.set 2 (f64.add (local.get 2) (f64.convert_i64_s (local.get 1)))) (br $round)))
      (br_if $round (i32.lt_u (local.get 3) (i32.const 40)))))
    (f64.add (local.get 2) (f64.promote_f32 (local.get 4))))`,
  // A handler reads all lanes of what the body around which it stands has assigned, in what is cut out.
  `(memory (export "memory") 1) (tag $e) (func $throws (throw $e)) (func (export "f") (param i32) (result i32) (local v128)
    (block $out
      (block (br_if 0 (i32.eqz (local.get 0)))
        try
          (local.set 1 (i32x4.splat (i32.add (local.get 0) (i32.const 5)))) ${PAD}
          (local.set 1 (i32x4.replace_lane 2 (local.get 1) (i32.load (local.get 0)))) (call $throws)
        catch_all
          (return (i32.add
            (i32.mul (i32x4.extract_lane 0 (local.get 1)) (i32x4.extract_lane 1 (local.get 1)))
            (i32.xor (i32x4.extract_lane 2 (local.get 1)) (i32x4.extract_lane 3 (local.get 1)))))
        end)
      ${PAD.repeat(3)})
    (i32.const 7))`,
  // A result of two halves, and several results, from what is cut out.
  `(memory (export "memory") 1) (func (export "wide") (param i32) (result i64)
    ${ARMS.map((k) => `(if (i32.eq (local.get 0) (i32.const ${k})) (then ${PAD} (return (i64.extend_i32_s (i32.load (local.get 0))))))`).join('')}
    (i64.const -7))`,
  `(memory (export "memory") 1) (func (export "several") (param i32) (result i32 i64)
    ${ARMS.map((k) => `(if (i32.eq (local.get 0) (i32.const ${k})) (then ${PAD} (return (i32.const ${k}) (i64.const 0x200000003))))`).join('')}
    (i32.const 4) (i64.const 5))`,
  // Tail calls from what is cut out: as jumps, without results and with two halves.
  `(table (export "t") 2 funcref) (elem (i32.const 0) $jump $void) (memory (export "memory") 1)
  (type $j (func (param i32) (result i64))) (type $v (func (param i32)))
  (func $jump (export "jump") (type $j)
    ${ARMS.map((k) => `(if (i32.eq (i32.and (local.get 0) (i32.const 15)) (i32.const ${k + 1})) (then ${PAD} (return_call_indirect (type $j) (i32.shr_u (local.get 0) (i32.const 1)) (i32.const 0))))`).join('')}
    (i64.extend_i32_s (local.get 0)))
  (func $void (export "void") (type $v)
    ${ARMS.map((k) => `(if (i32.eq (i32.and (local.get 0) (i32.const 15)) (i32.const ${k + 1})) (then ${PAD} (return_call_indirect (type $v) (i32.shr_u (local.get 0) (i32.const 1)) (i32.const 1))))`).join('')}
    (block (br_if 0 (local.get 0)) ${PAD} (return)) ${PAD})`,
  // A table in a loop, as interpreters have it.
  `(memory (export "memory") 1) (data (i32.const 0) "\\01\\02\\03\\01\\02\\00") (func (export "f") (param i32) (result i32) (local i32 i32)
    (local.set 0 (i32.const 64))
    (loop $next (block $halt (block $c (block $b (block $a
      (local.set 1 (i32.load8_u (local.get 2))) (local.set 2 (i32.add (local.get 2) (i32.const 1)))
      (br_table $halt $a $b $c $halt (local.get 1)))
      ${PAD} (local.set 0 (i32.add (local.get 0) (i32.const 4))) (br $next))
      ${PAD} (local.set 0 (i32.xor (local.get 0) (i32.const 12))) (br $next))
      ${PAD} (br $next)))
    (i32.add (local.get 0) (local.get 2)))`,
  // Regions that leave for a block or round the loop around it; the last falls off the block's end.
  `(memory (export "memory") 1) (func (export "f") (param i32) (result i32) (local i32 i32 i64)
    (loop $next (block $halt
      (local.set 2 (i32.add (local.get 2) (i32.const 1)))
      ${ARMS.map(
        (k) => `(if (i32.eq (i32.and (local.get 1) (i32.const 7)) (i32.const ${k})) (then ${PAD}
        (local.set 3 (i64.add (local.get 3) (i64.load (local.get 0))))
        (br_if $halt (i32.gt_u (local.get 2) (i32.const ${20 + k})))
        (local.set 1 (i32.add (i32.mul (local.get 1) (i32.const 5)) (i32.wrap_i64 (local.get 3)))) (br $next)))`,
      ).join('')}
      (if (i32.lt_u (local.get 2) (i32.const 30)) (then ${PAD} (local.set 1 (i32.const 3))))))
    (i32.add (i32.add (local.get 1) (local.get 2)) (i32.wrap_i64 (local.get 3))))`,
  // The same leaving loops, of which one has a condition at its head, and returning.
  `(memory (export "memory") 1) (func (export "f") (param i32) (result i32) (local i32 i32)
    (block $out (loop $next
      (br_if $out (i32.gt_u (local.get 2) (i32.const 60)))
      (local.set 2 (i32.add (local.get 2) (i32.const 1)))
      ${ARMS.map(
        (k) => `(if (i32.eq (i32.and (local.get 2) (i32.const 7)) (i32.const ${k})) (then ${PAD}
        (local.set 1 (i32.add (local.get 1) (i32.load (local.get 0))))
        (if (i32.eq (local.get 1) (i32.const ${k + 100})) (then (return (local.get 2))))
        (br_if $out (i32.gt_s (local.get 1) (i32.const 1000000))) (br $next)))`,
      ).join('')}
      (local.set 1 (i32.xor (local.get 1) (local.get 2))) (br $next)))
    (i32.add (local.get 1) (local.get 2)))`,
];

describe('functions above the limit', () => {
  const native = everything('native');
  it.each([1, 30, 40, 50, 60, 70, 80, 100, 400, 2000])(
    'do what they do natively, at %i times their size',
    async (factor) => {
      size.factor = factor;
      expect(await everything('wavm')).toEqual(await native);
    },
  );
  it('are cut', async () => {
    const cut = (js: string): number => js.match(/^function /gm)!.length - 1;
    for (const fields of AWKWARD.slice(1, 5)) {
      size.factor = 1;
      expect(cut(await emitted(fields))).toBe(0);
      let most = 0;
      for (size.factor = 30; size.factor < 100; size.factor += 10) most = Math.max(most, cut(await emitted(fields)));
      expect(most, await emitted(fields)).toBeGreaterThan(0);
    }
  });
  it('have accesses that are calls where nothing can be cut out', async () => {
    const fields = `(memory 1 1 shared) (func $f (param i32) ${PAD.repeat(4)})`;
    const called = (js: string): number => js.match(/(?<!else |\?\? |\) )\bi32_store\w*\(/g)?.length ?? 0;
    const spelledOut = (js: string): number => js.match(/=== undefined/g)?.length ?? 0;
    const plain = await emitted(fields);
    expect([spelledOut(plain), called(plain)]).toEqual([24, 0]);
    size.factor = 57_000 / (plain.replace(/ /g, '').length * 0.75) + 0.5;
    const tight = await emitted(fields);
    expect(spelledOut(tight)).toBeLessThan(24);
    // Stores are longest, so that they go first.
    expect(called(tight) + spelledOut(tight)).toBe(24);
  });
});
