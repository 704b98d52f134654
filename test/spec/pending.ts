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

const SIGNALLING = 'a JavaScript number cannot carry a signalling f32 NaN';
const BOTH: readonly Job[] = ['wamr', 'wavm'];

export const KNOWN: readonly KnownFailure[] = [
  { jobs: BOTH, reason: SIGNALLING, script: 'core/conversions', lines: [628, 629, 657, 658] },
  {
    jobs: BOTH,
    reason: SIGNALLING,
    script: 'core/float_exprs',
    lines: [1074, 1078, 1082, 1086, 1153, 1157, 1161, 1165, 2391, 2392],
  },
  { jobs: BOTH, reason: SIGNALLING, script: 'core/float_memory', lines: [16, 22, 28, 68, 74, 80] },
  { jobs: BOTH, reason: SIGNALLING, script: 'core/memory64/float_memory64', lines: [16, 22, 28, 68, 74, 80] },
  { jobs: BOTH, reason: SIGNALLING, script: 'core/float_misc', lines: [636, 637, 641, 642, 646, 647, 648, 649] },
  { jobs: BOTH, reason: SIGNALLING, script: 'core/local_tee', lines: [338] },
  { jobs: BOTH, reason: SIGNALLING, script: 'core/multi-memory/float_memory0', lines: [21, 27, 33] },
  { jobs: BOTH, reason: SIGNALLING, script: 'core/simd/simd_splat', lines: [63] },
  { jobs: BOTH, reason: SIGNALLING, script: 'core/select', lines: [230, 236, 262, 268] },
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
