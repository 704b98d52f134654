/** `--link` and `--side` on the command line. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildIfStale, wasmelt } from './wasmelt.ts';

const guest = (name: string): string =>
  fileURLToPath(new URL(`../../../fixtures/guests/plugins/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wasmelt-link-'));
beforeAll(buildIfStale, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

it('translates a library with the program, or imports what is translated', () => {
  expect(wasmelt([guest('libshout.wasm'), '--side', '-o', at('elsewhere.mjs')])).toMatchObject({ code: 0, stderr: '' });
  const links = ['--link', guest('libreverse.wasm'), '--link', `libshout.so=${at('elsewhere.mjs')}`];
  expect(wasmelt([guest('host.wasm'), '-o', at('host.mjs'), ...links])).toMatchObject({ code: 0, stderr: '' });
  expect(existsSync(at('libreverse.mjs'))).toBe(true);
  const { stdout } = spawnSync(process.execPath, [at('host.mjs'), 'libreverse.so', 'libshout.so'], {
    encoding: 'utf8',
  });
  expect(stdout).toContain('reverse: eno yb eno ,seludom ediS\n');
  expect(stdout).toContain('shout: ENO YB ENO ,SELUDOM EDIS\n');
});

it('runs a program with its libraries', () => {
  const { code, stdout } = wasmelt(['run', guest('host.wasm'), '--link', guest('libshout.wasm'), '--', 'libshout.so']);
  expect([code, stdout]).toEqual([0, '  [1] louder\nshout: SIDE MODULES, ONE BY ONE\n  [2] shout is unloaded\n']);
});

it.each([
  [[guest('host.wasm'), '--side', '-o', at('x.mjs')], 1, 'host.wasm: it is no side module'],
  [[guest('host.wasm'), '--link', guest('host.wasm'), '-o', at('x.mjs')], 1, 'host.wasm: it is no side module'],
  [[guest('libshout.wasm'), '--link', guest('libreverse.wasm'), '-o', at('x.mjs')], 2, '--link is for WASI commands'],
  [[guest('host.wasm'), '--link', 'libfoo.txt', '-o', at('x.mjs')], 2, 'Write NAME=FILE or FILE'],
  [[guest('host.wasm'), '--link', guest('libshout.wasm'), '-o', '-'], 2, '--link of a .wasm needs an output file'],
  [[guest('host.wasm'), '--link', at('gone.wasm'), '-o', at('x.mjs')], 1, 'gone.wasm: no such file'],
])('refuses %j', (args, code, text) => {
  const result = wasmelt(args);
  expect(result.code).toBe(code);
  expect(result.stderr).toContain(text);
  expect(existsSync(at('x.mjs'))).toBe(false);
});
