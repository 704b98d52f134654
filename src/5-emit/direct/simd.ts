/**
 * Vector instructions. A v128 is four int32 expressions. What is an operator or two a lane is done in line: bitwise
 * operations, sums of i32, constants, splats, single lanes. The rest are libcalls, whose four results are read by statements
 * (vectors.ts).
 */
import { OPS, type OpInfo, type OpName } from '../../wasm/opcodes.ts';
import { F32, F64, I32, I64, V128, type ValType } from '../../wasm/types.ts';
import { atomicPlace } from '../js/atomics.ts';
import { atom, binary, call, int, isSimple, type Js, loose, unary } from '../js/expr.ts';
import type { Libcall } from '../js/libcall.ts';
import { toInt32 } from '../js/scalar.ts';
import { reinterpretF32, reinterpretF64, reinterpretI32, reinterpretI64 } from './floats.ts';
import { type FunctionEmitter, flatten, isOptional } from './function.ts';
import { type Entry, effectsOf, pair, partsOf, readsOf, vector } from './stack.ts';
import { vectorCall } from './vectors.ts';

type Handler = (f: FunctionEmitter) => void;

const TYPES: Readonly<Record<string, ValType>> = { i: I32, I: I64, f: F32, F: F64, V: V128 };

/** The immediates of the current instruction, as its libcall takes them last. */
function immediates({ reader }: FunctionEmitter): Js[] {
  const { immediates: kind } = OPS[reader.op]!;
  if (kind === 'lane' || kind === 'memarg_lane') return [int(reader.value)];
  return kind === 'shuffle' ? words(reader.bytes16) : [];
}
function words(bytes: Uint8Array): Js[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return [0, 4, 8, 12].map((at) => int(view.getInt32(at, true)));
}

/** An instruction by its libcall. */
function libcall({ name, signature, effects: own, immediates: kind }: OpInfo): Handler {
  const target = name.replaceAll('.', '_') as Libcall;
  const { params, results } = signature!;
  const accesses = kind === 'memarg' || kind === 'memarg_lane';
  return (f) => {
    const args = f.operands(params.length);
    const effects = effectsOf(args) | own;
    const operands = accesses ? placed(f, args) : flatten(args);
    const value = call(f.scope.libcall(target), ...operands, ...immediates(f));
    if (results === '') f.statement(`${value.text};`, effects);
    else if (results === 'V') f.stack.push(vectorCall(f.scope, value, effects, readsOf(args)));
    else f.pushValue(TYPES[results]!, value, effects, readsOf(args));
  };
}

/** The operands of an access: the memory, then the address and the offset, which stand for the first. */
function placed({ scope, reader }: FunctionEmitter, [address, ...values]: readonly Entry[]): Js[] {
  const place = atomicPlace(scope, flatten([address!]), reader.offset);
  return [atom(scope.memory(reader.memory)), ...place, ...flatten(values)];
}

/** Takes operands of which each lane is printed once, in any order, or `never`, often. */
function takeApart(f: FunctionEmitter, count: number, keep: (e: Entry) => boolean = isOptional): Entry[] {
  for (let depth = count - 1; depth >= 0; depth--) f.stack.spillUnless(depth, keep);
  return f.stack.take(count);
}
/** Operands whose lanes may also be printed several times. */
const isNames = (e: Entry): boolean => isOptional(e) && partsOf(e).every(isSimple);

function push(f: FunctionEmitter, from: readonly Entry[], lanes: readonly Js[]): void {
  f.stack.push(vector(lanes, effectsOf(from), readsOf(from)));
}

/** The same expression for each lane. */
function lanewise(count: number, lane: (...args: Js[]) => Js, keep = isOptional): Handler {
  return (f) => {
    const args = takeApart(f, count, keep);
    const parts = args.map(partsOf);
    push(
      f,
      args,
      [0, 1, 2, 3].map((i) => lane(...parts.map((p) => p[i]!))),
    );
  };
}

const not = (a: Js): Js => unary('~', loose(a));
const and = (a: Js, b: Js): Js => binary('&', loose(a), loose(b));
const or = (a: Js, b: Js): Js => binary('|', loose(a), loose(b));
const xor = (a: Js, b: Js): Js => binary('^', loose(a), loose(b));

