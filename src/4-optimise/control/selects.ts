/**
 * Several selects on one condition become one `if`: engines make a branch of each, and most come in pairs, as the halves
 * of an i64. What only one arm needs is then computed in that arm alone.
 */
import { isFrameMarker } from '../../3-lower/effects.ts';
import { CodeWriter, type FuncIR, Ir, isTerminator, type Node, resolveAll, Type } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { OP } from '../../wasm/opcodes.ts';

/** Nodes between two selects that are joined, at most. */
const MAX_BETWEEN = 8;

export function joinSelects(ir: FuncIR, note?: Note): void {
  if (!ir.code.some((n) => n.op === OP.select)) return;
  const out = new CodeWriter(ir.code);
  let found = false;
  for (let i = 0; i < ir.code.length; i++) {
    const n = ir.code[i]!;
    out.push(n);
    if (n.op !== OP.select) continue;
    const group = groupAt(ir.code, i);
    if (group.length < 2) continue;
    found = true;
    note?.('selects that are one if with others', group.length);
    out.pop();
    // What stands between the selects may be what the later ones choose from.
    const last = ir.code.indexOf(group[group.length - 1]!, i);
    for (let k = i + 1; k < last; k++) if (!group.includes(ir.code[k]!)) out.push(ir.code[k]!);
    for (const made of asIf(ir, group)) out.push(made);
    i = last;
  }
  if (!found) return;
  ir.code = out.finish();
  resolveAll(ir);
}

/** The select at a position and those that follow it soon, on the same condition and not from one another. */
function groupAt(code: readonly Node[], at: number): Node[] {
  const group = [code[at]!];
  const condition = code[at]!.inputs[2]!;
  for (let i = at + 1, between = 0; i < code.length && between <= MAX_BETWEEN; i++) {
    const n = code[i]!;
    if (isFrameMarker(n.op) || isTerminator(n.op) || n.op === Ir.brIf) break;
    if (n.inputs.some((v) => group.includes(v))) break;
    if (n.op === OP.select && n.inputs[2] === condition) {
      group.push(n);
      between = 0;
    } else between++;
  }
  return group;
}

function asIf(ir: FuncIR, group: readonly Node[]): Node[] {
  const frame = ir.frame('if');
  const marker = (op: number, inputs: Node[] = []): Node => {
    const n = ir.node(op, Type.none, inputs);
    n.frame = frame;
    return n;
  };
  const arm = (operand: 0 | 1): Node => {
    const n = ir.node(Ir.br, Type.none, []);
    n.targets = [{ frame, args: group.map((s) => s.inputs[operand]!) }];
    return n;
  };
  for (const s of group) s.forward = ir.merge(frame, s.type);
  return [marker(Ir.if, [group[0]!.inputs[2]!]), arm(0), marker(Ir.else), arm(1), marker(Ir.end)];
}
