/**
 * Conditional branches that only skip code become ifs: a block whose first branch leaves it when a condition holds is an
 * `if` on the opposite, and a conditional branch over a plain one is the opposite condition on the plain one.
 */

import { ByFrame } from '../../3-lower/by-frame.ts';
import { isFrameMarker } from '../../3-lower/effects.ts';
import { CodeWriter, type Frame, type FuncIR, Ir, isTerminator, type Node, Type } from '../../3-lower/ir.ts';
import type { Note } from '../../notes.ts';
import { OP } from '../../wasm/opcodes.ts';

export function makeIfs(ir: FuncIR, note?: Note): void {
  ir.code = blocksToIfs(ir, overBranches(ir, note), note);
}

/** `br_if F; br G; end F` → `br_if (not) G; br F; end F`. */
function overBranches(ir: FuncIR, note?: Note): Node[] {
  const out = new CodeWriter(ir.code);
  for (let i = 0; i < ir.code.length; i++) {
    const n = ir.code[i]!;
    const plain = ir.code[i + 1];
    const end = ir.code[i + 2];
    const over = n.op === Ir.brIf && plain?.op === Ir.br && end?.op === Ir.end && end.frame!.kind !== 'loop';
    if (over && n.targets![0]!.frame === end.frame && plain.targets![0]!.frame !== end.frame) {
      note?.('branches over a branch', 1);
      const skip = n.targets!;
      n.targets = plain.targets;
      plain.targets = skip;
      n.inputs = [negation(ir, n.inputs[0]!, out)];
    }
    out.push(n);
  }
  return out.finish();
}

/** `block F; …; br_if F; rest; end F` → `…; if (not) rest; else br F; end F`. */
function blocksToIfs(ir: FuncIR, code: readonly Node[], note?: Note): Node[] {
  const out = new CodeWriter(code);
  const converted = new ByFrame<Node>(ir);
  for (let i = 0; i < code.length; i++) {
    const n = code[i]!;
    const exit = n.op === Ir.block ? skippingBranch(code, i) : -1;
    if (exit >= 0) {
      for (let k = i + 1; k < exit; k++) out.push(code[k]!);
      out.push(marker(ir, Ir.if, n.frame!, [negation(ir, code[exit]!.inputs[0]!, out)]));
      n.frame!.kind = 'if';
      note?.('blocks that a condition skips', 1);
      converted.set(n.frame!, code[exit]!);
      i = exit;
      continue;
    }
    const branch = n.op === Ir.end ? converted.get(n.frame!) : undefined;
    if (branch) {
      const skip = ir.node(Ir.br, Type.none, []);
      skip.targets = branch.targets;
      out.push(marker(ir, Ir.else, n.frame!, []));
      out.push(skip);
    }
    out.push(n);
  }
  return out.finish();
}

/** Position of the conditional branch that leaves the block opened at `at`, if it is the first thing to happen there. */
function skippingBranch(code: readonly Node[], at: number): number {
  for (let k = at + 1; k < code.length; k++) {
    const n = code[k]!;
    if (n.op === Ir.brIf) return n.targets![0]!.frame === code[at]!.frame ? k : -1;
    if (isFrameMarker(n.op) || isTerminator(n.op)) return -1;
  }
  return -1;
}

function marker(ir: FuncIR, op: number, frame: Frame, inputs: Node[]): Node {
  const n = ir.node(op, Type.none, inputs);
  n.frame = frame;
  return n;
}

/** A condition that holds when `condition` does not; new nodes go to `out`. */
function negation(ir: FuncIR, condition: Node, out: CodeWriter): Node {
  if (condition.op === OP['i32.eqz']) return condition.inputs[0]!;
  const n = ir.node(OP['i32.eqz'], Type.i32, [condition]);
  out.push(n);
  return n;
}
