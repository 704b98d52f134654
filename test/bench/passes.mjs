/**
 * What each pass of wavm is worth: the kernels without it, over the same with all passes, and the size of sql.js likewise.
 *
 *     node test/bench/passes.mjs [--only PATTERN] [--pass NAME]... [--rounds N] [--no-build]
 *
 * All variants of a kernel are measured in turn, N rounds (default 2), each time in a process of its own; the best counts, in
 * CPU time. Where a pass does not change the output of a kernel, its ratio is 1 without being measured. Ratios above 1 are
 * what the pass is worth. Exit code 1 if a result differs from that with all passes.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import '../support/ts.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const EFFORT = ['6', '100'];

const { values } = parseArgs({
  allowNegative: true,
  options: {
    only: { type: 'string', default: '' },
    pass: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '2' },
    build: { type: 'boolean', default: true },
  },
});
if (values.build)
  spawnSync('npm', ['run', 'build', '--silent', '--prefix', join(HERE, '../..')], { stdio: ['ignore', 2, 2] });
const { transpile } = await import('../../dist/src/index.js');
const { OPTIONAL } = await import('../support/without.ts');
const { listKernels } = await import('./kernels.mjs');
const { PROGRAMS } = await import('./programs/index.mjs');

const passes = values.pass ?? OPTIONAL;
const folder = mkdtempSync(join(tmpdir(), 'wasmelt-passes-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** Best time and result of each file, over all rounds. */
function measureAll(paths, { program, workload }) {
  const cells = new Map();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const path of paths) {
      const args = [
        join(HERE, 'measure.mjs'),
        'wavm',
        path,
        ...EFFORT,
        ...(program === undefined ? [] : [program, workload]),
      ];
      const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 300_000 });
      const { best, result, error } = JSON.parse(stdout.trim().split('\n').at(-1));
      if (error !== undefined) throw new Error(error);
      const known = cells.get(path);
      cells.set(path, { best: Math.min(best, known?.best ?? best), result });
    }
  }
  return cells;
}

/** Time without each pass over that with all, by pass; passes that change nothing are not in it. */
function ratios(kernel, translations) {
  const byText = new Map();
  const fileOf = (code) => {
    if (!byText.has(code)) byText.set(code, join(folder, `${files++}.mjs`));
    return byText.get(code);
  };
  const paths = new Map([...translations].map(([pass, code]) => [pass, fileOf(code)]));
  const whole = paths.get('');
  if (byText.size === 1) return new Map();
  for (const [code, path] of byText) writeFileSync(path, code);
  const cells = measureAll([...byText.values()], kernel);
  const out = new Map();
  for (const [pass, path] of paths) {
    if (path === whole) continue;
    if (cells.get(path).result !== cells.get(whole).result) {
      console.log(`WRONG: ${kernel.id} without ${pass}: ${cells.get(path).result.slice(0, 80)}`);
      process.exitCode = 1;
    }
    out.set(pass, cells.get(path).best / cells.get(whole).best);
  }
  return out;
}

const translated = new Map();
function translate(wasm) {
  if (!translated.has(wasm)) {
    const bytes = readFileSync(wasm);
    const variant = (without) => transpile(bytes, { format: 'esm', without }).code;
    translated.set(wasm, new Map([['', variant([])], ...passes.map((p) => [p, variant([p])])]));
  }
  return translated.get(wasm);
}

const geometric = (list) => Math.exp(list.reduce((sum, x) => sum + Math.log(x), 0) / list.length);

const kernels = listKernels().filter((k) => new RegExp(values.only).test(k.id));
const found = new Map(passes.map((p) => [p, []]));
for (const kernel of kernels) {
  const row = ratios(kernel, translate(kernel.wasm));
  for (const [pass, ratio] of row) found.get(pass).push({ id: kernel.id, ratio });
  console.log(`${kernel.id}: ${[...row].map(([pass, r]) => `${pass} ${r.toFixed(2)}`).join(', ')}`);
}
const sql = readFileSync(PROGRAMS.sqlite.wasm());
const size = (without) => {
  const { code } = transpile(sql, { minify: true, without });
  return { min: code.length, gz: gzipSync(code).length };
};
const whole = size([]);
console.log('\npass           all kernels   changed (n)   sql.js min   min.gz   most');
for (const [pass, list] of found) {
  const all = kernels.map((k) => list.find((x) => x.id === k.id)?.ratio ?? 1);
  const { min, gz } = size([pass]);
  const most = list.sort((a, b) => b.ratio - a.ratio).slice(0, 3);
  console.log(
    [
      pass.padEnd(14),
      geometric(all).toFixed(3).padStart(12),
      `${list.length === 0 ? '-' : geometric(list.map((x) => x.ratio)).toFixed(3)} (${list.length})`.padStart(14),
      (min / whole.min).toFixed(3).padStart(13),
      (gz / whole.gz).toFixed(3).padStart(9),
      `  ${most.map((x) => `${x.id} ${x.ratio.toFixed(2)}`).join(', ')}`,
    ].join(''),
  );
}
