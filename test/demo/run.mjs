/**
 * `npm run demo`: translates three programs, each by both back ends, and runs them as `node out.mjs`, beside native
 * WebAssembly: a module from npm and two C programs on WASI. Exit code 1 if any output differs from native's.
 *
 *     node test/demo/run.mjs [--check]      --check: one run each, and `N passed, N failed` on the last line
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { gzipSync } from 'node:zlib';
import colors from 'picocolors';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'dist/src/cli.js');
const GUESTS = join(ROOT, 'fixtures/guests');
const check = process.argv.includes('--check');
const RUNS = check ? 1 : 3;
const folder = mkdtempSync(join(tmpdir(), 'wasmelt-demo-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

if (!existsSync(CLI)) npm(['run', '--silent', 'build']);
const lexer = join(folder, 'cjs-module-lexer.wasm');
node([join(HERE, 'lexer.mjs'), 'extract', lexer]);

/** `native` and `translated` give the arguments of node, `file` being the translation. */
const PROGRAMS = [
  {
    name: 'cjs-module-lexer',
    what: 'npm package, C: finds the exports of esbuild, commander and picocolors, 60 times',
    wasm: lexer,
    native: () => [join(HERE, 'lexer.mjs'), 'native'],
    translated: (file) => [join(HERE, 'lexer.mjs'), file],
  },
  {
    name: 'wordfreq.c',
    what: 'C program on WASI: word frequencies of 2 MB of standard input',
    wasm: join(GUESTS, 'hello/wordfreq.wasm'),
    input: readFileSync(join(GUESTS, 'demo/lisp.c'), 'utf8').repeat(180),
    args: ['-n', '6'],
  },
  {
    name: 'lisp.c',
    what: 'C program on WASI: a Lisp interpreter with a garbage collector; queens, primes, sorting, integrals',
    wasm: join(GUESTS, 'demo/lisp.wasm'),
    input: readFileSync(join(GUESTS, 'demo/queens.lisp'), 'utf8'),
  },
];

let passed = 0;
let failed = 0;
const lines = [['', 'wasm', 'translated in', 'output', 'min', 'min.gz', 'run', 'result']];
for (const program of PROGRAMS) show(program);
console.log(`\n${table(lines)}`);
console.log(
  colors.dim(
    `\nrun: best wall time of ${RUNS}, starting node included. Try it: npx wasmelt app.wasm -o app.mjs && node app.mjs`,
  ),
);
if (check) console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs a program natively and by both back ends; prints its output and adds its rows to the table. */
function show(program) {
  const { args = [], wasm } = program;
  const native = best(program.native?.() ?? [join(HERE, 'native-wasi.mjs'), wasm, ...args], program.input);
  console.log(`\n${colors.bold(program.name)} ${colors.dim(program.what)}`);
  console.log(
    native.output
      .trimEnd()
      .replace(/^/gm, '  ')
      .replace(/^(.{110}).*$/gm, '$1 …'),
  );
  lines.push(
    [program.name, '', '', '', '', '', '', ''],
    ['  native', kb(statSync(wasm).size), '', '', '', '', ms(native.time), ''],
  );
  for (const backend of ['wamr', 'wavm']) {
    const made = translate(program, backend);
    if (made.error !== undefined) {
      failed++;
      console.log(colors.red(`  ${backend}: ${made.error}`));
      lines.push([`  ${backend}`, '', '', '', '', '', '', colors.red('FAILED')]);
      continue;
    }
    const run = best(program.translated?.(made.file) ?? [made.file, ...args], program.input);
    const same = run.output === native.output && run.code === native.code;
    if (same) passed++;
    else failed++;
    if (!same)
      console.log(
        colors.red(`  ${backend}: exit code ${run.code}\n${run.output.slice(0, 500)}${run.errors.slice(0, 500)}`),
      );
    const verdict = same ? colors.green('same as native') : colors.red('DIFFERENT');
    lines.push([`  ${backend}`, '', ms(made.time), kb(made.raw), kb(made.min), kb(made.gz), ms(run.time), verdict]);
  }
}

/** Translates by the command line, plain and minified. */
function translate({ name, wasm }, backend) {
  const file = join(folder, `${name}-${backend}.mjs`);
  const small = join(folder, `${name}-${backend}.min.mjs`);
  const plain = node([CLI, wasm, '-o', file, '--backend', backend, '-q']);
  const minified = node([CLI, wasm, '-o', small, '--backend', backend, '--minify', '-q']);
  const bad = [plain, minified].find((run) => run.code !== 0);
  if (bad !== undefined) return { error: bad.errors.trim().split('\n').slice(0, 5).join('\n') };
  return {
    file,
    time: plain.time,
    raw: statSync(file).size,
    min: statSync(small).size,
    gz: gzipSync(readFileSync(small)).length,
  };
}

/** The fastest of some runs. */
function best(args, input) {
  const runs = Array.from({ length: RUNS }, () => node(args, input));
  return runs.reduce((a, b) => (b.time < a.time ? b : a));
}

function node(args, input = '') {
  const start = performance.now();
  const run = spawnSync(process.execPath, ['--no-warnings', ...args], { input, encoding: 'utf8', cwd: ROOT });
  return { time: performance.now() - start, output: run.stdout, errors: run.stderr, code: run.status };
}

function npm(args) {
  const run = spawnSync('npm', args, { cwd: ROOT, stdio: 'inherit' });
  if (run.status !== 0) process.exit(1);
}

function table(rows) {
  const visible = (text) => stripVTControlCharacters(text).length;
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => visible(row[i]))));
  const pad = (cell, i) => {
    const space = ' '.repeat(widths[i] - visible(cell));
    return i === 0 || i === rows[0].length - 1 ? cell + space : space + cell;
  };
  const text = rows.map((row) => row.map(pad).join('  ').trimEnd());
  text[0] = colors.bold(text[0]);
  return text.join('\n');
}

function ms(time) {
  return `${time.toFixed(0)} ms`;
}

function kb(bytes) {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
