/**
 * The wamr generator: one pass over a function's operators, no intermediate representation, small code.
 *
 * Technique: symbolic execution of the operand stack (see stack.ts). Each operator has a handler, which takes
 * expressions off the stack and pushes a new one, or prints a statement. Nothing recurses on the nesting of the
 * function, and all work is linear in its size.
 */
import { OperatorReader } from '../../1-decode/operators.ts';
import { paramCell } from '../../2-validate/payloads/carried.ts';
import { Rep } from '../../2-validate/payloads/payloads.ts';
import type { TypedModule } from '../../2-validate/typed.ts';
import { CompileError } from '../../errors.ts';
import type { Settings } from '../../options.ts';
import type { Func } from '../../wasm/module.ts';
import { byOp, OP, OPS, type Op } from '../../wasm/opcodes.ts';
import { isNumeric, isRef, typeName, V128, type ValType } from '../../wasm/types.ts';
import { isScalar } from '../js/scalar.ts';
import { type FuncCode, FuncScope, type ModuleScope } from '../js/scope.ts';
import { bodyName, entryText, parameterCells } from '../js/tails.ts';
import { ATOMICS } from './atomics.ts';
import { BULK } from './bulk.ts';
import { CALLS } from './calls.ts';
import { CONTROL, elseArm, end, openFunction } from './control.ts';
import { clause, delegate, EXCEPTIONS, endTry } from './exceptions.ts';
import { carriedAs } from './floats.ts';
import { FunctionEmitter } from './function.ts';
import { GC } from './gc.ts';
import { INT64 } from './int64.ts';
import { MEMORY } from './memory.ts';
import { SIMD } from './simd.ts';
import { companions, laneNames, variables, zero } from './stack.ts';
import { closeOutside, closeTailLoop, openOutside, openTailLoop, TAILS } from './tails.ts';
import { plainHandlers, VALUES } from './values.ts';
import { WIDE } from './wide.ts';

/** How each instruction is translated. */
export const HANDLERS = byOp<((f: FunctionEmitter) => void) | undefined>(
  {
    ...plainHandlers(isScalar),
    ...VALUES,
    ...INT64,
    ...WIDE,
    ...SIMD,
    ...MEMORY,
    ...BULK,
    ...ATOMICS,
    ...CALLS,
    ...GC,
    ...TAILS,
    ...CONTROL,
    ...EXCEPTIONS,
    else: elseArm,
    end: close,
  },
  undefined,
);
/** Operators that open a construct closed by `end`. */
const OPENS = OPS.map((o) => o.immediates === 'block' || o.immediates === 'try_table');

function close(f: FunctionEmitter): void {
  if (f.frames.at(-1)!.kind === 'try') endTry(f);
  else end(f);
}

/** V8 optimises no function above 61,440 bytes of bytecode; a character of text makes 0.68 to 0.78 of them. */
const OPTIMISED_CHARACTERS = 57_000 / 0.75;
/** Bytes of WebAssembly that become more text than that, but for tables of constants: most functions have 5 to 8 characters a byte. */
const TOO_LARGE = 16_384;

/** Translates one function. Throws CompileError('unsupported') for what this generator does not translate. */
export function compileDirect(module: TypedModule, func: Func, scope: ModuleScope, settings: Settings): FuncCode {
  const whole = (compact: boolean): FunctionEmitter => begin(module, func, scope, settings, compact);
  const small = settings.optimize === 'size';
  // To an interpreter no function is too large.
  const anySize = small || settings.traps !== 'exact' || settings.engine === 'interpreter';
  if (anySize) return finish(translate(whole(small), Infinity)!);
  // As calls, memory accesses are a quarter of the size.
  const f = func.end - func.start > TOO_LARGE ? undefined : translate(whole(false), OPTIMISED_CHARACTERS);
  return finish(f ?? translate(whole(true), Infinity)!);
}

