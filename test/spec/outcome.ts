/** What came of the commands of a script. */
export interface Outcome {
  readonly line: number;
  readonly kind: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Why it did not pass. */
  readonly message?: string;
}

/** Why text that the assembler refused is not run: it says nothing about a compiler of binaries. */
export const TEXT_ONLY = 'malformed text: a matter of the assembler';

/** The outcomes of one script. */
export interface ScriptResult {
  readonly folder: string;
  readonly path: string;
  /** Lines of the commands that passed. */
  readonly passed: readonly number[];
  readonly failed: readonly Outcome[];
  readonly skipped: readonly Outcome[];
}

export function scriptResult(folder: string, path: string, outcomes: readonly Outcome[]): ScriptResult {
  return {
    folder,
    path,
    passed: outcomes.filter((o) => o.status === 'passed').map((o) => o.line),
    failed: outcomes.filter((o) => o.status === 'failed'),
    skipped: outcomes.filter((o) => o.status === 'skipped'),
  };
}
