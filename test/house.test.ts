/** Holds the source to the house rules of test/house/rules.ts, and the checker to bad samples. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkCycles, checkForm, checkImports, importsOf, type SourceFile } from './house/check.ts';
import { MAX_LINES, type Part, SOURCE, SOURCE_FORM, TEST_FORM } from './house/rules.ts';

const ROOT = new URL('..', import.meta.url).pathname;

function filesUnder(folder: string, endings: RegExp): SourceFile[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesUnder(path, endings);
    return endings.test(entry.name) ? [{ path, text: readFileSync(join(ROOT, path), 'utf8') }] : [];
  });
}

const source = [...filesUnder('src', /\.[mc]?[jt]s$/), ...filesUnder('runtime', /\.[mc]?[jt]s$/)];
const tests = filesUnder('test', /\.[mc]?[jt]s$/);

describe('the house', () => {
  it('finds the source', () => {
    expect(source.length).toBeGreaterThan(30);
    expect(tests.length).toBeGreaterThan(10);
  });
  it('imports only along the table', () => expect(checkImports(source, SOURCE).join('\n')).toBe(''));
  it('has no circle of imports', () => expect(checkCycles(source).join('\n')).toBe(''));
  it('keeps the form in source', () => expect(source.flatMap((f) => checkForm(f, SOURCE_FORM)).join('\n')).toBe(''));
  it('keeps the form in tests', () => {
    const isConfig = (f: SourceFile) => f.path === 'test/vitest.config.ts';
    expect(
      tests
        .filter((f) => !isConfig(f))
        .flatMap((f) => checkForm(f, TEST_FORM))
        .join('\n'),
    ).toBe('');
  });
  it('has no code beside its folders', () =>
    expect(readdirSync(ROOT).filter((name) => /\.[mc]?[jt]sx?$/.test(name))).toEqual([]));
  it('registers no part that is gone', () => {
    const gone = SOURCE.filter((p) => !source.some((f) => f.path === p.path || f.path.startsWith(`${p.path}/`)));
    expect(gone.map((p) => p.path).join('\n')).toBe('');
  });
});

const file = (path: string, text = ''): SourceFile => ({ path, text: `/** A sample. */\n${text}` });
const PARTS: readonly Part[] = [
  { path: 'src/low', may: [], node: ['fs'] },
  { path: 'src/high', may: ['src/low'], mayType: ['runtime/core'], packages: ['esbuild', '@scope/tool'] },
  { path: 'runtime/core', may: [] },
];
const samples = (path: string, text: string) =>
  checkImports([file(path, text), file('src/low/a.ts'), file('src/high/a.ts'), file('runtime/core/a.ts')], PARTS);

describe('the checker of imports', () => {
  it.each([
    ['src/high/x.ts', `import { a } from '../low/a.ts';`],
    ['src/high/x.ts', `import { a } from './a.ts';`],
    ['src/high/x.ts', `import type { a } from '../../runtime/core/a.ts';`],
    ['src/high/x.ts', `import { type a } from '../../runtime/core/a.ts';`],
    ['src/high/x.ts', `export type { a } from '../../runtime/core/a.ts';`],
    ['src/high/x.ts', `type A = typeof import('../../runtime/core/a.ts');`],
    ['src/high/x.ts', `import { build } from 'esbuild';\nimport { x } from '@scope/tool/part';`],
    ['src/low/x.ts', `import { readFile } from 'node:fs';\nimport { open } from 'node:fs/promises';`],
  ])('accepts in %s: %s', (path, text) => expect(samples(path, text)).toEqual([]));

  it.each([
    ['src/low/x.ts', `import { a } from '../high/a.ts';`, 'may not import src/high/a.ts'],
    ['src/low/x.ts', `import type { a } from '../high/a.ts';`, 'may not import src/high/a.ts'],
    ['src/low/x.ts', `export * from '../high/a.ts';`, 'may not import src/high/a.ts'],
    ['src/low/x.ts', `export { a } from '../high/a.ts';`, 'may not import src/high/a.ts'],
    ['src/low/x.ts', `const a = await import('../high/a.ts');`, 'may not import src/high/a.ts'],
    ['src/low/x.ts', `type A = typeof import('../high/a.ts');`, 'may not import src/high/a.ts'],
    ['src/low/x.ts', `import '../high/a.ts';`, 'may not import src/high/a.ts'],
    ['src/high/x.ts', `import { a, type b } from '../../runtime/core/a.ts';`, 'only types from runtime/core/a.ts'],
    ['src/high/x.ts', `import { a } from 'esbuild-wasm';`, 'the package esbuild-wasm'],
    ['src/low/x.ts', `import { a } from 'esbuild';`, 'the package esbuild'],
    ['src/low/x.ts', `import { a } from 'node:child_process';`, 'node:child_process'],
    ['src/low/x.ts', `import { a } from 'fs';`, 'the package fs'],
    ['src/low/x.ts', `import { a } from './gone.ts';`, 'no source file'],
    ['src/lowest/x.ts', ``, 'belongs to no part'],
    ['src/stray.ts', ``, 'belongs to no part'],
  ])('refuses in %s: %s', (path, text, complaint) => {
    expect(samples(path, text)).toHaveLength(1);
    expect(samples(path, text)[0]).toContain(complaint);
  });

  it('is not misled by comments and strings', () => {
    const text = `// import { a } from '../high/a.ts'\nconst t = \`\nimport { b } from '../high/a.ts';\n\`;`;
    expect(importsOf(file('src/low/x.ts', text))).toEqual([]);
  });
});

