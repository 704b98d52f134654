/** The state of translating one function in one pass, and the few operations that all handlers share. */
import type { OperatorReader } from '../../1-decode/operators.ts';
import type { TypedModule } from '../../2-validate/typed.ts';
import { CompileError } from '../../errors.ts';
import type { Settings } from '../../options.ts';
import type { Func } from '../../wasm/module.ts';
import { Effect, OPS } from '../../wasm/opcodes.ts';
import type { FuncType, ValType } from '../../wasm/types.ts';
import { call, isSimple, type Js } from '../js/expr.ts';
import type { Libcall } from '../js/libcall.ts';
import type { FuncScope } from '../js/scope.ts';
import type { TryState } from './exceptions.ts';
import { Lines } from './lines.ts';
import { type Entry, entry, OperandStack, partsOf } from './stack.ts';
import type { OpenSwitch } from './switches.ts';

/** A construct that is open, and what branches to it need. */
export interface Frame {
  readonly kind: 'func' | 'block' | 'loop' | 'if' | 'try';
  readonly label: string;
  /** Height of the operand stack below its parameters. */
  readonly base: number;
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
  /** The line of the output that opens it; -1 for the function. */
  readonly opener: number;
  /** The text that opens it, without its label. */
  readonly head: string;
  /** How many branches go to its label. */
  uses: number;
  /** An `if` that has reached its `else`. */
  inElse: boolean;
  /** The end can be reached without a branch from an arm already closed. */
  endLive: boolean;
  /** `try`: its handlers. */
  try?: TryState;
}

/**
 * Helper variables: `t` address of a load, `a` of a store, `i` index, `v` value (`x`, `y`, `z`: further lanes), `c` carry,
 * `r` several results, `d` delegate, `k` which tail call.
 */
export type Temp = 't' | 'a' | 'i' | 'v' | 'x' | 'y' | 'z' | 'c' | 'r' | 'd' | 'k';

export class FunctionEmitter {
  readonly typed: TypedModule;
  readonly func: Func;
  readonly type: FuncType;
  readonly scope: FuncScope;
  readonly reader: OperatorReader;
  readonly locals: readonly ValType[];
  readonly exact: boolean;
  /** Memory accesses are calls, because the function is very large. */
  readonly compact: boolean;
  readonly stack: OperandStack;
  readonly frames: Frame[] = [];
  /** The statements so far. */
  readonly out = new Lines();
  readonly temps = new Set<string>();
  /** By local: the entry that reads it, once one has been made. */
  readonly localEntries: (Entry | undefined)[];
  /** False after an instruction that never falls through, until the end of its construct. */
  live = true;
  /** Constructs opened since then: they are skipped whole. */
  skipped = 0;
  /** Tail calls of the function itself go round a loop around its body (tails.ts). */
  tailLoop = false;
  /** Bodies of `try` around the current point: what runs before a call that throws shows in their handlers. */
  bodies = 0;
  /** Tail calls in bodies of `try`, which are made outside (tails.ts), and the line for the block that they leave. */
  readonly outside: string[] = [];
  outsideLine = -1;
  /** The switches that may still take in code, the innermost last. */
  readonly switches: OpenSwitch[] = [];
  /** The line of the last `if (condition) continue label;`, which may become the end of a `do` loop. */
  lastContinue = { line: -1, label: '', condition: '' };

  constructor(
    typed: TypedModule,
    func: Func,
    scope: FuncScope,
    settings: Settings,
    reader: OperatorReader,
    locals: readonly ValType[],
    compact = false,
  ) {
    this.typed = typed;
    this.func = func;
    this.type = typed.typeOf(func.index);
    this.scope = scope;
    this.reader = reader;
    this.locals = locals;
    this.localEntries = new Array<Entry | undefined>(locals.length).fill(undefined);
    this.compact = compact;
    this.exact = settings.traps === 'exact';
    this.stack = new OperandStack(locals.length, this.temps, (statement) => this.line(statement));
  }

  line(text: string): void {
    this.out.add(text);
  }

  temp(name: Temp): string {
    this.temps.add(name);
    return name;
  }

  /** Prints a statement with these effects, after the pending entries that must come before it. */
  statement(text: string, effects: number): void {
    this.stack.order(effects);
    this.line(text);
  }

  /** Makes entries that take statements to compute into variables, among the top `count`. */
  ready(count: number): void {
    for (let depth = count - 1; depth >= 0; depth--) this.stack.spillUnless(depth, isExpression);
  }

  /** Takes the top `count` entries as expressions, the deepest first. */
  operands(count: number): Entry[] {
    this.ready(count);
    return this.stack.take(count);
  }

  /** Makes the entry `depth` below the top a name or a literal (for an i64, two). */
  simplify(depth: number): void {
    this.stack.spillUnless(depth, isRepeatable);
  }

  libcall(name: Libcall, args: readonly Entry[]): Js {
    return call(this.scope.libcall(name), ...flatten(args));
  }

  pushValue(type: ValType, low: Js, effects: number, reads: readonly number[]): void {
    this.stack.push(entry(type, low, effects, reads));
  }

  fail(reason: string): never {
    throw new CompileError('unsupported', reason, { offset: this.reader.at });
  }

  /** Refuses the current operator by its name. */
  refuse(): never {
    const { name, feature } = OPS[this.reader.op]!;
    this.fail(`${name} needs ${feature}, which wasmelt does not translate yet`);
  }
}

const isExpression = (e: Entry): boolean => e.statements === undefined;

/** Names and literals, which may be printed more than once or never. */
function isRepeatable(e: Entry): boolean {
  if (e.bits && !(isSimple(e.bits.low) && (e.bits.high === undefined || isSimple(e.bits.high)))) return false;
  return e.statements === undefined && partsOf(e).every(isSimple);
}

const ACTIONS =
  Effect.trap |
  Effect.call |
  Effect.writeMemory |
  Effect.growMemory |
  Effect.writeGlobal |
  Effect.writeTable |
  Effect.writeObject;

/** Entries that may be left unevaluated, and whose halves may be evaluated apart. */
export function isOptional(e: Entry): boolean {
  return (e.effects & ACTIONS) === 0 && !e.chained && e.statements === undefined;
}

/** Arguments as generated functions and libcalls take them: i64 as low, high, v128 as four lanes. */
export function flatten(entries: readonly Entry[]): Js[] {
  const args: Js[] = [];
  for (const e of entries) {
    args.push(e.low);
    if (e.lanes !== undefined) args.push(...e.lanes);
    else if (e.high !== undefined) args.push(e.high);
  }
  return args;
}
