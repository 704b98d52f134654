/**
 * What is known to fail, and what is not run at all, as data with a reason each. A command that an entry covers counts as
 * skipped, and a covered command that passes fails the run: the list can only shrink.
 */
import type { EngineName } from './engines.ts';
import type { Outcome, ScriptResult } from './outcome.ts';

export type Job = 'front end' | EngineName;

/** Commands that give a wrong result, each known and explained. */
interface KnownFailure {
  readonly jobs: readonly Job[];
  readonly reason: string;
  readonly script: string;
  readonly lines: readonly number[];
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
export function settle(job: Job, results: readonly ScriptResult[]): ScriptResult[] {
  return results.map((result) => {
    const known = KNOWN.filter((k) => k.script === result.path && k.jobs.includes(job));
    const covers = (line: number): KnownFailure | undefined => known.find((k) => k.lines.includes(line));
    const failed = result.failed.filter((o) => covers(o.line) === undefined);
    const skipped = result.failed.flatMap((o): Outcome[] => {
      const entry = covers(o.line);
      return entry === undefined ? [] : [{ ...o, status: 'skipped', message: `${entry.reason}: ${o.message}` }];
    });
    const unexpected = result.passed.flatMap((line): Outcome[] => {
      const entry = covers(line);
      if (entry === undefined) return [];
      return [{ line, kind: 'command', status: 'failed', message: `unexpected pass; was pending: ${entry.reason}` }];
    });
    return { ...result, failed: [...failed, ...unexpected], skipped: [...result.skipped, ...skipped] };
  });
}
