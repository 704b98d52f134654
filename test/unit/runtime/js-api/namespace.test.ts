/** The namespace does what the running engine's does: each probe runs on both, and the outcomes must be equal. */
import { describe, expect, test } from 'vitest';
import type { CompiledModule } from '../../../../runtime/js-api/module.ts';
import { createWebAssembly, type WebAssemblyNamespace } from '../../../../runtime/js-api/namespace.ts';

const EMPTY = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
/** `(import "m" "f" (func)) (export "g" (func 0))`, then two custom sections `c`: bytes 1 2, and none. */
const BYTES = new Uint8Array([
  ...[...EMPTY, 1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 109, 1, 102, 0, 0, 7, 5, 1, 1, 103, 0, 0],
  ...[0, 4, 1, 99, 1, 2, 0, 2, 1, 99],
]);
const BAD = new Uint8Array([1, 2, 3]);

/** Stands for the compiler: knows the modules above. */
function compile(bytes: Uint8Array): CompiledModule {
  if (bytes[0] !== 0) throw Object.assign(new Error('bad magic'), { name: 'CompileError' });
  if (bytes.length === EMPTY.length) {
    return {
      imports: [],
      exports: [],
      customs: [],
      instantiate: () => ({ exports: Object.freeze({ __proto__: null }) }),
    };
  }
  return {
    imports: [{ module: 'm', name: 'f', kind: 'function' }],
    exports: [{ name: 'g', kind: 'function' }],
    customs: [
      { name: 'c', bytes: bytes.slice(-6, -4) },
      { name: 'c', bytes: new Uint8Array() },
    ],
    instantiate(imports) {
      const { f } = (imports as { m: { f: unknown } }).m;
      if (typeof f !== 'function') throw new ours.LinkError('m.f: function expected');
      return { exports: Object.freeze({ __proto__: null, g: () => void f() }) };
    },
  };
}

const ours = createWebAssembly(compile);
const native = Reflect.get(globalThis, 'WebAssembly') as WebAssemblyNamespace;

type Probe = (W: WebAssemblyNamespace) => unknown;

/** The value in a comparable form, or the name of the error. */
async function outcome(probe: Probe, W: WebAssemblyNamespace): Promise<unknown> {
  try {
    const value = await probe(W);
    if (typeof value === 'function') return 'a function';
    return value instanceof ArrayBuffer ? `${value.byteLength} bytes` : value;
  } catch (error) {
    return `throws ${(error as Error).name}`;
  }
}

function agree(probes: Record<string, Probe>): void {
  test.each(Object.keys(probes))('%s', async (name) => {
    expect(await outcome(probes[name]!, ours)).toEqual(await outcome(probes[name]!, native));
  });
}

const any = (x: unknown) => x as never;
const plainCall = (f: unknown, ...args: unknown[]) => (f as (...args: unknown[]) => unknown)(...args);
const f = () => undefined;

describe('Module', () => {
  agree({
    'a plain call': (W) => plainCall(W.Module),
    'no argument': (W) => new W.Module(undefined),
    'a number': (W) => new W.Module(3),
    'bad bytes': (W) => new W.Module(BAD),
    'an array buffer': (W) => new W.Module(BYTES.slice().buffer) instanceof W.Module,
    'a view in the middle': (W) => {
      const large = new Uint8Array(100);
      large.set(BYTES, 7);
      return W.Module.exports(new W.Module(large.subarray(7, 7 + BYTES.length)));
    },
    tag: (W) => String(new W.Module(EMPTY)),
    imports: (W) => W.Module.imports(new W.Module(BYTES)),
    exports: (W) => W.Module.exports(new W.Module(BYTES)),
    'exports of no module': (W) => W.Module.exports({}),
    customs: (W) => W.Module.customSections(new W.Module(BYTES), 'c').map((b) => [...new Uint8Array(b)]),
    'customs of another name': (W) => W.Module.customSections(new W.Module(BYTES), 'd'),
    'customs without a name': (W) => W.Module.customSections(new W.Module(BYTES), undefined),
  });
});

describe('Instance', () => {
  agree({
    'no module': (W) => new W.Instance({}, {}),
    'no imports needed': (W) => new W.Instance(new W.Module(EMPTY)) instanceof W.Instance,
    'imports null': (W) => new W.Instance(new W.Module(EMPTY), null),
    'imports a number': (W) => new W.Instance(new W.Module(EMPTY), 3),
    'imports missing': (W) => new W.Instance(new W.Module(BYTES)),
    'import of a wrong kind': (W) => new W.Instance(new W.Module(BYTES), { m: { f: 3 } }),
    tag: (W) => String(new W.Instance(new W.Module(EMPTY))),
    'export names': (W) => Object.keys(new W.Instance(new W.Module(BYTES), { m: { f } }).exports),
    'exports have no prototype': (W) => Object.getPrototypeOf(new W.Instance(new W.Module(EMPTY)).exports),
    'exports are frozen': (W) => Object.isFrozen(new W.Instance(new W.Module(BYTES), { m: { f } }).exports),
    'exports is a getter': (W) => {
      const own = Object.getOwnPropertyDescriptor(W.Instance.prototype, 'exports');
      return [typeof own?.get, own?.set, own?.enumerable];
    },
  });
});

