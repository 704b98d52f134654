/** wavm: FuncIR, optimised, becomes expression trees, variables and structured statements. */
import type { TypedModule } from '../../2-validate/typed.ts';
import { buildIR } from '../../3-lower/build.ts';
import type { Node } from '../../3-lower/ir.ts';
import { irText } from '../../3-lower/text.ts';
import { optimise } from '../../4-optimise/index.ts';
import { dumpFunc, timed } from '../../dump.ts';
import type { Settings } from '../../options.ts';
import type { Func } from '../../wasm/module.ts';
import { I64 } from '../../wasm/types.ts';
import type { FuncCode, ModuleScope } from '../js/scope.ts';
import { Expressions } from './expressions.ts';
import { Printer } from './print.ts';
import { findShape } from './shape.ts';
import { bytecodeEstimate, compactAccesses, OPTIMISED_LIMIT } from './size.ts';
import { planSwitches } from './switches.ts';
import { formTrees } from './trees.ts';
import { assignVariables } from './variables.ts';
import { LoopViews, mayGrowMemory, TreeScope } from './views.ts';

export function compileTree(typed: TypedModule, func: Func, module: ModuleScope, settings: Settings): FuncCode {
  const exact = settings.traps === 'exact';
  const { onPhase } = settings;
  const { results } = typed.typeOf(func.index);
  const ir = timed(settings, 'compile/lower', () => buildIR(typed, func, module.facts));
  dumpFunc(settings, 'ir', typed.module, func.index, () => irText(ir));
  timed(settings, 'compile/optimise', () => optimise(ir, { exact, verify: settings.verify, onPhase }));
  dumpFunc(settings, 'opt', typed.module, func.index, () => irText(ir));
  const trees = formTrees(ir, exact);
  const variables = assignVariables(ir, trees);
  const shape = findShape(ir);
  const switches = planSwitches(ir, shape, variables);
  const wideResult = results.length === 1 && results[0] === I64;
  const print = (compact: ReadonlySet<Node>): FuncCode => {
    const scope = new TreeScope(module);
    const views = new LoopViews(scope, ir, (n) => mayGrowMemory(n, module.facts));
    const expressions = new Expressions(scope, typed, trees, variables, { exact, compact });
    const printer = new Printer({ ir, trees, variables, shape, switches, views, expressions, wideResult });
    return { index: func.index, code: printer.print(module.func(func.index)), uses: scope.uses };
  };
  const spelledOut = print(new Set());
  if (!exact || bytecodeEstimate(spelledOut.code) <= OPTIMISED_LIMIT) return spelledOut;
  const smallest = print(compactAccesses(ir, 0));
  const room = OPTIMISED_LIMIT - bytecodeEstimate(smallest.code);
  return room > 0 ? print(compactAccesses(ir, room)) : smallest;
}
