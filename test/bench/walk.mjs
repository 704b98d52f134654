/**
 * What each step of the walk in src/README.md is worth: the hot loop (fixtures/guests/walk/blend.c) by wamr, by wavm with the
 * passes that decide what the output does, and with one more of the passes that change it each time.
 *
 *     node test/bench/walk.mjs [ROUNDS]        after npm run build
 *
 * Prints nanoseconds of CPU time a round of the loop, best of 5 rounds by default, each in a process of its own, and the
 * characters of the function that are no indentation.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import '../support/ts.mjs';

const WASM = fileURLToPath(new URL('../../fixtures/guests/walk/blend.wasm', import.meta.url));
const [LENGTH, CALLS, MEASURED] = [12_000, 50, 40];
/** Where the numbers and the bytes lie: behind the stack. */
const [NUMBERS, BYTES] = [66_000, 66_000 + 4 * (LENGTH + 2)];

/** Seven of eight numbers count. */
async function measure(file) {
  const exports = await instantiate(file);
  const { buffer } = exports.memory;
  let random = 1;
  const next = () => (random = (Math.imul(random, 1664525) + 1013904223) >>> 0) >>> 8;
  new Int32Array(buffer, NUMBERS, LENGTH + 2).set(Array.from({ length: LENGTH + 2 }, next));
  new Uint8Array(buffer, BYTES, LENGTH).set(Array.from({ length: LENGTH }, (_, i) => i & 7));
  let best = Number.POSITIVE_INFINITY;
  let result;
  for (let i = 0; i < MEASURED; i++) {
    const before = process.cpuUsage();
    for (let k = 0; k < CALLS; k++) result = exports.blend(NUMBERS, BYTES, LENGTH);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, user + system);
  }
  console.log(JSON.stringify({ ns: (best * 1000) / (LENGTH * CALLS), result: String(result) }));
}

async function instantiate(file) {
  if (file.endsWith('.wasm')) return new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {}).exports;
  return (await import(pathToFileURL(file).href)).instantiate({}).exports;
}

async function main(rounds) {
  const { transpile } = await import('../../dist/src/index.js');
  const { OPTIONAL } = await import('../support/without.ts');
  const bytes = readFileSync(WASM);
  const code = (options) => {
    let text = '';
    const dump = { what: new Set(['js']), write: (part) => (text += part) };
    const whole = transpile(bytes, { ...options, dump }).code;
    const length = text.slice(text.indexOf('\n')).replace(/\n */g, '\n').length;
    return { whole, length };
  };
  const variants = [
    ['wamr', code({ backend: 'wamr' })],
    ['wavm, required passes', code({ without: OPTIONAL })],
  ];
  for (const [i, pass] of OPTIONAL.entries()) {
    const text = code({ without: OPTIONAL.slice(i + 1) });
    if (text.whole !== variants.at(-1)[1].whole) variants.push([`  and ${pass}`, text]);
  }
  const folder = mkdtempSync(join(tmpdir(), 'wasmelt-walk-'));
  const files = variants.map(([name, text], i) => {
    const file = join(folder, `${i}.mjs`);
    writeFileSync(file, text.whole);
    return { name, file, length: text.length, ns: Number.POSITIVE_INFINITY };
  });
  files.unshift({ name: 'native', file: WASM, length: '', ns: Number.POSITIVE_INFINITY });
  const results = new Set();
  for (let round = 0; round < rounds; round++) {
    for (const row of files) {
      const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--measure', row.file], {
        encoding: 'utf8',
      });
      const { ns, result } = JSON.parse(stdout);
      row.ns = Math.min(row.ns, ns);
      results.add(result);
    }
  }
  rmSync(folder, { recursive: true, force: true });
  for (const { name, ns, length } of files)
    console.log(`${name.padEnd(24)}${ns.toFixed(2).padStart(8)}${String(length).padStart(8)}`);
  if (results.size > 1) throw new Error(`results differ: ${[...results].join(', ')}`);
}

if (process.argv[2] === '--measure') await measure(process.argv[3]);
else await main(Number(process.argv[2] ?? 5));
