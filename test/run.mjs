/**
 * `npm test`: installs what only tests need, builds, runs every suite in turn, and sums up.
 *
 *     node test/run.mjs [suite...]
 *
 * Prints a table and, alone on the last line, `N passed, N failed`. A suite that cannot run here says why and counts
 * nothing. Exit code 1 when anything failed. A suite reports by its own last line `N passed, N failed`; vitest by JSON.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'wasmelt-test-'));

const vitest = (name, ...filters) => {
  const report = join(scratch, `${name}.json`);
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  return {
    name,
    command: ['npx', 'vitest', 'run', '--config', 'test/vitest.config.ts', ...reporters, ...filters],
    counts: () => {
      const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
      // A file that does not load fails no test of its own.
      return { passed: numPassedTests, failed: Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0) };
    },
  };
};

/** Where the specification's scripts lie, or why they cannot be run. */
function specIsAbsent() {
  const folder = process.env.WASM_SPEC ?? join(ROOT, '..', 'shared', 'spec');
  return existsSync(folder) ? undefined : `no specification tests at ${folder}; set WASM_SPEC to their folder`;
}

/** Scripts for runs without one pass after another: control, numbers, memory, calls, and a part of each later feature. */
const FEW = [
  'i32',
  'i64',
  'f32',
  'br',
  'call',
  'if',
  'loop',
  'labels',
  'switch',
  'select',
  'local',
  'memory',
  'address',
]
  .concat('align', 'endianness', 'exceptions', 'gc', 'relaxed-simd', 'simd/simd_lane', 'simd/simd_load')
  .flatMap((name) => ['--file', `core/${name}`]);

const SUITES = [
  { name: 'packages', command: ['node', 'test/support/install.mjs'], counts: () => ({ passed: 0, failed: 0 }) },
  { name: 'build', command: ['npm', 'run', '--silent', 'build'], counts: () => ({ passed: 1, failed: 0 }) },
  vitest('house', 'test/house.test.ts'),
  vitest('unit', 'test/unit/', 'test/spec/'),
  vitest('golden', 'test/golden/'),
  vitest('nodiff', 'test/nodiff/'),
  vitest('converter', 'test/spec/'),
  { name: 'spec', command: ['npm', 'run', '--silent', 'spec'], absent: specIsAbsent },
  {
    name: 'without',
    command: ['npm', 'run', '--silent', 'spec', '--', '--without', 'each', ...FEW],
    absent: specIsAbsent,
  },
  {
    // Other engines than `jsc` have accesses to typed arrays in shared memories alone.
    name: 'jsc',
    command: ['npm', 'run', '--silent', 'spec', '--', '--backend', 'wavm-jsc', '--backend', 'wamr-jsc', ...FEW],
    absent: specIsAbsent,
  },
  { name: 'hosts', command: ['npm', 'run', '--silent', 'spec', '--', '--host', 'others'], absent: specIsAbsent },
  { name: 'real', command: ['npm', 'run', '--silent', 'real'] },
  { name: 'left-out', command: ['npm', 'run', '--silent', 'real', '--', 'llhttp', 'sourcemap', '--without', 'each'] },
  { name: 'demo', command: ['npm', 'run', '--silent', 'demo', '--', '--check'] },
];
/** What the others need is always run; without a build nothing else can be. */
const FOUNDATION = new Set(['packages', 'build']);

/** Runs a command in the project with its output shown and kept. */
function run([program, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const keep = (stream) => (chunk) => {
      text += chunk;
      stream.write(chunk);
    };
    child.stdout.on('data', keep(process.stdout));
    child.stderr.on('data', keep(process.stderr));
    child.once('error', (error) => resolve({ code: 1, text: `${text}\n${error.message}` }));
    child.once('close', (code) => resolve({ code: code ?? 1, text }));
  });
}

/** The last `N passed, N failed` of a suite's output. */
function countsIn(text) {
  const last = [...text.matchAll(/(\d+) passed, (\d+) failed/g)].at(-1);
  return last === undefined ? undefined : { passed: Number(last[1]), failed: Number(last[2]) };
}

async function runSuite(suite) {
  const reason = suite.absent?.();
  if (reason !== undefined) return { name: suite.name, passed: 0, failed: 0, seconds: 0, note: `not run: ${reason}` };
  process.stdout.write(`\n== ${suite.name}: ${suite.command.join(' ')}\n`);
  const start = performance.now();
  const { code, text } = await run(suite.command);
  const seconds = (performance.now() - start) / 1000;
  let counts;
  try {
    counts = suite.counts === undefined ? countsIn(text) : suite.counts();
  } catch {
    counts = undefined;
  }
  if (counts === undefined) return { name: suite.name, passed: 0, failed: 1, seconds, note: `no counts, code ${code}` };
  if (code !== 0 && counts.failed === 0)
    return { name: suite.name, passed: 0, failed: 1, seconds, note: `exit code ${code}` };
  return { name: suite.name, ...counts, seconds, note: '' };
}

function table(rows) {
  const line = (name, passed, failed, seconds, note) =>
    `${name.padEnd(10)}${passed.padStart(9)}${failed.padStart(9)}${seconds.padStart(9)}  ${note}`.trimEnd();
  return [
    line('suite', 'passed', 'failed', 'seconds', ''),
    ...rows.map((r) => line(r.name, String(r.passed), String(r.failed), r.seconds.toFixed(1), r.note)),
  ].join('\n');
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !SUITES.some((s) => s.name === name));
if (unknown.length > 0) {
  process.stderr.write(`error: no suite ${unknown.join(', ')}; there are ${SUITES.map((s) => s.name).join(', ')}\n`);
  process.exit(2);
}
const chosen = SUITES.filter((s) => wanted.length === 0 || FOUNDATION.has(s.name) || wanted.includes(s.name));
const rows = [];
for (const suite of chosen) {
  const row = await runSuite(suite);
  rows.push(row);
  if (row.failed > 0 && row.name === 'build') break;
}
rmSync(scratch, { recursive: true, force: true });
const passed = rows.reduce((n, r) => n + r.passed, 0);
const failed = rows.reduce((n, r) => n + r.failed, 0);
process.stdout.write(`\n${table(rows)}\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
