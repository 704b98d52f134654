/**
 * Very large functions: V8 optimises none above 61,440 bytes of bytecode, which costs more than anything else could. There
 * the memory accesses become calls, which are a quarter of the size, all but those that run most often.
 */
import { type FuncIR, Ir, isAccess, isWithinSpan, type Node } from '../../3-lower/ir.ts';
import { frequencies } from '../../4-optimise/control/frequencies.ts';

/** V8's --max-optimized-bytecode-size, with a margin for the error of the estimate. */
export const OPTIMISED_LIMIT = 57_000;
/** What accesses would save as calls is counted in functions of more nodes than this: in no other does it matter. */
export const FEW_NODES = 300;
/** Bytes of bytecode for a character that is no indentation: measured at 0.68 to 0.78. */
const PER_CHARACTER = 0.75;

/** About how many bytes of bytecode a function's text becomes, from its length without indentation. */
export const bytecodeEstimate = (characters: number): number => characters * PER_CHARACTER;

/**
 * The accesses to make calls so that `excess` bytes of bytecode go: those that run least often. undefined if all of them
 * are not enough.
 *
 * @param savings by node id: characters that an access is longer spelled out than as a call
 */
export function compactAccesses(ir: FuncIR, savings: Int32Array, excess: number): Set<Node> | undefined {
  const heat = frequencies(ir);
  const accesses = ir.code.flatMap((n, i) => (mayBeCall(n) && savings[n.id]! > 0 ? [{ n, heat: heat[i]! }] : []));
  accesses.sort((a, b) => a.heat - b.heat || b.n.id - a.n.id);
  const compact = new Set<Node>();
  let left = excess;
  for (const { n } of accesses) {
    if (left <= 0) break;
    left -= savings[n.id]! * PER_CHARACTER;
    compact.add(n);
  }
  return left <= 0 ? compact : undefined;
}

/** All accesses that may be calls. */
export const allAccesses = (ir: FuncIR): ReadonlySet<Node> => new Set(ir.code.filter(mayBeCall));

/** What may be spelled out or be a call. */
const mayBeCall = (n: Node): boolean => n.op === Ir.span || (isAccess(n) && !isWithinSpan(n));
