/**
 * One translation in a process of its own. Prints one line of JSON: `{ ms, megabytes }`, time without loading the
 * translator where it is a library, and the peak of resident memory (of this process, or of the tool that it starts,
 * which reports through peak.cjs into the file BENCH_PEAKS); or `{ error }`.
 *   node translate.mjs ENGINE IN.wasm OUT.mjs [min]
 */
import { existsSync, readFileSync } from 'node:fs';
import { ENGINES } from './engines.mjs';

const [engine, wasm, out, min] = process.argv.slice(2);
const report = await translate().catch((error) => ({ error: String(error?.message ?? error).split('\n')[0] }));
process.stdout.write(`${JSON.stringify(report)}\n`);

async function translate() {
  if (ENGINES[engine].ours) await import('../../dist/src/index.js');
  const peaks = process.env.BENCH_PEAKS;
  const start = performance.now();
  await ENGINES[engine].translate(wasm, out, { minify: min === 'min' });
  const ms = performance.now() - start;
  const children = existsSync(peaks) ? readFileSync(peaks, 'utf8').trim().split('\n').map(Number) : [];
  return { ms, megabytes: Math.max(...children, ENGINES[engine].ours ? process.resourceUsage().maxRSS : 0) / 1024 };
}
