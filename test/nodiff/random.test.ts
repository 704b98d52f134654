/** A bounded run of the fuzzer: `npm run fuzz` is the long one. */
import { afterAll, expect, it } from 'vitest';
import { TRANSLATORS } from '../support/translated.ts';
import { moduleMaker } from './modules.ts';
import { describeDifference, Engines } from './nodiff.ts';

const maker = moduleMaker();
const engines = new Engines(TRANSLATORS);
afterAll(() => {
  engines.close();
  maker?.close();
});

const COUNT = 30;

it(`${COUNT} random modules do the same natively, and by wamr and wavm for speed, for size and for interpreters`, async () => {
  if (maker === undefined) throw new Error('no wasm-opt: run node test/support/install.mjs nodiff');
  const found: string[] = [];
  let lines = 0;
  for (let seed = 1; seed <= COUNT; seed++) {
    const result = await engines.nodiff(await maker.make(seed), seed);
    lines += result.lines;
    found.push(...result.unsupported, ...result.differences.map((d) => `seed ${seed}: ${describeDifference(d)}`));
  }
  expect(found).toEqual([]);
  expect(lines).toBeGreaterThan(COUNT * 10);
}, 300_000);
