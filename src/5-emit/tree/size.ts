/**
 * Very large functions: V8 optimises none above 61,440 bytes of bytecode, which costs more than anything else could. There
 * the memory accesses become calls, which are a quarter of the size, all but those that run most often.
 */
import { type FuncIR, Ir, isAccess, isStore, isWithinSpan, type Node } from '../../3-lower/ir.ts';
import { frequencies } from '../../4-optimise/control/frequencies.ts';

/** V8's --max-optimized-bytecode-size, with a margin for the error of the estimate. */
export const OPTIMISED_LIMIT = 57_000;
/** What an access takes more bytecode spelled out than as a call. */
const LOAD_COST = 48;
const STORE_COST = 64;

/** Bytes of bytecode for a character that is no indentation: measured at 0.68 to 0.78. */
const PER_CHARACTER = 0.75;

/** Is a text so short that its function is optimised, whatever part of it is indentation? */
export const isShort = (code: string): boolean => code.length * PER_CHARACTER <= OPTIMISED_LIMIT;

/** About how many bytes of bytecode the text of a function becomes. */
export function bytecodeEstimate(code: string): number {
  let characters = 0;
  let indenting = false;
  for (let i = 0; i < code.length; i++) {
    const c = code.charCodeAt(i);
    if (c === 10) indenting = true;
    else if (c !== 32) indenting = false;
    if (!indenting) characters++;
  }
  return characters * PER_CHARACTER;
}

/** The accesses to make calls, if `room` bytes are left for spelling others out: the least often run. */
export function compactAccesses(ir: FuncIR, room: number): ReadonlySet<Node> {
  const heat = frequencies(ir);
  const accesses = ir.code.flatMap((n, i) => (mayBeCall(n) ? [{ n, heat: heat[i]! }] : []));
  accesses.sort((a, b) => b.heat - a.heat || a.n.id - b.n.id);
  const compact = new Set<Node>();
  let left = room;
  for (const { n } of accesses) {
    left -= isStore(n) ? STORE_COST : LOAD_COST;
    if (left < 0) compact.add(n);
  }
  return compact;
}

/** What may be spelled out or be a call. */
const mayBeCall = (n: Node): boolean => n.op === Ir.span || (isAccess(n) && !isWithinSpan(n));
