/**
 * One measurement in a process of its own: one instance, the kernel called until enough calls and time have passed,
 * best call. Time is CPU time, so that other work on the machine disturbs less. Prints one line of JSON:
 * `{ best, calls, load, result }` (milliseconds) or `{ error }`.
 *   node measure.mjs ENGINE FILE MIN_CALLS MIN_MS [PROGRAM WORKLOAD]
 */
import { ENGINES } from './engines.mjs';
import { PROGRAMS } from './programs/index.mjs';

/** No kernel may hold up a run: above this many milliseconds, four calls are enough. */
const PATIENCE = 3000;
/** The JIT is done when this many calls, and this much wall time, have brought nothing better. */
const SETTLED = { calls: 10, ms: 120 };

const [engine, file, minCalls, minTime, program, workload] = process.argv.slice(2);
const report = await measure().catch((error) => ({ error: String(error?.message ?? error).split('\n')[0] }));
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));

async function measure() {
  const start = performance.now();
  const call = await prepare(await ENGINES[engine].load(file));
  const load = performance.now() - start;
  const results = new Set();
  let best = Number.POSITIVE_INFINITY;
  let calls = 0;
  let bestAt = 0;
  let spent = 0;
  let bestTime = start;
  const settled = () => calls - bestAt >= SETTLED.calls && performance.now() - bestTime >= SETTLED.ms;
  const enough = () => calls >= minCalls && spent >= minTime && settled();
  while (calls < 4 || (spent < PATIENCE && !enough())) {
    const before = process.cpuUsage();
    const result = call();
    const { user, system } = process.cpuUsage(before);
    const time = (user + system) / 1000;
    if (time < best * 0.98) [bestAt, bestTime] = [calls, performance.now()];
    best = Math.min(best, time);
    spent += time;
    calls++;
    results.add(Object.is(result, -0) ? '-0' : String(result));
  }
  return { best, calls, load, result: [...results].join(' or ') };
}

/** A function that does the kernel's work once and returns its checksum. */
async function prepare(instantiate) {
  if (program === undefined) {
    const { run, size } = instantiate({});
    const n = size();
    return () => run(n);
  }
  await ENGINES[engine].global?.();
  const run = await PROGRAMS[program].open(instantiate);
  return () => run(workload);
}
