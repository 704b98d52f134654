/** What glue code does with a module, on the running engine's WebAssembly and on both generators: equal outcomes. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { WebAssemblyNamespace } from '../../../runtime/js-api/namespace.ts';
import { assembler } from '../../nodiff/wat.ts';
import { translatedWebAssembly } from '../../support/translated.ts';

const assemble = assembler();

/** One module that has a little of everything. */
const LIBRARY = `(module
  (import "env" "log" (func $log (param i32 i64 f32 f64 externref) (result i64)))
  (import "env" "memory" (memory 1 4))
  (import "env" "limit" (global $limit i64))
  (import "env" "count" (global $count (mut i32)))
  (table (export "table") 2 8 funcref)
  (type $unary (func (param i32) (result i32)))
  (elem (i32.const 1) $double)
  (data (i32.const 16) "hello")
  (export "memory" (memory 0))
  (export "count" (global $count))
  (global (export "answer") f64 (f64.const 42.5))
  (func $double (export "double") (type $unary) (i32.shl (local.get 0) (i32.const 1)))
  (func (export "log") (param i32 i64 f32 f64 externref) (result i64)
    (call $log (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)))
  (func (export "limit") (result i64) (global.get $limit))
  (func (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count))
  (func (export "apply") (param i32 i32) (result i32)
    (call_indirect (type $unary) (local.get 1) (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "store8") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "truncate") (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
  (func (export "fail") unreachable)
  (func $forever (export "forever") (call $forever))
  (func (export "two") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
)`;
/** What Emscripten's addFunction makes to give a JavaScript function a wasm type. */
const TRAMPOLINE = `(module (import "e" "f" (func (param i32) (result i32))) (export "f" (func 0)))`;
const TRAP_AT_START = `(module (import "env" "memory" (memory 1)) (start $f) (data (i32.const 0) "X")
  (func $f (i32.store8 (i32.const 1) (i32.const 89)) unreachable))`;
const REFUSED = `(module (memory 1 (pagesize 1)))`;

type Exports = Readonly<Record<string, (...args: unknown[]) => unknown>>;
interface Case {
  readonly W: WebAssemblyNamespace;
  readonly exports: Exports;
  readonly imports: { env: Record<string, unknown> };
  readonly logged: unknown[];
  readonly bytes: Readonly<Record<'library' | 'trampoline' | 'trapAtStart', Uint8Array>>;
}

const bytes = {} as Record<'library' | 'trampoline' | 'trapAtStart' | 'refused', Uint8Array>;
beforeAll(async () => {
  bytes.library = await assemble(LIBRARY);
  bytes.trampoline = await assemble(TRAMPOLINE);
  bytes.trapAtStart = await assemble(TRAP_AT_START);
  bytes.refused = await assemble(REFUSED);
});

function start(W: WebAssemblyNamespace): Case {
  const logged: unknown[] = [];
  const env: Record<string, unknown> = {
    log: (...args: unknown[]) => {
      logged.push(...args);
      return -2n;
    },
    memory: new W.Memory({ initial: 1, maximum: 4 }),
    limit: 2n ** 63n - 1n,
    count: new W.Global({ value: 'i32', mutable: true }, 7),
  };
  const { exports } = new W.Instance(new W.Module(bytes.library), { env });
  return { W, exports: exports as Exports, imports: { env }, logged, bytes };
}

/** The name and text of an error; of link errors the name alone, their texts are ours. */
function failure(error: unknown, W: WebAssemblyNamespace): string {
  const { name } = error as Error;
  // Newer versions of V8 have dropped these words.
  const message = (error as Error).message.replace(/^null function or /, '');
  const isOf = (['CompileError', 'LinkError', 'RuntimeError'] as const).filter((c) => error instanceof W[c]);
  return `throws ${name} ${isOf.join()} ${name === 'RuntimeError' || name === 'RangeError' ? message : ''}`;
}
function outcome(W: WebAssemblyNamespace, probe: (c: Case) => unknown): unknown {
  try {
    return probe(start(W));
  } catch (error) {
    return failure(error, W);
  }
}
function link(c: Case, change: object): unknown {
  return (
    new c.W.Instance(new c.W.Module(bytes.library), { env: { ...c.imports.env, ...change } }) instanceof c.W.Instance
  );
}

