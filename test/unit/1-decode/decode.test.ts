/** The decoder as a whole: preambles, section order and sizes, every section's contents, limits, hostile counts. */
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/1-decode/index.ts';
import { CompileError, type ErrorCode } from '../../../src/errors.ts';
import type { WasmModule } from '../../../src/wasm/module.ts';
import * as t from '../../../src/wasm/types.ts';
import { body, END, F64, funcType, HEADER, I32, name, oneFunc, section, u32, vec, wasm } from '../wasm/build.ts';

function errorOf(bytes: Uint8Array): { code: ErrorCode; message: string; offset: number | undefined } {
  try {
    decode(bytes);
  } catch (e) {
    if (e instanceof CompileError) return { code: e.code, message: e.reason, offset: e.offset };
    throw e;
  }
  throw new Error('decoded without error');
}
const text = (s: string): Uint8Array => new TextEncoder().encode(s);

describe('what is no module', () => {
  it.each([
    ['an empty file', new Uint8Array(0), /it is empty/],
    ['text', text('(module (func))'), /starts with "\(modul", which looks like the text format \(assemble it first\)/],
    ['text after a comment', text(';; hello\n(module)'), /text format/],
    ['a program', text('#!/bin/sh\n'), /starts with "#!\/bin" instead of/],
    ['a short file', Uint8Array.from([0, 0x61, 0x73]), /ends inside its 8-byte header/],
    ['a component', Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]), /a component \(layer 1\)/],
    ['another version', Uint8Array.from([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]), /unknown binary version 2/],
  ])('%s', (_what, bytes, reason) => {
    const e = errorOf(bytes);
    expect(e.code).toBe('malformed');
    expect(e.message).toMatch(reason);
  });
});

describe('sections', () => {
  const types = section(1, vec(funcType([], [])));
  it('accepts an empty module', () => {
    const m = decode(Uint8Array.from(HEADER));
    expect([m.types, m.funcs, m.start, m.dataCount]).toEqual([[], [], undefined, undefined]);
  });
  it.each([
    ['out of order', wasm(section(3, vec()), types), /type section out of order/],
    ['twice', wasm(types, types), /out of order/],
    ['the tag section after globals', wasm(section(6, vec()), section(13, vec())), /tag section out of order/],
    ['data count after code', wasm(section(10, vec()), section(12, [0])), /data count section out of order/],
    ['an unknown id', wasm(section(14, [])), /malformed section id 14/],
    ['too long', wasm([1, 9, 0]), /section 1 is 9 bytes long/],
    ['bytes left over', wasm(section(1, [0, 0])), /type section has 1 bytes too many/],
    ['contents that do not fit', wasm(section(1, [1, 0x60])), /unexpected end/],
    ['a custom section without name', wasm(section(0, [])), /unexpected end/],
    ['a custom name in bad UTF-8', wasm(section(0, [1, 0xff])), /malformed UTF-8/],
    ['functions without code', wasm(types, section(3, vec([0]))), /inconsistent lengths: 1 types, 0 bodies/],
    ['code without functions', wasm(types, section(10, vec(body([])))), /inconsistent lengths: 0 types, 1 bodies/],
    ['a data count without data', wasm(section(12, [1])), /inconsistent lengths: 1 and 0/],
    ['a data count of other data', wasm(section(12, [2]), section(11, vec([1, 0]))), /inconsistent lengths: 2 and 1/],
    ['an import of unknown kind', wasm(section(2, vec([...name('a'), ...name('b'), 5]))), /malformed import kind 0x5/],
    ['mutability of 2', wasm(section(6, vec([I32, 2, 0x41, 0, END]))), /malformed mutability/],
    ['an unknown type form', wasm(section(1, vec([0x61]))), /malformed type: expected func/],
    ['an unknown value type', wasm(section(1, vec([0x60, 1, 0x7a, 0]))), /malformed value type 0x7a/],
    ['unknown limits flags', wasm(section(5, vec([0x10, 0]))), /malformed limits flags 0x10/],
    ['element flags of 8', wasm(section(9, vec([8]))), /malformed element segment flags 8/],
    ['data flags of 3', wasm(section(11, vec([3]))), /malformed data segment flags 3/],
    ['an expression without end', wasm(section(6, vec([I32, 0, 0x41, 0]))), /unexpected end of a constant expression/],
    ['an illegal opcode', wasm(section(6, vec([I32, 0, 0xff, END]))), /illegal opcode 0xff/],
    ['an illegal prefixed opcode', wasm(section(6, vec([I32, 0, 0xfc, 0x40, END]))), /illegal opcode 0xfc 0x40/],
  ])('refuses %s', (_what, bytes, reason) => {
    const e = errorOf(bytes);
    expect(e.message).toMatch(reason);
    expect(e.code).toBe('malformed');
    expect(e.offset).toBeTypeOf('number');
  });
});

describe('limits', () => {
  it.each([
    ['parameters', wasm(section(1, vec([0x60, ...u32(1001), ...new Array<number>(1001).fill(I32), 0]))), /1,001 param/],
    ['memories', wasm(section(5, vec(...new Array<number[]>(101).fill([0, 0])))), /101 memories/],
    ['data segments', wasm(section(12, u32(100_001))), /100,001 data segments/],
    ['functions', wasm(section(3, u32(1_000_001))), /1,000,001 functions/],
    [
      'the body size',
      wasm(section(1, vec(funcType([], []))), section(3, vec([0])), section(10, [1, ...u32(7_654_322)])),
      /7,654,322 bytes of function body/,
    ],
  ])('%s', (_what, bytes, reason) => {
    const e = errorOf(bytes);
    expect(e.code).toBe('limit');
    expect(e.message).toMatch(reason);
    expect(e.message).toMatch(/implementation limit/);
  });
  it('counts that the bytes cannot hold are refused at once', () => {
    for (const id of [1, 2, 3, 6, 7, 9]) expect(errorOf(wasm(section(id, u32(900_000)))).code).toBe('malformed');
  });
});