/** Before the first operator. */
function begin(
  module: TypedModule,
  func: Func,
  scope: ModuleScope,
  settings: Settings,
  compact: boolean,
): FunctionEmitter {
  const reader = new OperatorReader(module.module.bytes);
  const { start, groups } = reader.localGroups(func.start, func.end);
  const locals = [...module.typeOf(func.index).params];
  for (const { count, type } of groups) for (let i = 0; i < count; i++) locals.push(type);
  reader.reset(start, func.end);
  const f = new FunctionEmitter(module, func, new FuncScope(scope), settings, reader, locals, compact);
  for (const type of locals) refuseType(f, type);
  const { payloads } = module;
  const params = f.type.params.length;
  for (const [i, t] of locals.entries()) {
    const rep = payloads.opaque.has(func.index) && i >= params ? Rep.both : payloads.local(func.index, params, i);
    locals[i] = carriedAs(t, rep);
  }
  return f;
}

/** The function's statements, unless they have more characters than `most`. */
function translate(f: FunctionEmitter, most: number): FunctionEmitter | undefined {
  openFunction(f);
  openTailLoop(f);
  openOutside(f);
  while (f.reader.next()) {
    step(f, f.reader.op);
    if (f.out.characters > most) return undefined;
  }
  closeOutside(f);
  closeTailLoop(f);
  return f;
}

function finish(f: FunctionEmitter): FuncCode {
  return { index: f.func.index, code: declaration(f), uses: f.scope.uses };
}

function step(f: FunctionEmitter, op: Op): void {
  if (f.live) {
    const handler = HANDLERS[op];
    if (handler === undefined) f.refuse();
    handler(f);
  } else if (OPENS[op]) f.skipped++;
  else if (op === OP.end || op === OP.delegate) {
    if (f.skipped > 0) f.skipped--;
    else if (op === OP.end) close(f);
    else delegate(f);
  } else if (f.skipped > 0) return;
  else if (op === OP.else) elseArm(f);
  else if (op === OP.catch || op === OP.catch_all) clause(f);
}

function refuseType(f: FunctionEmitter, type: ValType): void {
  if (isNumeric(type) || isRef(type) || type === V128) return;
  throw new CompileError('unsupported', `a local of type ${typeName(type)}, which wasmelt does not translate yet`, {
    offset: f.func.start,
  });
}

/** The function's text: parameters, variables, statements. */
function declaration(f: FunctionEmitter): string {
  const params: string[] = [];
  const declared: string[] = [];
  const jumps = f.scope.module.tails?.groupOf(f.func.index) !== undefined;
  const cells = jumps ? parameterCells(f.scope, f.type) : [];
  f.locals.forEach((type, i) => {
    const isParam = i < f.type.params.length;
    const text = zero(type).text;
    const target = isParam ? params : declared;
    for (const name of variables(`l${i}`, type)) target.push(isParam ? name : `${name} = ${text}`);
    for (const [word, name] of companions(`l${i}`, type).entries()) {
      declared.push(`${name} = ${isParam ? f.scope.nanCell(paramCell(i) + word) : 0}`);
    }
  });
  if (jumps) declared.unshift(...params.splice(0).map((name, i) => `${name} = ${cells[i]}`));
  f.stack.slotUses.forEach((uses, i) => {
    if (uses & 1) declared.push(`s${i}`);
    if (uses & 2) declared.push(`s${i}h`);
    if (uses & 4) declared.push(...laneNames(`s${i}`).slice(1));
    if (uses & 8) declared.push(`s${i}n`);
    if (uses & 16) declared.push(`s${i}m`);
  });
  const text = f.out.print();
  const used = [...f.temps].sort().filter((name) => uses(text, name));
  declared.push(...used);
  const head = declared.length === 0 ? '' : `\n let ${declared.join(', ')};`;
  const name = jumps ? bodyName(f.scope.module, f.func.index) : f.scope.module.func(f.func.index);
  const entry = jumps ? `\n${entryText(f.scope, f.func.index)}` : '';
  return `function ${name}(${params.join(', ')}) {${head}${text}\n}${entry}`;
}

/** Whether a helper variable, which is always assigned where it is used, is in the text. */
function uses(text: string, name: string): boolean {
  return text.includes(`${name} = `);
}