describe('functions', () => {
  agree({
    'validate good': (W) => W.validate(BYTES),
    'validate bad': (W) => W.validate(BAD),
    'validate a number': (W) => W.validate(3),
    'compile is a promise': (W) => W.compile(EMPTY) instanceof Promise,
    'compile gives a Module': async (W) => (await W.compile(EMPTY)) instanceof W.Module,
    'compile rejects': (W) => W.compile(BAD),
    'compile of a number rejects': (W) => W.compile(3),
    'compile takes a copy': async (W) => {
      const bytes = BYTES.slice();
      const promise = W.compile(bytes);
      bytes.fill(255);
      return W.Module.exports(await promise);
    },
    'instantiate bytes': async (W) => {
      const { module, instance } = any(await W.instantiate(BYTES, { m: { f } })) as Record<string, unknown>;
      return [module instanceof W.Module, instance instanceof W.Instance];
    },
    'instantiate a Module': async (W) => (await W.instantiate(new W.Module(BYTES), { m: { f } })) instanceof W.Instance,
    'instantiate without imports': (W) => W.instantiate(BYTES),
    'instantiate with bad imports': (W) => W.instantiate(EMPTY, 3),
    'instantiate that does not link': (W) => W.instantiate(BYTES, { m: { f: 1 } }),
    'instantiate a number': (W) => W.instantiate(3),
    'instantiate bad bytes': (W) => W.instantiate(BAD),
    'a response': async (W) => {
      const response = new Response(EMPTY, { headers: { 'Content-Type': 'application/wasm' } });
      return Object.keys(await W.instantiateStreaming(response));
    },
    'a response of another type': (W) => W.compileStreaming(new Response(EMPTY)),
    lengths: (W) =>
      [W.compile, W.validate, W.instantiate, W.compileStreaming, W.instantiateStreaming].map((x) => x.length),
  });
});

describe('the namespace', () => {
  agree({
    tag: (W) => String(W),
    // Newer engines have more.
    'enumerable names': (W) => Object.keys(W).filter((name) => name in ours),
    'all names, but for the newest': (W) =>
      Object.getOwnPropertyNames(W)
        .filter((name) => name in ours && name !== 'JSTag')
        .sort(),
    'lengths of classes': (W) => [W.Module, W.Instance, W.Memory, W.Table, W.Global].map((x) => x.length),
    'names of classes': (W) =>
      [W.Module, W.Instance, W.Memory, W.Table, W.Global, W.Tag, W.Exception].map((x) => x.name),
    'constructor of prototypes': (W) =>
      [W.Module, W.Instance, W.Memory, W.Table, W.Global].map((x) => x.prototype.constructor === x),
  });
});

describe('errors', () => {
  for (const name of ['CompileError', 'LinkError', 'RuntimeError'] as const) {
    agree({
      [`${name}: constructed`]: (W) => new W[name]('text').message,
      [`${name}: called`]: (W) => W[name]('text') instanceof W[name],
      [`${name}: an Error`]: (W) => new W[name]() instanceof Error,
      [`${name}: printed`]: (W) => String(new W[name]('text')),
      [`${name}: in the stack`]: (W) => new W[name]('text').stack?.split('\n')[0],
      [`${name}: constructor`]: (W) => new W[name]().constructor === W[name] && W[name].name,
      [`${name}: cause`]: (W) => new W[name]('text', { cause: 7 }).cause,
    });
  }
});

