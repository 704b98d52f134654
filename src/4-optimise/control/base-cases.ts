/**
 * A function that calls itself returns early in its base case: that return goes behind the rest. V8 lays code out in the order of
 * the text, and what follows a return that is taken half the time ran slower: Fibonacci numbers take 0.9 of the time.
 */
import { type FuncIR, Ir, isOpening, type Node } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { OP } from '../../wasm/opcodes.ts';

export function putBaseCaseLast(ir: FuncIR, note?: Note): void {
  const { code } = ir;
  if (!code.some((n) => n.op === OP.call && n.imm === ir.index)) return;
  const at = earlyReturn(ir);
  note?.(at < 0 ? 'it calls itself, and has no early return at its top' : 'an early return goes behind the rest');
  if (at < 0) return;
  // if c; br return(x); else; br @f(); end @f; rest  =>  if c; br @f(); else; rest; end @f; br return(x)
  const [open, leave, otherwise, skip, end] = code.slice(at, at + 5) as [Node, Node, Node, Node, Node];
  ir.code = [...code.slice(0, at), open, skip, otherwise, ...code.slice(at + 5), end, leave];
}

/** The position of the first `if` outside of all frames that only returns, or goes on; -1 if there is none. */
function earlyReturn({ code, exit }: FuncIR): number {
  let depth = 0;
  for (const [i, n] of code.entries()) {
    if (depth === 0 && n.op === Ir.if && n.frame!.params.length === 0) {
      const [leave, otherwise, skip, end] = code.slice(i + 1, i + 5);
      const returns = leave?.op === Ir.br && leave.targets![0]!.frame === exit;
      const goesOn = skip?.op === Ir.br && skip.targets![0]!.frame === n.frame && end?.op === Ir.end;
      if (returns && otherwise?.op === Ir.else && goesOn) return i;
    }
    if (isOpening(n.op)) depth++;
    else if (n.op === Ir.end) depth--;
  }
  return -1;
}
