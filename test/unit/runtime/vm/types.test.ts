/** References between JavaScript and translated modules: conversions, opaque objects, and one identity for each object. */
import { beforeAll, describe, expect, it } from 'vitest';
import { assemble } from '../../../support/func-ir.ts';
import { translatedWebAssembly } from '../../../support/translated.ts';

const TEXT = `(module
  (type $s (sub (struct (field (mut i32)))))
  (type $t (sub $s (struct (field (mut i32)) (field f64))))
  (type $a (array (mut i32)))
  (type $f (func (result i32)))
  (func $five (export "five") (result i32) (i32.const 5))
  (func (export "other") (param i32))
  (func (export "new") (result (ref $s)) (struct.new $s (i32.const 7)))
  (func (export "newT") (result (ref $t)) (struct.new_default $t))
  (func (export "array") (result (ref $a)) (array.new_default $a (i32.const 2)))
  (func (export "get") (param (ref null $s)) (result i32) (struct.get $s 0 (local.get 0)))
  (func (export "any") (param anyref) (result anyref) (local.get 0))
  (func (export "eq") (param eqref) (result eqref) (local.get 0))
  (func (export "i31") (param i31ref) (result i31ref) (local.get 0))
  (func (export "struct") (param structref) (result structref) (local.get 0))
  (func (export "arr") (param arrayref) (result arrayref) (local.get 0))
  (func (export "none") (param nullref) (result nullref) (local.get 0))
  (func (export "nullT") (param (ref null $t)) (result (ref null $t)) (local.get 0))
  (func (export "s") (param (ref $s)) (result (ref $s)) (local.get 0))
  (func (export "f") (param (ref null $f)) (result (ref null $f)) (local.get 0))
  (func (export "func") (param (ref func)) (result (ref func)) (local.get 0))
  (func (export "extern") (param (ref extern)) (result (ref extern)) (local.get 0))
  (func (export "round") (param externref) (result externref)
    (extern.convert_any (any.convert_extern (local.get 0))))
  (func (export "isI31") (param externref) (result i32) (ref.test (ref i31) (any.convert_extern (local.get 0))))
  (func (export "isEq") (param externref) (result i32) (ref.test (ref eq) (any.convert_extern (local.get 0))))
  (table (export "table") 2 (ref null $s))
  (table (export "anys") 1 anyref)
  (global (export "global") (mut (ref $s)) (struct.new $s (i32.const 1))))`;

const INCOMPATIBLE = /type incompatibility/;
let bytes: Uint8Array;
beforeAll(async () => {
  bytes = await assemble(TEXT);
});

type Exports = Record<string, (...args: unknown[]) => unknown> & {
  table: { get(i: number): unknown; set(i: number, v?: unknown): void; grow(n: number): number };
  anys: { get(i: number): unknown; set(i: number, v?: unknown): void };
  global: { value: unknown };
};