describe('Memory', () => {
  agree({
    'a plain call': (W) => plainCall(W.Memory, { initial: 1 }),
    'no descriptor': (W) => new W.Memory(any(undefined)),
    'no initial': (W) => new W.Memory(any({})),
    'initial negative': (W) => new W.Memory({ initial: -1 }),
    'initial NaN': (W) => new W.Memory({ initial: Number.NaN }),
    'initial a text': (W) => new W.Memory({ initial: any('2') }).buffer,
    'initial a fraction': (W) => new W.Memory({ initial: 1.9 }).buffer,
    'initial too large': (W) => new W.Memory({ initial: 65537 }),
    'initial none': (W) => new W.Memory({ initial: 0 }).buffer,
    'maximum too small': (W) => new W.Memory({ initial: 2, maximum: 1 }),
    'shared without a maximum': (W) => new W.Memory({ initial: 1, shared: true }),
    tag: (W) => String(new W.Memory({ initial: 0 })),
    'the same buffer each time': (W) => {
      const memory = new W.Memory({ initial: 1 });
      const { buffer } = memory;
      return buffer === memory.buffer;
    },
    'grow returns the old size': (W) => {
      const memory = new W.Memory({ initial: 1 });
      return [memory.grow(2), memory.grow(0), memory.buffer.byteLength];
    },
    'grow detaches': (W) => {
      const memory = new W.Memory({ initial: 1 });
      const { buffer } = memory;
      memory.grow(0);
      return [buffer.byteLength, buffer === memory.buffer];
    },
    'grow keeps the contents': (W) => {
      const memory = new W.Memory({ initial: 1, maximum: 3 });
      new Uint8Array(memory.buffer)[65535] = 7;
      memory.grow(1);
      return [...new Uint8Array(memory.buffer, 65535, 2)];
    },
    'grow beyond the maximum': (W) => new W.Memory({ initial: 1, maximum: 2 }).grow(2),
    'grow by less than none': (W) => new W.Memory({ initial: 1 }).grow(-1),
    'buffer has a getter': (W) => typeof Object.getOwnPropertyDescriptor(W.Memory.prototype, 'buffer')?.get,
    'buffer of no memory': (W) => Reflect.get(W.Memory.prototype, 'buffer', {}),
    'a subclass': (W) => {
      class Mine extends W.Memory {}
      const memory = new Mine({ initial: 1 });
      return [memory instanceof Mine, memory instanceof W.Memory, memory.buffer.byteLength];
    },
  });
});

describe('Table', () => {
  const functions = { initial: 2, element: 'anyfunc' } as const;
  const references = { initial: 2, element: 'externref' } as const;
  agree({
    'a plain call': (W) => plainCall(W.Table, functions),
    'no descriptor': (W) => new W.Table(any(undefined)),
    'no element': (W) => new W.Table(any({ initial: 1 })),
    'an unknown element': (W) => new W.Table(any({ initial: 1, element: 'i32' })),
    'no initial': (W) => new W.Table(any({ element: 'anyfunc' })),
    'maximum too small': (W) => new W.Table({ ...functions, maximum: 1 }),
    tag: (W) => String(new W.Table(functions)),
    length: (W) => new W.Table(functions).length,
    'functions start null': (W) => new W.Table(functions).get(0),
    'references start undefined': (W) => new W.Table(references).get(0),
    'references with a value': (W) => new W.Table(references, any('x')).get(1),
    'get outside': (W) => new W.Table(functions).get(2),
    'get of less than none': (W) => new W.Table(functions).get(-1),
    'set outside': (W) => new W.Table(functions).set(2, null),
    'set a plain function': (W) => new W.Table(functions).set(0, any(f)),
    'set undefined': (W) => new W.Table(functions).set(0, undefined),
    'set nothing': (W) => new W.Table(functions).set(0),
    'set null': (W) => new W.Table(functions).set(0, null),
    'set any value': (W) => {
      const table = new W.Table(references);
      table.set(1, any(f));
      return table.get(1) === f;
    },
    'grow returns the old length': (W) => {
      const table = new W.Table(functions);
      return [table.grow(3), table.length, table.get(4)];
    },
    'grow with a value': (W) => {
      const table = new W.Table(references);
      table.grow(1, any('x'));
      return [table.get(1), table.get(2)];
    },
    'grow beyond the maximum': (W) => new W.Table({ ...functions, maximum: 2 }).grow(1),
  });
});

describe('Global', () => {
  agree({
    'a plain call': (W) => plainCall(W.Global, { value: 'i32' }),
    'no descriptor': (W) => new W.Global(any(undefined), any(0)),
    'an unknown type': (W) => new W.Global(any({ value: 'int' }), any(0)),
    tag: (W) => String(new W.Global({ value: 'i32' })),
    'i32 starts at 0': (W) => new W.Global({ value: 'i32' }).value,
    'i64 starts at 0n': (W) => new W.Global({ value: 'i64' }).value,
    'a text as i32': (W) => new W.Global({ value: 'i32' }, any('7')).value,
    'i32 wraps': (W) => new W.Global({ value: 'i32' }, 2 ** 32 + 5).value,
    'i64 wraps': (W) => new W.Global({ value: 'i64' }, any(2n ** 64n - 2n)).value,
    'a number as i64': (W) => new W.Global({ value: 'i64' }, any(3)).value,
    'f32 rounds': (W) => new W.Global({ value: 'f32' }, 0.1).value,
    f64: (W) => new W.Global({ value: 'f64' }, -0.1).value,
    externref: (W) => new W.Global({ value: 'externref' }, any('x')).value,
    'anyfunc starts null': (W) => new W.Global({ value: 'anyfunc' }).value,
    'a plain function': (W) => new W.Global({ value: 'anyfunc' }, any(f)).value,
    'the primitive value': (W) => new W.Global({ value: 'i32' }, 7).valueOf(),
    'set a constant': (W) => Reflect.set(new W.Global({ value: 'i32' }, 7), 'value', 8),
    'set a variable': (W) => {
      const global = new W.Global({ value: 'i64', mutable: true }, any(7n));
      global.value = any(-(2n ** 40n));
      return global.value;
    },
  });
});

