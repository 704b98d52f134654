/**
 * Runs real programs from npm on native WebAssembly, on wamr and on wavm, and compares the digests of their output.
 *
 *     node test/real/run.mjs [case...] [--on native,wamr,wavm]
 *
 * Each run is a process of its own with an empty cache, so that its time of translation is known. Needs `npm run
 * build` before; installs the packages of this folder when they are missing. Prints a row per case and `N passed,
 * N failed`; exit code 1 when one failed. `WASMELT_REGISTER` is the file of another build of wasmelt/register.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { register, runCase } from './child.mjs';
import { CASES } from './expected.mjs';

const { values, positionals } = parseArgs({
  options: { on: { type: 'string', default: 'native,wamr,wavm' } },
  allowPositionals: true,
});
const engines = values.on.split(',');

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
  return [name.padEnd(16), ...columns.map((c) => c.padStart(12))].join('');
}

async function main() {
  if (!existsSync(fileURLToPath(register))) {
    console.error(`error: ${fileURLToPath(register)} is missing: npm run build`);
    process.exit(1);
  }
  installPackages();
  const names = positionals.length > 0 ? positionals : Object.keys(CASES);
  const compiled = engines.filter((e) => e !== 'native');
  console.log(row('case', ['', ...engines.map((e) => `${e} ms`), ...compiled.map((e) => `${e} made`)]));
  const failures = [];
  let passed = 0;
  for (const name of names) {
    const expected = CASES[name];
    if (expected === undefined) throw new Error(`no case ${name}; there are: ${Object.keys(CASES).join(' ')}`);
    const results = {};
    for (const engine of engines) {
      const result = (results[engine] = await runCase(name, engine));
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
