/** The part of the runtime that an output takes: all it needs, and nothing else. */
import { describe, expect, it } from 'vitest';
import { makePack } from '../../../src/6-link/runtime/make.ts';
import { type Pack, Shaker } from '../../../src/6-link/runtime/pack.ts';

const PACK: Pack = {
  statements: [
    { text: 'var a = 1;', declares: ['a'], refers: [] },
    { text: 'function f() { return a + g(); }', declares: ['f'], refers: ['a', 'g'] },
    { text: 'function g() { return f(readFileSync, sep2); }', declares: ['g'], refers: ['f', 'readFileSync', 'sep2'] },
    { text: 'var C = class { x() { return fs; } };', declares: ['C'], refers: ['fs', '#1'] },
    { text: 'more(C, {});', declares: ['#1'], refers: ['C', 'more'] },
    { text: 'var more = (c, x) => c;', declares: ['more'], refers: [] },
  ],
  imports: [
    { from: 'node:path', text: 'sep as sep2', declares: 'sep2' },
    { from: 'node:fs', text: 'existsSync', declares: 'existsSync' },
    { from: 'node:fs', text: 'readFileSync', declares: 'readFileSync' },
    { from: 'node:fs', text: '* as fs', declares: 'fs' },
  ],
  files: { 'core/index.ts': { one: 'a' } },
};
const lines = (...names: string[]) => new Shaker(PACK).text(names).split('\n').slice(0, -1);

describe('Shaker', () => {
  it('keeps what a name refers to, circles included, in order, and imports of that alone', () => {
    expect(lines('a')).toEqual(['var a = 1;']);
    expect(lines('g')).toEqual([
      'import { sep as sep2 } from "node:path";',
      'import { readFileSync } from "node:fs";',
      'var a = 1;',
      'function f() { return a + g(); }',
      'function g() { return f(readFileSync, sep2); }',
    ]);
  });
  it('keeps statements that complete a declaration', () => {
    expect(lines('C')).toEqual([
      'import * as fs from "node:fs";',
      'var C = class { x() { return fs; } };',
      'more(C, {});',
      'var more = (c, x) => c;',
    ]);
  });
  it('knows which variable holds an export', () => {
    expect(new Shaker(PACK).variable('core/index.ts', 'one')).toBe('a');
    expect(() => new Shaker(PACK).variable('core/index.ts', 'two')).toThrow('runtime/core/index.ts exports no two');
  });
});

describe('the pack', () => {
  const pack = makePack();
  const shaker = new Shaker(pack);
  it('has all that each export needs to be made', () => {
    let tried = 0;
    for (const [file, names] of Object.entries(pack.files)) {
      for (const [name, variable] of Object.entries(names)) {
        const text = shaker.text([variable]);
        if (text.startsWith('import ')) continue;
        const run = new Function(`${text}return typeof ${variable};`);
        expect(run(), `${name} of ${file}`).not.toBe('undefined');
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(800);
  });
  it('refers to nothing that is not there', () => {
    const known = new Set([...pack.imports.map((i) => i.declares), ...pack.statements.flatMap((s) => s.declares)]);
    const all = pack.statements.flatMap((s) => s.refers);
    expect(all.filter((name) => !known.has(name))).toEqual([]);
    expect(new Set(pack.statements.flatMap((s) => s.declares)).size).toBe(
      pack.statements.flatMap((s) => s.declares).length,
    );
  });
});
