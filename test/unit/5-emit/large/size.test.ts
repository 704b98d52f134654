/** The estimate of bytecode against V8, and the guess before anything is printed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FuncIR } from '../../../../src/3-lower/ir.ts';
import { bytecodeEstimate, guessSizes } from '../../../../src/5-emit/large/size.ts';
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
    const estimate = bytecodeEstimate(text.replace(/^ +|\n/gm, '').length, text, 9);
    const real = bytecodeLength(text.replace(/^;;.*$/gm, ''));
    expect(estimate / real).toBeGreaterThan(0.8);
    expect(estimate / real).toBeLessThan(1.2);
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
    expect(least).toBeLessThan(0.7 * whole);
  });
});