interface TableLike {
  readonly length: number;
  get(index: number): ((...args: unknown[]) => unknown) | null;
  set(index: number, value: unknown): void;
  grow(count: number): number;
}
const tableOf = (c: Case) => c.exports.table as unknown as TableLike;
const memoryOf = (c: Case) => c.imports.env.memory as { readonly buffer: ArrayBuffer; grow(pages: number): number };
const word = (c: Case, at: number) => new DataView(memoryOf(c).buffer).getInt32(at, true);

const PROBES: Record<string, (c: Case) => unknown> = {
  'exports: names in order': (c) => Object.keys(c.exports),
  'exports: classes': (c) => [
    tableOf(c) instanceof c.W.Table,
    (c.exports.memory as unknown) instanceof c.W.Memory,
    (c.exports.answer as unknown) instanceof c.W.Global,
  ],
  'exports: an imported memory is itself': (c) => (c.exports.memory as unknown) === c.imports.env.memory,
  'exports: an imported global is itself': (c) => (c.exports.count as unknown) === c.imports.env.count,
  'exports: a constant global': (c) => Reflect.get(c.exports.answer!, 'value'),
  'exports: functions': (c) => [c.exports.double!.name, c.exports.double!.length, typeof c.exports.double],
  'exports: no constructors': (c) => Reflect.construct(c.exports.double!, [1]),
  'arguments: coerced': (c) => [c.exports.double!('21'), c.exports.double!(), c.exports.double!(2 ** 32 + 1.9)],
  'arguments: i64 wants a BigInt': (c) => c.exports.log!(1, 2, 3, 4, 5),
  'arguments and results of imports': (c) => [c.exports.log!(1, 2n ** 64n - 5n, 0.1, 0.1, c.logged), c.logged],
  'results: two': (c) => c.exports.two!(3, -4n),
  'globals: i64': (c) => c.exports.limit!(),
  'globals: shared': (c) => {
    const count = c.imports.env.count as { value: number };
    c.exports.next!();
    count.value += 10;
    return [c.exports.next!(), count.value];
  },
  'memory: data': (c) => Buffer.from(memoryOf(c).buffer, 16, 5).toString(),
  'memory: both see stores': (c) => {
    c.exports.store8!(65535, 513);
    new Uint8Array(memoryOf(c).buffer)[65532] = 2;
    return [word(c, 65532), c.exports.load!(65532)];
  },
  'memory: grown by the module': (c) => {
    const before = memoryOf(c).buffer;
    return [c.exports.grow!(1), before.byteLength, memoryOf(c).buffer.byteLength, c.exports.load!(131068)];
  },
  'memory: grown by JavaScript': (c) => {
    memoryOf(c).grow(2);
    c.exports.store8!(196607, 9);
    return [c.exports.load!(196604), word(c, 196604)];
  },
  'memory: too much': (c) => [c.exports.grow!(4), c.exports.grow!(3), c.exports.grow!(1)],
  'table: an element is the export': (c) => tableOf(c).get(1) === c.exports.double,
  'table: empty': (c) => tableOf(c).get(0),
  'table: call': (c) => c.exports.apply!(1, 4),
  'table: call of nothing': (c) => c.exports.apply!(0, 4),
  'table: call outside': (c) => c.exports.apply!(2, 4),
  'table: of another type': (c) => {
    tableOf(c).set(0, c.exports.grow);
    tableOf(c).set(1, c.exports.store8);
    return [c.exports.apply!(0, 0), c.exports.apply!(1, 0)];
  },
  'table: a trampoline': (c) => {
    const { exports } = new c.W.Instance(new c.W.Module(c.bytes.trampoline), { e: { f: (x: number) => x + 0.5 } });
    const { f } = exports as { f: () => unknown };
    const at = tableOf(c).grow(1);
    tableOf(c).set(at, f);
    return [at, tableOf(c).get(at) === f, c.exports.apply!(at, 6)];
  },
  'table: a plain function': (c) => tableOf(c).set(0, () => 1),
  'table: call by its length': (c) => c.exports.apply!(1, tableOf(c).length),
  'traps: unreachable': (c) => c.exports.fail!(),
  'traps: out of bounds': (c) => c.exports.load!(65533),
  'traps: a negative address': (c) => c.exports.load!(-1),
  'traps: divide by zero': (c) => c.exports.divide!(1, 0),
  'traps: overflow': (c) => c.exports.divide!(-(2 ** 31), -1),
  'traps: conversion': (c) => c.exports.truncate!(Number.NaN),
  'traps: the stack': (c) => c.exports.forever!(),
  'traps: errors of imports pass through': (c) => {
    c.imports.env.log = () => {
      throw new SyntaxError('mine');
    };
    const { exports } = new c.W.Instance(new c.W.Module(bytes.library), c.imports);
    return (exports as Exports).log!(1, 2n, 3, 4, 5);
  },
  'traps: at the start': (c) => {
    const memory = new c.W.Memory({ initial: 1 });
    try {
      new c.W.Instance(new c.W.Module(c.bytes.trapAtStart), { env: { memory } });
    } catch (error) {
      return [failure(error, c.W), Buffer.from(memory.buffer, 0, 2).toString()];
    }
    return 'no trap';
  },
  'links: all is well': (c) => link(c, {}),
  'links: no function': (c) => link(c, { log: undefined }),
  'links: no global': (c) => link(c, { limit: undefined }),
  'links: a number for an i64': (c) => link(c, { limit: 3 }),
  'links: a value for a mutable global': (c) => link(c, { count: 3 }),
  'links: a global of another type': (c) => link(c, { count: new c.W.Global({ value: 'f32', mutable: true }) }),
  'links: a constant for a mutable global': (c) => link(c, { count: new c.W.Global({ value: 'i32' }) }),
  'links: no memory': (c) => link(c, { memory: {} }),
  'links: a memory that is too small': (c) => link(c, { memory: new c.W.Memory({ initial: 0, maximum: 4 }) }),
  'links: a memory without a maximum': (c) => link(c, { memory: new c.W.Memory({ initial: 1 }) }),
  'links: a function of another type': (c) => link(c, { log: c.exports.double }),
  'links: a function of that type': (c) => link(c, { log: c.exports.log }),
  'links: no object for a module': (c) => new c.W.Instance(new c.W.Module(bytes.library), {}),
  'links: a proxy': (c) => {
    const env = new Proxy(c.imports.env, { get: (target, name) => target[String(name)] ?? (() => 0n) });
    return (new c.W.Instance(new c.W.Module(bytes.library), { env }).exports as Exports).double!(4);
  },
};

const native = Reflect.get(globalThis, 'WebAssembly') as WebAssemblyNamespace;

describe.each(['wamr', 'wavm'] as const)('%s', (backend) => {
  const ours = translatedWebAssembly(backend);

  test.each(Object.keys(PROBES))('%s', (name) => {
    expect(outcome(ours, PROBES[name]!)).toEqual(outcome(native, PROBES[name]!));
  });

  test('what is not translated is refused by name, and not valid', () => {
    expect(() => new ours.Module(bytes.refused)).toThrow(ours.CompileError);
    expect(() => new ours.Module(bytes.refused)).toThrow(
      /needs custom page sizes, which wasmelt does not translate yet/,
    );
    expect(ours.validate(bytes.refused)).toBe(false);
  });
});
