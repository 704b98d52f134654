/**
 * What a module does, as lines of text that are the same for the same behaviour: each exported function is called with a
 * few arguments of every kind, in order, and each call's result or trap, the calls it makes to its imports, and the bytes
 * of memory and the globals afterwards are written down.
 */
import { loadEngine, type Namespace } from '../spec/engines.ts';

interface Descriptor {
  readonly module: string;
  readonly name: string;
  readonly kind: string;
}
type Described = Namespace['Module'] & {
  imports(module: object): readonly Descriptor[];
};

const NUMBERS = [0, 1, 2, 3, 4, 7, 44, 65533, 65536, 0x7fffffff, -1, -0x80000000, 1.5];
const WIDE = NUMBERS.map((n) => BigInt(Math.trunc(n)) * 0x1_0000_0003n);

/** Native WebAssembly; where this engine lacks what the case is about (fixtures/regress has it too), the other generator. */
export async function reference(bytes: Uint8Array): Promise<Namespace> {
  const native = await loadEngine('native');
  try {
    new native.Module(bytes);
    return native;
  } catch {
    return loadEngine('wamr');
  }
}

export function behaviour(engine: Namespace, bytes: Uint8Array): string[] {
  const lines: string[] = [];
  const module = new engine.Module(bytes);
  const { exports } = new engine.Instance(module, imports(engine, module, lines));
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value === 'function') calls(name, value as (...args: unknown[]) => unknown, lines);
  }
  for (const [name, value] of Object.entries(exports)) lines.push(`${name} ${state(value)}`);
  return lines;
}

/** A function that notes its call and returns its first argument plus 1; any other import is 100. */
function imports(engine: Namespace, module: object, lines: string[]): Record<string, Record<string, unknown>> {
  const all: Record<string, Record<string, unknown>> = {};
  for (const { module: from, name, kind } of (engine.Module as Described).imports(module)) {
    const note = (...args: unknown[]) => {
      lines.push(`  ${name}(${args.join()})`);
      return Number(args[0] ?? 0) + 1;
    };
    all[from] = { ...all[from], [name]: kind === 'function' ? note : 100 };
  }
  return all;
}

/** Arguments in step, in opposite steps and equal; BigInts where numbers are refused. */
function calls(name: string, f: (...args: unknown[]) => unknown, lines: string[]): void {
  const rounds = f.length === 0 ? [0, 1] : NUMBERS.keys();
  for (const i of rounds) {
    for (const step of f.length > 1 ? [0, 1, 5] : [0]) {
      const at = (k: number): number => (i + step * k) % NUMBERS.length;
      lines.push(
        `${name} ${i}+${step}: ${outcome(
          f,
          Array.from({ length: f.length }, (_, k) => at(k)),
        )}`,
      );
    }
  }
}

/** Which arguments are i64 shows in the error for a number there: all combinations are tried, of at most 4 parameters. */
function outcome(f: (...args: unknown[]) => unknown, at: readonly number[]): string {
  for (let wide = 0; wide < 1 << at.length; wide++) {
    try {
      return show(f(...at.map((i, k) => ((wide >> k) & 1 ? WIDE[i] : NUMBERS[i]))));
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== 'TypeError' && name !== 'SyntaxError') return `${name}: ${message}`;
    }
  }
  return 'takes other arguments';
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join()}]`;
  if (typeof value === 'function') return `function ${value.name}`;
  return Object.is(value, -0) ? '-0' : String(value);
}

function state(value: unknown): string {
  const { buffer, length } = value as { buffer?: ArrayBufferLike; length?: number };
  if (buffer !== undefined) {
    let hash = 0;
    for (const byte of new Uint8Array(buffer)) hash = Math.imul(hash ^ byte, 0x01000193);
    return `memory ${buffer.byteLength} ${hash}`;
  }
  if (typeof value === 'function') return `function ${value.name}(${length})`;
  if (length !== undefined) {
    const { get } = value as { get(i: number | bigint): unknown };
    return `table ${Array.from({ length: Number(length) }, (_, i) => show(get.call(value, typeof length === 'bigint' ? BigInt(i) : i)))}`;
  }
  return `global ${show((value as { value: unknown }).value)}`;
}
