/**
 * What both arms of an `if` assign first is assigned before it: of a loop behind a test, such as LLVM makes of each `while`, the
 * other arm is seldom more. That V8 then lays the blocks out anew matters more than the text: a lexer takes 0.65 of the time.
 */

import type { Lines } from './lines.ts';
import type { Open } from './open.ts';

/** Moves what both arms of a statement, just printed, assign first before it; the number of lines by which it stands further down. */
export function hoistCommonStart(lines: Lines, { head, elseLine, text }: Open): number {
  if (elseLine < 0) return 0;
  const second = lines.run(elseLine, isAssignment);
  if (second.length === 0) return 0;
  const first = lines.run(head, isAssignment);
  if (!first.some((line) => second.includes(line))) return 0;
  const common = commonStart(text, first, second);
  if (common.size === 0) return 0;
  lines.drop(elseLine, second, common);
  lines.hoist(head, first, common);
  return common.size;
}

/** An assignment of a local or a literal to a local. */
const ASSIGNMENT = /^([pifdr]\d+) = (-?[\w.]+(?:(?<=\de)[-+]\d+)?);$/;

export const isAssignment = (line: string): boolean => ASSIGNMENT.test(line);

/**
 * The assignments at the start of both arms that can as well stand before the condition.
 * @param head `if (…) {`
 * @param first the assignments at the start of the first arm
 * @param second those of the other
 */
export function commonStart(head: string, first: readonly string[], second: readonly string[]): ReadonlySet<string> {
  const common = new Set<string>();
  const [one, other] = [byName(first), byName(second)];
  if (!one || !other) return common;
  for (const [name, value] of other) {
    const movable = one.get(name) === value && isFree(one, name, value) && isFree(other, name, value);
    if (movable && !names(head, name) && !assigns(head, value)) common.add(`${name} = ${value};`);
  }
  return common;
}

/** By variable what it is assigned; undefined if one is assigned twice. */
function byName(lines: readonly string[]): ReadonlyMap<string, string> | undefined {
  const found = new Map(lines.map((line) => ASSIGNMENT.exec(line)!.slice(1) as [string, string]));
  return found.size === lines.length ? found : undefined;
}

/** May the assignment come before all the others? */
function isFree(all: ReadonlyMap<string, string>, name: string, value: string): boolean {
  for (const [otherName, otherValue] of all)
    if (otherName === value || (otherValue === name && otherName !== name)) return false;
  return true;
}

const names = (text: string, name: string): boolean => new RegExp(`(?<![\\w$.])${name}(?![\\w$])`).test(text);
const assigns = (text: string, name: string): boolean => new RegExp(`(?<![\\w$.])${name} = `).test(text);
