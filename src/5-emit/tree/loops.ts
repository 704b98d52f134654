/** Which loops of the IR are a `do … while` in JavaScript, and where a bare `break` out of a loop leads. */
import { type Frame, Ir } from '../../3-lower/ir.ts';
import { fallsInto } from '../form/shape.ts';
import { passesNothing } from '../form/switches.ts';
import type { PrintInput } from './print-input.ts';

/**
 * Does a loop end in `br_if loop; br out` with nothing to carry round, and no other way round?
 * @param end position of the loop's `end`
 */
export function endsInCondition({ ir, shape, variables }: PrintInput, frame: Frame, end: number): boolean {
  const back = ir.code[end - 2];
  const out = ir.code[end - 1];
  if (back?.op !== Ir.brIf || out?.op !== Ir.br || back.targets![0]!.frame !== frame) return false;
  if (shape.branches.get(frame) !== 1) return false;
  if (!passesNothing(back.targets![0]!, variables)) return false;
  const exit = out.targets![0]!;
  const block = shape.blockOfLoop.get(frame);
  // What leads further out stands behind the loop, where no other way of leaving the loop may pass.
  if (block !== exit.frame) return block === undefined || shape.branches.get(block) === undefined;
  return shape.branches.get(exit.frame) === 1 || passesNothing(exit, variables);
}

/**
 * Does control that has left `loop` arrive where a branch to `frame` leads?
 * @param isDo it is a `do … while`, behind which may stand what only its condition leads to
 */
export function leavesTo(input: PrintInput, loop: Frame, isDo: boolean, frame: Frame): boolean {
  const { ir, shape, variables } = input;
  const end = shape.end.get(loop)!;
  if (!fallsInto(ir, shape, end, frame)) return false;
  if (!isDo) return true;
  const exit = ir.code[end - 1]!.targets![0]!;
  if (!passesNothing(exit, variables)) return false;
  return shape.blockOfLoop.get(loop) === exit.frame || fallsInto(ir, shape, end, exit.frame);
}

/** Does position `at` lie in a region behind position `from` that becomes a function of its own? */
export function isCutOut({ parts }: PrintInput, from: number, at: number): boolean {
  for (const { region } of parts.values()) {
    if (region.start > from && region.start <= at && region.end >= at) return true;
  }
  return false;
}
