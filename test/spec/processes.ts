/**
 * Does a job in a child process, under watch: one that dies or falls silent costs the script it was at, and another goes
 * on with the rest.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ScriptFile } from './convert/load.ts';
import type { ScriptResult } from './outcome.ts';
import type { Job } from './pending.ts';

/** A script takes seconds at most; a busy machine gets its time too. */
const SILENCE_MS = 180_000;

const childFile = fileURLToPath(new URL('child.ts', import.meta.url));
const loader = new URL('../support/ts.mjs', import.meta.url).href;

export async function runJob(job: Job, scripts: readonly ScriptFile[], execPath: string): Promise<ScriptResult[]> {
  const results: ScriptResult[] = [];
  const report = (result: ScriptResult): void => {
    results.push(result);
  };
  while (results.length < scripts.length) {
    const end = await runChild(job, scripts.slice(results.length), execPath, report);
    const stuck = scripts[results.length];
    if (stuck === undefined) break;
    const failed = [{ line: 0, kind: 'script', status: 'failed' as const, message: end }];
    report({ folder: stuck.folder, path: stuck.path, passed: [], failed, skipped: [] });
  }
  return results;
}

/** Resolves when the process has ended, with a word on how. */
function runChild(
  job: Job,
  scripts: readonly ScriptFile[],
  execPath: string,
  report: (result: ScriptResult) => void,
): Promise<string> {
  return new Promise((resolve) => {
    const child = fork(childFile, [], {
      execPath,
      execArgv: ['--import', loader],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    let said = '';
    let silence: NodeJS.Timeout;
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
    child.on('message', (result) => {
      wait();
      report(result as ScriptResult);
    });
    child.on('close', (code, signal) => {
      clearTimeout(silence);
      resolve(`the process ended (${signal ?? code}): ${said.trim().slice(-600)}`);
    });
    wait();
    child.send({ job, scripts });
  });
}
