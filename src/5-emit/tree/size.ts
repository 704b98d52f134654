/**
 * Very large functions: V8 optimises none above 61,440 bytes of bytecode, which costs more than anything else could. There
 * the memory accesses become calls, which are a quarter of the size, all but those that run most often.
 */
import { type FuncIR, Ir, isAccess, isOpening, isStore, isWithinSpan, type Node } from '../../3-lower/ir.ts';

/** V8's --max-optimized-bytecode-size, with a margin for the error of the estimate. */
export const OPTIMISED_LIMIT = 57_000;
/** What an access takes more bytecode spelled out than as a call. */
const LOAD_COST = 48;
const STORE_COST = 64;

/** About how many bytes of bytecode the text of a function becomes: measured at 0.68 to 0.78 a character that is no indentation. */
export function bytecodeEstimate(code: string): number {
  let characters = 0;
  let indenting = false;
  for (let i = 0; i < code.length; i++) {
    const c = code.charCodeAt(i);
    if (c === 10) indenting = true;
    else if (c !== 32) indenting = false;
    if (!indenting) characters++;
  }
  return characters * 0.75;
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

/** How often each instruction runs, guessed: a loop runs 8 times, an arm of an if half the times, a case its share. */
function frequencies(ir: FuncIR): Float64Array {
  const result = new Float64Array(ir.code.length);
  const open: { readonly loop: boolean; before: number }[] = [];
  let now = 1;
  for (let i = 0; i < ir.code.length; i++) {
    const n = ir.code[i]!;
    result[i] = now;
    if (isOpening(n.op)) {
      open.push({ loop: n.op === Ir.loop, before: now });
      if (n.op === Ir.loop) now *= 8;
      else if (n.op === Ir.if) now /= 2;
    } else if (n.op === Ir.switch) {
      // What follows up to the end of the loop around are the cases, whichever blocks end in between.
      now /= new Set(n.targets!.map((t) => t.frame)).size;
      for (let k = open.length - 1; k >= 0 && !open[k]!.loop; k--) open[k]!.before = Math.min(open[k]!.before, now);
    } else if (n.op === Ir.end) now = open.pop()!.before;
  }
  return result;
}
