/**
 * Finds the first function whose wavm code breaks a case that passes on wamr, by halving: functions before a point from
 * wavm, the others from wamr.
 *
 *     node test/real/bisect.mjs CASE [DIGEST]
 *
 * Works from source, without a build. Prints each step, then the function's module, index, name, size and code. An error
 * of the compiler in a function counts as broken too.
 */
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCase } from './child.mjs';
import { CASES } from './expected.mjs';

const [name, digest = CASES[name]?.digest] = process.argv.slice(2);
if (digest === undefined) throw new Error(`no case ${name}; there are: ${Object.keys(CASES).join(' ')}`);
const list = join(tmpdir(), `wasmelt-mixed-${process.pid}.jsonl`);
const preload = ['../support/ts.mjs', './mixed.ts'].map((path) => new URL(path, import.meta.url).href);

/** Runs the case with functions `[from, to)` of wavm: whether it is right, and the modules it compiled. */
async function attempt(from, to) {
  rmSync(list, { force: true });
  const env = { MIXED_FROM: String(from), MIXED_TO: String(to), MIXED_LIST: list };
  const result = await runCase(name, 'wavm', { preload, env });
  let modules = [];
  try {
    modules = readFileSync(list, 'utf8').trimEnd().split('\n').map(JSON.parse);
  } catch {
    // The compiler failed on the first module.
  }
  const right = result.digest === digest;
  const what = right ? 'right' : (result.error ?? `digest ${result.digest}`).trim().split('\n')[0];
  console.log(`wavm ${from}..${to}: ${what}`);
  return { right, modules };
}

const none = await attempt(0, 0);
if (!none.right) throw new Error('the case fails on wamr alone');
const total = Math.max(...none.modules.map((m) => m.first + m.functions.length));
console.log(`${total} functions in ${none.modules.length} modules`);
if ((await attempt(0, total)).right) {
  console.log('all functions of wavm are right');
  process.exit(0);
}
let good = 0;
let bad = total;
while (bad - good > 1) {
  const middle = (good + bad) >> 1;
  if ((await attempt(0, middle)).right) good = middle;
  else bad = middle;
}
const alone = await attempt(good, bad);
const module = none.modules.findLast((m) => m.first <= good);
const { index, bytes, name: called = 'without a name' } = module.functions[good - module.first];
console.log(`function ${index} (${called}, ${bytes} bytes) of the module of ${module.size} bytes breaks the case`);
console.log(alone.right ? 'but not alone: it needs others of wavm before it' : 'also alone');
const found = alone.modules.find((m) => m.first === module.first)?.functions[good - module.first].code;
console.log(found ?? 'its translation fails');
rmSync(list, { force: true });
