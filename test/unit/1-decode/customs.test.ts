/** Custom sections: every subsection of names, both dylink forms, the rest; and that broken ones are dropped quietly. */
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/1-decode/index.ts';
import { type Bytes, custom, flat, name, u32, vec, wasm } from '../wasm/build.ts';

const sub = (id: number, content: Bytes): number[] => flat([[id], u32(content.length), content]);
const entry = (index: number, text: string): number[] => [...u32(index), ...name(text)];

describe('name', () => {
  const { names } = decode(
    wasm(
      custom(
        'name',
        flat([
          sub(0, name('mod')),
          sub(1, vec(entry(0, 'main'), entry(300, 'ünï'))),
          sub(2, vec([0, ...vec(entry(0, 'x'), entry(1, 'y'))], [1, ...vec()])),
          sub(3, vec([0, ...vec(entry(2, 'loop'))])),
          ...[4, 5, 6, 7, 8, 9, 11].map((id) => sub(id, vec(entry(id, `n${id}`)))),
          sub(10, vec([4, ...vec(entry(0, 'left'))])),
          sub(99, [1, 2, 3]),
        ]),
      ),
    ),
  );
  it('module, functions, locals, labels', () => {
    expect(names.module).toBe('mod');
    expect([...names.funcs]).toEqual([
      [0, 'main'],
      [300, 'ünï'],
    ]);
    expect(names.locals.get(0)?.get(1)).toBe('y');
    expect(names.labels.get(0)?.get(2)).toBe('loop');
  });
  it('all other subsections', () => {
    const { types, tables, memories, globals, elements, datas, tags } = names;
    const all = [types, tables, memories, globals, elements, datas, tags].map((m) => [...m.values()][0]);
    expect(all).toEqual(['n4', 'n5', 'n6', 'n7', 'n8', 'n9', 'n11']);
    expect(names.fields.get(4)?.get(0)).toBe('left');
  });
  it('keeps what precedes malformed content', () => {
    const m = decode(wasm(custom('name', flat([sub(1, vec(entry(0, 'good'))), sub(2, [9, 9]), sub(0, name('late'))]))));
    expect(m.names.funcs.get(0)).toBe('good');
    expect(m.names.module).toBeUndefined();
  });
});

describe('dylink', () => {
  it('dylink.0 with all subsections', () => {
    const content = flat([
      sub(1, [16, 4, 3, 1]),
      sub(2, vec(name('libc.so'), name('libm.so'))),
      sub(3, vec([...name('tls'), ...u32(256)])),
      sub(4, vec([...name('env'), ...name('weak'), 1])),
      sub(5, vec(name('/lib'))),
      sub(77, [0]),
    ]);
    expect(decode(wasm(custom('dylink.0', content))).dylink).toEqual({
      memorySize: 16,
      memoryAlignment: 4,
      tableSize: 3,
      tableAlignment: 1,
      needed: ['libc.so', 'libm.so'],
      exports: new Map([['tls', 256]]),
      imports: [{ module: 'env', field: 'weak', flags: 1 }],
      runtimePath: ['/lib'],
    });
  });
  it('the old form', () => {
    const m = decode(wasm(custom('dylink', flat([[8, 3, 2, 0], vec(name('a.wasm'))]))));
    expect(m.dylink).toMatchObject({ memorySize: 8, memoryAlignment: 3, tableSize: 2, needed: ['a.wasm'] });
  });
  it('a broken one is no dylink section', () => {
    expect(decode(wasm(custom('dylink', [8, 3]))).dylink).toBeUndefined();
  });
});

describe('the rest', () => {
  it('producers', () => {
    const content = vec([
      ...name('language'),
      ...vec([...name('C11'), ...name('')], [...name('Rust'), ...name('1.63')]),
    ]);
    const { producers } = decode(wasm(custom('producers', content)));
    expect([...producers.get('language')!]).toEqual([
      ['C11', ''],
      ['Rust', '1.63'],
    ]);
  });
  it('target features keep their prefix', () => {
    const m = decode(wasm(custom('target_features', vec([0x2b, ...name('simd128')], [0x2d, ...name('atomics')]))));
    expect(m.targetFeatures).toEqual(['+simd128', '-atomics']);
  });
  it('source map', () => {
    expect(decode(wasm(custom('sourceMappingURL', name('a.wasm.map')))).sourceMappingURL).toBe('a.wasm.map');
  });
  it('branch hints', () => {
    const content = vec([...u32(7), ...vec([...u32(200), 1, 1], [...u32(210), 1, 0])]);
    const hints = decode(wasm(custom('metadata.code.branch_hint', content))).branchHints;
    expect([...hints.get(7)!]).toEqual([
      [200, true],
      [210, false],
    ]);
  });
  it.each([
    'name',
    'dylink.0',
    'dylink',
    'producers',
    'target_features',
    'sourceMappingURL',
    'metadata.code.branch_hint',
  ])('broken content of %s is no error', (section) => {
    for (const junk of [[], [0xff], [0xff, 0xff, 0xff, 0xff, 0x0f], [1, 0xff, 0xff], [1, 5, 1, 0x80, 0, 0]]) {
      expect(decode(wasm(custom(section, junk))).customs).toHaveLength(1);
    }
  });
  it('unknown sections are kept as ranges', () => {
    const m = decode(wasm(custom('mine', [1, 2, 3])));
    const { start, end, name: title } = m.customs[0]!;
    expect([title, ...m.bytes.subarray(start, end)]).toEqual(['mine', 1, 2, 3]);
  });
});
