/** wavm: FuncIR, optimised, becomes expression trees, variables and structured statements. */
import type { TypedModule } from '../../2-validate/typed.ts';
import { buildIR } from '../../3-lower/build.ts';
import type { FuncIR, Node } from '../../3-lower/ir.ts';
import { MergedCycle } from '../../3-lower/tails/merge.ts';
import type { TailGroup } from '../../3-lower/tails/tails.ts';
import { irText } from '../../3-lower/text.ts';
import { verify as verifyIR } from '../../3-lower/verify.ts';
import { optimise } from '../../4-optimise/index.ts';
import { dumpFunc, timed } from '../../dump.ts';
import type { FuncNotes } from '../../notes.ts';
import type { Settings } from '../../options.ts';
import { scratch } from '../../scratch.ts';
import type { Func } from '../../wasm/module.ts';
import { I64, V128 } from '../../wasm/types.ts';
import { findShape } from '../form/shape.ts';
import { planSwitches } from '../form/switches.ts';
import { formTrees } from '../form/trees.ts';
import { untypedToSay } from '../form/untyped.ts';
import { assignVariables } from '../form/variables.ts';
import { addUses, type FuncCode, FuncScope, type ModuleScope, Uses } from '../js/scope.ts';
import { bodyName, entryText, memberEntry, parameterCells } from '../js/tails.ts';
import type { Region } from '../large/candidates.ts';
import { fitted, gatherIfDeep, type Print, type Printed, smallest } from '../large/fit.ts';
import { LiveIndex, Part } from '../large/outline.ts';
import { bytecodeEstimate, FEW_NODES } from '../large/size.ts';
import { Expressions } from './expressions.ts';
import { tellLowered, tellSize, tellVariables } from './notes.ts';
import { Printer } from './print.ts';
import { LoopViews, TreeScope } from './views.ts';

export function compileTree(
  typed: TypedModule,
  func: Func,
  module: ModuleScope,
  settings: Settings,
  notes?: FuncNotes,
): FuncCode {
  // It stands in its caller.
  if (module.facts.calls.isInlined(func.index)) return { index: func.index, code: '', uses: new Uses() };
  const group = module.tails?.groupOf(func.index);
  if (group?.merges) return compileMember(typed, func.index, module, settings, group, notes);
  const ir = timed(settings, 'compile/lower', () => buildIR(typed, func, module.facts));
  return generate(typed, ir, module, settings, {
    name: group ? bodyName(module, func.index) : module.func(func.index),
    jumps: group !== undefined,
    notes,
  });
}

/** The first member of a cycle that is one function brings that; each brings its own entry. */
function compileMember(
  typed: TypedModule,
  func: number,
  module: ModuleScope,
  settings: Settings,
  group: TailGroup,
  notes: FuncNotes | undefined,
): FuncCode {
  const [first] = group.members;
  const name = `${module.func(first!)}$loop`;
  const cycle = new MergedCycle(typed, module.facts, group);
  const scope = new FuncScope(module);
  const entry = memberEntry(scope, func, name, cycle.entry(func));
  if (func !== first) return { index: func, code: entry, uses: scope.uses };
  const ir = timed(settings, 'compile/lower', () => cycle.build());
  const { code, uses } = generate(typed, ir, module, settings, { name, jumps: false, notes });
  // The cells of payloads, if it uses them, are what its members use.
  addUses(uses, scope.uses);
  return { index: func, code: code + entry, uses };
}

interface Form {
  readonly name: string;
  /** It is in a cycle of tail calls: a body for jumps, with an entry besides. */
  readonly jumps: boolean;
  readonly notes: FuncNotes | undefined;
}

function generate(typed: TypedModule, ir: FuncIR, module: ModuleScope, settings: Settings, form: Form): FuncCode {
  const exact = settings.traps === 'exact';
  const small = settings.optimize === 'size';
  const { engine, onPhase, without, verify } = settings;
  const { name, jumps, notes } = form;
  const { index } = ir;
  const type = typed.typeOf(index);
  if (notes) tellLowered(notes, ir);
  dumpFunc(settings, 'ir', typed.module, index, () => irText(ir));
  timed(settings, 'compile/optimise', () =>
    optimise(ir, { exact, small, engine, memories: module, verify, onPhase, without, notes }),
  );
  dumpFunc(settings, 'opt', typed.module, index, () => irText(ir));
  const wideResult = type.results.length === 1 && (type.results[0] === I64 || type.results[0] === V128);
  const plan = () => {
    const trees = formTrees(ir, exact, small, engine);
    const variables = assignVariables(ir, trees, small);
    const shape = findShape(ir);
    return { trees, variables, shape, switches: planSwitches(ir, shape, variables) };
  };
  const gathered = gatherIfDeep(ir, () => plan().switches.absorbs, notes);
  const prepare = (): Print => {
    if (verify) verifyIR(ir, 'cases');
    const { trees, variables, shape, switches } = plan();
    if (notes) tellVariables(notes, ir, trees, variables);
    const untyped = small || engine === 'interpreter' ? undefined : untypedToSay(ir);
    return (compact: ReadonlySet<Node>, regions: readonly Region[] = []): Printed => {
      const scope = new TreeScope(module);
      const views = new LoopViews(scope, ir, notes?.begin('views', true).note);
      const savings = ir.code.length > FEW_NODES ? scratch.words(ir.nodeCount) : undefined;
      const expressions = new Expressions(scope, trees, variables, {
        exact,
        small,
        compact,
        tailsFrom: jumps ? index : -1,
        untyped,
        savings,
      });
      const live = new LiveIndex(regions.length > 0 ? variables.values : [], variables.ranges);
      const context = { ir, shape, trees, variables, live };
      const parts = new Map(regions.map((r, i) => [r.start, new Part(`${name}$${i}`, r, context)]));
      const printer = new Printer({
        ir,
        trees,
        variables,
        shape,
        switches,
        views,
        expressions,
        wideResult,
        small,
        reuses: !small && engine !== 'interpreter',
        untyped,
        parts,
      });
      const printed = printer.print(name, jumps ? parameterCells(scope, type) : undefined);
      const finish = (): FuncCode => {
        const text = printed.parts + printed.text;
        if (notes) tellSize(notes, ir, text, compact, regions);
        return { index, code: jumps ? text + entryText(scope, index) : text, uses: scope.uses };
      };
      const { characters } = printed;
      const bytes = bytecodeEstimate(characters, printed.text, variables.parameters.length + variables.declared.length);
      return { bytes, characters, sizes: printer.sizes, savings, finish };
    };
  };
  if (small) return smallest(ir, prepare(), notes);
  // To an interpreter no function is too large, and what becomes of those that are cut is slower.
  return engine === 'interpreter' ? prepare()(new Set()).finish() : fitted(ir, { prepare, gathered, notes });
}
