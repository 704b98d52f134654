/** Runs a module natively and by a generator, and tells results apart by their bits. */
import { i64_hi, note_f32, note_f64 } from '../../../../runtime/core/index.ts';
import { decode } from '../../../../src/1-decode/index.ts';
import { validate } from '../../../../src/2-validate/index.ts';
import type { Options } from '../../../../src/options.ts';
import { instantiate, type Raw } from './instantiate.ts';

export type Value = number | bigint;
/** What a call came to: results as text with all bits, or the trap's message. */
export type Outcome = string;

/** Node's own types leave WebAssembly out. */
const Native = Reflect.get(globalThis, 'WebAssembly') as {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
};

const view = new DataView(new ArrayBuffer(8));

/** Any NaN is `nan`: its bits need not survive the way through JavaScript values. */
function show(letter: string, x: unknown): string {
  if (letter === 'I') return `${BigInt.asIntN(64, x as bigint)}`;
  if (letter !== 'F' && letter !== 'f') return String(x);
  if (Number.isNaN(x)) return 'nan';
  view.setFloat64(0, x as number);
  return view.getBigUint64(0).toString(16);
}

/** As callers of raw functions do, notes the payloads of arguments. */
function flatten(letters: string, args: readonly Value[]): number[] {
  for (const [k, letter] of [...letters].entries()) {
    if (letter === 'f') note_f32(2 * k, Number(args[k]));
    else if (letter === 'F') note_f64(2 * k, Number(args[k]));
  }
  return [...letters].flatMap((letter, k) => {
    const x = args[k]!;
    if (letter !== 'I') return [Number(x)];
    return [Number(BigInt.asIntN(32, x as bigint)), Number(BigInt.asIntN(32, (x as bigint) >> 32n))];
  });
}

const join = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low >>> 0);

function unflatten(letters: string, value: unknown): unknown[] {
  if (letters === '') return [];
  if (letters === 'I') return [join(value as number, i64_hi[0]!)];
  if (letters.length === 1) return [value];
  const parts = value as number[];
  let at = 0;
  return [...letters].map((letter) => (letter === 'I' ? join(parts[at++]!, parts[at++]!) : parts[at++]));
}

function outcome(letters: string, run: () => unknown[]): Outcome {
  try {
    const results = run();
    return [...letters].map((letter, k) => show(letter, results[k])).join(' ');
  } catch (error) {
    const { name, message } = error as Error;
    return name === 'RangeError' ? 'stack exhausted' : `${name}: ${message}`;
  }
}

export interface Pair {
  /** The two outcomes of a call. */
  call(name: string, ...args: Value[]): { readonly native: Outcome; readonly ours: Outcome };
  /** The functions' text. */
  readonly text: string;
  readonly memory: { native: Uint8Array; ours: Uint8Array };
}

/** Instantiates a module both ways. `imports` take and return what the JS API would pass. */
export function both(bytes: Uint8Array<ArrayBuffer>, options: Options = {}, imports: Record<string, Raw> = {}): Pair {
  const { module, typeOf } = validate(decode(bytes));
  const native = new Native.Instance(new Native.Module(bytes), { m: imports });
  const ours = instantiate(bytes, options, imports);
  const types = new Map(module.exports.filter((e) => e.kind === 'func').map((e) => [e.name, typeOf(e.index)]));
  const letters = (list: readonly number[]): string => list.map((t) => 'iIfF'[-1 - t] ?? 'r').join('');
  return {
    text: ours.text,
    get memory() {
      const exported = native.exports.memory as { buffer: ArrayBuffer };
      return { native: new Uint8Array(exported.buffer), ours: new Uint8Array(ours.memories[0]!.buffer) };
    },
    call(name, ...args) {
      const type = types.get(name)!;
      const [params, results] = [letters(type.params), letters(type.results)];
      const f = native.exports[name] as (...a: Value[]) => unknown;
      return {
        native: outcome(results, () => (results.length > 1 ? (f(...args) as unknown[]) : [f(...args)])),
        ours: outcome(results, () => unflatten(results, ours.exports[name]!(...flatten(params, args)))),
      };
    },
  };
}
