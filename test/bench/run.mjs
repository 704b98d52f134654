/**
 * The benchmark: native, wasm2js, polywasm and both back ends in one run, kernel by kernel, each measurement in a
 * process of its own. Exit code 1 if one of our results differs from native's. See --help.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { transform } from 'esbuild';

const HELP = `npm run bench -- [options]

  --only PATTERN     kernels whose name (class/kernel) matches this regular expression
  --class NAMES      classes, comma-separated: array, int64, calls, bytes, sort, float32, simd, interp, tail-calls, gc,
                     sqlite, lua, quickjs
  --engines NAMES    of native, wasm2js, polywasm, wamr, wavm, wavm-size (--optimize size), wavm-unchecked (--traps none);
                     default all but the last two.
                     Ratios and checks are against the first of this list that is chosen
  --rounds N         measure each engine N times, in turn, and take the best; default 1
  --jitless          run the kernels without JIT compilers, where WebAssembly does not exist: native and polywasm drop out
  --engine KIND      what ours are translated for: jit, jsc, or interpreter, the default with --jitless
  --quick            fewer calls per kernel: a third of the time, more noise
  --no-translation   leave out the table of translation times, cold and warm, and sizes
  --no-kernels       only that table
  --no-build         measure dist/ as it is
  --node PATH        the Node that runs the kernels; default this one
  --json FILE        write all measurements
  --help

A kernel runs in one instance, at least 12 times and for 0.4 s; the best call counts, in CPU time. Numbers in brackets are ratios to
native WebAssembly in the same engine (or to the first engine chosen). WRONG: the result differs from the first engine's.`;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));
const options = readOptions();
prepare();

const { ENGINES } = await import('./engines.mjs');
const { listKernels, realModules } = await import('./kernels.mjs');
const { Runner } = await import('./runner.mjs');
const report = await import('./report.mjs');

const engines = chooseEngines();
const [base] = engines;
const runner = new Runner(options.node, options.jitless ? ['--jitless'] : [], options.engine);
const started = performance.now();
const rows = options.kernels ? runKernels() : [];
const translation = options.translation ? await runTranslations() : [];
if (options.json !== undefined)
  writeFileSync(options.json, JSON.stringify({ node: options.version, rows, translation }, null, 1));
process.exitCode = conclude() ? 1 : 0;

function readOptions() {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      only: { type: 'string' },
      class: { type: 'string' },
      engines: { type: 'string' },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '1' },
      jitless: { type: 'boolean', default: false },
      engine: { type: 'string' },
      translation: { type: 'boolean' },
      build: { type: 'boolean', default: true },
      kernels: { type: 'boolean', default: true },
      node: { type: 'string', default: process.execPath },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  values.rounds = Number(values.rounds);
  if (!(values.rounds >= 1)) fail('--rounds needs a number');
  values.engine ??= values.jitless ? 'interpreter' : 'jit';
  if (!['jit', 'jsc', 'interpreter'].includes(values.engine)) fail('--engine is jit, jsc or interpreter');
  const { stdout, error } = spawnSync(values.node, ['--version'], { encoding: 'utf8' });
  if (error !== undefined) fail(`--node ${values.node}: ${error.message}`);
  values.version = stdout.trim();
  values.translation ??= !values.jitless && values.only === undefined && values.class === undefined;
  return values;
}

/** The packages compared with are installed here on first use; the compiler is built from its present sources. */
function prepare() {
  if (!existsSync(`${HERE}node_modules`)) npm(['ci', '--no-audit', '--no-fund', '--prefix', HERE]);
  const ours = options.engines === undefined || /wamr|wavm/.test(options.engines);
  if (ours && (options.build || !existsSync(`${ROOT}dist/src/index.js`)))
    npm(['run', 'build', '--silent', '--prefix', ROOT]);
}

function npm(args) {
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(`npm ${args[0]} ${args[1]} failed`);
}

function chooseEngines() {
  const chosen = options.engines?.split(',') ?? Object.keys(ENGINES).filter((name) => !ENGINES[name].onRequest);
  const unknown = chosen.find((name) => ENGINES[name] === undefined);
  if (unknown !== undefined) fail(`unknown engine ${unknown}; there are ${Object.keys(ENGINES).join(', ')}`);
  return Object.keys(ENGINES).filter((name) => chosen.includes(name) && !(options.jitless && ENGINES[name].needsJit));
}

function fail(message) {
  console.error(`bench: ${message}`);
  process.exit(2);
}

function runKernels() {
  const classes = options.class?.split(',');
  const pattern = new RegExp(options.only ?? '');
  const kernels = listKernels().filter(
    (k) => pattern.test(k.id) && (classes === undefined || classes.includes(k.class)),
  );
  if (kernels.length === 0) fail('no kernel of that name');
  console.log(`${report.kernelHeader(engines)}`);
  return kernels.map((kernel) => {
    const row = runKernel(kernel);
    console.log(report.kernelLine(row, engines));
    for (const engine of engines) explain(row, engine);
    return row;
  });
}

