/**
 * What is not run yet, as data with a reason each. A command that fails where an entry covers it counts as skipped. An
 * entry that covers nothing any more fails the run, so that the list can only shrink.
 */
import type { EngineName } from './engines.ts';
import type { Outcome } from './outcome.ts';

export type Job = 'front end' | EngineName;

interface Pending {
  readonly jobs: readonly Job[];
  readonly reason: string;
  /** Scripts, by path without extension. */
  readonly scripts: readonly string[];
  /** Only these lines; each must fail. Without them the script must have some failure. */
  readonly lines?: readonly number[];
}

const THREAD_SCRIPTS = [
  ...['LB', 'LB_atomic', 'MP', 'MP_atomic', 'SB', 'SB_atomic', 'deeply_nested', 'nested', 'simple', 'thread'],
  ...['unlinkable', 'wait_notify'],
].map((name) => `threads/${name}`);

export const PENDING: readonly Pending[] = [
  {
    jobs: ['native'],
    reason: 'V8 has no wide arithmetic yet',
    scripts: ['wide-arithmetic/wide-arithmetic'],
  },
  {
    jobs: ['native'],
    reason: 'no exnref crosses to JavaScript, and adapters carry numbers only',
    scripts: ['core/ref_null'],
    lines: [18, 67, 68, 69, 70, 71, 72],
  },
  { jobs: ['native'], reason: 'larger than V8 allows', scripts: ['core/table'], lines: [9] },
  { jobs: ['native'], reason: 'larger than V8 allows', scripts: ['core/memory64/memory64'], lines: [8, 9] },
  { jobs: ['native'], reason: 'larger than V8 allows', scripts: ['core/memory64/table64'], lines: [9] },
  { jobs: ['native', 'wamr', 'wavm'], reason: 'the runner has no threads yet', scripts: THREAD_SCRIPTS },
];

/** Turns covered failures into skips, and unexpected passes into failures. */
export function settle(job: Job, path: string, outcomes: readonly Outcome[]): Outcome[] {
  const entries = PENDING.filter((p) => p.jobs.includes(job) && p.scripts.includes(path));
  const settled = outcomes.map((outcome) => {
    if (outcome.status === 'skipped') return outcome;
    const byLine = entries.find((p) => p.lines?.includes(outcome.line));
    if (outcome.status === 'passed') {
      return byLine === undefined
        ? outcome
        : { ...outcome, status: 'failed' as const, message: `unexpected pass: no longer pending (${byLine.reason})` };
    }
    const entry = byLine ?? entries.find((p) => p.lines === undefined);
    return entry === undefined
      ? outcome
      : { ...outcome, status: 'skipped' as const, message: `${entry.reason}: ${outcome.message}` };
  });
  const whole = entries.find((p) => p.lines === undefined);
  if (whole !== undefined && !outcomes.some((o) => o.status === 'failed')) {
    const message = `unexpected pass of the whole script: no longer pending (${whole.reason})`;
    settled.push({ line: 0, kind: 'script', status: 'failed', message });
  }
  return settled;
}
