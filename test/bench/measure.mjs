/**
 * One measurement in a process of its own: one instance, the kernel called until enough calls and time have passed,
 * best call. Prints one line of JSON: `{ best, calls, result, load }` (milliseconds) or `{ error }`.
 *   node measure.mjs ENGINE FILE MIN_CALLS MIN_MS [SQLITE_WORKLOAD]
 */
import { ENGINES } from './engines.mjs';
import { openDatabase, WORKLOADS } from './sqlite.mjs';

/** No kernel may hold up a run: above this many milliseconds, four calls are enough. */
const PATIENCE = 3000;

const [engine, file, minCalls, minTime, workload] = process.argv.slice(2);
const report = await measure().catch((error) => ({ error: String(error?.message ?? error).split('\n')[0] }));
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));

async function measure() {
  const start = performance.now();
  const call = await prepare(await ENGINES[engine].load(file));
  const load = performance.now() - start;
  const results = new Set();
  let best = Number.POSITIVE_INFINITY;
  let calls = 0;
  let spent = 0;
  while ((calls < minCalls || spent < minTime) && (calls < 4 || spent < PATIENCE)) {
    const before = performance.now();
    const result = call();
    const time = performance.now() - before;
    best = Math.min(best, time);
    spent += time;
    calls++;
    results.add(Object.is(result, -0) ? '-0' : String(result));
  }
  return { best, calls, load, result: [...results].join(' or ') };
}

/** A function that does the kernel's work once and returns its checksum. */
async function prepare(instantiate) {
  if (workload === undefined) {
    const { run, size } = instantiate({});
    const n = size();
    return () => run(n);
  }
  const database = await openDatabase(instantiate);
  return () => WORKLOADS[workload](database);
}
