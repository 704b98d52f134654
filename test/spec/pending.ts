/**
 * What is not run yet, as data with a reason each. A command that an entry covers counts as skipped, and an entry that
 * covers nothing any more is an unexpected pass, which fails the run: the list can only shrink.
 */
import type { EngineName } from './engines.ts';
import type { Outcome, ScriptResult } from './outcome.ts';

export type Job = 'front end' | EngineName;

/** Scripts and folders, by feature that the compiler refuses by this name. */
export const REFUSED: Readonly<Record<string, readonly string[]>> = {};

/** Commands that give a wrong result, each known and explained. */
interface KnownFailure {
  readonly jobs: readonly Job[];
  readonly reason: string;
  readonly script: string;
  readonly lines: readonly number[];
  /** Whether they fail depends on the processor or on the version of V8. */
  readonly mayPass?: true;
}

export const KNOWN: readonly KnownFailure[] = [
  { jobs: ['native'], reason: 'larger than V8 allows', script: 'core/table', lines: [9] },
  { jobs: ['native'], reason: 'larger than V8 allows', script: 'core/memory64/memory64', lines: [8, 9] },
  { jobs: ['native'], reason: 'larger than V8 allows', script: 'core/memory64/table64', lines: [9] },
];

/** Scripts, or whole folders of them, that a job or the shell of an engine does not run at all. */
const LEFT_OUT: readonly { readonly where: Job | 'shell'; readonly script: string; readonly reason: string }[] = [
  { where: 'native', script: 'wide-arithmetic/wide-arithmetic', reason: 'V8 has no wide arithmetic' },
  { where: 'shell', script: 'threads/', reason: 'shells share no memory between threads' },
];

/** Is the script one that this job, or this kind of host, does not run? */
export function isLeftOut(job: Job, host: 'node' | 'shell', script: string): boolean {
  return LEFT_OUT.some((l) => (l.where === job || l.where === host) && script.startsWith(l.script));
}

/** Turns covered failures into skips, and unexpected passes into failures. */
export function settle(job: Job, results: readonly ScriptResult[], all: boolean): ScriptResult[] {
  const used = new Set<string>();
  const settled = results.map((result) => settleScript(job, result, used));
  if (job === 'front end' || job === 'native') return settled;
  const unexpected = Object.entries(REFUSED).flatMap(([feature, places]) =>
    places
      .filter((place) => !used.has(`${feature} ${place}`) && (all || results.some((r) => r.path === place)))
      .map((place) => failure(place, `unexpected pass: nothing is refused for ${feature} any more`)),
  );
  return [...settled, ...unexpected];
}

function failure(path: string, message: string): ScriptResult {
  return {
    folder: path,
    path,
    passed: [],
    failed: [{ line: 0, kind: 'script', status: 'failed', message }],
    skipped: [],
  };
}

function settleScript(job: Job, result: ScriptResult, used: Set<string>): ScriptResult {
  const { path } = result;
  const known = KNOWN.filter((k) => k.script === path && k.jobs.includes(job));
  const covers = (line: number): KnownFailure | undefined => known.find((k) => k.lines.includes(line));
  const skipped = [...result.skipped];
  const failed: Outcome[] = [];
  for (const outcome of result.failed) {
    const reason = covers(outcome.line)?.reason ?? refusal(path, outcome, used);
    if (reason === undefined) failed.push(outcome);
    else skipped.push({ ...outcome, status: 'skipped', message: `${reason}: ${outcome.message}` });
  }
  for (const line of result.passed) {
    const entry = covers(line);
    if (entry === undefined || entry.mayPass) continue;
    failed.push({ line, kind: 'command', status: 'failed', message: `unexpected pass; was pending: ${entry.reason}` });
  }
  return { ...result, failed, skipped };
}

function refusal(path: string, { feature }: Outcome, used: Set<string>): string | undefined {
  if (feature === undefined) return undefined;
  const place = REFUSED[feature]?.find((p) => path === p || path.startsWith(`${p}/`));
  if (place === undefined) return undefined;
  used.add(`${feature} ${place}`);
  return `${feature} not translated yet`;
}
