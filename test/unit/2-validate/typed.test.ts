/** What a typed module says: canonical keys of types, features used, functions that may become references. */
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/1-decode/index.ts';
import { validate } from '../../../src/2-validate/index.ts';
import type { TypedModule } from '../../../src/2-validate/typed.ts';
import type { Feature } from '../../../src/wasm/features.ts';
import {
  body,
  END,
  EXTERNREF,
  F32,
  F64,
  FUNCREF,
  funcType,
  I32,
  I64,
  name,
  oneFunc,
  section,
  V128,
  vec,
  wasm,
} from '../wasm/build.ts';

const typed = (bytes: Uint8Array): TypedModule => validate(decode(bytes));
const keys = (...types: number[][]): string[] => {
  const t = typed(wasm(section(1, vec(...types))));
  return t.module.types.map((_, i) => t.typeKey(i));
};
const rec = (...types: number[][]): number[] => [0x4e, ...vec(...types)];
/** A structure with one immutable field that refers to a type. */
const refTo = (type: number): number[] => [0x5f, 1, 0x63, type, 0];

describe('type keys', () => {
  it('are descriptors for plain function types', () => {
    expect(keys(funcType([], []), funcType([I32, I64], [F32, F64]), funcType([FUNCREF, EXTERNREF], [V128]))).toEqual([
      ':',
      'iI:fF',
      're:V',
    ]);
  });
  it('name reference types that have no letter', () => {
    expect(keys([0x60, 1, 0x6e, 0], [0x60, 1, 0x64, 0x70, 0])).toEqual(['<anyref>:', '<(ref func)>:']);
  });
  it('are longer for all else, and never look like a descriptor', () => {
    const others = keys([0x5f, 0], [0x50, 0, 0x60, 0, 0], refTo(0));
    expect(new Set(others).size).toBe(3);
    for (const key of others) expect(key).toMatch(/^0\.0\{/);
  });
  it('are equal for equal types of one module, at other indices', () => {
    const [a, b, c] = keys(refTo(0), funcType([], []), refTo(2));
    expect(a).toBe(c);
    expect(a).not.toBe(b);
  });
  it('are equal across modules exactly if the recursive groups are', () => {
    const [one] = keys(rec(refTo(1), refTo(0)));
    const shifted = keys(funcType([I32], []), rec(refTo(2), refTo(1)));
    expect(shifted[1]).toBe(one);
    expect(shifted[2]).not.toBe(one);
    expect(keys(rec(refTo(0), refTo(1)))[0]).not.toBe(one);
    // The same types outside of a common group are others (iso-recursive types are not unrolled).
    expect(keys(refTo(0))[0]).not.toBe(one);
  });
  it('tell what outer types are referred to', () => {
    const through = (inner: number[]): string => keys(inner, refTo(0))[1]!;
    expect(through([0x5f, 1, I32, 0])).not.toBe(through([0x5f, 1, I32, 1]));
    expect(through([0x5f, 1, I32, 0])).toBe(keys(funcType([], []), [0x5f, 1, I32, 0], refTo(1))[2]);
  });
  it('stay linear where types share', () => {
    const pair = (type: number): number[] => [0x5f, 2, 0x63, type, 0, 0x63, type, 0];
    const types = [[0x5f, 0], ...Array.from({ length: 60 }, (_, i) => pair(i))];
    const all = keys(...types);
    expect(all[60]!.length).toBeLessThan(4000);
    expect(new Set(all).size).toBe(61);
  });
});

describe('function types', () => {
  it('by type and by function', () => {
    const t = typed(
      oneFunc([I32], [F64], [0x00], { imports: [[...name('a'), ...name('b'), 0, 1]], types: [funcType([], [])] }),
    );
    expect(t.typeOf(0)).toBe(t.funcType(1));
    expect(t.typeOf(1)).toBe(t.funcType(0));
    expect(() => t.funcType(2)).toThrow(/unknown type 2/);
  });
});

describe('features', () => {
  const used = (bytes: Uint8Array): Feature[] => [...typed(bytes).features].filter((f) => f !== 'mvp');
  it.each<[Uint8Array, Feature[]]>([
    [oneFunc([I32], [I32], [0x20, 0]), []],
    [oneFunc([], [], [], { tables: [[FUNCREF, 0, 1]] }), []],
    [oneFunc([I32], [I32, I32], [0x20, 0, 0x20, 0]), ['multi-value']],
    [oneFunc([], [], [0x41, 0, 0xc0, 0x1a]), ['sign-extension']],
    [
      oneFunc([], [], [], {
        memories: [
          [0, 1],
          [0, 1],
        ],
      }),
      ['multi-memory'],
    ],
    [oneFunc([], [], [], { memories: [[5, 1, 2]] }), ['memory64']],
    [oneFunc([], [], [], { memories: [[3, 1, 2]] }), ['threads']],
    [oneFunc([], [], [], { tables: [[FUNCREF, 4, 1]] }), ['table64']],
    [oneFunc([], [], [], { tables: [[EXTERNREF, 0, 1]] }), ['reference-types']],
    [oneFunc([], [], [], { globals: [[I32, 1, 0x41, 0, END]], exports: [[...name('g'), 3, 0]] }), ['mutable-globals']],
    [oneFunc([], [], [], { globals: [[I32, 0, 0x41, 1, 0x41, 2, 0x6a, END]] }), ['extended-const']],
    [oneFunc([], [], [], { types: [[0x5f, 0]] }), ['gc']],
    [oneFunc([V128], [], []), ['simd']],
    [oneFunc([], [], [0xd2, 0, 0x1a], { elements: [[3, 0, 1, 0]] }), ['bulk-memory', 'reference-types']],
    [oneFunc([], [], [], { tags: [[0, 0]] }), ['exception-handling']],
  ])('%#', (bytes, features) => {
    expect(used(bytes)).toEqual(features);
  });
});

it('functions that may become references: exported, in segments, in initial values', () => {
  const t = typed(
    wasm(
      section(1, vec(funcType([], []))),
      section(3, vec([0], [0], [0], [0], [0])),
      section(4, vec([FUNCREF, 0, 9])),
      section(6, vec([FUNCREF, 0, 0xd2, 3, END])),
      section(7, vec([...name('f'), 0, 0])),
      section(9, vec([0, 0x41, 0, END, 1, 1], [5, FUNCREF, 1, 0xd2, 2, END])),
      section(10, vec(body([0xd2, 2, 0x1a]), body([]), body([]), body([]), body([0x10, 4]))),
    ),
  );
  expect([...t.referenced].sort()).toEqual([0, 1, 2, 3]);
});
