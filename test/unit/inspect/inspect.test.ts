/** The report of a module, and functions in the text format, on modules assembled by hand. */
import { describe, expect, it } from 'vitest';
import { inspect, inspectFunction } from '../../../src/inspect/index.ts';
import { bytes, reportText } from '../../../src/inspect/text.ts';

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const text = (s: string) => [s.length, ...new TextEncoder().encode(s)];
const section = (id: number, ...contents: number[]) => [id, contents.length, ...contents];
const custom = (name: string, ...contents: number[]) => section(0, ...text(name), ...contents);
const body = (...code: number[]) => [code.length + 2, 0, ...code, 0x0b];

/** Imports `env.log (i32)`, a memory, a table; `twice` calls `log` and has an indirect call with a padded table index. */
function sample(...mainCode: number[]): Uint8Array {
  const main = body(...mainCode);
  return new Uint8Array([
    ...HEADER,
    ...section(1, 2, 0x60, 1, 0x7f, 0, 0x60, 1, 0x7f, 1, 0x7f),
    ...section(2, 1, ...text('env'), ...text('log'), 0, 0),
    ...section(3, 2, 1, 1),
    ...section(4, 2, 0x70, 0, 1, 0x70, 1, 1, 2),
    ...section(5, 1, 1, 2, 16),
    ...section(7, 2, ...text('main'), 0, 2, ...text('mem'), 2, 0),
    ...section(10, 2, ...body(0x20, 0, 0x10, 0, 0x20, 0), ...main),
    ...custom('producers', 1, ...text('language'), 1, ...text('C'), ...text('99')),
    ...custom('name', 1, 14, 2, 1, ...text('twice'), 2, ...text('ma n')),
  ]);
}
const plain = sample(0x20, 0, 0x10, 1);

describe('inspect', () => {
  const report = inspect(plain);
  it('lists sections with their places and sizes', () => {
    expect(report.sections.map((s) => s.name)).toEqual([
      'type',
      'import',
      'function',
      'table',
      'memory',
      'export',
      'code',
      'custom "producers"',
      'custom "name"',
    ]);
    expect(report.sections[0]).toEqual({ name: 'type', offset: 10, size: 10 });
    expect(report.size).toBe(plain.length);
  });
  it('gives imports and exports with their types', () => {
    expect(report.imports).toEqual([{ module: 'env', name: 'log', kind: 'func', type: '(i32) -> ()' }]);
    expect(report.exports).toEqual([
      { name: 'main', kind: 'func', index: 2, type: '(i32) -> i32' },
      { name: 'mem', kind: 'memory', index: 0, type: '2..16' },
    ]);
  });
  it('gives limits, producers and functions by size', () => {
    expect(report.memories).toEqual([{ index: 0, imported: false, min: 2, max: 16, type: '2..16' }]);
    expect(report.tables.map((t) => t.type)).toEqual(['1.. funcref', '1..2 funcref']);
    expect(report.producers).toEqual({ language: { C: '99' } });
    expect(report.largest.map((f) => [f.index, f.name])).toEqual([
      [1, 'twice'],
      [2, 'ma n'],
    ]);
    expect(report.invalid).toBeUndefined();
  });
  it('describes a module that is not valid', () => {
    // i64.const where main must give an i32
    expect(inspect(sample(0x42, 0)).invalid).toMatch(/function 2/);
  });
  it('is JSON', () => expect(JSON.parse(JSON.stringify(report))).toEqual(report));
  it('refuses what is no module', () => expect(() => inspect(new Uint8Array(3))).toThrow(/not a WebAssembly module/));
});

describe('reportText', () => {
  const lines = reportText(inspect(plain), 'app.wasm').split('\n');
  it('has a row for each import, export and memory', () => {
    expect(lines).toContain('  func  "env" "log"  (i32) -> ()');
    expect(lines).toContain('  func    "main"  (i32) -> i32  index 2');
    expect(lines).toContain('  0  2..16');
  });
  it('has no trailing blanks', () => expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]));
  it('writes sizes short', () => expect([999, 1000, 2_345_678].map(bytes)).toEqual(['999 B', '1.0 KB', '2.3 MB']));
});

describe('inspectFunction', () => {
  it('prints by index, by name and by export', () => {
    const expected =
      '(func $twice (;1;) (param $var0 i32) (result i32)\n  local.get $var0\n  call $import0\n  local.get $var0\n)\n';
    expect(inspectFunction(plain, '1')).toBe(expected);
    expect(inspectFunction(plain, 'twice')).toBe(expected);
    expect(inspectFunction(plain, 'main')).toMatch(/^\(func \$"ma n" \(;2;\)/);
  });
  it('says so when there is no such function, or no body', () => {
    expect(() => inspectFunction(plain, '9')).toThrow('no function has the index or name 9');
    expect(() => inspectFunction(plain, '0')).toThrow('it is imported and has no body');
  });
  it('reads a table index that a linker padded', () => {
    const padded = sample(0x20, 0, 0x41, 0, 0x11, 1, 0x80, 0x80, 0x80, 0x80, 0, 0x41, 5, 0x6a);
    expect(inspectFunction(padded, '2')).toContain(
      '  call_indirect (param i32) (result i32)\n  i32.const 5\n  i32.add\n)',
    );
  });
  it.each([
    ['call_indirect of a table other than 0', [0x20, 0, 0x41, 0, 0x11, 1, 1]],
    ['table.copy between two tables', [0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 14, 0, 1, 0x20, 0]],
    ['f32.const with a signalling NaN', [0x43, 1, 0, 0x80, 0x7f, 0x1a, 0x20, 0]],
    ['table.size of a table other than 0', [0xfc, 16, 1]],
  ])('refuses %s', (what, code) => {
    expect(() => inspectFunction(sample(...code), '2')).toThrow(`the text printer misreads ${what}`);
  });
  it('uses the names of the standard', () => {
    // v128.load32_splat, which wasmparser calls by its name in a draft; then drop
    const splat = sample(0x41, 0, 0xfd, 9, 2, 0, 0x1a, 0x20, 0);
    expect(inspectFunction(splat, '2')).toContain('  v128.load32_splat');
    // select with a type
    const select = sample(0x41, 1, 0x41, 2, 0x20, 0, 0x1c, 1, 0x7f);
    expect(inspectFunction(select, '2')).toContain('  select (result i32)');
  });
});
