/** `npm run fuzz`: random modules on native WebAssembly, wamr and wavm; every module with a difference is kept. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cModuleMaker } from '../nodiff/c-modules.ts';
import { FEATURE_NAMES, type ModuleMaker, moduleMaker } from '../nodiff/modules.ts';
import { type Comparison, describeDifference, Engines, type Subject } from '../nodiff/nodiff.ts';
import { parseOptions } from '../support/options.ts';
import { askedFor } from '../support/without.ts';

const HELP = `usage: npm run fuzz -- [options]

  --count N        how many modules (default 200)
  --seed N         seed of the first; the others follow (default 1)
  --maker NAME     wasm-opt (binaryen's fuzzer, the default), npm-wasm-opt (the newer one of npm,
                   a tenth of a second a module) or csmith (random C through clang)
  --features LIST  what modules use besides scalar code, by commas: ${FEATURE_NAMES.join(', ')}
                   (wasm-opt of Debian knows simd, threads and tail-call; npm's makes all others)
  --backend NAME   only this generator: wavm, wamr, with -size (--optimize size), -jsc or -interpreter (--engine)
  --without PASS   wavm without this pass instead; may be repeated; "each" for each pass in turn
  --out DIR        where modules with a difference go (default: a new temporary folder)
  -h, --help       this text

Exit code: 0 when no module differs.`;

const REDUCE = `To reduce a module: wasm-reduce <module> -b <folder of wasm-opt> '--command=npm run -s nodiff -- --brief t.wasm' -t t.wasm -w w.wasm
Then keep it as fixtures/regress/<name>.wasm: test/nodiff/regress.test.ts runs all of them.`;

interface Totals {
  modules: number;
  lines: number;
  differing: number;
  /** Differ no more when NaNs are taken out: the specification leaves open which NaN an operation gives. */
  byNaNs: number;
  unsupported: number;
  /** Native WebAssembly gave no answer in time. */
  unjudged: number;
  exhausted: number;
  /** Compared up to where only bits of a NaN differ. */
  endedAtNaN: number;
  /** Only a translation ran out of stack. */
  shallower: number;
}

function count(totals: Totals, comparison: Comparison, byNaNs: boolean): void {
  totals.modules++;
  totals.lines += comparison.lines;
  if (byNaNs) totals.byNaNs++;
  else if (comparison.differences.length > 0) totals.differing++;
  if (comparison.unsupported.length > 0) totals.unsupported++;
  if (comparison.lines === 0) totals.unjudged++;
  if (comparison.exhausted.length > 0) totals.exhausted++;
  if (comparison.endedAtNaN.length > 0) totals.endedAtNaN++;
  if (comparison.exhausted.length > 0 && !comparison.exhausted.includes('native')) totals.shallower++;
}

function print(totals: Totals): string {
  return (
    `${totals.modules} modules, ${totals.lines} lines compared, ${totals.differing} differ, ` +
    `${totals.unsupported} unsupported, ${totals.unjudged} not judged, ${totals.endedAtNaN} ended at a NaN, ${totals.byNaNs} differ by NaNs alone, ${totals.exhausted} ran out of stack (${totals.shallower} only translated)`
  );
}

function natural(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  process.stderr.write(`error: --${option} takes a number, not ${text}\n`);
  process.exit(2);
}

function makerOf(name: string, features: readonly string[]): ModuleMaker {
  const wrong = features.find((f) => !FEATURE_NAMES.includes(f));
  if (wrong !== undefined) {
    process.stderr.write(`error: no feature ${wrong}: ${FEATURE_NAMES.join(', ')}\n`);
    process.exit(2);
  }
  const maker = name === 'csmith' ? cModuleMaker() : moduleMaker(features, name === 'npm-wasm-opt');
  if (maker !== undefined) return maker;
  const packages = name === 'csmith' ? 'csmith, libcsmith-dev, clang-14, lld-14 and wasi-libc' : 'binaryen';
  process.stderr.write(`error: install the Debian packages ${packages}, or run node test/support/install.mjs nodiff\n`);
  process.exit(1);
}

/** Does a module that differs do the same everywhere once no instruction gives a NaN? */
async function onlyByNaNs(engines: Engines, maker: ModuleMaker, bytes: Uint8Array, seed: number): Promise<boolean> {
  const plain = await maker.withoutNaNs?.(bytes);
  if (plain === undefined) return false;
  const { differences, lines } = await engines.nodiff(plain, seed);
  return differences.length === 0 && lines > 0;
}

async function main(): Promise<void> {
  const { values } = parseOptions({
    options: {
      count: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      backend: { type: 'string' },
      without: { type: 'string', multiple: true, default: [] },
      features: { type: 'string', default: '' },
      maker: { type: 'string', default: 'wasm-opt' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(HELP);
  const maker = makerOf(
    values.maker,
    values.features.split(',').filter((f) => f !== ''),
  );
  console.log(`modules by ${maker.name}`);
  const without = askedFor(values.without).map((pass): Subject[] => [`wavm without ${pass}`]);
  const backends = values.backend === undefined ? undefined : [values.backend as Subject];
  const range = { first: natural('seed', values.seed), count: natural('count', values.count), out: values.out };
  let wrong = 0;
  for (const subjects of without.length > 0 ? without : [backends]) {
    const totals = await fuzz(subjects, maker, range);
    console.log(`${without.length > 0 ? `${subjects![0]}: ` : ''}${print(totals)}`);
    if (totals.differing > 0) console.log(REDUCE);
    wrong += totals.differing + totals.unsupported;
  }
  maker.close();
  process.exitCode = wrong > 0 ? 1 : 0;
}

/** Compares modules on native WebAssembly and the subjects; by default those that `Engines` has. */
async function fuzz(
  subjects: readonly Subject[] | undefined,
  maker: ModuleMaker,
  range: { readonly first: number; readonly count: number; readonly out: string | undefined },
): Promise<Totals> {
  const engines = new Engines(subjects);
  const totals: Totals = {
    modules: 0,
    lines: 0,
    differing: 0,
    byNaNs: 0,
    unsupported: 0,
    unjudged: 0,
    exhausted: 0,
    endedAtNaN: 0,
    shallower: 0,
  };
  let { out } = range;
  const last = range.first + range.count;
  let next = maker.make(range.first);
  for (let seed = range.first; seed < last; seed++) {
    const bytes = await next;
    if (seed + 1 < last) next = maker.make(seed + 1);
    const comparison = await engines.nodiff(bytes, seed);
    const differs = comparison.differences.length > 0;
    const byNaNs = differs && (await onlyByNaNs(engines, maker, bytes, seed));
    count(totals, comparison, byNaNs);
    if (differs) {
      out ??= mkdtempSync(join(tmpdir(), 'wasmelt-differ-'));
      mkdirSync(out, { recursive: true });
      const file = join(out, `seed-${seed}.wasm`);
      writeFileSync(file, bytes);
      console.log(`seed ${seed}: ${file} (${bytes.length} bytes)${byNaNs ? ', the same without NaNs' : ''}`);
      for (const d of comparison.differences) console.log(describeDifference(d));
    } else if (comparison.unsupported.length > 0) console.log(`seed ${seed}: ${comparison.unsupported[0]}`);
    if (totals.modules % 100 === 0) console.log(`${print(totals)} …`);
  }
  engines.close();
  return totals;
}

await main();
