/**
 * Which locals each block assigns: one quick scan before the IR is built, so that loop heads and merges get
 * parameters for just those.
 */
import type { OperatorReader } from '../1-decode/operators.ts';
import { OP } from '../wasm/opcodes.ts';

const EMPTY: readonly number[] = [];

/** For each block, loop and if of the body in order of opening: the locals assigned inside, ascending. */
export function assignedLocals(reader: OperatorReader): (readonly number[])[] {
  const result: (readonly number[])[] = [EMPTY];
  const open: { at: number; locals: Set<number> | undefined }[] = [{ at: 0, locals: undefined }];
  while (reader.next()) {
    const { op } = reader;
    if (op === OP['local.set'] || op === OP['local.tee']) {
      const top = open[open.length - 1]!;
      top.locals ??= new Set();
      top.locals.add(reader.index);
    } else if (op === OP.block || op === OP.loop || op === OP.if) {
      open.push({ at: result.length, locals: undefined });
      result.push(EMPTY);
    } else if (op === OP.end) {
      const done = open.pop()!;
      if (done.locals === undefined) continue;
      result[done.at] = Array.from(done.locals).sort((a, b) => a - b);
      const up = open[open.length - 1];
      if (up === undefined) continue;
      if (up.locals === undefined) up.locals = done.locals;
      else for (const local of done.locals) up.locals.add(local);
    }
  }
  return result;
}
