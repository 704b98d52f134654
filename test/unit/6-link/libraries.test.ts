/** Programs and their libraries as files: imported by the output, beside it, in one bundle, and in chunks loaded on demand. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Options, transpile } from '../../../src/index.ts';

const GUESTS = new URL('../../../fixtures/guests/plugins/', import.meta.url);
const RUNTIME = fileURLToPath(new URL('../../../runtime/index.ts', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wasmelt-libraries-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(guest: string, file: string, options: Options = {}): void {
  const { code } = transpile(readFileSync(new URL(guest, GUESTS)), { name: guest, ...options });
  writeFileSync(join(folder, file), code);
}
function run(file: string, env = {}): unknown[] {
  const args = [join(folder, file), 'libreverse.so', 'libshout.so', 'libnone.so'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return [status, stdout, stderr];
}
const DONE = [
  0,
  `  [1] from the end
reverse: eno yb eno ,seludom ediS
  [2] louder
shout: ENO YB ENO ,SELUDOM EDIS
  [3] shout is unloaded
libnone.so: not found
`,
  '',
];

describe.each(['wavm', 'wamr'] as const)('%s', (backend) => {
  it.each([
    ['esm', 'mjs'],
    ['cjs', 'cjs'],
  ] as const)('%s: one library imported, one beside the output', (format, ending) => {
    const libraries = [{ name: 'libreverse.so', file: `./else.${ending}` }];
    write('host.wasm', `host.${ending}`, { backend, format, libraries });
    write('libreverse.wasm', `else.${ending}`, { backend, format });
    write('libshout.wasm', `libshout.${ending}`, { backend, format, minify: true });
    expect(run(`host.${ending}`)).toEqual(DONE);
  });

  it('in one bundle', () => {
    const names = ['libreverse', 'libshout'];
    const libraries = names.map((name) => ({ name: `${name}.so`, file: `./${name}.mjs` }));
    write('host.wasm', 'host.mjs', { backend, libraries });
    for (const name of names) write(`${name}.wasm`, `${name}.mjs`, { backend });
    const outfile = join(folder, 'out/all.mjs');
    buildSync({ entryPoints: [join(folder, 'host.mjs')], outfile, bundle: true, format: 'esm', platform: 'node' });
    for (const name of names) rmSync(join(folder, `${name}.mjs`));
    expect(run('out/all.mjs')).toEqual(DONE);
  });

  it('in chunks that are loaded when they are asked for', () => {
    write('host.wasm', 'host.mjs', { backend, library: true });
    for (const name of ['libreverse', 'libshout']) write(`${name}.wasm`, `${name}.mjs`, { backend });
    writeFileSync(
      join(folder, 'main.mjs'),
      `import { createDynlink, createWasi } from ${JSON.stringify(RUNTIME)};
       import { instantiate } from './host.mjs';
       const libraries = { 'libreverse.so': () => import('./libreverse.mjs'), 'libshout.so': () => import('./libshout.mjs') };
       const wasi = createWasi({ args: ['host', ...process.argv.slice(2)] });
       const dynlink = createDynlink({ libraries, host: wasi.imports });
       const { exports } = instantiate({ ...wasi.imports, env: dynlink.env });
       dynlink.start(exports);
       try { dynlink.open('libshout.so'); } catch (error) { console.log(error.message); }
       await dynlink.preload();
       wasi.start(exports);`,
    );
    const entryPoints = [join(folder, 'main.mjs')];
    buildSync({
      ...{ entryPoints, outdir: join(folder, 'out'), outExtension: { '.js': '.mjs' }, logLevel: 'silent' },
      ...{ bundle: true, splitting: true, format: 'esm', platform: 'node' },
    });
    expect(readdirSync(join(folder, 'out')).filter((name) => name.startsWith('lib')).length).toBe(2);
    const [code, text, errors] = DONE;
    const told = 'libshout.so: it is loaded asynchronously, and was not preloaded\n';
    expect(run('out/main.mjs')).toEqual([code, told + text, errors]);
  });
});

it('files are looked for in WASMELT_LIBRARY_PATH, and judged', () => {
  write('host.wasm', 'host.mjs');
  const other = mkdtempSync(join(folder, 'lib-'));
  write('libreverse.wasm', `${other.slice(folder.length + 1)}/libreverse.mjs`);
  writeFileSync(join(folder, 'libshout.mjs'), 'export const other = 1;');
  writeFileSync(join(folder, 'libnone.mjs'), 'export const = 1;');
  const [status, stdout] = run('host.mjs', { WASMELT_LIBRARY_PATH: other });
  expect(status).toBe(0);
  const lines = (stdout as string).replaceAll(`${folder}/`, '').split('\n');
  expect(lines.slice(1, 3)).toEqual(['reverse: eno yb eno ,seludom ediS', 'libshout.mjs: it is no side module']);
  expect(lines[3]).toMatch(/^libnone\.mjs: it cannot be loaded: /);
});

it('scripts import no libraries', () => {
  const libraries = [{ name: 'libreverse.so', file: './libreverse.js' }];
  expect(() => write('host.wasm', 'host.js', { format: 'iife', libraries })).toThrow('a script imports no libraries');
});

it('what is no side module is refused where one is asked for', () => {
  expect(() => write('host.wasm', 'host.mjs', { side: true })).toThrow('it is no side module');
});
