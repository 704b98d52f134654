/**
 * Host functions: JavaScript that guests import, declared once with its WebAssembly type.
 *
 * The type string (`iIi:i`, as in runtime/README.md) types the body, lets the linker check the guest's import and lets
 * dlsym describe the function. The export's name is the wire name. An i64 parameter reaches the body as two numbers,
 * low and high, both signed 32-bit: nothing is allocated and nothing rounded; `u64_number` and `u64_bigint` join them.
 */

import { i64_hi } from './core/int64.ts';
import { note_f32, note_f64 } from './core/nan.ts';
import { bind_func, describe_func, from_bigint } from './vm/value.ts';

interface Letters {
  i: [i32: number];
  I: [low: number, high: number];
  f: [f32: number];
  F: [f64: number];
  r: [funcref: unknown];
  e: [externref: unknown];
}

type Flatten<T extends string> = T extends `${infer L extends keyof Letters}${infer Rest}`
  ? [...Letters[L], ...Flatten<Rest>]
  : [];

/** The arguments that a raw function of this type takes. */
export type Params<T extends string> = T extends `${infer P}:${string}` ? Flatten<P> : never;

/** What a raw function of this type returns. Host functions have at most one result, which is no i64. */
export type Result<T extends string> = T extends `${string}:${infer R}`
  ? R extends ''
    ? undefined
    : R extends 'i' | 'f' | 'F'
      ? number
      : R extends 'r' | 'e'
        ? unknown
        : never
  : never;

/** What every host function is given first: the instance it was called from. */
export interface Vm {
  /** The guest's memory, native or ours; its buffer is replaced when it grows. `undefined` until the instance exists. */
  memory: { readonly buffer: ArrayBufferLike; readonly bytes?: Uint8Array } | undefined;
}

export interface HostFunction<T extends string = string, V = never> {
  readonly type: T;
  readonly body: (vm: V, ...args: Params<T>) => Result<T>;
}

/** Declares a host function. Mark each call `@__PURE__`, so that unused ones leave no trace in a bundle. */
export function host<T extends string, V>(type: T, body: (vm: V, ...args: Params<T>) => Result<T>): HostFunction<T, V> {
  return { type, body };
}

/** Any set of host functions for one kind of vm, by wire name. */
export type HostFunctions<V> = Readonly<
  Record<string, { readonly type: string; readonly body: (vm: V, ...args: never) => unknown }>
>;

/**
 * The import object of one instance: each function bound to its vm. A function called from translated code is reached
 * through `Symbol.for('wasmelt.raw')` without conversions; called from JavaScript or from native WebAssembly it takes a
 * BigInt for each i64.
 */
export function bind_all<V>(vm: V, functions: HostFunctions<V>): Record<string, (...args: unknown[]) => unknown> {
  const imports: Record<string, (...args: unknown[]) => unknown> = Object.create(null);
  for (const [name, f] of Object.entries(functions)) imports[name] = bind(vm, name, f);
  return imports;
}

function bind<V>(vm: V, name: string, f: HostFunctions<V>[string]): (...args: unknown[]) => unknown {
  const raw = noting(f.type, (f.body as (vm: V, ...args: unknown[]) => unknown).bind(undefined, vm));
  describe_func(raw, f.type, name);
  const letters = f.type.slice(0, f.type.indexOf(':'));
  return bind_func(raw, letters.includes('I') ? (...args: unknown[]) => raw(...lower(letters, args)) : raw);
}

/** A function that leaves the payload of its result as raw functions do. */
function noting(type: string, body: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
  const note = type.endsWith(':f') ? note_f32 : type.endsWith(':F') ? note_f64 : undefined;
  return note ? (...args) => note(2000, body(...args) as number) : body;
}

/** Splits BigInts into halves; other values pass as they are. */
function lower(letters: string, args: readonly unknown[]): unknown[] {
  const out: unknown[] = [];
  for (let i = 0; i < letters.length; i++) {
    if (letters[i] === 'I') out.push(from_bigint(args[i]), i64_hi[0]);
    else out.push(args[i]);
  }
  return out;
}

/** The halves of an unsigned i64 as a number; above 2^53 it is rounded. */
export function u64_number(low: number, high: number): number {
  return (high >>> 0) * 4294967296 + (low >>> 0);
}

/** The halves of a signed i64 as a number; beyond ±2^53 it is rounded. */
export function s64_number(low: number, high: number): number {
  return high * 4294967296 + (low >>> 0);
}

/** The halves of an unsigned i64, exactly. */
export function u64_bigint(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** The guest asked to end. Not a failure: whoever called the guest maps it to an exit code. */
export class Exit extends Error {
  override readonly name = 'Exit';
  readonly code: number;

  /** `code` is the guest's i32, as an unsigned number. */
  constructor(code: number) {
    super(`exit ${code >>> 0}`);
    this.code = code >>> 0;
  }
  /** No handler of the guest stops it. */
  get wasm_kind(): string {
    return 'exit';
  }
}
