/** A bounded run of random modules by wavm without each pass that may be left out: `npm run fuzz -- --without each` is long. */
import { afterAll, expect, it } from 'vitest';
import { loadEngine } from '../spec/engines.ts';
import { translatedWebAssembly } from '../support/translated.ts';
import { OPTIONAL } from '../support/without.ts';
import { drive, type Namespace } from './drive.ts';
import { moduleMaker } from './modules.ts';
import { describeDifference, firstDifference } from './nodiff.ts';

const maker = moduleMaker();
afterAll(() => maker?.close());

/** Other seeds than those of `random.test.ts`. */
const SEEDS = Array.from({ length: 12 }, (_, i) => 1001 + i);

/** The modules, and what they do natively. */
const modules = (async () => {
  if (maker === undefined) throw new Error('no wasm-opt: run node test/support/install.mjs nodiff');
  const native = (await loadEngine('native')) as unknown as Namespace;
  const made: { seed: number; bytes: Uint8Array; report: readonly string[] }[] = [];
  for (const seed of SEEDS) {
    const bytes = await maker.make(seed);
    made.push({ seed, bytes, report: drive(native, bytes, seed) });
  }
  return made;
})();

it.each(OPTIONAL)('random modules do the same natively and without %s', async (pass) => {
  const engine = translatedWebAssembly('wavm', [pass]) as unknown as Namespace;
  const found = (await modules).flatMap(({ seed, bytes, report }) =>
    firstDifference(`wavm without ${pass}`, report, drive(engine, bytes, seed)).map(
      (d) => `seed ${seed}: ${describeDifference(d)}`,
    ),
  );
  expect(found).toEqual([]);
  expect((await modules).flatMap((m) => m.report).length).toBeGreaterThan(SEEDS.length * 10);
});