describe('contents', () => {
  const m: WasmModule = decode(
    wasm(
      section(
        1,
        vec(
          funcType([I32], [F64]),
          [0x5f, 2, 0x78, 1, 0x64, 0, 0],
          [0x4e, 2, 0x50, 0, 0x5e, 0x77, 0, 0x4f, 1, 2, 0x5e, 0x77, 0],
        ),
      ),
      section(
        2,
        vec(
          [...name('env'), ...name('f'), 0, 0],
          [...name('env'), ...name('g'), 3, I32, 1],
          [...name('env'), ...name('m'), 2, 3, 1, 2],
          [...name('env'), ...name('h'), 0, 0],
        ),
      ),
      section(3, vec([0])),
      section(4, vec([0x70, 1, 1, 9], [0x40, 0, 0x64, 0x70, 4, 1, 0xd2, 0, END])),
      section(5, vec([5, 1, 0x80, 0x80, 0x80, 0x80, 0x10])),
      section(13, vec([0, 0])),
      section(6, vec([0x7b, 0, 0xfd, 12, ...new Array<number>(16).fill(7), END])),
      section(7, vec([...name(''), 0, 2], [...name('m'), 2, 0])),
      section(8, [2]),
      section(9, vec([0, 0x41, 3, END, 2, 0, 1], [5, 0x70, 1, 0xd0, 0x70, END], [3, 0, 1, 2])),
      section(12, [2]),
      section(10, vec(body([0x00], [[3, I32]]))),
      section(11, vec([2, 1, 0x42, 0, END, 2, 5, 6], [1, 1, 9])),
    ),
  );
  it('types and recursive groups', () => {
    expect(m.types[0]!.composite).toEqual({ kind: 'func', params: [t.I32], results: [t.F64] });
    expect(m.types[1]!.composite).toEqual({
      kind: 'struct',
      fields: [
        { type: t.I8, mutable: true },
        { type: t.refType(0, false), mutable: false },
      ],
    });
    expect(m.types[2]).toMatchObject({ final: false, supers: [], group: 2, groupSize: 2 });
    expect(m.types[3]).toMatchObject({ final: true, supers: [2], group: 2, groupSize: 2 });
  });
  it('imports come first in their index spaces', () => {
    expect(m.imports.map((i) => [i.kind, i.index, i.name.field])).toEqual([
      ['func', 0, 'f'],
      ['global', 0, 'g'],
      ['memory', 0, 'm'],
      ['func', 1, 'h'],
    ]);
    expect([m.importedFuncs, m.importedGlobals, m.importedMemories, m.importedTables]).toEqual([2, 1, 1, 0]);
    expect(m.funcs.map((f) => f.import?.ordinal)).toEqual([0, 3, undefined]);
    expect(m.memories[0]!.type).toEqual({ limits: { min: 1n, max: 2n }, shared: true, is64: false, pageSizeLog2: 16 });
    expect(m.memories[1]!.type).toMatchObject({ limits: { min: 1n, max: 2n ** 32n }, is64: true });
  });
  it('tables with and without initial value', () => {
    expect(m.tables[0]).toMatchObject({ type: { ref: t.FUNCREF, limits: { min: 1n, max: 9n } }, init: undefined });
    expect(m.tables[1]!.type).toMatchObject({ ref: t.refType(t.Heap.func, false), is64: true });
    const { start, end } = m.tables[1]!.init!;
    expect([...m.bytes.subarray(start, end)]).toEqual([0xd2, 0, END]);
  });
  it('segments', () => {
    expect(m.elements.map((e) => e.mode)).toEqual(['active', 'passive', 'declarative']);
    expect(m.elements[0]!.funcs).toEqual(Uint32Array.of(0, 1));
    expect(m.elements[1]!.exprs).toHaveLength(1);
    expect(m.datas.map((d) => [d.mode, d.memory, [...m.bytes.subarray(d.start, d.end)]])).toEqual([
      ['active', 1, [5, 6]],
      ['passive', 0, [9]],
    ]);
  });
  it('the rest', () => {
    expect(m.exports.map((e) => [e.name, e.kind, e.index])).toEqual([
      ['', 'func', 2],
      ['m', 'memory', 0],
    ]);
    expect([m.start, m.dataCount, m.tags[0]!.type]).toEqual([2, 2, 0]);
    const f = m.funcs[2]!;
    expect([...m.bytes.subarray(f.start, f.end)]).toEqual([1, 3, I32, 0x00, END]);
  });
});

it('a byte more or less anywhere in a good module never throws anything but CompileError', () => {
  const good = oneFunc([I32], [I32], [0x20, 0], { memories: [[0, 1]], exports: [[...name('f'), 0, 0]] });
  for (let at = 0; at < good.length; at++) {
    const cut = good.slice(0, at);
    const longer = Uint8Array.from([...good.subarray(0, at), 0x80, ...good.subarray(at)]);
    for (const bytes of [cut, longer]) {
      try {
        decode(bytes);
      } catch (e) {
        expect(e).toBeInstanceOf(CompileError);
      }
    }
  }
});
