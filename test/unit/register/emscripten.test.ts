/** What Emscripten built with MAIN_MODULE and SIDE_MODULE runs unchanged under wasmelt/register, as on native WebAssembly. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';

// Inside the repository, so that the bundle finds wasmelt/package.json.
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CACHES = join(ROOT, '.wasmelt-cache');
const PROGRAM = join(ROOT, 'fixtures/guests/dynlink/emscripten');
let folder: string;
let register: string;

beforeAll(() => {
  mkdirSync(CACHES, { recursive: true });
  folder = mkdtempSync(join(CACHES, 'emscripten-'));
  register = join(folder, 'register.mjs');
  const entryPoints = [join(ROOT, 'src/register/index.ts')];
  buildSync({ entryPoints, outfile: register, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const EXPECTED = `side 194 105
mixed 8589934592.75 <12 x> 6
late 49 31
missing 1 told
closed 0
`;

it.each([
  ['native', []],
  ['wavm', ['--import']],
  ['wamr', ['--import']],
  ['wavm without WebAssembly', ['--jitless', '--import']],
])('%s', (engine, flags) => {
  const backend = engine.slice(0, 4);
  const more = flags.length > 0 ? [register] : [];
  const child = spawnSync(process.execPath, ['--no-experimental-fetch', ...flags, ...more, join(PROGRAM, 'main.cjs')], {
    encoding: 'utf8',
    cwd: PROGRAM,
    env: { ...process.env, WASMELT_BACKEND: backend === 'nati' ? 'wavm' : backend, WASMELT_CACHE: '' },
  });
  expect([child.status, child.stdout]).toEqual([0, EXPECTED]);
});
