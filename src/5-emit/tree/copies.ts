/**
 * The values that a branch passes, as assignments: all at once in meaning, one after another in JavaScript. A variable is
 * written only when no remaining assignment reads it; a cycle is cut by computing one value into a temporary.
 */
import type { Node } from '../../3-lower/ir.ts';
import type { Trees } from '../form/trees.ts';
import type { Variables } from '../form/variables.ts';
import type { Expressions } from './expressions.ts';

interface Move {
  readonly to: string;
  readonly arg: Node;
  text: string;
  /** Variables that `text` reads, some of them repeatedly, where there are several moves. */
  reads: readonly string[] | undefined;
}

export interface CopyTools {
  readonly trees: Trees;
  readonly variables: Variables;
  readonly expressions: Expressions;
  /** Names a fresh variable. */
  readonly temporary: () => string;
}

/** Assignments as statements. */
export function copyStatements(params: readonly Node[], args: readonly Node[], tools: CopyTools): string[] {
  const { trees, variables, expressions } = tools;
  const moves: Move[] = [];
  for (let i = 0; i < params.length; i++) {
    const to = variables.nameOf(params[i]!)!;
    const arg = args[i]!;
    if (variables.nameOf(arg) === to) continue;
    moves.push({ to, arg, text: expressions.value(arg).text, reads: undefined });
  }
  // Most branches pass one value or none: nothing can be overwritten.
  if (moves.length < 2) return moves.map(assignment);
  for (const m of moves) m.reads = readsOf(m.arg, trees, variables);
  return inOrder(moves, tools.temporary);
}

const assignment = (m: Move): string => `${m.to} = ${m.text};`;

function inOrder(moves: Move[], temporary: () => string): string[] {
  const out: string[] = [];
  let left = moves;
  while (left.length > 0) {
    const blocked: Move[] = [];
    for (let i = 0; i < left.length; i++) {
      const m = left[i]!;
      if (isRead(m.to, left, i + 1) || isRead(m.to, blocked, 0)) blocked.push(m);
      else out.push(assignment(m));
    }
    if (blocked.length === left.length) {
      const cut = blocked.find((m) => m.reads!.length > 0)!;
      const name = temporary();
      out.push(`${name} = ${cut.text};`);
      cut.text = name;
      cut.reads = [];
    }
    left = blocked;
  }
  return out;
}

/** Does a move from this one on read the variable? */
function isRead(name: string, moves: readonly Move[], from: number): boolean {
  for (let i = from; i < moves.length; i++) if (moves[i]!.reads!.includes(name)) return true;
  return false;
}

/** The variables that the expression of a value reads. */
function readsOf(n: Node, trees: Trees, variables: Variables, into: string[] = []): readonly string[] {
  const name = variables.nameOf(n);
  if (name !== undefined && trees.inline[n.id] === 0) into.push(name);
  else for (const i of n.inputs) readsOf(i, trees, variables, into);
  return into;
}