describe('the checker of circles', () => {
  it('finds one through three files', () => {
    const files = [
      file('src/a.ts', `import { b } from './b.ts';`),
      file('src/b.ts', `import { type B, c } from './c.ts';`),
      file('src/c.ts', `export { a } from './a.ts';`),
    ];
    expect(checkCycles(files)).toEqual(['circle of imports: src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts']);
  });
  it('accepts one that is closed by types only', () => {
    const files = [
      file('src/a.ts', `import { b } from './b.ts';`),
      file('src/b.ts', `import type { A } from './a.ts';`),
    ];
    expect(checkCycles(files)).toEqual([]);
  });
  it('accepts a diamond', () => {
    const files = [
      file('src/a.ts', `import './b.ts'; import './c.ts';`),
      file('src/b.ts', `import './d.ts';`),
      file('src/c.ts', `import './d.ts';`),
      file('src/d.ts'),
    ];
    expect(checkCycles(files)).toEqual([]);
  });
});

describe('the checker of form', () => {
  it.each([
    ['export default 1;', 'default export'],
    ['const enum E { A }', 'const enum'],
    ['class C { constructor(private readonly x: number) {} }', 'parameter property'],
    [`${'// '}TODO later`, 'TODO'],
    [`${'/* '}FIXME */`, 'FIXME'],
    [`${'// @ts-'}ignore`, '@ts-ignore'],
    [`${'// biome-'}ignore lint: no`, 'biome-ignore'],
    [`it.${'skip'}('x', () => 0);`, 'it.skip'],
    [`describe.${'only'}('x', () => 0);`, 'describe.only'],
    [`const f = new ${'Function'}('return 1');`, 'code made from text'],
    ['const x = ;', 'does not parse'],
    ['\n'.repeat(MAX_LINES), `more than ${MAX_LINES}`],
  ])('refuses %j', (text, complaint) => {
    const found = checkForm(file('src/x.ts', text), SOURCE_FORM);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(complaint);
  });
  it('refuses a file too deep, and one that says nothing of itself', () => {
    expect(checkForm(file('src/a/b/c/x.ts'), SOURCE_FORM)[0]).toContain('deeper than 3 folders');
    expect(checkForm({ path: 'src/x.ts', text: 'export const x = 1;\n' }, SOURCE_FORM)[0]).toContain(
      'open with a comment',
    );
  });
  it('accepts what only looks like one', () => {
    const text = `enum E { A }\nreader.skip(4);\nconst s = 'TODO';\nexport { E as renamed };\nset.only();`;
    expect(checkForm(file('src/a/b/x.ts', text), SOURCE_FORM)).toEqual([]);
    expect(checkForm(file('src/x.ts', '\n'.repeat(MAX_LINES)), { ...SOURCE_FORM, tables: ['src/x.ts'] })).toEqual([]);
  });
});
