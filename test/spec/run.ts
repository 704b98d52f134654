/**
 * `npm run spec`: the WebAssembly specification's tests, on the front end and on both code generators.
 *
 * Each job runs in a process of its own, two at a time. Prints a line for each folder and job, then the total.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseOptions } from '../support/options.ts';
import { TRANSLATORS } from '../support/translated.ts';
import { askedFor, withoutEnv } from '../support/without.ts';
import { findSuite, listScripts, MISSING_SUITE, type ScriptFile, scriptConverter } from './convert/load.ts';
import { HOST_NAMES, type Host, type HostName, hostOf, newestNode } from './hosts/hosts.ts';
import { type Outcome, type ScriptResult, TEXT_ONLY } from './outcome.ts';
import { isLeftOut, type Job, settle } from './pending.ts';
import { runJob } from './processes.ts';

const HELP = `usage: npm run spec -- [options]

  --backend NAME   only this generator: wavm, wamr, with -size (--optimize size), -jsc or -interpreter (--engine); may be repeated
  --without PASS   only wavm, without this pass; may be repeated; "each" for each pass in turn. Not in shells
  --front-end      only the verdicts of decoder and validator
  --engine native  native WebAssembly instead, which proves the runner itself (on the newest Node where installed)
  --host NAME      where the generators' output runs: node (this one, the default), newest (the newest Node), jitless
                   (this Node without JIT and without WebAssembly), jsc (JavaScriptCore's shell without WebAssembly), js102
                   (SpiderMonkey's); may be repeated; "all" stands for all, "others" for all but node that are here
  --file PATTERN   only scripts whose path contains PATTERN, e.g. core/i32 or simd; may be repeated
  -v, --verbose    every failure, and what was skipped and why
  -h, --help       this text

The scripts come from the folder WASM_SPEC, else from ../shared/spec beside the repository.
Exit code: 0 when nothing failed, 1 otherwise, 2 when the suite is absent.`;

const OPTIONS = {
  backend: { type: 'string', multiple: true },
  'front-end': { type: 'boolean' },
  without: { type: 'string', multiple: true },
  engine: { type: 'string' },
  host: { type: 'string', multiple: true },
  file: { type: 'string', multiple: true },
  verbose: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const;

const FAILURES_SHOWN = 10;

function fail(message: string, code: number): never {
  process.stderr.write(`error: ${message}\n`);
  process.exit(code);
}

function jobsOf(values: { backend?: string[]; engine?: string; 'front-end'?: boolean; host?: string[] }): Job[] {
  if (values.engine === 'native') return ['native'];
  if (values.engine !== undefined) fail(`unknown engine ${values.engine}: only native; see --backend`, 1);
  const wrong = values.backend?.find((b) => !(TRANSLATORS as readonly string[]).includes(b));
  if (wrong !== undefined) fail(`unknown backend ${wrong}: ${TRANSLATORS.join(', ')}`, 1);
  if (values['front-end']) return ['front end', ...((values.backend ?? []) as Job[])];
  if (values.backend !== undefined) return values.backend as Job[];
  return values.host === undefined ? ['front end', 'wamr', 'wavm'] : ['wamr', 'wavm'];
}

/** A job on a host. Front end and native WebAssembly run on no host but their own. */
interface Task {
  readonly job: Job;
  readonly host: Host;
  readonly name: string;
  /** What its process has in its environment besides. */
  readonly env?: Record<string, string>;
}

function tasksOf(jobs: readonly Job[], names: readonly string[]): Task[] {
  const hosts = chosenHosts(names);
  return jobs.flatMap((job): Task[] => {
    const own = job === 'native' ? newestNode() : process.execPath;
    if (job === 'native' || job === 'front end')
      return [{ job, name: job, host: { kind: 'node', execPath: own, args: [] } }];
    return Array.from(hosts, ([name, host]) => ({ job, host, name: name === 'node' ? job : `${job} on ${name}` }));
  });
}

