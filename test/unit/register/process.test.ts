/** `node --import wasmelt/register` as processes: where it reaches, its environment, its cache. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

// Inside the repository, so that the bundle finds wasmelt/package.json.
const ROOT = new URL('../../../', import.meta.url).pathname;
const CACHES = join(ROOT, '.wasmelt-cache');
let folder: string;
let register: string;
let cache: string;

/** `(func (export "add") …)` and `(func (export "fail") unreachable)`. */
const MODULE = `new Uint8Array([0,97,115,109,1,0,0,0, 1,10,2,96,2,127,127,1,127,96,0,0, 3,3,2,0,1,
  7,14,2,3,97,100,100,0,0,4,102,97,105,108,0,1, 10,13,2,7,0,32,0,32,1,106,11,3,0,0,11])`;
const USE = `const { exports: guest } = new WebAssembly.Instance(new WebAssembly.Module(${MODULE}));
  console.log(guest.add(40, 2), /native code/.test(WebAssembly.compile));`;

beforeAll(() => {
  mkdirSync(CACHES, { recursive: true });
  folder = mkdtempSync(join(CACHES, 'test-'));
  register = join(folder, 'register.mjs');
  const entryPoints = [join(ROOT, 'src/register/index.ts')];
  buildSync({ entryPoints, outfile: register, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  cache = mkdtempSync(join(folder, 'cache-'));
});

/** Runs a script with the given flags of node, and gives its output. */
function run(script: string, { flags = ['--import', register], env = {}, name = 'app.mjs' } = {}) {
  const file = join(folder, name);
  writeFileSync(file, script);
  const child = spawnSync(process.execPath, [...flags, file], {
    encoding: 'utf8',
    env: { ...process.env, WASMELT_CACHE: cache, WASMELT_TIME: '1', ...env },
  });
  return { stdout: child.stdout.trim(), stderr: child.stderr, status: child.status };
}

test('an ES module', () => {
  expect(run(USE)).toMatchObject({ stdout: '42 false', status: 0 });
});

test('a CommonJS script, also with --require', () => {
  expect(run(USE, { name: 'app.cjs' })).toMatchObject({ stdout: '42 false', status: 0 });
  // Node 20.19 and newer can require ES modules; older ones say that they cannot.
  const required = run(USE, { flags: ['--require', register], name: 'app.cjs' });
  if (required.status === 0) expect(required.stdout).toBe('42 false');
  else expect(required.stderr).toContain('ERR_REQUIRE_ESM');
});

test('an engine without WebAssembly', () => {
  expect(run('console.log(typeof WebAssembly)', { flags: ['--jitless'] }).stdout).toBe('undefined');
  expect(run(USE, { flags: ['--jitless', '--import', register] })).toMatchObject({ stdout: '42 false', status: 0 });
});

test('worker threads', () => {
  writeFileSync(join(folder, 'worker.mjs'), USE);
  const script = `import { Worker } from 'node:worker_threads'; new Worker(new URL('worker.mjs', import.meta.url));`;
  expect(run(script)).toMatchObject({ stdout: '42 false', status: 0 });
});

test('the trap of a module names it and its functions in the stack', () => {
  const { stdout } = run(`const { exports } = new WebAssembly.Instance(new WebAssembly.Module(${MODULE}));
    try { exports.fail(); } catch (e) { console.log(e instanceof WebAssembly.RuntimeError, e.stack); }`);
  expect(stdout).toMatch(/^true RuntimeError: unreachable\n/);
  expect(stdout).toMatch(/at \S*f1\S* \(wasmelt\/[0-9a-f]{12}\.js:\d+:\d+\)/);
});

test('the second run reads the cache, which depends on the back end', () => {
  expect(run(USE).stderr).toMatch(/^wasmelt: 56 bytes, wavm: translated in \d+ ms$/m);
  expect(run(USE)).toMatchObject({ stdout: '42 false', stderr: expect.stringMatching(/wavm: read from the cache/) });
  const other = run(USE, { env: { WASMELT_BACKEND: 'wamr' } });
  expect(other).toMatchObject({ stdout: '42 false', stderr: expect.stringMatching(/56 bytes, wamr: translated/) });
  expect(readdirSync(cache)).toHaveLength(2);
});

test('a damaged cache is made anew; none is needed', () => {
  run(USE);
  for (const name of readdirSync(cache)) writeFileSync(join(cache, name), '{}\nthrow 1');
  expect(run(USE)).toMatchObject({ stdout: '42 false', stderr: expect.stringMatching(/translated/) });
  expect(run(USE)).toMatchObject({ stdout: '42 false', stderr: expect.stringMatching(/read from the cache/) });
  const none = run(USE, { env: { WASMELT_CACHE: '' } });
  expect(none).toMatchObject({ stdout: '42 false', stderr: expect.stringMatching(/translated/) });
});

test('silent unless asked', () => {
  expect(run(USE, { env: { WASMELT_TIME: '' } })).toEqual({ stdout: '42 false', stderr: '', status: 0 });
});

test('an unknown back end is refused', () => {
  const { status, stderr } = run(USE, { env: { WASMELT_BACKEND: 'llvm' } });
  expect(status).not.toBe(0);
  expect(stderr).toContain('WASMELT_BACKEND must be wavm or wamr, not "llvm"');
});

test("Node's own fetch, whose HTTP parser is WebAssembly, on an engine without", () => {
  const script = `import { createServer } from 'node:http';
    const server = createServer((_, response) => response.setHeader('x-a', 'b').end('text')).listen(0, async () => {
      const response = await fetch('http://127.0.0.1:' + server.address().port);
      console.log(response.status, response.headers.get('x-a'), await response.text());
      server.close();
    });`;
  const { stdout, stderr } = run(script, {
    flags: ['--jitless', '--import', register],
    env: { WASMELT_BACKEND: 'wamr' },
  });
  expect(stdout).toBe('200 b text');
  expect(stderr).toMatch(/bytes, wamr: translated/);
});
