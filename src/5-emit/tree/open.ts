/** The JavaScript statements that are open around a position while a function is printed, and their labels. */
import type { Frame } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';

export interface Open {
  readonly kind: 'block' | 'loop' | 'do' | 'if' | 'try' | 'switch';
  readonly frame: Frame;
  /** Line of the head, to be patched. */
  readonly head: number;
  readonly text: string;
  /** Number of its label, -1 without one; and the greatest of those on closed statements inside it. */
  label: number;
  inside: number;
  /** `if`: the head for an empty first arm, and the line of the else. */
  readonly negated: string;
  elseLine: number;
  /** `do`: its condition, and what runs after it. */
  readonly tail: { condition: string; after: string[] } | undefined;
}

/** What a bare `break` leaves. */
export const BREAKABLE: ReadonlySet<string> = new Set(['loop', 'do', 'switch']);

/** The innermost statement that a bare `break` leaves. */
export function breakable(open: readonly Open[]): Open | undefined {
  let i = open.length - 1;
  while (i >= 0 && !BREAKABLE.has(open[i]!.kind)) i--;
  return open[i];
}

/** Is statement `i` the innermost that a bare `break` (or `continue`) refers to? */
export function isInnermost(open: readonly Open[], i: number, continues: boolean): boolean {
  for (let j = i + 1; j < open.length; j++) {
    const { kind } = open[j]!;
    if (kind === 'loop' || kind === 'do' || (kind === 'switch' && !continues)) return false;
  }
  return true;
}

/**
 * The label of statement `i`, which gets one with this if it has none: the least number that no label around it has and
 * that is above those inside, so that the same code has the same labels wherever it stands.
 */
export function labelOf(open: readonly Open[], i: number): string {
  const statement = open[i]!;
  if (statement.label < 0) {
    let label = 0;
    for (let j = i; j < open.length; j++) label = Math.max(label, open[j]!.inside + 1);
    const taken = scratch.bytes(open.length);
    for (const o of open) if (o.label >= label) taken[o.label - label] = 1;
    label += taken.indexOf(0);
    statement.label = label;
  }
  return `L${statement.label}`;
}

/** Takes the innermost statement away, and leaves its labels to the one around it. */
export function close(open: Open[]): void {
  const { label, inside } = open.pop()!;
  const around = open[open.length - 1];
  if (around) around.inside = Math.max(around.inside, label, inside);
}

/** The head of a statement, with its label. */
export const labelled = ({ label, text }: Open): string => (label < 0 ? text : `L${label}: ${text}`);
