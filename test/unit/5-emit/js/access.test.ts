/** Each access pattern, on every kind of address, against DataView; slow paths are the runtime's libcalls. */
import { describe, expect, it } from 'vitest';
import * as core from '../../../../runtime/core/index.ts';
import { Memory } from '../../../../runtime/vm/memory.ts';
import { memory_views } from '../../../../runtime/vm/views.ts';
import { type LoadOp, load, loadPair, type StoreOp, store, storePair } from '../../../../src/5-emit/js/access.ts';
import type { Access } from '../../../../src/5-emit/js/element.ts';
import { atom, binary, int, type Js } from '../../../../src/5-emit/js/expr.ts';
import { toInt32 } from '../../../../src/5-emit/js/scalar.ts';
import { FuncScope, type ModuleScope } from '../../../../src/5-emit/js/scope.ts';
import type { Engine } from '../../../../src/options.ts';

const scopeOf = (mostBytes: number, engine: Engine = 'jit', isViewed = false): FuncScope =>
  new FuncScope({
    engine,
    memory: (i: number) => `$m${i}$`,
    viewOf: (kind: string, i: number) => `$v${i}$.${kind}`,
    leastBytes: () => 0,
    mostBytes: () => mostBytes,
    isViewed: () => isViewed,
    isLow: () => mostBytes <= 2 ** 31,
  } as unknown as ModuleScope);
/** Through typed arrays, for a compiler and for an interpreter; through a DataView, of memories of up to 4 and 2 GiB. */
const scopes = {
  jit: scopeOf(2 ** 32),
  interpreter: scopeOf(2 ** 32, 'interpreter'),
  viewed: scopeOf(2 ** 32, 'jit', true),
  low: scopeOf(2 ** 31, 'jit', true),
};
type Form = keyof typeof scopes;
const SIZE = 65536;
const ADDRESSES = [0, 1, 2, 3, 4, 7, 8, ...Array.from({ length: 11 }, (_, i) => SIZE - 9 + i)];
const FAR = [0x7ffffff8, 0x7fffffff, -0x80000000, -65536, -8, -4, -3, -1];
const OFFSETS = [0, 1, 4, 8, 65528, 65535, 0x7ffffff8, 0x80000000, 0xffffffff];
const WIDTH: Record<string, number> = { i32: 4, '8': 1, '16': 2, f32: 4, f64: 8, i64: 8 };

function fresh(): Memory {
  const memory = new Memory({ initial: 1 });
  for (let i = 0; i < SIZE; i++) memory.bytes[i] = Math.imul(i, 0x9e3779b1) >>> 24;
  return memory;
}
const widthOf = (op: string): number => WIDTH[/(8|16)/.exec(op.slice(4))?.[1] ?? op.slice(0, 3)]!;
const access = (offset: number, align = 3): Access => ({ memory: 0, offset, align, exact: true });

type Compiled = (memory: Memory, ...args: number[]) => unknown;
const compiled = new Map<string, Compiled>();

