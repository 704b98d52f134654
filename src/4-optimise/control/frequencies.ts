/** How often each instruction runs, guessed from the shape of the code. */
import { type FuncIR, Ir, isOpening } from '../../3-lower/ir.ts';
import { scratch } from '../../scratch.ts';

/** By position: a loop runs 8 times, an arm of an if half the times, a case its share. */
export function frequencies(ir: FuncIR): Float64Array {
  const result = scratch.doubles(ir.code.length);
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
