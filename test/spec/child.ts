/** One process of the runner: does one job on the scripts it is sent, and answers after each. */
import type { Script } from './convert/commands.ts';
import { type ScriptFile, scriptLoader } from './convert/load.ts';
import { loadEngine } from './engines.ts';
import { executor } from './execute.ts';
import { type Outcome, tally } from './outcome.ts';
import { type Job, settle } from './pending.ts';
import { verdicts } from './verdicts.ts';

async function worker(job: Job): Promise<(script: Script) => Outcome[]> {
  return job === 'front end' ? verdicts : executor(await loadEngine(job));
}

async function main(job: Job, scripts: readonly ScriptFile[]): Promise<void> {
  const run = await worker(job);
  const load = scriptLoader();
  for (const file of scripts) {
    const script = await load(file);
    process.send!(tally(script.folder, script.path, settle(job, script.path, run(script))));
  }
  process.disconnect!();
}

process.once('message', ({ job, scripts }: { job: Job; scripts: ScriptFile[] }) => {
  void main(job, scripts);
});