/** Compiles statements with all that they may name; the engines have accessors of the same names. */
function compile(engine: Form, params: string, body: string): Compiled {
  const key = `${engine} ${body}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const names = Object.keys(core).join(', ');
  const text = `const {${names}} = core;
    return ($m0$, ${params}) => {
      const $v0$ = memory_views($m0$, false);
      let t, i, low, high;
      ${[...scopes[engine].uses.accessors.values()].join('\n')}
      ${body}
    }`;
  const made = new Function('core', 'memory_views', text)(core, memory_views) as Compiled;
  compiled.set(key, made);
  return made;
}
const attempt = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return (core.trap_of(error) as Error).message;
  }
};
const TRAP = 'memory access out of bounds';

/** What an access at `address + offset` should see: the effective address, or undefined for a trap. */
function effective(address: number, offset: number, width: number): number | undefined {
  const at = (address >>> 0) + offset;
  return at + width <= SIZE ? at : undefined;
}

const READ: Record<LoadOp, (v: DataView, at: number) => number> = {
  i32_load: (v, at) => v.getInt32(at, true),
  i32_load8_s: (v, at) => v.getInt8(at),
  i32_load8_u: (v, at) => v.getUint8(at),
  i32_load16_s: (v, at) => v.getInt16(at, true),
  i32_load16_u: (v, at) => v.getUint16(at, true),
  f32_load: (v, at) => v.getFloat32(at, true),
  f64_load: (v, at) => v.getFloat64(at, true),
};

/** The address as the name of a parameter, as an expression over one, as a sum that leaves 32 bits, and as a literal. */
const FORMS: [string, (address: number) => Js][] = [
  ['name', () => atom('a')],
  ['expression', () => ({ ...atom('a | 0'), prec: 7 })],
  ['sum', () => toInt32(binary('+', atom('s'), int(FAR_AWAY)))],
  ['literal', (address) => int(address)],
];
/** Parameter `s` is the address less this, as an i32. */
const FAR_AWAY = 0x7fffffff;
const apart = (address: number): number => (address - FAR_AWAY) | 0;

/** How the access is printed: spelled out, as expected to be unaligned, or as in very large functions. */
const WAYS: [string, Partial<Access>][] = [
  ['aligned', {}],
  ['unaligned', { align: 0 }],
  ['compact', { compact: true }],
];
const CASES = (['jit', 'interpreter', 'viewed', 'low'] as const).flatMap((engine) =>
  FORMS.flatMap(([form, address]) => WAYS.map(([way, rest]) => [form, way, engine, address, rest] as const)).filter(
    ([form, way]) => form === 'name' || way === 'aligned',
  ),
);

describe.each(CASES)('address as %s, %s, %s', (_form, _way, engine, form, way) => {
  const scope = scopes[engine];
  it.each(Object.keys(READ) as LoadOp[])('%s', (op) => {
    const memory = fresh();
    for (const offset of OFFSETS) {
      for (const address of [...ADDRESSES, ...FAR]) {
        const run = compile(
          engine,
          'a, s',
          `return ${load(scope, op, form(address), { ...access(offset), ...way }, 't').text};`,
        );
        const at = effective(address, offset, widthOf(op));
        const want = at === undefined ? TRAP : READ[op](memory.view, at);
        expect([address, offset, attempt(() => run(memory, address, apart(address)))]).toEqual([address, offset, want]);
      }
    }
  });

  it.each(['i32_store', 'i32_store8', 'i32_store16', 'f32_store', 'f64_store'] as StoreOp[])('%s', (op) => {
    const width = widthOf(op);
    const value = op.startsWith('i') ? 0x81828384 | 0 : 1.5;
    for (const offset of OFFSETS) {
      const memory = fresh();
      for (const address of [...ADDRESSES, ...FAR]) {
        const text = store(
          scope,
          op,
          form(address),
          atom('v'),
          { ...access(offset), ...way },
          { index: () => 'i', address: 't' },
        );
        const before = memory.bytes.slice();
        const result = attempt(() => compile(engine, 'a, s, v', text)(memory, address, apart(address), value));
        const at = effective(address, offset, width);
        expect([address, offset, result]).toEqual([address, offset, at === undefined ? TRAP : undefined]);
        if (at !== undefined) {
          const bytes = new DataView(new ArrayBuffer(8));
          if (op === 'f64_store') bytes.setFloat64(0, value, true);
          else if (op === 'f32_store') bytes.setFloat32(0, value, true);
          else bytes.setInt32(0, value, true);
          before.set(new Uint8Array(bytes.buffer, 0, width), at);
        }
        expect(Buffer.compare(memory.bytes, before)).toBe(0);
      }
    }
  });
});

const SIMPLE = CASES.filter(([form]) => form === 'name' || form === 'literal');
describe.each(SIMPLE)('pairs, address as %s, %s, %s', (_form, _way, engine, form, way) => {
  const scope = scopes[engine];
  it('loads both words or traps', () => {
    const memory = fresh();
    for (const offset of OFFSETS) {
      for (const address of [...ADDRESSES, ...FAR]) {
        const text = loadPair(scope, form(address), 'low', 'high', { ...access(offset), ...way });
        const at = effective(address, offset, 8);
        const want = at === undefined ? TRAP : [memory.view.getInt32(at, true), memory.view.getInt32(at + 4, true)];
        const got = attempt(() => compile(engine, 'a', `${text} return [low, high];`)(memory, address));
        expect([address, offset, got]).toEqual([address, offset, want]);
      }
    }
  });
  it('stores both words or none', () => {
    for (const offset of OFFSETS) {
      const memory = fresh();
      for (const address of [...ADDRESSES, ...FAR]) {
        const text = storePair(
          scope,
          form(address),
          atom('l'),
          atom('h'),
          { ...access(offset), ...way },
          { index: () => 'i' },
        );
        const before = memory.bytes.slice();
        const result = attempt(() => compile(engine, 'a, l, h', text)(memory, address, 0x11223344, -2));
        const at = effective(address, offset, 8);
        expect([address, offset, result]).toEqual([address, offset, at === undefined ? TRAP : undefined]);
        if (at !== undefined) before.set([0x44, 0x33, 0x22, 0x11, 0xfe, 0xff, 0xff, 0xff], at);
        expect(Buffer.compare(memory.bytes, before)).toBe(0);
      }
    }
  });
});

describe('without traps', () => {
  it.each(Object.keys(READ) as LoadOp[])('%s is right at any address if it promises no alignment', (op) => {
    const memory = fresh();
    for (const engine of ['jit', 'interpreter'] as const) {
      const m = { ...access(4, 0), exact: false };
      const run = compile(engine, 'a', `return ${load(scopes[engine], op, atom('a'), m, 't').text};`);
      for (const address of [0, 1, 2, 3, 4, 7, 8]) {
        expect([address, run(memory, address)]).toEqual([address, READ[op](memory.view, address + 4)]);
      }
    }
  });
  const scope = scopes.jit;
  it('prints bare array accesses', () => {
    const loose = { ...access(8), exact: false };
    expect(load(scope, 'i32_load', atom('a'), loose, 't').text).toBe('$v0$.i32[a + 8 >>> 2]');
    expect(load(scope, 'f64_load', int(16), loose, 't').text).toBe('$v0$.f64[3]');
    expect(store(scope, 'i32_store8', atom('a'), atom('v'), loose, { index: () => 'i' })).toBe(
      '$v0$.u8[a + 8 >>> 0] = v;',
    );
  });
});

describe('for interpreters', () => {
  it('leaves signed addresses of bytes, without traps, where no memory is larger than 2 GiB', () => {
    const m = { ...access(8), exact: false };
    expect(load(scopeOf(2 ** 31, 'interpreter'), 'i32_load8_u', atom('a'), m).text).toBe('$v0$.u8[a + 8]');
    expect(load(scopeOf(2 ** 32, 'interpreter'), 'i32_load8_u', atom('a'), m).text).toBe('$v0$.u8[a + 8 >>> 0]');
  });
  const scope = scopes.interpreter;
  const sum = toInt32(binary('+', atom('a'), int(8)));
  it('takes fewer steps: sums as they are, tests of alignment, unsigned addresses of bytes', () => {
    expect(load(scope, 'i32_load8_u', sum, access(0), 't').text).toBe('$v0$.u8[t = a + 8] ?? i32_load8_u_0(t)');
    expect(load(scope, 'i32_load8_u', sum, access(4), 't').text).toBe(
      '$v0$.u8[((t = a + 8) >>> 0) + 4] ?? i32_load8_u_0(t, 4)',
    );
    expect(load(scope, 'i32_load', sum, access(4), 't').text).toBe(
      '$v0$.i32[(t = a + 8) & 3 ? -1 : (t >>> 2) + 1] ?? i32_load_0(t, 4)',
    );
    const element = toInt32(binary('+', atom('e'), int(1)));
    expect(load(scope, 'i32_load', atom('a'), { ...access(4), element }, 't').text).toBe(
      '$v0$.i32[e + 1] ?? i32_load_0(a, 4)',
    );
  });
  it('keeps sums within 32 bits where a memory may be larger than 4 GiB', () => {
    const far = scopeOf(2 ** 48, 'interpreter');
    const text = load(far, 'i32_load8_u', sum, { ...access(0), large: true }, 't').text;
    expect(text).toBe('$v0$.u8[(t = a + 8) >>> 0] ?? i32_load8_u_0(t)');
    const element = toInt32(binary('+', atom('e'), int(1)));
    const known = load(far, 'i32_load', atom('a'), { ...access(0), large: true, element }, 't').text;
    expect(known).toBe('$v0$.i32[e + 1 | 0] ?? i32_load_0(a)');
  });
});

describe('memories above 4 GiB', () => {
  /** The index that a load asks a view for, which stands for one of any length. */
  const indexOf = (text: string, args: readonly number[]): number => {
    const view = new Proxy({}, { get: (_, key) => Number(key) });
    const names = Object.keys(core).join(', ');
    const accessors = [...far.uses.accessors.values()].join('\n');
    const body = `const {${names}} = core; const $m0$ = {}; let t; ${accessors} return ${text};`;
    const run = new Function('core', '$v0$', 'a', 'h', body) as (...args: unknown[]) => number;
    return run(core, { i32: view, f64: view, u16: view }, ...args);
  };
  const far = scopeOf(2 ** 48);
  const large = { ...access(8), large: true };
  const widths = [
    ['i32_load', 4],
    ['f64_load', 8],
    ['i32_load16_u', 2],
  ] as const;
  it.each(widths.flatMap(([op, width]) => [false, true].map((compact) => [op, width, compact] as const)))(
    '%s of %i bytes, compact %s: aligned addresses have their element, others none',
    (op, width, compact) => {
      for (const a of [0, 1, 2, 3, 4, 5, 7, 8, 65528, 0x7ffffff8, -8, -7, -1]) {
        const at = (a >>> 0) + 8;
        const known = load(far, op, atom('a'), { ...large, compact }, 't');
        expect(indexOf(known.text, [a, 0])).toBe(at % width === 0 ? at / width : -1);
        const wide = load(far, op, atom('a'), { ...large, compact, high: atom('h') }, 't');
        expect(indexOf(wide.text, [a, 0])).toBe(at % width === 0 ? at / width : -1);
        expect(indexOf(wide.text, [a, 1])).toBe(-1);
      }
    },
  );
});