function splat32(f: FunctionEmitter): void {
  const args = takeApart(f, 1, isNames);
  const { low } = args[0]!;
  push(f, args, [low, low, low, low]);
}
function splat64(f: FunctionEmitter): void {
  const args = takeApart(f, 1, isNames);
  const [low, high] = partsOf(args[0]!) as [Js, Js];
  push(f, args, [low, high, low, high]);
}
/** Replaces word `index` by what `value` is. */
function replaceWord(f: FunctionEmitter): void {
  const args = takeApart(f, 2);
  const [v, value] = args as [Entry, Entry];
  const lanes = [...partsOf(v)];
  lanes[f.reader.value] = value.low;
  push(f, args, lanes);
}
function replacePair(f: FunctionEmitter): void {
  f.stack.spillUnless(1, isOptional);
  f.stack.spillUnless(0, isNames);
  const args = f.stack.take(2);
  const [v, value] = args as [Entry, Entry];
  const lanes = partsOf(v);
  const halves = partsOf(value);
  push(f, args, f.reader.value === 0 ? [...halves, ...lanes.slice(2)] : [...lanes.slice(0, 2), ...halves]);
}

/** Takes a vector and gives the word that holds lane `n` of those of `perWord` to a word. */
function takeWord(f: FunctionEmitter, perWord: number): { args: Entry[]; word: Js } {
  const args = takeApart(f, 1);
  return { args, word: partsOf(args[0]!)[Math.floor(f.reader.value / perWord)]! };
}
function extract(bits: 8 | 16, signed: boolean): Handler {
  return (f) => {
    const { args, word } = takeWord(f, 32 / bits);
    const shift = bits * (f.reader.value % (32 / bits));
    const up = int(32 - bits - shift);
    const left = up.value === 0 ? word : binary('<<', loose(word), up);
    const right = shift === 0 ? word : binary('>>>', loose(word), int(shift));
    const value = signed ? binary('>>', left, int(32 - bits)) : and(right, int(2 ** bits - 1));
    f.pushValue(I32, value, effectsOf(args), readsOf(args));
  };
}
function extract32(f: FunctionEmitter): void {
  const { args, word } = takeWord(f, 1);
  f.pushValue(I32, word, effectsOf(args), readsOf(args));
}
function takePair(f: FunctionEmitter): { args: Entry[]; low: Js; high: Js } {
  const args = takeApart(f, 1);
  const lanes = partsOf(args[0]!);
  return { args, low: lanes[2 * f.reader.value]!, high: lanes[2 * f.reader.value + 1]! };
}
function extractPair(f: FunctionEmitter): void {
  const { args, low, high } = takePair(f);
  f.stack.push(pair(low, high, effectsOf(args), readsOf(args)));
}
/** A lane of floats is its bits. */
const both =
  (first: Handler, second: Handler): Handler =>
  (f) => {
    first(f);
    second(f);
  };

function inline(): Partial<Record<OpName, Handler>> {
  return {
    'v128.const': (f) => f.stack.push(vector(words(f.reader.bytes16))),
    'v128.not': lanewise(1, not),
    'v128.and': lanewise(2, and),
    'v128.andnot': lanewise(2, (a, b) => and(a, not(b))),
    'v128.or': lanewise(2, or),
    'v128.xor': lanewise(2, xor),
    'v128.bitselect': lanewise(3, (a, b, c) => or(and(a, c), and(b, not(c))), isNames),
    'i32x4.add': lanewise(2, (a, b) => toInt32(binary('+', a, b))),
    'i32x4.sub': lanewise(2, (a, b) => toInt32(binary('-', a, b))),
    'i32x4.mul': lanewise(2, (a, b) => call('Math.imul', loose(a), loose(b))),
    'i32x4.splat': splat32,
    'i64x2.splat': splat64,
    'f32x4.splat': both(reinterpretF32, splat32),
    'f64x2.splat': both(reinterpretF64, splat64),
    'i32x4.replace_lane': replaceWord,
    'f32x4.replace_lane': both(reinterpretF32, replaceWord),
    'f64x2.replace_lane': both(reinterpretF64, replacePair),
    'i64x2.replace_lane': replacePair,
    'i8x16.extract_lane_s': extract(8, true),
    'i8x16.extract_lane_u': extract(8, false),
    'i16x8.extract_lane_s': extract(16, true),
    'i16x8.extract_lane_u': extract(16, false),
    'i32x4.extract_lane': extract32,
    'f32x4.extract_lane': both(extract32, reinterpretI32),
    'i64x2.extract_lane': extractPair,
    'f64x2.extract_lane': both(extractPair, reinterpretI64),
  };
}

const VECTOR = OPS.filter((o) => o.feature === 'simd' || o.feature === 'relaxed-simd');

export const SIMD: Partial<Record<OpName, Handler>> = {
  ...Object.fromEntries(VECTOR.map((o) => [o.name, libcall(o)])),
  ...inline(),
};
