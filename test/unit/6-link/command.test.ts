/** Commands as files that node runs, in every format. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type Options, transpile } from '../../../src/index.ts';
import { assemble } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'wasmelt-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes its second argument and exits with 7; `_start` imports from both versions of WASI. */
const WAT = `(module
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_unstable" "args_get" (func $args2 (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $args2 (i32.const 16) (i32.const 64)))
    (drop (call $args (i32.const 16) (i32.const 64)))
    (i32.store (i32.const 0) (i32.load (i32.const 20)))
    (i32.store (i32.const 4) (i32.const 5))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $exit (i32.const 7))))`;

async function run(file: string, options: Options): Promise<unknown[]> {
  const { code, files } = transpile(await assemble(WAT), { name: 'guest.wasm', ...options });
  writeFileSync(join(folder, file), code);
  for (const f of files) writeFileSync(join(folder, f.name), f.contents);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, file), 'hello', 'x'], {
    encoding: 'utf8',
  });
  return [status, stdout, stderr];
}

it.each([
  ['a.mjs', { format: 'esm' }],
  ['b.mjs', { format: 'esm', minify: true, dirs: [{ host: folder, guest: '/' }] }],
  ['c.cjs', { format: 'cjs' }],
  ['d.cjs', { format: 'cjs', minify: true, dirs: [{ host: folder, guest: '/' }] }],
  ['e.cjs', { format: 'iife' }],
  ['f.mjs', { format: 'iife', minify: true, backend: 'wamr' }],
] as const)('%s runs', async (file, options) => {
  expect(await run(file, options)).toEqual([7, 'hello', '']);
});

it('has its directories opened', async () => {
  const dirs = [{ host: join(folder, 'nowhere'), guest: '/' }];
  const [status, , stderr] = await run('g.mjs', { dirs });
  expect([status, stderr]).toEqual([1, expect.stringContaining('nowhere')]);
});

it('names the traps that end it', async () => {
  const wat = '(module (memory (export "memory") 1) (func (export "_start") unreachable))';
  const { kind, code } = transpile(await assemble(wat));
  writeFileSync(join(folder, 'trap.mjs'), code);
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'trap.mjs')], { encoding: 'utf8' });
  expect([kind, status, stderr]).toEqual(['command', 134, 'wasmelt: RuntimeError: unreachable\n']);
  expect(readFileSync(join(folder, 'trap.mjs'), 'utf8')).not.toContain('open_preopen');
});
