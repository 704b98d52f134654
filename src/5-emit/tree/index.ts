/** wavm: FuncIR, optimised, becomes expression trees, variables and structured statements. */
import type { TypedModule } from '../../2-validate/typed.ts';
import { buildIR } from '../../3-lower/build.ts';
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
import { planSwitches } from './switches.ts';
import { formTrees } from './trees.ts';
import { assignVariables } from './variables.ts';
import { LoopViews, mayGrowMemory, TreeScope } from './views.ts';

export function compileTree(typed: TypedModule, func: Func, module: ModuleScope, settings: Settings): FuncCode {
  const exact = settings.traps === 'exact';
  const { onPhase } = settings;
  const { results } = typed.typeOf(func.index);
  const ir = timed(settings, 'compile/lower', () => buildIR(typed, func));
  dumpFunc(settings, 'ir', typed.module, func.index, () => irText(ir));
  timed(settings, 'compile/optimise', () => optimise(ir, { exact, verify: settings.verify, onPhase }));
  dumpFunc(settings, 'opt', typed.module, func.index, () => irText(ir));
  const scope = new TreeScope(module);
  const trees = formTrees(ir, exact);
  const variables = assignVariables(ir, trees);
  const shape = findShape(ir);
  const printer = new Printer({
    ir,
    trees,
    variables,
    shape,
    switches: planSwitches(ir, shape, variables),
    views: new LoopViews(scope, ir, mayGrowMemory),
    expressions: new Expressions(scope, typed, trees, variables, exact),
    exact,
    wideResult: results.length === 1 && results[0] === I64,
  });
  return { index: func.index, code: printer.print(module.func(func.index)), uses: scope.uses };
}
