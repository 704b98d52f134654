/** The ordered list of passes, and the runner that times each and verifies after it. */
import type { FuncIR } from '../3-lower/ir.ts';
import { verify } from '../3-lower/verify.ts';
import { timed } from '../dump.ts';
import type { Settings } from '../options.ts';
import { narrowBits } from './bits.ts';
import { putBaseCaseLast } from './control/base-cases.ts';
import { selectWithoutBranches } from './control/branch-free.ts';
import { foldBranches } from './control/branches.ts';
import { dropEmptyFrames } from './control/empty-frames.ts';
import { makeIfs } from './control/ifs.ts';
import { joinSelects } from './control/selects.ts';
import { dropTries } from './control/tries.ts';
import { propagateCopies } from './copies.ts';
import { removeDead } from './dce.ts';
import { carryFloatBits } from './floats/float-bits.ts';
import { fold } from './fold.ts';
import { useGuards } from './guards.ts';
import { shareIndices } from './indices/index.ts';
import { splitInt64 } from './int64/int64.ts';
import { splitVectors } from './simd/index.ts';

export interface PassContext {
  /** False under `--traps none`. */
  readonly exact: boolean;
  /** `--optimize size`: passes that make code longer are left out. */
  readonly small: boolean;
  /** Check the IR's invariants after each pass. */
  readonly verify: boolean;
  /** Takes the times of the passes. */
  readonly onPhase?: Settings['onPhase'];
}
export interface Pass {
  readonly name: string;
  /** What the output does depends on it. Any other pass may be left out: the text changes, and nothing else. */
  readonly required?: true;
  /** It gives bytes for time: not under `--optimize size`. */
  readonly grows?: true;
  readonly run: (ir: FuncIR, context: PassContext) => void;
}

/** In order. A name may stand several times: a pass is run again where an earlier one has made it work to do. */
export const PASSES: readonly Pass[] = [
  { name: 'copies', run: propagateCopies },
  { name: 'dce', run: (ir, c) => removeDead(ir, c.exact) },
  { name: 'simd', required: true, run: splitVectors },
  { name: 'float-bits', required: true, run: carryFloatBits },
  { name: 'int64', required: true, run: splitInt64 },
  { name: 'fold', run: fold },
  { name: 'branches', run: foldBranches },
  { name: 'tries', run: (ir, c) => dropTries(ir, c.exact) },
  { name: 'copies', run: propagateCopies },
  { name: 'ifs', run: makeIfs },
  { name: 'bits', run: narrowBits },
  { name: 'guards', run: useGuards },
  { name: 'fold', run: fold },
  { name: 'dce', run: (ir, c) => removeDead(ir, c.exact) },
  { name: 'branch-free', run: selectWithoutBranches },
  { name: 'selects', run: joinSelects },
  { name: 'empty-frames', run: dropEmptyFrames },
  { name: 'base-cases', run: putBaseCaseLast },
  { name: 'indices', grows: true, run: (ir, c) => shareIndices(ir, c.exact) },
  { name: 'dce', run: (ir, c) => removeDead(ir, c.exact) },
];

export function optimise(ir: FuncIR, context: PassContext, passes = PASSES): void {
  if (context.verify) verify(ir, 'lower');
  for (const pass of passes) {
    if (pass.grows && context.small) continue;
    timed(context, `compile/optimise: ${pass.name}`, () => pass.run(ir, context));
    if (context.verify) verify(ir, pass.name);
  }
}
