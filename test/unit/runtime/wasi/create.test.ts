/** WASI by hand: createWasi over native WebAssembly, and commands where there is no process. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse_dirs } from '../../../../runtime/wasi/command.ts';
import type { WasiOptions } from '../../../../runtime/wasi/create.ts';
import { createWasi } from '../../../../runtime/wasi/create.ts';
import { transpile } from '../../../../src/index.ts';

interface Native {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { exports: Record<string, (n: number) => number> };
  readonly RuntimeError: new () => Error;
}
/** The host's own, which the types of this project leave out. */
const native = Reflect.get(globalThis, 'WebAssembly') as Native;

const wasm = (name: string) => readFileSync(new URL(`../../../../fixtures/guests/wasi/${name}.wasm`, import.meta.url));

function create(name: string, options: WasiOptions) {
  const out: string[] = [];
  const take = (bytes: Uint8Array) => void out.push(new TextDecoder().decode(bytes));
  const wasi = createWasi({ stdout: take, stderr: take, ...options });
  const { exports } = new native.Instance(new native.Module(wasm(name)), wasi.imports);
  return { wasi, exports, out };
}

describe('createWasi', () => {
  it('runs a command with the arguments, environment and streams given', () => {
    const { wasi, exports, out } = create('hello', { args: ['me', '300'], env: { GREETING: 'hi' } });
    expect(wasi.start(exports)).toBe(300);
    expect(out.join('')).toContain('arg 1 [300]\nGREETING [hi]\ntty 0 0 0\n');
  });
  it.each<[string, WasiOptions['stdin']]>([
    ['text', 'some text'],
    ['bytes', new TextEncoder().encode('some text')],
  ])('reads %s', (_, stdin) => {
    const { wasi, exports, out } = create('cat', { stdin: stdin ?? '' });
    expect(wasi.start(exports)).toBe(0);
    expect(out).toEqual(['some text', 'stdin: 9 bytes\n']);
  });
  it('reads what a function gives', () => {
    const chunks = ['one ', 'two'];
    const next = () => (chunks.length > 0 ? new TextEncoder().encode(chunks.shift()) : undefined);
    const { wasi, exports, out } = create('cat', { stdin: next });
    expect(wasi.start(exports)).toBe(0);
    expect(out).toEqual(['one ', 'two', 'stdin: 7 bytes\n']);
  });
  it('opens directories', () => {
    const dir = mkdtempSync(join(tmpdir(), 'wasmelt-create-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    writeFileSync(join(dir, 'f'), 'content');
    const { wasi, exports, out } = create('cat', { args: ['cat', '/data/f'], preopens: { '/data': dir } });
    expect(wasi.start(exports)).toBe(0);
    expect(out).toEqual(['content', '/data/f: 7 bytes\n']);
    expect(() => createWasi({ preopens: { '/data': join(dir, 'f') } })).toThrow('ENOTDIR');
    expect(() => createWasi({ preopens: { '/data': join(dir, 'none') } })).toThrow('ENOENT');
  });
  it('initializes a reactor', () => {
    const { wasi, exports, out } = create('reactor', { env: { NAME: 'you' } });
    wasi.initialize(exports);
    expect(exports.greet?.(2)).toBe(1);
    expect(out.join('')).toBe('hello you\nhello you\n');
    expect(() => exports.leave?.(3)).toThrow(expect.objectContaining({ name: 'Exit', code: 3 }));
  });
  it('serves a translated library', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'wasmelt-create-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const { kind, code } = transpile(wasm('reactor'), { name: 'reactor' });
    expect(kind).toBe('library');
    writeFileSync(join(dir, 'reactor.mjs'), code);
    const { instantiate } = await import(/* @vite-ignore */ join(dir, 'reactor.mjs'));
    const out: string[] = [];
    const wasi = createWasi({ env: { NAME: 'you' }, stdout: (bytes) => out.push(new TextDecoder().decode(bytes)) });
    const { exports } = instantiate(wasi.imports);
    wasi.initialize(exports);
    expect(exports.greet(1)).toBe(1);
    expect(out).toEqual(['hello you\n']);
    expect(() => exports.leave(3)).toThrow(expect.objectContaining({ name: 'Exit', code: 3 }));
  });
  it('lets traps pass', () => {
    const { wasi, exports } = create('abort', {});
    expect(() => wasi.start(exports)).toThrow(native.RuntimeError);
  });
});

it('a command runs where there is neither process nor file system, on the console', () => {
  const { code } = transpile(wasm('hello'), { format: 'iife', name: 'hello', dirs: [] });
  const lines: string[] = [];
  const console = { log: (s: string) => lines.push(s), error: (s: string) => lines.push(`! ${s}`) };
  runInNewContext(code, { console, TextDecoder, TextEncoder, performance, crypto });
  expect(lines).toEqual(['arg 0 [hello]', 'GREETING [(none)]', 'tty 0 1 1', '! to stderr']);
});

it('WASMELT_DIR is a list of directories', () => {
  expect(parse_dirs('')).toEqual([]);
  expect(parse_dirs('/a::/b,.,c::')).toEqual([
    { host: '/a', guest: '/b' },
    { host: '.', guest: '.' },
    { host: 'c', guest: '' },
  ]);
});
