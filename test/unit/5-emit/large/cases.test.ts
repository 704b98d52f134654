/**
 * State machines of thousands of cases: in their nested blocks they would be too deep for parsers, and of functions for each
 * case alone too many calls would remain. What they do must not change, whatever leads to which case with which values.
 */
import { describe, expect, it } from 'vitest';
import { transpile } from '../../../../src/index.ts';
import { type EngineName, loadEngine, type Namespace } from '../../../spec/engines.ts';
import { assemble } from '../../../support/func-ir.ts';
import { translatedWebAssembly } from '../../../support/translated.ts';

const OTHERS = Array.from({ length: 16 }, (_, i) => `$v${i}`);

/**
 * A machine that runs until it has made `fuel` steps. Its cases change some locals each; they fall into the next, jump to a
 * later one or around, and the table leads to some from several numbers, to others from none.
 */
function machine(
  cases: number,
  body: (k: number) => string,
  leadsTo = (k: number) => (k % 11 === 5 ? k - 3 : k),
): string {
  const blocks = Array.from({ length: cases }, (_, k) => `$c${cases - 1 - k}`);
  const numbers = Array.from({ length: cases }, (_, k) => leadsTo(k));
  const code = Array.from({ length: cases }, (_, k) => `) ${body(k)}`);
  return `(module (memory (export "memory") 1)
    (func (export "run") (param $state i32) (param $fuel i32) (result i64)
      (local $a i32) (local $b i64) (local $x f64) (local $y f32) ${OTHERS.map((v) => `(local ${v} i32)`).join(' ')}
      (block $halt (loop $next
        (br_if $halt (i32.eqz (local.get $fuel)))
        (local.set $fuel (i32.sub (local.get $fuel) (i32.const 1)))
        ${blocks.map((b) => `(block ${b}`).join(' ')}
        (br_table ${numbers.map((k) => `$c${k}`).join(' ')} $c${cases >> 1} (local.get $state))
        ${code.join('\n')}
        (local.set $state (i32.add (local.get $a) (local.get $fuel)))
        (br $next)))
      (i64.add (i64.add (local.get $b) (i64.extend_i32_s (local.get $a)))
        (i64.add (i64.reinterpret_f64 (local.get $x)) (i64.extend_i32_u (i32.reinterpret_f32 (local.get $y)))))))`;
}

/** Case `k`: one of several kinds, by its number. */
function oneOf(cases: number): (k: number) => string {
  const go = (to: string) => `(local.set $state (i32.rem_u ${to} (i32.const ${cases + 3}))) (br $next)`;
  return (k) => {
    const later = k + 2 + (k % 170) < cases ? `$c${k + 2 + (k % 170)}` : '$next';
    switch (k % 7) {
      case 0:
        return `(local.set $a (i32.add (local.get $a) (i32.const ${k}))) ${go(`(i32.mul (local.get $a) (i32.const 7))`)}`;
      case 1:
        return `(local.set $b (i64.xor (i64.mul (local.get $b) (i64.const 0x100000001b3)) (i64.const ${k})))`;
      case 2:
        return `(br_if ${later} (i32.and (local.get $fuel) (i32.const 1))) (local.set $x (f64.add (local.get $x) (f64.const ${k}.5)))
          ${go(`(i32.wrap_i64 (local.get $b))`)}`;
      case 3:
        return `(local.set $a (i32.xor (local.get $a) (local.get $state))) (br ${later})`;
      case 4:
        return `(i32.store (i32.const ${4 * k}) (local.get $a)) (local.set $y (f32.add (local.get $y) (f32.const 0.25)))
          ${go(`(i32.add (local.get $a) (i32.load (i32.const ${4 * (k >> 1)})))`)}`;
      case 5:
        return `(if (i32.and (local.get $a) (i32.const 4)) (then (br $halt))) (local.set $b (i64.add (local.get $b) (i64.const -${k})))`;
      default:
        return go(`(i32.add (local.get $state) (i32.const ${k * 13}))`);
    }
  };
}

const results = async (name: EngineName, bytes: Uint8Array): Promise<string[]> =>
  resultsOf(await loadEngine(name), bytes);

function resultsOf(engine: Namespace, bytes: Uint8Array): string[] {
  const module = new engine.Module(bytes);
  const found: string[] = [];
  for (let state = -2; state < 3000; state += 61) {
    const { run, memory } = new engine.Instance(module, {}).exports as {
      run(state: number, fuel: number): bigint;
      memory: { buffer: ArrayBuffer };
    };
    const result = run(state, 500);
    found.push(`${state} ${result} ${new Int32Array(memory.buffer).reduce((a, b) => (Math.imul(a, 31) + b) | 0)}`);
  }
  return found;
}

describe('a state machine', () => {
  const CASES = 2300;
  const text = machine(CASES, oneOf(CASES));

  it('of thousands of cases is not too deep for a parser, and does what it does natively', async () => {
    const bytes = await assemble(text);
    const native = await results('native', bytes);
    expect(new Set(native).size).toBeGreaterThan(20);
    for (const name of ['wavm', 'wavm-size', 'wavm-interpreter'] as const)
      expect(await results(name, bytes), name).toEqual(native);
  }, 60_000);

  it('of small cases, of which a function each would not be enough, is cut into functions that V8 optimises', async () => {
    const add = (k: number, v: string): string =>
      `(local.set ${v} (i32.add (local.get ${v}) (i32.load (i32.add (local.get $a) (i32.const ${4 * k})))))`;
    const small = (k: number): string => `${OTHERS.map((v) => add(k, v)).join(' ')}
      (local.set $a (i32.and (i32.sub (local.get $v${k % 16}) (local.get $state)) (i32.const 0xff8)))
      (i32.store (local.get $a) (i32.const ${k})) (local.set $state (i32.shr_u (local.get $a) (i32.const 3))) (br $next)`;
    const bytes = await assemble(machine(390, small));
    let told = '';
    const write = (part: string) => {
      told += part;
    };
    transpile(bytes, { verify: true, explain: { funcs: [], write } });
    expect(told).toMatch(/made smaller, so that V8 optimises them: /);
    expect(told).not.toContain('stay above');
    expect(await results('wavm', bytes)).toEqual(await results('native', bytes));
  });

  it('has cases that only the one before leads to, and that take its values', async () => {
    const go = '(local.set $state (i32.rem_u (local.get $a) (i32.const 450))) (br $next)';
    const body = (k: number): string =>
      k % 2 === 0
        ? `(local.set $a (i32.add (i32.mul (local.get $state) (i32.const 5)) (i32.load (i32.const ${4 * k}))))
           (br_if $c${k + 1} (i32.and (local.get $a) (i32.const 3))) (i32.store (i32.const ${4 * k}) (local.get $fuel)) ${go}`
        : `(i32.store (i32.const ${4 * k - 4}) (local.get $a)) ${go}`;
    const bytes = await assemble(machine(450, body, (k) => k - (k % 2)));
    // Passes that would make one case of the two.
    const engine = translatedWebAssembly('wavm', ['placement', 'ifs']) as unknown as Namespace;
    expect(resultsOf(engine, bytes)).toEqual(await results('native', bytes));
  });
});
