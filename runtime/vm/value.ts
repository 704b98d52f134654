/**
 * Values across the boundary between JavaScript and wasm (JS API 5.6, ToJSValue and ToWebAssemblyValue), and the exported
 * JavaScript function of a raw function. i64 is BigInt outside and two halves inside, joined through a shared buffer.
 */
import { slot_count, split_type } from '../abi.ts';
import { known_realm } from '../core/gc/rtt.ts';
import { i64_hi } from '../core/int64.ts';
import { note_f32, note_f64 } from '../core/nan.ts';
import { trap_of } from '../core/trap.ts';
import type { FuncDescriptor, RawFunction } from '../core/types.ts';

/** Leads from an exported function back to its raw function; the same symbol in every bundle. */
const RAW = /* @__PURE__ */ Symbol.for('wasmelt.raw');

const buffer = /* @__PURE__ */ new ArrayBuffer(8);
const whole = /* @__PURE__ */ new BigInt64Array(buffer);
const halves = /* @__PURE__ */ new Int32Array(buffer);

type AnyFunction = (...args: unknown[]) => unknown;

/** The low half of ToBigInt64(value); the high half is left in `i64_hi[0]`. Throws TypeError for what is no BigInt. */
export function from_bigint(value: unknown): number {
  whole[0] = value as bigint;
  i64_hi[0] = halves[1]!;
  return halves[0]!;
}
/** The signed BigInt of two halves. */
export function to_bigint(low: number, high: number): bigint {
  halves[0] = low;
  halves[1] = high;
  return whole[0]!;
}

/** The raw function behind a JavaScript function, if that was exported by an instance. */
export function raw_of(value: unknown): RawFunction | undefined {
  return typeof value === 'function' ? (value as unknown as Record<symbol, RawFunction | undefined>)[RAW] : undefined;
}
/** A funcref from JavaScript: null or an exported wasm function, else TypeError. */
export function from_func(value: unknown): RawFunction | null {
  if (value === null) return null;
  const raw = raw_of(value);
  if (raw === undefined) {
    throw new TypeError('function-typed object must be null (if nullable) or a Wasm function object');
  }
  return raw;
}
/** A funcref for JavaScript: null, or the one exported function of the raw function, made when first asked for. */
export function to_func(raw: RawFunction | null): AnyFunction | null {
  return raw === null ? null : ((raw.w as AnyFunction | undefined) ?? bind_func(raw, generic(raw)));
}
/** Joins a raw function and its exported function. */
export function bind_func<F extends object>(raw: RawFunction, exported: F): F {
  Object.defineProperty(exported, RAW, { value: raw });
  raw.w = exported;
  return exported;
}

/** An exported function that converts by the type descriptor: for functions that were reached as references only. */
function generic(raw: RawFunction): AnyFunction {
  const [params, results] = split_type(raw.t!);
  const name = raw.n!;
  const exported = {
    [name](...args: unknown[]): unknown {
      if ([...params, ...results].some((t) => t === 'V' || t === 'x')) no_crossing();
      const inner: unknown[] = [];
      // Before anything runs.
      if (results.includes('x')) no_crossing();
      for (let i = 0; i < params.length; i++) incoming(params[i]!, args[i], inner);
      note_floats(params, inner);
      const result = trapping(raw as AnyFunction, inner);
      return results.length < 2
        ? outgoing(results[0] ?? '', result, i64_hi[0]!)
        : outgoing_all(results, result as unknown[]);
    },
  }[name]!;
  return Object.defineProperty(exported, 'length', { value: params.length, configurable: true });
}

function trapping(raw: AnyFunction, args: readonly unknown[]): unknown {
  try {
    return raw(...args);
  } catch (error) {
    throw trap_of(error);
  }
}

/** The payloads of NaNs among converted arguments. */
function note_floats(letters: readonly string[], values: readonly unknown[]): void {
  let at = 0;
  for (let i = 0; i < letters.length; i++) {
    if (letters[i] === 'f') note_f32(2 * i, values[at] as number);
    else if (letters[i] === 'F') note_f64(2 * i, values[at] as number);
    at += slot_count([letters[i]!]);
  }
}

/** Converts `value` from JavaScript and appends it to `to`; an i64 takes two places. */
export function incoming(letter: string, value: unknown, to: unknown[]): void {
  switch (letter) {
    case 'i':
      to.push((value as number) | 0);
      break;
    case 'I':
      to.push(from_bigint(value), i64_hi[0]);
      break;
    case 'f':
      to.push(Math.fround(value as number));
      break;
    case 'F':
      to.push(+(value as number));
      break;
    case 'r':
      to.push(from_func(value));
      break;
    case 'x':
    case 'V':
      return no_crossing();
    default:
      to.push(letter[0] === '<' ? known_realm()!.from!(value, letter) : value);
  }
}
/** Exceptions and vectors have no JavaScript values (JS API 5.6). */
export function no_crossing(): never {
  throw new TypeError('type incompatibility when transforming from/to JS');
}
/** Converts a value for JavaScript; `letter` may be empty: no value. */
export function outgoing(letter: string, value: unknown, high: number): unknown {
  if (letter === 'I') return to_bigint(value as number, high);
  if (letter === 'x' || letter === 'V') no_crossing();
  if (letter[0] === '<') return known_realm()!.to!(value, letter);
  return letter === 'r' ? to_func(value as RawFunction | null) : value;
}
/** Converts a flattened array of results. */
export function outgoing_all(letters: readonly string[], values: readonly unknown[]): unknown[] {
  let at = 0;
  return letters.map((letter) => {
    const value = values[at++];
    return outgoing(letter, value, letter === 'I' ? (values[at++] as number) : 0);
  });
}

/** The results of a host function that has several: an iterable of exactly `count` values, else TypeError. */
export function results_of(value: unknown, count: number): unknown[] {
  if (typeof (value as Iterable<unknown> | undefined | null)?.[Symbol.iterator] !== 'function') {
    throw new TypeError('multi-return value must be iterable');
  }
  const values = [...(value as Iterable<unknown>)];
  if (values.length !== count) throw new TypeError('multi-return length mismatch');
  return values;
}

/** Gives raw functions that may become references their type descriptor and, from `funcs` by pairs, index. */
export function describe_funcs(t: FuncDescriptor, ...funcs: (RawFunction | number)[]): void {
  for (let i = 0; i < funcs.length; i += 2) describe_func(funcs[i] as RawFunction, t, String(funcs[i + 1]));
}
/** All fields at once, and always the same ones, so that V8 gives all of them one hidden class. */
export function describe_func(raw: RawFunction, t: FuncDescriptor, name: string): RawFunction {
  raw.t = t;
  raw.n = name;
  raw.w = undefined;
  return raw;
}
