/** One process of the runner: does one job on the scripts it is sent, and answers after each. */
import type { Script } from './convert/commands.ts';
import { type ScriptFile, scriptLoader } from './convert/load.ts';
import { loadEngine } from './engines.ts';
import { executor } from './execute.ts';
import { type Outcome, type ScriptResult, scriptResult } from './outcome.ts';
import type { Job } from './pending.ts';
import { threads } from './threads.ts';
import { verdicts } from './verdicts.ts';

async function worker(job: Job): Promise<(script: Script) => Outcome[]> {
  return job === 'front end' ? verdicts : executor(await loadEngine(job), threads(job));
}

/** Resolves when the answer is on its way: a process that ends earlier would lose it. */
function answer(result: ScriptResult): Promise<void> {
  return new Promise((resolve) => {
    process.send!(result, () => resolve());
  });
}

async function main(job: Job, scripts: readonly ScriptFile[]): Promise<void> {
  const run = await worker(job);
  const load = scriptLoader();
  for (const file of scripts) {
    const script = await load(file);
    await answer(scriptResult(script.folder, script.path, run(script)));
  }
  process.disconnect!();
}

process.once('message', ({ job, scripts }: { job: Job; scripts: ScriptFile[] }) => {
  void main(job, scripts);
});