describe.each(['wavm', 'wamr'] as const)('%s', (backend) => {
  const make = (): Exports => {
    const wasm = translatedWebAssembly(backend);
    return new wasm.Instance(new wasm.Module(bytes)).exports as Exports;
  };

  it('takes what each type takes, and refuses the rest', () => {
    const x = make();
    const s = x.new!();
    const t = x.newT!();
    const a = x.array!();
    const takes: Record<string, readonly unknown[]> = {
      any: [null, 0, -0, 1.5, 2 ** 30, 'text', undefined, s, a, x.five, 5n],
      eq: [null, 0, 2 ** 30 - 1, s, t, a],
      i31: [null, 0, -(2 ** 30)],
      struct: [null, s, t],
      arr: [null, a],
      none: [null],
      nullT: [null, t],
      s: [s, t],
      f: [null, x.five],
      func: [x.five, x.other],
      extern: [0, 'text', undefined, s],
    };
    const all = [null, 0, -0, 1.5, 2 ** 30, 2 ** 30 - 1, -(2 ** 30), 'text', undefined, s, t, a, x.five, x.other, 5n];
    for (const [name, accepted] of Object.entries(takes)) {
      for (const value of accepted) expect(x[name]!(value), name).toBe(value);
      if (name === 'any' || name === 'extern') continue;
      for (const value of all) {
        if (accepted.some((v) => Object.is(v, value)) || (name === 'eq' && Number.isInteger(value))) continue;
        if (name === 'i31' && Object.is(value, 2 ** 30 - 1)) continue;
        expect(() => x[name]!(value), `${name} of ${String(typeof value)}`).toThrow(INCOMPATIBLE);
      }
    }
    expect(() => x.eq!(-0)).toThrow(INCOMPATIBLE);
    expect(() => x.eq!(2 ** 30)).toThrow(INCOMPATIBLE);
    expect(() => x.extern!(null)).toThrow(INCOMPATIBLE);
  });

  it('takes numbers for i31 where they fit, and nothing else', () => {
    const x = make();
    for (const value of [0, 2 ** 30 - 1, -(2 ** 30)]) expect([x.isI31!(value), x.isEq!(value)]).toEqual([1, 1]);
    for (const value of [-0, 1.5, Number.NaN, 2 ** 30, 'text', null, undefined, {}, 5n]) {
      expect([x.isI31!(value), x.isEq!(value)]).toEqual([0, 0]);
      expect(x.round!(value)).toBe(value);
    }
    const host = new Proxy({}, { get: () => expect.unreachable(), has: () => expect.unreachable() });
    expect(x.isEq!(host)).toBe(0);
    expect(x.round!(host)).toBe(host);
  });

  it('shows objects as frozen ones without properties', () => {
    const x = make();
    for (const o of [x.new!(), x.array!()] as object[]) {
      expect(typeof o).toBe('object');
      expect(Object.getPrototypeOf(o)).toBe(null);
      expect(Object.isFrozen(o)).toBe(true);
      expect(Reflect.ownKeys(o)).toEqual([]);
      expect((o as { f0?: number }).f0).toBe(undefined);
      expect(() => Object.assign(o, { f0: 1 })).toThrow(TypeError);
      expect(x.round!(o)).toBe(o);
      expect(x.isEq!(o)).toBe(1);
    }
  });

  it('has one identity for a type in all instances', () => {
    const [x, y] = [make(), make()];
    const s = x.new!();
    expect(y.get!(s)).toBe(7);
    expect(y.s!(s)).toBe(s);
    expect(y.f!(x.five)).toBe(x.five);
  });

  it('converts what tables and globals hold', () => {
    const x = make();
    const s = x.new!();
    x.table.set(0, s);
    expect(x.table.get(0)).toBe(s);
    x.table.set(0);
    expect(x.table.get(0)).toBe(null);
    expect(x.table.grow(1)).toBe(2);
    for (const value of [undefined, 1, x.array!(), x.five, 'text']) {
      expect(() => x.table.set(0, value)).toThrow(TypeError);
    }
    for (const value of [undefined, 1, 'text', s, x.five]) {
      x.anys.set(0, value);
      expect(x.anys.get(0)).toBe(value);
    }
    x.global.value = s;
    expect(x.global.value).toBe(s);
    expect(() => {
      x.global.value = null;
    }).toThrow(TypeError);
    expect(x.global.value).toBe(s);
  });
});

it('makes tables and globals of the types that the JS API names', () => {
  const wasm = translatedWebAssembly('wamr');
  for (const type of ['anyref', 'eqref', 'i31ref', 'structref', 'arrayref'] as const) {
    expect(new wasm.Table({ element: type, initial: 1 }).get(0)).toBe(null);
    expect(new wasm.Global({ value: type, mutable: true }).value).toBe(null);
  }
  expect(new wasm.Global({ value: 'anyref' }, undefined).value).toBe(undefined);
  expect(() => new wasm.Global({ value: 'eqref' }, undefined)).toThrow(TypeError);
  expect(new wasm.Table({ element: 'anyref', initial: 1 }, 5).get(0)).toBe(5);
  expect(() => new wasm.Table({ element: 'eqref', initial: 1 }, 'text')).toThrow(TypeError);
  for (const element of ['nullref', '(ref any)']) {
    expect(() => new wasm.Table({ element: element as 'anyref', initial: 1 })).toThrow(
      /must be a WebAssembly reference/,
    );
  }
});
