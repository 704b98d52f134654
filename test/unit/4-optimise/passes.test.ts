/**
 * The list of passes: leaving out any that is not required changes no result, and the order in which functions are
 * compiled changes no byte.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { decode } from '../../../src/1-decode/index.ts';
import { validate } from '../../../src/2-validate/index.ts';
import { PASSES, type Pass } from '../../../src/4-optimise/index.ts';
import { type FuncCode, ModuleScope } from '../../../src/5-emit/js/scope.ts';
import { link } from '../../../src/6-link/index.ts';
import { BACKENDS } from '../../../src/backends.ts';
import { transpile } from '../../../src/index.ts';
import { type BackendName, settings } from '../../../src/options.ts';
import { behaviour, reference } from '../../golden/behaviour.ts';
import { type EngineName, loadEngine } from '../../spec/engines.ts';
import { assemble } from '../../support/func-ir.ts';

/** The passes that the compiler runs during a test. */
const chosen = vi.hoisted(() => ({ passes: [] as readonly Pass[] }));
vi.mock('../../../src/4-optimise/index.ts', async (original) => {
  const real = await original<typeof import('../../../src/4-optimise/index.ts')>();
  const optimise: typeof real.optimise = (ir, context) => real.optimise(ir, context, chosen.passes);
  return { ...real, optimise };
});
beforeEach(() => {
  chosen.passes = PASSES;
});

const GUESTS = fileURLToPath(new URL('../../../fixtures/guests/bench/', import.meta.url));
const guest = (name: string): Uint8Array => Uint8Array.from(readFileSync(`${GUESTS}${name}.wasm`));
const KERNELS = [
  'array/fft',
  'bytes/json',
  'bytes/unaligned',
  'calls/indirect',
  'calls/i64-args',
  'float32/rays',
  'int64/siphash',
  'int64/div-rem',
  'interp/regex',
  'interp/stack-vm',
  'sort/merge-list',
];

async function results(name: EngineName): Promise<Record<string, unknown>> {
  const engine = await loadEngine(name);
  const found: Record<string, unknown> = {};
  for (const kernel of KERNELS) {
    const { exports } = new engine.Instance(new engine.Module(guest(kernel)), {});
    const { run, size } = exports as { run(n: number): unknown; size(): number };
    found[kernel] = run(Math.max(1, size() >> 3));
  }
  return found;
}

const GOLDEN = fileURLToPath(new URL('../../../fixtures/golden/', import.meta.url));
/** What each golden case does. */
async function behaviours(name: EngineName): Promise<Record<string, readonly string[]>> {
  const engine = await loadEngine(name);
  const found: Record<string, readonly string[]> = {};
  for (const folder of readdirSync(GOLDEN)) {
    const bytes = await assemble(readFileSync(`${GOLDEN}${folder}/input.wat`, 'utf8'));
    found[folder] = behaviour(name === 'native' ? await reference(bytes) : engine, bytes);
  }
  return found;
}

describe('kernels and golden cases', () => {
  const native = (async () => ({ ...(await results('native')), ...(await behaviours('native')) }))();
  const ours = async (): Promise<object> => ({ ...(await results('wavm')), ...(await behaviours('wavm')) });

  it('do what they do natively with all passes', async () => {
    expect(await ours()).toEqual(await native);
  });
  it.each([...PASSES.entries()].filter(([, p]) => !p.required).map(([i, p]) => [p.name, i] as const))(
    'do so without %s at %i',
    async (_, left) => {
      chosen.passes = PASSES.filter((__, i) => i !== left);
      expect(await ours()).toEqual(await native);
    },
  );
  it('do so with the required passes alone', async () => {
    chosen.passes = PASSES.filter((p) => p.required);
    expect(chosen.passes.length).toBeLessThan(4);
    expect(await ours()).toEqual(await native);
  });
  it('do not without a required one', async () => {
    const names = PASSES.filter((p) => p.required).map((p) => p.name);
    expect(names).toEqual(['simd', 'float-bits', 'int64']);
    chosen.passes = PASSES.filter((p) => p.name !== 'float-bits');
    expect((await behaviours('wavm'))['float-bits']).not.toEqual(
      ((await native) as Record<string, unknown>)['float-bits'],
    );
    chosen.passes = PASSES.filter((p) => p.name !== 'simd');
    await expect(behaviours('wavm')).rejects.toThrow();
    chosen.passes = PASSES.filter((p) => p.name !== 'int64');
    await expect(results('wavm')).rejects.toThrow();
  });
});

describe('the order of functions', () => {
  it.each(['wavm', 'wamr'] as const)('changes no byte that %s makes', (backend: BackendName) => {
    for (const kernel of ['interp/regex', 'calls/virtual', 'int64/sha512']) {
      const bytes = guest(kernel);
      const options = settings({ backend });
      const expected = transpile(bytes, options).code;
      for (const seed of [1, 2, 3]) {
        const typed = validate(decode(bytes));
        const scope = new ModuleScope(typed);
        const codes: FuncCode[] = [];
        for (const func of shuffled(typed.module.funcs, seed)) {
          if (func.import === undefined) codes.push(BACKENDS[backend](typed, func, scope, options));
        }
        expect(link(typed, scope, codes, options).code).toBe(expected);
      }
    }
  });
});

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const out = [...items];
  let state = seed;
  for (let i = out.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 4294967296) * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
