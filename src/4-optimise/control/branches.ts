/**
 * Branches to branches lead on (threads.ts), branches on constants become plain branches, and code that no longer can be
 * reached goes: one walk that builds the list anew, skipping from a terminator to the next place where control arrives.
 */
import { ByFrame } from '../../3-lower/by-frame.ts';
import {
  CodeWriter,
  type Frame,
  type FuncIR,
  Ir,
  isI32Const,
  isOpening,
  isTerminator,
  type Node,
  retain,
  Type,
} from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { threadBranches } from './threads.ts';

export function foldBranches(ir: FuncIR, note?: Note): void {
  threadBranches(ir, note);
  const out = new CodeWriter(ir.code);
  const open: { frame: Frame; entered: boolean; reached: boolean; op: number; constant: number | undefined }[] = [];
  const reached = new ByFrame<boolean>(ir);
  let dead = false;
  let someNever = false;
  const keep = (n: Node): void => {
    out.push(n);
    if (n.targets) for (const t of n.targets) reached.set(t.frame, true);
    if (isTerminator(n.op)) dead = true;
    someNever ||= isNeverTaken(n);
  };
  for (const n of ir.code) {
    const { op } = n;
    if (isOpening(op)) {
      const constant = op === Ir.if && isI32Const(n.inputs[0]!) ? n.inputs[0]!.imm : undefined;
      open.push({ frame: n.frame!, entered: !dead, reached: false, op, constant });
      if (dead) continue;
      if (constant === undefined) out.push(n);
      else {
        note?.('ifs on a constant', 1);
        out.push(becomesBlock(ir, n));
        dead = constant === 0;
      }
    } else if (op === Ir.else) {
      const top = open[open.length - 1]!;
      if (!top.entered) continue;
      dead = top.constant !== undefined && top.constant !== 0;
      if (top.constant === undefined) out.push(n);
    } else if (op === Ir.end) {
      const top = open.pop()!;
      if (!top.entered) continue;
      out.push(n);
      dead = top.op !== Ir.try && (top.op === Ir.loop || !reached.has(top.frame));
    } else if (!dead) keep(constantBranch(ir, n));
  }
  note?.('branches on a constant', ir.code.filter(isConstantBranch).length);
  ir.code = out.finish();
  if (someNever) retain(ir.code, (n) => !isNeverTaken(n));
}
/** Of conditional branches on a constant, only such are left. */
const isNeverTaken = (n: Node): boolean => n.op === Ir.brIf && isI32Const(n.inputs[0]!);

/** An `if` on a constant is a block around the arm that runs. */
function becomesBlock(ir: FuncIR, n: Node): Node {
  const block = ir.node(Ir.block, Type.none, []);
  block.frame = n.frame;
  n.frame!.kind = 'block';
  return block;
}

const isConstantBranch = (n: Node): boolean => (n.op === Ir.brIf || n.op === Ir.switch) && isI32Const(n.inputs[0]!);

/** A conditional branch that is always taken becomes plain; one never taken stays until the end and is filtered. */
function constantBranch(ir: FuncIR, n: Node): Node {
  if (!isConstantBranch(n)) return n;
  const index = n.inputs[0]!;
  if (n.op === Ir.brIf && index.imm === 0) {
    n.targets = [];
    return n;
  }
  const targets = n.targets!;
  const at = n.op === Ir.brIf ? 0 : Math.min(index.imm >>> 0, targets.length - 1);
  const br = ir.node(Ir.br, Type.none, []);
  br.targets = [targets[at]!];
  return br;
}
