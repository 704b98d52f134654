/**
 * Speed and memory of decoding and validating one module: `node test/bench/frontend.mjs FILE.wasm [ROUNDS]`.
 * Memory is the peak resident size above that of the process with the file loaded, after one round.
 */
import { readFileSync } from 'node:fs';
import '../support/ts.mjs';

const { decode } = await import('../../src/1-decode/index.ts');
const { validate } = await import('../../src/2-validate/index.ts');

const [file, rounds = '5'] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node test/bench/frontend.mjs FILE.wasm [ROUNDS]');
const bytes = new Uint8Array(readFileSync(file));
const megabytes = bytes.length / 1e6;
const before = process.memoryUsage().rss;

for (let i = 0; i < Number(rounds); i++) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const module = decode(bytes);
  const decoded = performance.now();
  validate(module);
  const done = performance.now();
  const rate = megabytes / ((done - start) / 1000);
  const { user, system } = process.cpuUsage(cpu);
  const cpuRate = bytes.length / (user + system);
  console.log(
    `decode ${(decoded - start).toFixed(0)} ms, validate ${(done - decoded).toFixed(0)} ms: ${rate.toFixed(1)} MB/s (${cpuRate.toFixed(1)} MB per CPU second)`,
  );
  if (i === 0) {
    const grown = process.resourceUsage().maxRSS * 1024 - before;
    console.log(`memory ${(grown / 1e6).toFixed(0)} MB, ${(grown / bytes.length).toFixed(1)} x the module's size`);
  }
}
