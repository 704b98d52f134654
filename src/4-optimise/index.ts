/** The ordered list of passes, and the runner that times each and verifies after it. */
import type { FuncIR } from '../3-lower/ir.ts';
import { verify } from '../3-lower/verify.ts';
import { timed } from '../dump.ts';
import { CompileError } from '../errors.ts';
import type { FuncNotes, Note } from '../notes.ts';
import type { Engine, Settings } from '../options.ts';
import { narrowBits } from './bits.ts';
import { putBaseCaseLast } from './control/base-cases.ts';
import { selectWithoutBranches } from './control/branch-free.ts';
import { foldBranches } from './control/branches.ts';
import { dropEmptyFrames } from './control/empty-frames.ts';
import { makeIfs } from './control/ifs.ts';
import { placeContinuations } from './control/placement.ts';
import { joinSelects } from './control/selects.ts';
import { dropTries } from './control/tries.ts';
import { propagateCopies } from './copies.ts';
import { removeDead } from './dce.ts';
import { carryFloatBits } from './floats/float-bits.ts';
import { simplifyNegations } from './floats/negations.ts';
import { fold } from './fold/index.ts';
import { useGuards } from './guards.ts';
import { shareIndices } from './indices/index.ts';
import { splitInt64 } from './int64/int64.ts';
import type { Memories } from './memories.ts';
import { markPlaces } from './places.ts';
import { shortenRecurrences } from './recurrences.ts';
import { splitVectors } from './simd/index.ts';

export interface PassContext {
  /** False under `--traps none`. */
  readonly exact: boolean;
  /** `--optimize size`: passes that make code longer are left out. */
  readonly small: boolean;
  /** What will run the output. */
  readonly engine: Engine;
  readonly memories: Memories;
  /** Check the IR's invariants after each pass. */
  readonly verify: boolean;
  /** Takes the times of the passes. */
  readonly onPhase?: Settings['onPhase'];
  /** Names of passes to leave out. */
  readonly without?: readonly string[];
  /** Takes what the passes do, and why they do no more. */
  readonly notes?: FuncNotes | undefined;
}
export interface Pass {
  readonly name: string;
  /** What the output does depends on it. Any other pass may be left out: the text changes, and nothing else. */
  readonly required?: true;
  /** It gives bytes for time: not under `--optimize size`. */
  readonly grows?: true;
  /** It is for what branches cost a processor: not for interpreters. */
  readonly jit?: true;
  readonly run: (
    ir: FuncIR,
    context: Pick<PassContext, 'exact' | 'memories'> & { readonly note?: Note | undefined },
  ) => void;
}

/** In order. A name may stand several times: a pass is run again where an earlier one has made it work to do. */
export const PASSES: readonly Pass[] = [
  { name: 'copies', run: (ir, c) => propagateCopies(ir, c.note) },
  { name: 'dce', run: (ir, c) => removeDead(ir, c.exact, c.note) },
  { name: 'simd', required: true, run: (ir, c) => splitVectors(ir, c.note) },
  { name: 'float-bits', required: true, run: (ir, c) => carryFloatBits(ir, c.note) },
  { name: 'int64', required: true, run: (ir, c) => splitInt64(ir, c.note) },
  { name: 'fold', run: (ir, c) => fold(ir, c.note) },
  { name: 'branches', run: (ir, c) => foldBranches(ir, c.note) },
  { name: 'tries', run: (ir, c) => dropTries(ir, c.exact, c.note) },
  { name: 'copies', run: (ir, c) => propagateCopies(ir, c.note) },
  { name: 'ifs', run: (ir, c) => makeIfs(ir, c.note) },
  { name: 'bits', run: (ir, c) => narrowBits(ir, c.note) },
  { name: 'guards', run: (ir, c) => useGuards(ir, c.note) },
  { name: 'fold', run: (ir, c) => fold(ir, c.note) },
  { name: 'dce', run: (ir, c) => removeDead(ir, c.exact, c.note) },
  { name: 'negations', run: (ir, c) => simplifyNegations(ir, c.note) },
  { name: 'branch-free', jit: true, run: (ir, c) => selectWithoutBranches(ir, c.note) },
  { name: 'selects', run: (ir, c) => joinSelects(ir, c.note) },
  { name: 'placement', run: (ir, c) => placeContinuations(ir, c.note) },
  { name: 'empty-frames', run: (ir, c) => dropEmptyFrames(ir, c.note) },
  { name: 'base-cases', run: (ir, c) => putBaseCaseLast(ir, c.note) },
  { name: 'recurrences', run: (ir, c) => shortenRecurrences(ir, c.note) },
  { name: 'indices', grows: true, run: (ir, c) => shareIndices(ir, c.exact, c.memories, c.note) },
  { name: 'places', run: (ir, c) => markPlaces(ir, c.exact, c.memories, c.note) },
  { name: 'dce', run: (ir, c) => removeDead(ir, c.exact, c.note) },
];

export function optimise(ir: FuncIR, context: PassContext, passes = passesWithout(context.without)): void {
  if (context.verify) verify(ir, 'lower');
  for (const pass of passes) {
    if (pass.grows && context.small) {
      context.notes?.begin(pass.name).note('left out, since it makes code longer: --optimize size');
      continue;
    }
    if (pass.jit && context.engine === 'interpreter') {
      context.notes?.begin(pass.name).note('left out, since branches cost nothing else: --engine interpreter');
      continue;
    }
    if (context.onPhase) timed(context, `compile/optimise: ${pass.name}`, () => runPass(pass, ir, context));
    else runPass(pass, ir, context);
    if (context.verify) verify(ir, pass.name);
  }
}

function runPass(pass: Pass, ir: FuncIR, { exact, memories, notes }: PassContext): void {
  const section = notes?.begin(pass.name);
  const before = ir.code.length;
  pass.run(ir, { exact, memories, note: section?.note });
  if (section) section.nodes = { before, after: ir.code.length };
}

/**
 * All passes but those of these names.
 * @throws CompileError for a name that no pass has, and for one of a pass that is required
 */
function passesWithout(names: readonly string[] = []): readonly Pass[] {
  for (const name of names) {
    const pass = PASSES.find((p) => p.name === name);
    if (!pass) throw new CompileError('usage', `no pass is called ${name}; see src/4-optimise/index.ts`);
    if (pass.required) throw new CompileError('usage', `the pass ${name} decides what the output does, and stays`);
  }
  return names.length === 0 ? PASSES : PASSES.filter((p) => !names.includes(p.name));
}