describe('Tag and Exception', () => {
  const tagged = (W: WebAssemblyNamespace, ...parameters: string[]) => new W.Tag({ parameters });
  agree({
    'no type': (W) => new W.Tag(any(undefined)),
    'no parameters': (W) => new W.Tag(any({})),
    'parameters that are no list': (W) => new W.Tag(any({ parameters: 3 })),
    'an unknown type': (W) => new W.Tag({ parameters: ['foo'] }),
    'a tag without new': (W) => Reflect.apply(W.Tag, undefined, [{ parameters: [] }]),
    'the tag of a tag': (W) => String(tagged(W)),
    'no tag': (W) => new W.Exception(any({}), []),
    'no payload': (W) => new W.Exception(tagged(W), any(undefined)),
    'a number for an i64': (W) => new W.Exception(tagged(W, 'i64'), [1]),
    'an exception is no error': (W) => new W.Exception(tagged(W), []) instanceof Error,
    'the tag of an exception': (W) => String(new W.Exception(tagged(W), [])),
    'no stack': (W) => new W.Exception(tagged(W), []).stack,
    'a stack': (W) => typeof new W.Exception(tagged(W), [], { traceStack: true }).stack,
    'its tag': (W) => {
      const tag = tagged(W);
      const exception = new W.Exception(tag, []);
      return [exception.is(tag), exception.is(tagged(W))];
    },
    'is what': (W) => new W.Exception(tagged(W), []).is(any({})),
    'is of no exception': (W) => W.Exception.prototype.is.call(any({}), tagged(W)),
    'all arguments': (W) => {
      const tag = tagged(W, 'i32', 'i64', 'f32', 'f64', 'externref');
      const exception = new W.Exception(tag, ['3', -5n, 0.1, 0.1, undefined]);
      return [0, 1, 2, 3, 4].map((i) => exception.getArg(tag, i));
    },
    'an argument too far': (W) => {
      const tag = tagged(W, 'i32');
      return new W.Exception(tag, [1]).getArg(tag, 1);
    },
    'an argument before the first': (W) => {
      const tag = tagged(W, 'i32');
      return new W.Exception(tag, [1]).getArg(tag, -1);
    },
    'an argument of another tag': (W) => new W.Exception(tagged(W, 'i32'), [1]).getArg(tagged(W, 'i32'), 0),
  });
});

test('the tag of JavaScript exceptions makes none', () => {
  expect(ours.JSTag).toBeInstanceOf(ours.Tag);
  expect(() => new ours.Exception(ours.JSTag, [1])).toThrow('Argument 0 cannot be WebAssembly.JSTag');
});

test('payloads are checked as the JS API says (V8 of Node 20 takes these)', () => {
  expect(() => new ours.Exception(new ours.Tag({ parameters: ['i32', 'i32'] }), [1])).toThrow(TypeError);
  expect(() => new ours.Exception(new ours.Tag({ parameters: ['anyfunc'] }), [f])).toThrow(TypeError);
});

test('vectors and exception references do not cross', () => {
  for (const type of ['v128', 'exnref']) {
    const tag = new ours.Tag({ parameters: [type] });
    expect(() => new ours.Exception(tag, [1])).toThrow(TypeError);
  }
});

test('a table of functions does not grow by undefined, as the JS API says (V8 of Node 20 takes it for null)', () => {
  const table = new ours.Table({ initial: 1, element: 'anyfunc' });
  expect(() => table.grow(1, undefined)).toThrow(TypeError);
  expect(table.length).toBe(1);
});

test('an externref global starts undefined, as the JS API says (V8 of Node 20: null)', () => {
  expect(new ours.Global({ value: 'externref' }).value).toBeUndefined();
});

test('a reason of the compiler is in the CompileError', () => {
  expect(() => new ours.Module(BAD)).toThrow('WebAssembly.Module(): bad magic');
  expect(() => new ours.Module(BAD)).toThrow(ours.CompileError);
});