function runKernel(kernel) {
  const effort = options.jitless ? { calls: 2, ms: 0 } : options.quick ? { calls: 6, ms: 100 } : { calls: 12, ms: 400 };
  const row = { id: kernel.id, class: kernel.class, engines: {}, slower: [] };
  for (let round = 0; round < options.rounds; round++) {
    for (const engine of engines) {
      const known = row.engines[engine];
      if (known?.error !== undefined || known?.wrong !== undefined) continue;
      const cell = runner.measure(engine, kernel, effort);
      const expected = row.engines[base]?.result;
      if (expected !== undefined && cell.result !== expected && cell.error === undefined) cell.wrong = expected;
      row.engines[engine] = known && !(cell.best < known.best) && !cell.error && !cell.wrong ? known : cell;
    }
  }
  row.slower = engines.filter((engine) => beatsWavm(row, engine));
  return row;
}

/** True if a correct engine other than native took less time than wavm, by more than the noise of 5 %. */
function beatsWavm(row, engine) {
  const { wavm, [engine]: other } = row.engines;
  if (engine === 'native' || engine.startsWith('wavm') || other.error !== undefined || other.wrong !== undefined)
    return false;
  return wavm?.best > other.best * 1.05;
}

/** Why an engine has no valid time for this kernel. */
function explain(row, engine) {
  const { error, wrong, result } = row.engines[engine];
  if (error !== undefined) console.log(`    ${engine}: ${error}`);
  if (wrong !== undefined) console.log(`    ${engine}: ${result.slice(0, 100)}, native ${wrong.slice(0, 100)}`);
}

async function runTranslations() {
  console.log();
  const out = [];
  for (const { name, wasm } of realModules()) {
    for (const engine of engines.filter((e) => ENGINES[e].translate !== undefined)) {
      const plain = runner.translate(engine, wasm);
      const row = {
        name,
        engine,
        wasm: size(wasm),
        wasmGz: gzipSync(readFileSync(wasm), { level: 9 }).length,
        ms: plain.ms,
        warm: plain.warm,
        megabytes: plain.megabytes,
        start: ENGINES[engine].ours && plain.error === undefined ? runner.start(engine, wasm) : undefined,
      };
      const min = plain.error === undefined ? await minified(engine, wasm, plain.file) : plain;
      if (min.error !== undefined) row.error = min.error;
      else
        Object.assign(row, {
          raw: size(plain.file),
          min: min.code.length,
          gz: gzipSync(min.code, { level: 9 }).length,
        });
      out.push(row);
    }
  }
  console.log(report.translationTable(out));
  console.log(`\n${report.sizeMeans(out, engines)}`);
  return out;
}

/** The minified translation: by our own option; wasm2js has none, so esbuild does it, as a user would. */
async function minified(engine, wasm, file) {
  if (!ENGINES[engine].ours) return { code: Buffer.from((await transform(readFileSync(file), { minify: true })).code) };
  const { error, file: small } = runner.translate(engine, wasm, true);
  return error === undefined ? { code: readFileSync(small) } : { error };
}

function size(file) {
  return readFileSync(file).length;
}

/** Does this Node not know what the module uses? Ours are then compared with each other alone. */
function isTooNew(error) {
  return error !== undefined && /enable with --experimental/.test(error);
}

/** Prints the means and what went wrong; true if one of ours did, or what all are compared with. */
function conclude() {
  const bad = [];
  for (const row of rows) {
    for (const engine of engines) {
      const { error, wrong } = row.engines[engine];
      if (error === undefined && wrong === undefined) continue;
      const fails = ENGINES[engine].ours || (engine === base && !isTooNew(error));
      bad.push({ engine, id: row.id, fails });
    }
  }
  if (rows.length > 0) console.log(`\n${report.classTable(rows, engines)}`);
  console.log();
  for (const engine of engines) {
    const slower = rows.filter((row) => row.slower.includes(engine)).map((row) => row.id);
    if (slower.length > 0) console.log(`wavm slower than ${engine}: ${slower.join(', ')}`);
  }
  for (const engine of engines) {
    const ids = bad.filter((b) => b.engine === engine).map((b) => b.id);
    if (ids.length > 0) console.log(`${engine} wrong or failed: ${ids.join(', ')}`);
  }
  console.log(
    `\n${rows.length} kernels, ${((performance.now() - started) / 1000).toFixed(0)} s, Node ${options.version}`,
  );
  return bad.some((b) => b.fails) || translation.some((t) => t.error && ENGINES[t.engine].ours);
}
