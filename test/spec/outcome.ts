/** What came of the commands of a script. */
export interface Outcome {
  readonly line: number;
  readonly kind: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped. */
  readonly message?: string;
}

/** The outcomes of one script, as one process tells another. */
export interface ScriptResult {
  readonly folder: string;
  readonly path: string;
  readonly passed: number;
  readonly failed: readonly Outcome[];
  readonly skipped: readonly Outcome[];
}

/** Adds up outcomes after `pending.ts` has had its say. */
export function tally(folder: string, path: string, outcomes: readonly Outcome[]): ScriptResult {
  return {
    folder,
    path,
    passed: outcomes.filter((o) => o.status === 'passed').length,
    failed: outcomes.filter((o) => o.status === 'failed'),
    skipped: outcomes.filter((o) => o.status === 'skipped'),
  };
}
