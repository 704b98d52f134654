/** The output file: size, formats, determinism, what it must not contain. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/1-decode/index.ts';
import { validate } from '../../../src/2-validate/index.ts';
import { ModuleScope } from '../../../src/5-emit/js/scope.ts';
import { link } from '../../../src/6-link/index.ts';
import { BACKENDS } from '../../../src/backends.ts';
import type { Format } from '../../../src/index.ts';
import { settings } from '../../../src/options.ts';
import { assemble, bundleOf, type Instantiate, loadCjs, loadEsm, loadScript } from './support.ts';

const ADD = `(module (func (export "add") (param i32 i32) (result i32)
  (i32.add (local.get 0) (local.get 1))))`;
/** Uses a bit of everything that the linker declares. */
const BROAD = `(module
  (import "env" "log" (func $log (param i64)))
  (memory (export "memory") 1) (table (export "table") 2 funcref) (global (export "g") (mut i64) (i64.const 5))
  (func $div (export "div") (param i64 i64) (result i64) (i64.div_s (local.get 0) (local.get 1)))
  (func $half (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 2)))
  (func $loads (export "load") (param i32) (result f64)
    (call $log (i64.extend_i32_s (local.get 0)))
    (f64.promote_f32 (f32.nearest (f32.load (local.get 0)))))
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
  (elem (i32.const 0) $div $half) (data (i32.const 8) "\\00\\00\\20\\40 <script>"))`;

/** Every way to load an output: the function that makes instances. */
async function load(wat: string, format: Format, minify: boolean): Promise<Instantiate> {
  const bundle = await bundleOf(wat, { format, minify, globalName: 'theModule' });
  if (format === 'esm') return (await loadEsm(bundle)).instantiate as Instantiate;
  return format === 'cjs' ? loadCjs(bundle) : loadScript(bundle).theModule!.instantiate;
}
const FORMS = (['esm', 'cjs', 'iife'] as const).flatMap((format) => [true, false].map((m) => [format, m] as const));

describe.each(FORMS)('%s, minified: %s', (format, minify) => {
  it('instantiates', async () => {
    const instantiate = await load(BROAD, format, minify);
    const log: unknown[] = [];
    const { exports } = instantiate({ env: { log: (x: unknown) => log.push(x) } });
    expect([exports.load!(8), exports.div!(-7n, 2n), exports.grow!(), exports.load!(8)]).toEqual([2, -3n, 1, 2]);
    expect(log).toEqual([8n, 8n]);
    expect(() => exports.div!(1n, 0n)).toThrow('divide by zero');
  });
});

it.each(FORMS)('a module that only adds is small: %s', async (format) => {
  const { code } = await bundleOf(ADD, { format, minify: true, name: 'add.wasm' });
  expect(code.length).toBeLessThan(600);
  const { exports } = (await load(ADD, format, true))();
  expect(exports.add!(2147483647, '1')).toBe(-2147483648);
});

it('ships only what is used', async () => {
  const { code } = await bundleOf(ADD);
  for (const word of ['Memory', 'Table', 'Trap', 'i64', 'wasi', 'base64']) expect(code).not.toContain(word);
});

it('says where it comes from, and what it drops', async () => {
  const { code } = await bundleOf(ADD, { name: 'ä\n*/b.wasm', minify: true, backend: 'wamr' });
  expect(code.split('\n')[0]).toMatch(/^\/\/ \?\?\*\/b\.wasm, translated by wasmelt \d+\.\d+\.\d+ \(wamr\)$/);
  expect((await bundleOf(ADD, { traps: 'none' })).code.split('\n')[0]).toContain('--traps none');
});

it('contains no path of this machine, no eval and no Function', async () => {
  for (const [format] of FORMS) {
    const { code } = await bundleOf(BROAD, { format });
    expect(code).not.toMatch(/\beval\b|new Function|\bFunction\(/);
    expect(code).not.toContain(process.cwd());
    expect(code).not.toContain('<script>');
  }
});

it.each(['a-b', 'a.b', '', '1a', 'class', 'x;y'])('refuses the global name %j', async (globalName) => {
  await expect(bundleOf(ADD, { format: 'iife', globalName })).rejects.toThrow(/is no name for a global variable/);
  await bundleOf(ADD, { format: 'esm', globalName });
});

describe('the same input gives the same bytes', () => {
  it.each(['wavm', 'wamr'] as const)('whatever the order in which functions are compiled: %s', async (backend) => {
    const typed = validate(decode(await assemble(BROAD)));
    const chosen = settings({ backend });
    const texts = [0, 1, 2, 3].map((rotation) => {
      const scope = new ModuleScope(typed);
      const funcs = typed.module.funcs.filter((f) => f.import === undefined);
      const order = [...funcs.slice(rotation), ...funcs.slice(0, rotation).reverse()];
      const codes = order.map((func) => BACKENDS[backend](typed, func, scope, chosen));
      return link(typed, scope, codes, chosen).code;
    });
    expect(new Set(texts).size).toBe(1);
  });

  it('in every run', async () => {
    const [a, b] = [await bundleOf(BROAD, { minify: true }), await bundleOf(BROAD, { minify: true })];
    expect(a.code).toBe(b.code);
    expect(a.stats).toEqual({ functions: 4, input: (await assemble(BROAD)).length, output: a.code.length });
  });
});

describe('a data file', () => {
  const name = 'da ta%.bin';
  const wat = `(module (memory (export "memory") 1) (data (i32.const 0) "hello ") (data (i32.const 6) "world"))`;
  const textOf = (instance: { exports: Record<string, unknown> }): string =>
    Buffer.from((instance.exports.memory as { buffer: ArrayBuffer }).buffer, 0, 11).toString();

  it.each(['esm', 'cjs'] as const)('is read from beside the output, or given: %s', async (format) => {
    const folder = mkdtempSync(join(tmpdir(), 'wasmelt-data-'));
    try {
      const bundle = await bundleOf(wat, { format, data: name });
      expect(bundle.code).not.toContain(Buffer.from('hello ').toString('base64'));
      expect(bundle.files.map((f) => [f.name, Buffer.from(f.contents).toString()])).toEqual([[name, 'hello world']]);
      writeFileSync(join(folder, name), bundle.files[0]!.contents);
      writeFileSync(join(folder, 'out.mjs'), bundle.code);
      const esm = (): Promise<{ instantiate: Instantiate }> => import(pathToFileURL(join(folder, 'out.mjs')).href);
      const instantiate = format === 'esm' ? (await esm()).instantiate : loadCjs(bundle, folder);
      expect(textOf(instantiate())).toBe('hello world');
      expect(textOf(instantiate({}, { data: Buffer.from('HELLO WORLD') }))).toBe('HELLO WORLD');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('must be given to a script', async () => {
    const { instantiate } = loadScript(await bundleOf(wat, { format: 'iife', data: name })).wasmModule!;
    expect(() => instantiate()).toThrow(/options\.data is required: the contents of "da ta%\.bin"/);
    expect(textOf(instantiate({}, { data: Buffer.from('hello world') }))).toBe('hello world');
  });
});
