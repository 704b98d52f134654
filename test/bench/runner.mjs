/** Runs translations and measurements, each in a child process, and keeps the pinned translators' outputs on disk. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENGINES } from './engines.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const CACHE = join(here, 'node_modules', '.cache');

export class Runner {
  #node;
  #flags;
  #engine;
  #folder = mkdtempSync(join(tmpdir(), 'wasmelt-bench-'));
  #translations = new Map();

  /**
   * @param {string} node the Node executable that measures
   * @param {readonly string[]} flags its flags
   * @param {'jit' | 'jsc' | 'interpreter'} engine what ours are translated for
   */
  constructor(node, flags, engine) {
    this.#node = node;
    this.#flags = flags;
    this.#engine = engine;
    process.on('exit', () => rmSync(this.#folder, { recursive: true, force: true }));
  }

  /**
   * Translates a module once per run.
   * @returns {{ file: string, ms?: number, warm?: number, megabytes?: number, error?: string }}
   */
  translate(engine, wasm, minify = false) {
    if (ENGINES[engine].translate === undefined) return { file: wasm };
    const sources = [wasm, ...['wasm2js.mjs', 'package-lock.json'].map((file) => join(here, file))];
    const digest = sources.reduce((hash, file) => hash.update(readFileSync(file)), createHash('sha256'));
    const hash = digest.digest('hex').slice(0, 16);
    const name = `${engine}-${hash}${minify ? '-min' : ''}`;
    let known = this.#translations.get(name);
    if (known === undefined) {
      known = this.#translate(engine, wasm, name, minify);
      this.#translations.set(name, known);
    }
    return known;
  }

  #translate(engine, wasm, name, minify) {
    const folder = ENGINES[engine].cached ? CACHE : this.#folder;
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${name}.mjs`);
    const note = join(folder, `${name}.json`);
    if (existsSync(note) && existsSync(file)) return { file, ...JSON.parse(readFileSync(note, 'utf8')) };
    const peaks = join(this.#folder, `${name}.peaks`);
    const env = { ...process.env, BENCH_PEAKS: peaks, BENCH_ENGINE: this.#engine };
    if (!ENGINES[engine].ours) env.NODE_OPTIONS = `--require "${join(here, 'peak.cjs')}"`;
    const partial = `${file}.partial`;
    const args = [join(here, 'translate.mjs'), engine, wasm, partial, ...(minify ? ['min'] : [])];
    const report = child(process.execPath, args, env, 300_000);
    if (report.error === undefined) {
      renameSync(partial, file);
      writeFileSync(note, JSON.stringify(report));
    }
    return { file, ...report };
  }

  /**
   * Runs a kernel in a process of its own.
   * @returns {{ best: number, calls: number, load: number, result: string } | { error: string }}
   */
  measure(engine, kernel, { calls, ms }) {
    const translated = this.translate(engine, kernel.wasm);
    if (translated.error !== undefined) return { error: translated.error };
    const args = [...this.#flags, join(here, 'measure.mjs'), engine, translated.file, String(calls), String(ms)];
    if (kernel.program !== undefined) args.push(kernel.program, kernel.workload);
    return child(this.#node, args, process.env, 120_000);
  }

  /**
   * How long a process takes until the first export of a module can be called, of what an engine of ours has made of it and
   * of native: the least of several, in turn.
   * @returns {{ ms: number, native: number } | undefined} undefined where it imports other things than functions
   */
  start(engine, wasm) {
    const module = new WebAssembly.Module(readFileSync(wasm));
    const imports = WebAssembly.Module.imports(module);
    const first = WebAssembly.Module.exports(module).find(({ kind }) => kind === 'function');
    if (first === undefined || imports.some(({ kind }) => kind !== 'function')) return undefined;
    const list = JSON.stringify(imports.map(({ module, name }) => [module, name]));
    const run = (kind, file) => {
      const start = performance.now();
      const { status } = spawnSync(this.#node, [join(here, 'start.mjs'), kind, file, list, first.name]);
      return status === 0 ? performance.now() - start : Number.NaN;
    };
    const { file } = this.translate(engine, wasm);
    const times = Array.from({ length: STARTS }, () => [run('module', file), run('native', wasm)]);
    const [ms, native] = [0, 1].map((k) => Math.min(...times.map((pair) => pair[k])));
    return Number.isNaN(ms + native) ? undefined : { ms, native };
  }
}
const STARTS = 9;

/** The last line of the child's output, which is JSON, or `{ error }`. */
function child(node, args, env, timeout) {
  const run = spawnSync(node, args, { env, timeout, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (run.error !== undefined) return { error: run.error.code === 'ETIMEDOUT' ? 'timed out' : run.error.message };
  try {
    return JSON.parse(run.stdout.trim().split('\n').at(-1));
  } catch {
    return { error: (run.stderr.match(/^\w*Error.*$/m)?.[0] ?? `exit code ${run.status ?? run.signal}`).slice(0, 200) };
  }
}
