/** wavm: FuncIR, optimised, becomes expression trees, variables and structured statements. */
import type { TypedModule } from '../../2-validate/typed.ts';
import { buildIR } from '../../3-lower/build.ts';
import type { FuncIR, Node } from '../../3-lower/ir.ts';
import { MergedCycle } from '../../3-lower/tails/merge.ts';
import type { TailGroup } from '../../3-lower/tails/tails.ts';
import { irText } from '../../3-lower/text.ts';
import { optimise } from '../../4-optimise/index.ts';
import { dumpFunc, timed } from '../../dump.ts';
import type { FuncNotes } from '../../notes.ts';
import type { Settings } from '../../options.ts';
import { scratch } from '../../scratch.ts';
import type { Func } from '../../wasm/module.ts';
import { I64, V128 } from '../../wasm/types.ts';
import { addUses, type FuncCode, FuncScope, type ModuleScope, Uses } from '../js/scope.ts';
import { bodyName, entryText, memberEntry, parameterCells } from '../js/tails.ts';
import { Expressions } from './expressions.ts';
import { tellLowered, tellSize, tellVariables } from './notes.ts';
import { chooseRegions, expectedSavings, LiveIndex, Part, type Region } from './outline.ts';
import { Printer } from './print.ts';
import { findShape } from './shape.ts';
import { allAccesses, bytecodeEstimate, compactAccesses, FEW_NODES, guessSizes, OPTIMISED_LIMIT } from './size.ts';
import { planSwitches } from './switches.ts';
import { formTrees } from './trees.ts';
import { assignVariables } from './variables.ts';
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
  timed(settings, 'compile/optimise', () => optimise(ir, { exact, small, engine, verify, onPhase, without, notes }));
  dumpFunc(settings, 'opt', typed.module, index, () => irText(ir));
  const trees = formTrees(ir, exact, small, engine);
  const variables = assignVariables(ir, trees, small);
  if (notes) tellVariables(notes, ir, trees, variables);
  const shape = findShape(ir);
  const switches = planSwitches(ir, shape, variables);
  const wideResult = type.results.length === 1 && (type.results[0] === I64 || type.results[0] === V128);
  const print = (compact: ReadonlySet<Node>, regions: readonly Region[] = []): Printed => {
    const scope = new TreeScope(module);
    const views = new LoopViews(scope, ir, notes?.begin('views', true).note);
    const savings = ir.code.length > FEW_NODES ? scratch.words(ir.nodeCount) : undefined;
    const expressions = new Expressions(scope, trees, variables, {
      exact,
      small,
      compact,
      tailsFrom: jumps ? index : -1,
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
      parts,
    });
    const printed = printer.print(name, jumps ? parameterCells(scope, type) : undefined);
    if (notes) tellSize(notes, ir, printed.text(), compact, regions);
    const finish = (): FuncCode => {
      const text = printed.text();
      return { index, code: jumps ? text + entryText(scope, index) : text, uses: scope.uses };
    };
    const { characters, lines } = printed;
    return { bytes: bytecodeEstimate(characters, lines), characters, sizes: printer.sizes, savings, finish };
  };
  if (small) return smallest(ir, print);
  // To an interpreter no function is too large, and what becomes of those that are cut is slower.
  return engine === 'interpreter' ? print(new Set()).finish() : fitted(ir, print, notes);
}

type Print = (compact: ReadonlySet<Node>, regions?: readonly Region[]) => Printed;
interface Printed {
  /** Bytes of bytecode, about, of the function without those that were cut out of it. */
  readonly bytes: number;
  /** Length of its text without indentation. */
  readonly characters: number;
  /** Characters printed before each position. */
  readonly sizes: Int32Array;
  /** By node id: characters that an access is longer than a call for it would be. undefined in small functions. */
  readonly savings: Int32Array | undefined;
  readonly finish: () => FuncCode;
}

/**
 * The function in the first form that V8 optimises: spelled out, with accesses as calls, or cut into several functions. One that
 * can only be cut is so at once, by a guess at its size.
 */
function fitted(ir: FuncIR, print: Print, notes: FuncNotes | undefined): FuncCode {
  const { before, whole, least } = guessSizes(ir);
  if (least > OPTIMISED_LIMIT) {
    if (notes) notes.spelledOut = Math.round(whole);
    return cut(ir, print, before, new Set());
  }
  const spelledOut = print(new Set());
  if (spelledOut.bytes <= OPTIMISED_LIMIT) return spelledOut.finish();
  const { savings } = spelledOut;
  let excess = spelledOut.bytes - OPTIMISED_LIMIT;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const compact = savings && compactAccesses(ir, savings, excess);
    if (!compact) break;
    const shorter = print(compact);
    const left = shorter.bytes - OPTIMISED_LIMIT;
    if (left <= 0) return shorter.finish();
    // What calls save is known to a few characters each.
    excess += 2 * left;
  }
  return cut(ir, print, measured(spelledOut), new Set());
}
const MOST_ATTEMPTS = 3;

/** The function with calls for all its accesses, and cut if V8 would not optimise it even so. */
function smallest(ir: FuncIR, print: Print): FuncCode {
  const compact = allAccesses(ir);
  const whole = print(compact);
  return whole.bytes <= OPTIMISED_LIMIT ? whole.finish() : cut(ir, print, measured(whole), compact);
}

/** By position: bytes of bytecode before it, as they were printed. */
const measured = ({ sizes, bytes, characters }: Printed): Float64Array =>
  Float64Array.from(sizes, (size) => (size * bytes) / characters);

/**
 * Cuts regions out, by the bytes before each position; anew, by what was printed, if it is still too large then, or if more
 * was cut out than has to be.
 */
function cut(ir: FuncIR, print: Print, guess: Float64Array, compact: ReadonlySet<Node>): FuncCode {
  let bytes = guess;
  let excess = bytes[ir.code.length]! - OPTIMISED_LIMIT;
  let best: Printed | undefined;
  for (let attempt = 1; ; attempt++) {
    const { regions, suffices } = chooseRegions(ir, bytes, excess);
    const form = print(compact, regions);
    const left = form.bytes - OPTIMISED_LIMIT;
    if (!best || isBetter(form.bytes, best.bytes)) best = form;
    if (attempt === MOST_ATTEMPTS || (left > 0 ? !suffices : -left < SLACK)) return best.finish();
    bytes = measured(form);
    // Beyond what the regions are expected to save: what their calls take.
    excess = left + expectedSavings(regions, bytes) + (left > 0 ? SLACK / 2 : -SLACK / 2);
  }
}
/** So many bytes less than need be are close enough. */
const SLACK = 2000;

/** Of two sizes, that which V8 optimises; the larger of two such, which leaves more in place. */
function isBetter(a: number, b: number): boolean {
  return b > OPTIMISED_LIMIT ? a < b : a <= OPTIMISED_LIMIT && a > b;
}
