/** Accesses to memory as calls, which are shorter: a quarter of those to typed arrays, and half of the others. */
import type { FuncIR, Node } from '../../3-lower/ir.ts';
import { guessedSaving, mayBeCall } from './size.ts';

export interface Access {
  readonly at: number;
  readonly node: Node;
  /** Bytes of bytecode that it has less as a call. */
  readonly saves: number;
}

/** All accesses that may be calls. */
export const allAccesses = (ir: FuncIR): ReadonlySet<Node> => new Set(ir.code.filter(mayBeCall));

/**
 * The accesses that are shorter as calls.
 *
 * @param savings by node id: characters that an access is longer spelled out than as a call; undefined where nothing is printed yet
 */
export function shorterAsCalls(ir: FuncIR, savings: Int32Array | undefined): Access[] {
  const found: Access[] = [];
  for (const [at, node] of ir.code.entries()) {
    if (!mayBeCall(node)) continue;
    const saves = PER_SAVED_CHARACTER * (savings ? savings[node.id]! : guessedSaving(node));
    if (saves > 0) found.push({ at, node, saves });
  }
  return found;
}
/** Bytes of bytecode for a character that goes: accesses have more names in a line than most code. */
const PER_SAVED_CHARACTER = 1.35;
