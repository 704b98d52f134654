/**
 * Does a job in a child process, under watch: one that dies or falls silent costs the script it was at, and another goes
 * on with the rest.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ScriptFile, scriptConverter } from './convert/load.ts';
import { bundleShell } from './hosts/bundle.ts';
import type { Host, NodeHost, ShellHost } from './hosts/hosts.ts';
import type { ScriptResult } from './outcome.ts';
import type { Job } from './pending.ts';

/** A script takes seconds at most, without a JIT some more; a busy machine gets its time too. */
const SILENCE_MS = 400_000;

const childFile = fileURLToPath(new URL('child.ts', import.meta.url));
const loader = new URL('../support/ts.mjs', import.meta.url).href;

type Report = (result: ScriptResult) => void;
/** Starts a process that does these scripts; `answer` is to be called with each result. */
type Start = (scripts: readonly ScriptFile[], answer: Report) => ChildProcess;

/** `env`: what a Node has in its environment besides. */
export async function runJob(
  job: Job,
  scripts: readonly ScriptFile[],
  host: Host,
  env: Record<string, string> = {},
): Promise<ScriptResult[]> {
  if (host.kind === 'node') return runAll(scripts, (rest, answer) => startNode(job, host, env, rest, answer));
  const { folder, script } = await bundleShell();
  try {
    const start = await shellStarter(job, host, scripts, folder, script);
    return await runAll(scripts, start);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runAll(scripts: readonly ScriptFile[], start: Start): Promise<ScriptResult[]> {
  const results: ScriptResult[] = [];
  while (results.length < scripts.length) {
    const end = await watch((answer) => start(scripts.slice(results.length), answer), results);
    const stuck = scripts[results.length];
    if (stuck === undefined) break;
    const failed = [{ line: 0, kind: 'script', status: 'failed' as const, message: end }];
    results.push({ folder: stuck.folder, path: stuck.path, passed: [], failed, skipped: [] });
  }
  return results;
}

/** Resolves when the process has ended, with a word on how. */
function watch(start: (answer: Report) => ChildProcess, results: ScriptResult[]): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    let silence: NodeJS.Timeout;
    const child = start((result) => {
      wait();
      results.push(result);
    });
    const wait = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        said = `no answer in ${SILENCE_MS / 1000} s`;
        child.kill('SIGKILL');
      }, SILENCE_MS);
    };
    child.stderr!.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2000);
    });
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => {
      clearTimeout(silence);
      resolve(`the process ended (${signal ?? code}): ${said.trim().slice(-600)}`);
    });
    wait();
  });
}

function startNode(
  job: Job,
  host: NodeHost,
  env: Record<string, string>,
  scripts: readonly ScriptFile[],
  answer: Report,
): ChildProcess {
  const child = fork(childFile, [], {
    env: { ...process.env, ...env },
    execPath: host.execPath,
    execArgv: [...host.args, '--import', loader],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  child.on('message', (result) => answer(result as ScriptResult));
  child.send({ job, scripts });
  return child;
}

/** Shells print their answers, a line each; anything else they print is for people. */
async function shellStarter(
  job: Job,
  { program, args, separator }: ShellHost,
  scripts: readonly ScriptFile[],
  folder: string,
  script: string,
): Promise<Start> {
  const convert = scriptConverter();
  const converted = new Map<ScriptFile, string>();
  for (const s of scripts) converted.set(s, await convert(s));
  return (rest, answer) => {
    const list = join(folder, 'list.json');
    writeFileSync(list, JSON.stringify(rest.map((s) => ({ ...s, converted: converted.get(s) }))));
    const child = spawn(program, [...args, script, ...separator, job, list], { stdio: ['ignore', 'pipe', 'pipe'] });
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('result ')) answer(JSON.parse(line.slice(7)) as ScriptResult);
      else child.stderr.emit('data', Buffer.from(`${line}\n`));
    });
    return child;
  };
}
