/** The estimate of bytecode against V8, the guess before anything is printed, and which accesses become calls to stay under V8's limit. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FuncIR, Node } from '../../../../src/3-lower/ir.ts';
import { allAccesses, bytecodeEstimate, compactAccesses, guessSizes } from '../../../../src/5-emit/large/size.ts';
import { OP } from '../../../../src/wasm/opcodes.ts';
import { lower } from '../../../support/func-ir.ts';
import { emitted } from '../tree/emitted.ts';

/** What V8 says that the function called $f of a text has. */
function bytecodeLength(text: string): number {
  const names = [...new Set(text.match(/\$\w[\w$]*/g))].filter((name) => name !== '$f');
  const folder = mkdtempSync(join(tmpdir(), 'wasmelt-size-'));
  try {
    const file = join(folder, 'f.cjs');
    writeFileSync(file, `(() => { var ${names.join(', ')};\nreturn (${text}); })();`);
    const flags = ['--print-bytecode', '--print-bytecode-filter=$f'];
    const listing = execFileSync(process.execPath, [...flags, file], { encoding: 'utf8', maxBuffer: 2 ** 28 });
    return Number(/Bytecode length: (\d+)/.exec(listing)![1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the estimate', () => {
  const step = (k: number): string => `
    (if (i32.lt_u (local.get 0) (i32.load offset=${4 * k} (local.get 1))) (then
      (local.set 0 (i32.xor (i32.mul (local.get 0) (i32.const ${k + 3})) (i32.load8_u (local.get 2))))
      (i32.store offset=${4 * k} (local.get 2) (call $host (local.get 0) (local.get 1)))
      (local.set 3 (f64.add (local.get 3) (f64.convert_i32_s (i32.shr_s (local.get 2) (i32.const 1))))))
    (else (local.set 1 (call $host (i32.sub (local.get 1) (local.get 2)) (i32.const ${k})))))`;
  const code = (steps: number): Promise<string> =>
    emitted(`(import "m" "h" (func $host (param i32 i32) (result i32))) (memory 1)
      (func $f (param i32 i32 i32) (result i32) (local f64)
        ${Array.from({ length: steps }, (_, k) => step(k)).join('')}
        (i32.add (local.get 0) (i32.trunc_sat_f64_s (local.get 3))))`);
  it.each([60, 160])('of %i steps is what V8 makes of the text, to a fifth', async (steps) => {
    const text = await code(steps);
    const estimate = bytecodeEstimate(text.replace(/^ +|\n/gm, '').length, () => [text]);
    const real = bytecodeLength(text.replace(/^;;.*$/gm, ''));
    expect(estimate / real).toBeGreaterThan(0.8);
    expect(estimate / real).toBeLessThan(1.2);
  });
});

/** Two loads outside of loops, one in a loop, one in a loop in that, and a store there. */
const accesses = (): Promise<FuncIR> =>
  lower(`(module (memory 1) (func (param i32) (local i32)
    (drop (i32.load offset=1 (local.get 0)))
    (loop
      (local.set 1 (i32.add (local.get 1) (i32.load offset=2 (local.get 1))))
      (loop
        (local.set 1 (i32.add (local.get 1) (i32.load offset=3 (local.get 1))))
        (i32.store offset=4 (local.get 1) (local.get 0))
        (br_if 0 (local.get 1)))
      (br_if 0 (local.get 1)))
    (drop (i32.load offset=5 (local.get 0)))))`);
const offsets = (nodes: ReadonlySet<Node>): number[] => [...nodes].map((n) => n.imm).sort();

/** Each access saves eleven bytes of bytecode as a call, at most fifteen. */
const fewer = (ir: FuncIR, excess: number): ReadonlySet<Node> | undefined =>
  compactAccesses(ir, new Int32Array(ir.nodeCount).fill(10), excess)?.accesses;

describe('compaction', () => {
  it('takes none where none is needed, all where all are, and says so where all are not enough', async () => {
    const ir = await accesses();
    expect(offsets(allAccesses(ir))).toEqual([1, 2, 3, 4, 5]);
    expect(fewer(ir, 0)!.size).toBe(0);
    expect(offsets(fewer(ir, 48)!)).toEqual([1, 2, 3, 4, 5]);
    expect(offsets(fewer(ir, 75)!)).toEqual([1, 2, 3, 4, 5]);
    expect(fewer(ir, 76)).toBeUndefined();
  });
  it('spares those that run most often', async () => {
    const ir = await accesses();
    const seen = [39, 29, 19, 9, 0].map((excess) => offsets(fewer(ir, excess)!));
    expect(seen).toEqual([[1, 2, 4, 5], [1, 2, 5], [1, 5], [5], []]);
  });
  it('leaves alone what would be longer as a call', async () => {
    const ir = await accesses();
    const savings = new Int32Array(ir.nodeCount).fill(20);
    const [first] = ir.code.filter((n) => n.op === OP['i32.load']);
    savings[first!.id] = -3;
    expect(compactAccesses(ir, savings, 5 * 30)).toBeUndefined();
    expect(offsets(compactAccesses(ir, savings, 4 * 30)!.accesses)).toEqual([2, 3, 4, 5]);
  });
  it('costs what its accesses run', async () => {
    const ir = await accesses();
    const cost = (excess: number): number => compactAccesses(ir, new Int32Array(ir.nodeCount).fill(10), excess)!.cost;
    // Two outside of loops, one in a loop of eight rounds, two in one inside of it.
    expect([0, 11, 22, 33, 44].map(cost)).toEqual([0, 1, 2, 10, 74]);
  });
  it('counts an arm of a branch table for its share', async () => {
    const ir = await lower(`(module (memory 1) (func (param i32)
      (drop (i32.load offset=9 (local.get 0)))
      (block (block (block (block (br_table 0 1 2 3 (local.get 0)))
        (drop (i32.load offset=1 (local.get 0))) (return))
        (drop (i32.load offset=2 (local.get 0))) (return))
        (drop (i32.load offset=3 (local.get 0))))))`);
    expect(offsets(fewer(ir, 29)!)).toEqual([1, 2, 3]);
  });
});

describe('the guess', () => {
  const large = (body: string, times: number): Promise<FuncIR> =>
    lower(`(module (memory 1) (global (mut i32) (i32.const 0)) (func (param i32 i32) ${body.repeat(times)}))`);
  const store = '(i32.store (local.get 0) (i32.add (i32.load (local.get 1)) (i32.const 7)))';

  it('grows with the code, from position to position', async () => {
    const [one, ten] = [guessSizes(await large(store, 100)), guessSizes(await large(store, 1000))];
    expect(ten.whole / one.whole).toBeGreaterThan(9.5);
    expect(ten.whole / one.whole).toBeLessThan(10.5);
    expect(ten.before.every((size, i) => i === 0 || size >= ten.before[i - 1]!)).toBe(true);
    expect(ten.before[0]).toBe(0);
    expect(ten.before[ten.before.length - 1]).toBeGreaterThan(ten.whole);
  });
  it('is least with accesses as calls, and never more than what is printed', async () => {
    const { whole, least } = guessSizes(await large(store, 1000));
    expect(least).toBeGreaterThan(0.2 * whole);
    expect(least).toBeLessThan(0.5 * whole);
  });
});
