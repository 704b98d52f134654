/**
 * C programs (fixtures/guests/wasi) as processes with real pipes, files and exit codes: under the host's own WebAssembly
 * with our WASI, and translated by both generators. What is checked is what POSIX says the programs should see.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Format } from '../../../../src/index.ts';
import { transpile } from '../../../../src/index.ts';

const REPO = new URL('../../../../', import.meta.url).pathname;
const GUESTS = join(REPO, 'fixtures/guests/wasi');

/** Like the facade of an emitted command, with native WebAssembly in the place of the translated module. */
const RUNNER = `
import { readFileSync } from 'node:fs';
import { open_preopen } from './runtime/fs/directory.ts';
import { run_command } from './runtime/wasi/command.ts';
import { node_process } from './runtime/wasi/node-process.ts';
import * as wasi_snapshot_preview1 from './runtime/wasi/preview1.ts';
const [name] = process.argv.splice(2, 1);
const module = new WebAssembly.Module(readFileSync(${JSON.stringify(GUESTS)} + '/' + name + '.wasm'));
run_command((imports) => new WebAssembly.Instance(module, imports), { wasi_snapshot_preview1 }, {
  name,
  process: node_process,
  preopens: { open: open_preopen, dirs: [] },
});
`;

let temp = '';
beforeAll(() => {
  temp = mkdtempSync(join(tmpdir(), 'wasmelt-guests-'));
  buildSync({
    stdin: { contents: RUNNER, resolveDir: REPO, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    external: ['node:*'],
    outfile: join(temp, 'native.mjs'),
    logLevel: 'error',
  });
});
afterAll(() => rmSync(temp, { recursive: true, force: true }));

type Engine = 'native' | 'wamr' | 'wavm';

interface Build {
  readonly format?: Format;
  readonly dirs?: { host: string; guest: string }[];
}

/** The arguments that make node run a guest. */
function program(engine: Engine, name: string, { format = 'esm', dirs = [] }: Build = {}): string[] {
  if (engine === 'native') return [join(temp, 'native.mjs'), name];
  const file = join(temp, `${engine}-${name}-${dirs.length}.${format === 'esm' ? 'mjs' : `${format}.cjs`}`);
  if (!existsSync(file)) {
    const bytes = readFileSync(join(GUESTS, `${name}.wasm`));
    const { kind, code } = transpile(bytes, { backend: engine, name, format, dirs });
    expect(kind).toBe('command');
    writeFileSync(file, code);
  }
  return [file];
}

interface RunOptions extends Build {
  readonly env?: Record<string, string>;
  readonly input?: string | Buffer;
}

function runner(engine: Engine) {
  const run = (name: string, args: string[] = [], options: RunOptions = {}) => {
    const done = spawnSync(process.execPath, [...program(engine, name, options), ...args], {
      env: options.env ?? {},
      input: options.input ?? '',
      maxBuffer: 1 << 28,
    });
    return { code: done.status, out: done.stdout.toString(), raw: done.stdout, err: done.stderr.toString() };
  };
  /** A shell command, in which `@name` runs a guest. */
  const shell = (command: string): string => {
    const line = command.replaceAll(/@(\w+)/g, (_, name: string) =>
      [process.execPath, ...program(engine, name)].map((s) => `'${s}'`).join(' '),
    );
    return execFileSync('sh', ['-c', line], { stdio: ['ignore', 'pipe', 'pipe'] }).toString();
  };
  return { run, shell };
}

describe.each<Engine>(['native', 'wamr', 'wavm'])('%s', (engine) => {
  const { run, shell } = runner(engine);

  describe('a command', () => {
    it.each<Format>(['esm', 'cjs', 'iife'])('has arguments, environment, streams and exit code: %s', (format) => {
      const done = run('hello', ['42', 'ä b', ''], { env: { GREETING: 'hi ü' }, format });
      expect(done).toMatchObject({ code: 42, err: 'to stderr\n' });
      expect(done.out).toBe('arg 0 [hello]\narg 1 [42]\narg 2 [ä b]\narg 3 []\nGREETING [hi ü]\ntty 0 0 0\n');
    });
    it('keeps the low 8 bits of its exit code', () => expect(run('hello', ['259']).code).toBe(3));
    it('ends with 134 after a trap, and what was printed stays', () => {
      expect(run('abort')).toMatchObject({ code: 134, out: 'before\n', err: 'wasmelt: RuntimeError: unreachable\n' });
      const deep = run('abort', ['deep']);
      expect(deep).toMatchObject({ code: 134, out: 'before\n' });
      expect(deep.err).toBe('wasmelt: RangeError: Maximum call stack size exceeded\n');
    });
    it('says which directory cannot be opened', () => {
      expect(run('cat', [], { env: { WASMELT_DIR: '/no/such::/d' } })).toMatchObject({
        code: 1,
        out: '',
        err: 'wasmelt: cannot open the directory /no/such: ENOENT\n',
      });
    });
    it('keeps time and sleeps', () => {
      const done = run('clocks');
      expect(done).toMatchObject({ code: 0, err: '' });
      expect(done.out.split('\n').filter((line) => / 0$/.test(line))).toEqual(['absolute sleep: 0', 'yield: 0']);
      expect(done.out.split('\n')).toHaveLength(13);
    });
  });

  describe('standard streams', () => {
    const noise = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i * 31 + (i >> 7)) & 255));
    it('are binary-safe through pipes', () => {
      const done = run('cat', [], { input: noise });
      expect(done).toMatchObject({ code: 0, err: 'stdin: 300000 bytes\n' });
      expect(done.raw.equals(noise)).toBe(true);
    });
    it('write megabytes to a slow reader whole', () => {
      const expected = Buffer.from(Array.from({ length: 4096 }, (_, i) => ((i * 31) >> 3) & 255));
      expect(run('pour', ['4']).raw.equals(expected)).toBe(true);
      expect(shell('@pour 6000 2>/dev/null | (sleep 0.2; wc -c)').trim()).toBe('6144000');
    });
    it('fail with EPIPE when nobody reads', () => {
      expect(shell('exec 3>&1; (@pour 6000 2>&3) | head -c 10 >/dev/null')).toBe('write: Broken pipe\n');
    });
    it('are at their end when closed or empty', () => {
      expect(shell('@cat <&- 2>&1')).toBe('stdin: 0 bytes\n');
      expect(shell('@cat </dev/null 2>&1')).toBe('stdin: 0 bytes\n');
    });
    it('read from and append to files', () => {
      const file = join(temp, `${engine}-log`);
      writeFileSync(file, 'first\n');
      expect(
        shell(`@cat <"${file}" >>"${file}.2" 2>&1; @cat <"${file}" >>"${file}.2" 2>/dev/null; cat "${file}.2"`),
      ).toBe('first\nstdin: 6 bytes\nfirst\n');
    });
    it('wait for input that comes late', () => {
      expect(shell('(sleep 0.3; echo late) | @cat 2>/dev/null')).toBe('late\n');
    });
  });

  describe('files', () => {
    it('behave as POSIX has them', () => {
      const dir = mkdtempSync(join(temp, 'files-'));
      const done = run('files', ['/d'], { env: { WASMELT_DIR: `${dir}::/d` } });
      expect(done).toMatchObject({ code: 0, err: '' });
      expect(done.out).toBe(readFileSync(join(GUESTS, 'files.expected'), 'utf8'));
      expect(readFileSync(join(dir, 'text'), 'utf8')).toBe('line 1\n');
    });
    it('are listed with their types, sizes and links', () => {
      const dir = mkdtempSync(join(temp, 'ls-'));
      mkdirSync(join(dir, 'sub/deep'), { recursive: true });
      writeFileSync(join(dir, 'sub/ä.txt'), 'twelve bytes');
      symlinkSync('../nowhere', join(dir, 'sub/link'));
      const listing = (root: string) =>
        [
          `${root}: 3 entries`,
          'd 3 0 .',
          '? ..: Capabilities insufficient',
          'd 3 0 sub',
          `${root}/sub: 5 entries`,
          'd 3 0 .',
          'd 3 0 ..',
          'd 2 0 deep',
          'l 1 0 link -> ../nowhere',
          '- 1 12 ä.txt',
          `${root}/sub/deep: 2 entries`,
          'd 2 0 .',
          'd 3 0 ..',
          '',
        ].join('\n');
      expect(run('ls', ['/d'], { env: { WASMELT_DIR: `${dir}::/d` } }).out).toBe(listing('/d'));
      expect(run('ls', [dir], { env: { WASMELT_DIR: `${temp}::/t,${dir}` } }).out).toBe(listing(dir));
      if (engine === 'native') return;
      const dirs = [{ host: dir, guest: '/baked' }];
      expect(run('ls', ['/baked'], { dirs, env: { WASMELT_DIR: temp } }).out).toBe(listing('/baked'));
    });
    it('are out of reach without a directory', () => {
      expect(run('cat', ['/etc/passwd'])).toMatchObject({ code: 1, out: '' });
    });
  });

  it('nothing leads out of a directory', () => {
    const base = mkdtempSync(join(temp, 'escape-'));
    for (const dir of ['in/sub', 'out/empty']) mkdirSync(join(base, dir), { recursive: true });
    for (const file of ['secret', 'out/secret', 'in/inside']) writeFileSync(join(base, file), file);
    const links = [
      [join(base, 'secret'), 'abs-link'],
      ['../secret', 'rel-link'],
      ['../out', 'dir-link'],
      ['rel-link', 'chain'],
      ['loop', 'loop'],
      ['..', 'sub/up'],
      ['../inside', 'sub/up-inside'],
      ['nowhere', 'dangling'],
      ['../made', 'out-dangling'],
    ] as const;
    for (const [target, name] of links) symlinkSync(target, join(base, 'in', name));
    const done = run('escape', ['/d'], { env: { WASMELT_DIR: `${join(base, 'in')}::/d` } });
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toBe(readFileSync(join(GUESTS, 'escape.expected'), 'utf8'));
    expect(existsSync(join(base, 'out/empty')) && !existsSync(join(base, 'made'))).toBe(true);
    for (const file of ['secret', 'out/secret', 'in/inside']) expect(readFileSync(join(base, file), 'utf8')).toBe(file);
  });
});