/** wavm without one pass after another. */
function withoutTasks(names: readonly string[]): Task[] {
  const host: Host = { kind: 'node', execPath: process.execPath, args: [] };
  return askedFor(names).map((pass) => ({ job: 'wavm', host, name: `wavm without ${pass}`, env: withoutEnv(pass) }));
}

function chosenHosts(names: readonly string[]): Map<HostName, Host> {
  const known = ['all', 'others', ...HOST_NAMES];
  const wrong = names.find((n) => !known.includes(n));
  if (wrong !== undefined) fail(`unknown host ${wrong}: one of ${known.join(', ')}`, 1);
  const others = names.includes('others');
  const chosen = HOST_NAMES.filter((n) => names.includes(n) || names.includes('all') || (others && n !== 'node'));
  const hosts = new Map<HostName, Host>();
  for (const name of chosen.length === 0 ? (['node'] as const) : chosen) {
    const host = hostOf(name);
    if (typeof host !== 'string') hosts.set(name, host);
    else if (others && !names.includes(name)) console.log(`not run on ${name}: ${host}`);
    else fail(`no host ${name}: ${host}`, 1);
  }
  return hosts;
}

const isAssemblers = ({ message = '' }: Outcome): boolean => message === TEXT_ONLY;

/** `N of M passed, N failed`: what is a matter of the assembler alone does not count; what else is left out is named. */
function summary(results: readonly ScriptResult[]): string {
  const sum = (f: (r: ScriptResult) => number): number => results.reduce((n, r) => n + f(r), 0);
  const passed = sum((r) => r.passed.length);
  const failed = sum((r) => r.failed.length);
  const skipped = sum((r) => r.skipped.filter((o) => !isAssemblers(o)).length);
  const rest = skipped === 0 ? '' : `, ${skipped} skipped`;
  return `${passed} of ${passed + failed + skipped} passed, ${failed} failed${rest}`;
}

function printTask(name: string, results: readonly ScriptResult[], verbose: boolean): void {
  for (const folder of new Set(results.map((r) => r.folder))) {
    const files = results.filter((r) => r.folder === folder);
    const whole = files.filter((r) => r.failed.length === 0 && r.skipped.every(isAssemblers)).length;
    console.log(`${folder} ${name}: ${summary(files)} (${whole} of ${files.length} files whole)`);
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
  const convertOne = scriptConverter();
  for (const script of scripts) await convertOne(script);
}

async function main(): Promise<void> {
  const { values } = parseOptions({ options: OPTIONS });
  if (values.help) return console.log(HELP);
  const jobs = jobsOf(values);
  const others = values.backend ?? values.host ?? values.engine ?? values['front-end'];
  if (values.without && others !== undefined) fail('--without is about wavm on this Node alone', 1);
  const suite = findSuite() ?? fail(MISSING_SUITE, 2);
  const scripts = listScripts(suite, values.file);
  if (scripts.length === 0) fail(`no script matches ${values.file}`, 1);
  installAssemblers();
  await convert(scripts);
  const tasks = values.without ? withoutTasks(values.without) : tasksOf(jobs, values.host ?? []);
  const waiting = [...tasks];
  const done = new Map<Task, ScriptResult[]>();
  const lane = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      const { job, host, env } = task;
      const run = scripts.filter((s) => !isLeftOut(job, host.kind, s.path));
      done.set(task, settle(job, await runJob(job, run, host, env)));
    }
  };
  await Promise.all([lane(), lane()]);
  for (const task of tasks) printTask(task.name, done.get(task)!, values.verbose ?? false);
  const all = [...done.values()].flat();
  const sum = (f: (r: ScriptResult) => number): number => all.reduce((n, r) => n + f(r), 0);
  console.log(`${sum((r) => r.passed.length)} passed, ${sum((r) => r.failed.length)} failed`);
  process.exitCode = all.some((r) => r.failed.length > 0) ? 1 : 0;
}

await main();
