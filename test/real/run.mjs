/**
 * Runs real programs from npm on native WebAssembly, on wamr and on wavm, and compares the digests of their output.
 *
 *     node test/real/run.mjs [case...] [--on native,wamr,wavm]
 *     node test/real/run.mjs [case...] --without PASS          # wavm from source without a pass, or "each" in turn
 *
 * Each run is a process of its own with an empty cache, so that its time of translation is known. Needs `npm run
 * build` before; installs the packages of this folder when they are missing. Prints a row per case and `N passed,
 * N failed`; exit code 1 when one failed. `WASMELT_REGISTER` is the file of another build of wasmelt/register.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import '../support/ts.mjs';
import { register, runCase } from './child.mjs';
import { CASES } from './expected.mjs';

const { values, positionals } = parseArgs({
  options: { on: { type: 'string', default: 'native,wamr,wavm' }, without: { type: 'string' } },
  allowPositionals: true,
});
const engines = values.without === undefined ? values.on.split(',') : await withoutPasses(values.without);

/** Engines without one pass each. */
async function withoutPasses(name) {
  const { askedFor } = await import('../support/without.ts');
  return askedFor([name]).map((pass) => `wavm without ${pass}`);
}

function runOn(name, engine) {
  const [, pass] = engine.split(' without ');
  if (pass === undefined) return runCase(name, engine);
  const preload = ['../support/ts.mjs', './without.ts'].map((path) => new URL(path, import.meta.url).href);
  return runCase(name, 'wavm', { preload, env: { WASMELT_WITHOUT: pass } });
}

function installPackages() {
  const command = [fileURLToPath(new URL('../support/install.mjs', import.meta.url)), 'real'];
  if (spawnSync(process.execPath, command, { stdio: 'inherit' }).status !== 0) process.exit(1);
}

/** What is wrong with a result, or undefined. */
function verdict(expected, engine, result) {
  if (result.digest === expected.digest) return undefined;
  if (engine === 'native' && expected.newerNode) return undefined;
  return result.error === undefined ? `digest ${result.digest}, not ${expected.digest}` : firstLines(result.error);
}

function firstLines(message) {
  return message.trim().split('\n').slice(0, 4).join('\n      ').slice(0, 600);
}

function cell(result) {
  if (result === undefined) return '-';
  if (result.digest === undefined) return 'error';
  return String(Math.round(result.ms - result.translation));
}

function row(name, columns) {
  return [name.padEnd(16), ...columns.map((c) => ` ${c}`.padStart(13))].join('');
}

async function main() {
  if (!existsSync(fileURLToPath(register))) {
    console.error(`error: ${fileURLToPath(register)} is missing: npm run build`);
    process.exit(1);
  }
  installPackages();
  const names = positionals.length > 0 ? positionals : Object.keys(CASES);
  // What is translated from source says nothing about times.
  const compiled = engines.filter((e) => e !== 'native' && values.without === undefined);
  console.log(
    row('case', [
      '',
      ...engines.map((e) => `${e.replace('wavm without ', '-')} ms`),
      ...compiled.map((e) => `${e} made`),
    ]),
  );
  const failures = [];
  let passed = 0;
  for (const name of names) {
    const expected = CASES[name];
    if (expected === undefined) throw new Error(`no case ${name}; there are: ${Object.keys(CASES).join(' ')}`);
    const results = {};
    for (const engine of engines) {
      const result = (results[engine] = await runOn(name, engine));
      const wrong = verdict(expected, engine, result);
      if (wrong === undefined) passed++;
      else failures.push(`${name} on ${engine}: ${wrong}`);
    }
    const times = engines.map((e) => cell(results[e]));
    console.log(row(name, [`  ${expected.digest}`, ...times, ...compiled.map((e) => String(results[e].translation))]));
  }
  for (const failure of failures) console.log(`FAILED ${failure}`);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

await main();
