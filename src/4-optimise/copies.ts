/**
 * Copy propagation over merges: a frame parameter that receives one value only (or itself) is that value. Repeated
 * until nothing changes, since one removal may make another parameter redundant.
 */
import { type FuncIR, type Node, resolve, resolveAll } from '../3-lower/ir.ts';
import type { Note } from '../notes.ts';
import { dropParams, Incoming } from './control/frames.ts';

export function propagateCopies(ir: FuncIR, note?: Note): void {
  const incoming = new Incoming(ir);
  let changed = true;
  let found = false;
  while (changed) {
    changed = false;
    for (const frame of incoming.frames) {
      if (frame.params.length === 0) continue;
      const lists = incoming.of(frame);
      let keep: boolean[] | undefined;
      for (let i = 0; i < frame.params.length; i++) {
        const only = onlyValue(frame.params[i]!, lists, i);
        if (only === undefined) continue;
        frame.params[i]!.forward = only;
        note?.('merges that are one value', 1);
        keep ??= new Array<boolean>(frame.params.length).fill(true);
        keep[i] = false;
      }
      if (keep === undefined) continue;
      changed = true;
      found = true;
      dropParams(frame, lists, keep);
    }
  }
  if (found) resolveAll(ir);
}

function onlyValue(param: Node, lists: readonly Node[][], at: number): Node | undefined {
  let only: Node | undefined;
  for (const list of lists) {
    const value = resolve(list[at]!);
    if (value === param || value === only) continue;
    if (only !== undefined) return undefined;
    only = value;
  }
  return only;
}
