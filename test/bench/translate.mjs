/**
 * Translation in a process of its own. Prints one line of JSON: `{ ms, warm, megabytes }`, or `{ error }`. `ms` is the time of
 * the first translation, without loading the translator where it is a library; `warm`, of ours alone, the best of those that
 * follow in the same process, of which there are thirty, or as many as begin within 15 seconds; memory the peak that was
 * resident during the first (of this process, or of the tool that it starts, which reports through peak.cjs into the file
 * BENCH_PEAKS).
 *   node translate.mjs ENGINE IN.wasm OUT.mjs [min]
 */
import { existsSync, readFileSync } from 'node:fs';
import { ENGINES } from './engines.mjs';

const MOST_AGAIN = 30;
const MOST_MS = 15_000;

const [engine, wasm, out, min] = process.argv.slice(2);
const { ours, translate } = ENGINES[engine];
const minify = min === 'min';
const report = await measure().catch((error) => ({ error: String(error?.message ?? error).split('\n')[0] }));
process.stdout.write(`${JSON.stringify(report)}\n`);

async function measure() {
  if (ours) await import('../../dist/src/index.js');
  const ms = await once();
  const peaks = process.env.BENCH_PEAKS;
  const children = existsSync(peaks) ? readFileSync(peaks, 'utf8').trim().split('\n').map(Number) : [];
  const megabytes = Math.max(...children, ours ? process.resourceUsage().maxRSS : 0) / 1024;
  return { ms, megabytes, warm: ours && !minify ? await again() : undefined };
}

async function once() {
  const start = performance.now();
  await translate(wasm, out, { minify });
  return performance.now() - start;
}

async function again() {
  const start = performance.now();
  const times = [];
  while (times.length < MOST_AGAIN && performance.now() - start < MOST_MS) times.push(await once());
  return Math.min(...times);
}
