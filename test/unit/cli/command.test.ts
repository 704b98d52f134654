/** The command line as its users meet it: processes, files, exit codes, one line on standard error. */
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADD, COUNT_ARGS, DATA, READY_THEN_LOOP, REFUSED } from './modules.ts';
import { buildIfStale, CLI, wasmelt } from './wasmelt.ts';

let folder = '';
const at = (name: string) => join(folder, name);
beforeAll(() => {
  buildIfStale();
  folder = mkdtempSync(join(tmpdir(), 'wasmelt-cli-'));
  const files = {
    'add.wasm': ADD,
    'refused.wasm': REFUSED,
    'data.wasm': DATA,
    'args.wasm': COUNT_ARGS,
    'loop.wasm': READY_THEN_LOOP,
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(at(name), bytes);
  writeFileSync(at('empty.wasm'), '');
  writeFileSync(at('text.wat'), ';; a comment\n(module)\n');
  writeFileSync(at('zip.wasm'), 'PK\u0003\u0004 something');
  writeFileSync(at('component.wasm'), new Uint8Array([0, 0x61, 0x73, 0x6d, 13, 0, 1, 0]));
  writeFileSync(at('cut.wasm'), ADD.subarray(0, ADD.length - 5));
  writeFileSync(at('head.wasm'), ADD.subarray(0, 6));
  mkdirSync(at('folder.wasm'));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('wasmelt IN -o OUT', () => {
  it('writes a library that works, and nothing else', async () => {
    expect(wasmelt([at('add.wasm'), '-o', at('add.mjs')])).toEqual({ code: 0, stdout: '', stderr: '' });
    const { instantiate } = (await import(pathToFileURL(at('add.mjs')).href)) as {
      instantiate: () => { exports: { add: (a: number, b: number) => number } };
    };
    expect(instantiate().exports.add(2 ** 31 - 1, 1)).toBe(-(2 ** 31));
    expect(readdirSync(folder).filter((name) => name.includes('tmp'))).toEqual([]);
  });
  it.each(['wavm', 'wamr'])('writes a program that just runs, by %s', (backend) => {
    expect(wasmelt([at('args.wasm'), '-o', at('args.mjs'), '--backend', backend]).code).toBe(0);
    expect(spawnSync(process.execPath, [at('args.mjs'), 'a', 'b']).status).toBe(3);
  });
  it('writes the same with several threads, and times them', () => {
    const [one, two] = ['1', '2'].map((jobs) => {
      const { code, stderr } = wasmelt([at('args.wasm'), '-o', at(`jobs${jobs}.mjs`), '-j', jobs, '--time']);
      expect([code, /^compile .* 1$/m.test(stderr)]).toEqual([0, true]);
      return readFileSync(at(`jobs${jobs}.mjs`), 'utf8');
    });
    expect(two).toBe(one);
  });
  it.each(['0', '-1', 'many', '1.5'])('refuses %s threads', (jobs) => {
    const { code, stderr } = wasmelt([at('args.wasm'), '-o', at('x.mjs'), '--jobs', jobs]);
    expect([code, stderr.split('\n').length]).toEqual([2, 2]);
    expect(stderr).toContain('from 1 to 999');
  });
  it('reads standard input and writes standard output', () => {
    const { code, stdout, stderr } = wasmelt(['-', '-o', '-'], { input: ADD });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('instantiate');
  });
  it('gives the same bytes wherever the input lies', () => {
    mkdirSync(at('elsewhere'));
    copyFileSync(at('add.wasm'), at('elsewhere/add.wasm'));
    const [here, there] = ['add.wasm', 'elsewhere/add.wasm'].map((name) => wasmelt([at(name), '-o', '-']).stdout);
    expect(here).not.toBe('');
    expect(here).toBe(there);
  });
  it('puts data beside the output', () => {
    expect(wasmelt([at('data.wasm'), '-o', at('with-data.mjs'), '--data', 'segments.bin']).code).toBe(0);
    expect(readFileSync(at('segments.bin'), 'latin1')).toContain('hello');
    expect(readFileSync(at('with-data.mjs'), 'utf8')).toContain('segments.bin');
  });
  it('dumps a function, and measures phases', () => {
    const { code, stdout, stderr } = wasmelt([
      at('add.wasm'),
      '--dump',
      'ir,opt,js',
      '--func',
      '0',
      '--time',
      '--verify',
    ]);
    expect(code).toBe(0);
    expect([...stdout.matchAll(/^;; (\w+) of function 0$/gm)].map((m) => m[1])).toEqual(['ir', 'opt', 'js']);
    expect(stderr).toMatch(/^phase +ms +share +runs\n[\s\S]*^total /m);
  });
});

describe('wasmelt IN --explain', () => {
  it('tells of the module, or of functions, beside an output or without one', () => {
    const { code, stdout, stderr } = wasmelt([at('add.wasm'), '--explain']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^module: 1 functions/);
    expect(wasmelt([at('add.wasm'), '--explain', 'add']).stdout).toMatch(/^function 0 "add": 7 bytes/);
    const both = wasmelt([at('add.wasm'), '--explain', '0,add', '-o', '-']);
    expect(both.stdout).toContain('instantiate');
    expect(both.stderr.match(/^function/gm)).toHaveLength(1);
  });
  it('leaves out passes', () => {
    const { stdout } = wasmelt([at('add.wasm'), '--explain', '0', '--without', 'copies,ifs']);
    expect(stdout).toMatch(/^ {2}no change +dce, simd, float-bits, int64, fold, branches, tries, bits,/m);
  });
});

describe('an input that cannot be translated', () => {
  it.each([
    ['absent.wasm', 'no such file'],
    ['folder.wasm', 'is a directory'],
    ['add.wasm/x', 'a part of the path is not a directory'],
    ['empty.wasm', 'empty'],
    ['text.wat', 'text format'],
    ['zip.wasm', 'not a WebAssembly module'],
    ['component.wasm', 'component (layer 1)'],
    ['cut.wasm', 'unexpected end'],
    ['head.wasm', 'header'],
    ['refused.wasm', 'memory 0 needs custom page sizes, which wasmelt does not translate yet'],
  ])('%s: one line, code 1, no output', (name, reason) => {
    const { code, stdout, stderr } = wasmelt([at(name), '-o', at('never.mjs')]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(stderr.startsWith(`error: ${at(name)}: `)).toBe(true);
    expect(stderr).toContain(reason);
    expect(existsSync(at('never.mjs'))).toBe(false);
  });
  it('says <stdin> for standard input', () => {
    expect(wasmelt(['-', '-o', '-'], { input: new Uint8Array() }).stderr).toMatch(/^error: <stdin>: .*empty.*\n$/);
  });
  it('shows a stack on request', () => {
    const { stderr } = wasmelt([at('refused.wasm'), '-o', '-'], { env: { WASMELT_DEBUG: '1' } });
    expect(stderr).toMatch(/\n +at /);
  });
  it('keeps an older output', () => {
    writeFileSync(at('older.mjs'), 'older');
    wasmelt([at('refused.wasm'), '-o', at('older.mjs')]);
    expect(readFileSync(at('older.mjs'), 'utf8')).toBe('older');
  });
});

describe('an output that cannot be written', () => {
  it.each([
    ['no/such/a.mjs', 'does not exist'],
    ['folder.wasm', 'is a directory'],
  ])('%s: code 1', (name, reason) => {
    const { code, stderr } = wasmelt([at('add.wasm'), '-o', at(name)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(stderr).toContain(reason);
  });
});

describe('a signal while files are written', () => {
  it('leaves the older output and no temporary file', async () => {
    mkdirSync(at('signal'));
    writeFileSync(at('signal/out.mjs'), 'older');
    // Nobody reads the pipe: the data file is never complete, and the JavaScript waits beside its place.
    spawnSync('mkfifo', [at('signal/pipe')]);
    const args = [CLI, at('data.wasm'), '-o', at('signal/out.mjs'), '--data', 'pipe'];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    const end = new Promise((resolve) => child.once('close', (_, signal) => resolve(signal)));
    while (readdirSync(at('signal')).length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGTERM');
    expect(await end).toBe('SIGTERM');
    expect(readdirSync(at('signal')).sort()).toEqual(['out.mjs', 'pipe']);
    expect(readFileSync(at('signal/out.mjs'), 'utf8')).toBe('older');
  });
});

describe('wrong usage', () => {
  it.each([
    [[], 'missing required argument'],
    [['add.wasm'], 'say where the output goes'],
    [['add.wasm', '-o'], 'argument missing'],
    [['add.wasm', '-o', 'x.mjs', '--colour'], "unknown option '--colour'"],
    [['add.wasm', '-o', 'x.mjs', '--backend', 'llvm'], 'Allowed choices are wavm, wamr'],
    [['add.wasm', '-o', 'x.mjs', '--dump', 'asm'], 'Stages are ir, opt, js'],
    [['add.wasm', '-o', 'x.mjs', '--func', '0'], '--func goes with --dump'],
    [['add.wasm', '-o', 'x.mjs', '--global-name', 'X'], '--global-name goes with --format iife'],
    [['add.wasm', '-o', 'x.js', '--format', 'iife', '--global-name', 'a-b'], 'no JavaScript name'],
    [['add.wasm', '-o', '-', '--data', 'x.bin'], '--data needs an output file'],
    [['add.wasm', '-o', 'x.mjs', '--data', '../x.bin'], 'without folders'],
    [['add.wasm', '-o', './x.mjs', '--data', 'x.mjs'], 'are one file'],
    [['add.wasm', '-o', 'add.wasm'], 'would overwrite the input'],
    [['add.wasm', '-o', 'x.mjs', '--data', 'add.wasm'], 'would overwrite the input'],
    [['add.wasm', '--dump', 'js', '--func', 'nobody'], 'no function of add.wasm has this index or name'],
    [['add.wasm', '--explain', '9'], 'no function with a body has the index or name 9'],
    [['add.wasm', '--explain', '--backend', 'wamr'], 'wamr has no passes'],
    [['add.wasm', '-o', 'x.mjs', '--without', 'speed'], 'no pass is called speed'],
    [['add.wasm', '-o', 'x.mjs', '--without', 'int64'], 'the pass int64 decides what the output does'],
    [['add.wasm', 'data.wasm', '-o', 'x.mjs'], 'too many arguments'],
    [['inspect', 'add.wasm', '--func', '9'], 'no function has the index or name 9'],
    [['inspect', 'add.wasm', '--func', '0', '--json'], 'exclude each other'],
    [['run', 'add.wasm', '--flag-of-the-program'], 'unknown option'],
  ])('%j: one line, code 2', (args, reason) => {
    const { code, stdout, stderr } = wasmelt(args, { cwd: folder });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(stderr).toContain(reason);
    expect(existsSync(at('x.mjs'))).toBe(false);
  });
});

describe('wasmelt run', () => {
  it('passes arguments and the exit code on', () => {
    expect(wasmelt(['run', at('args.wasm')]).code).toBe(1);
    expect(wasmelt(['run', at('args.wasm'), '--', '--help', '-x', '--']).code).toBe(4);
  });
  it('refuses a library', () => {
    const { code, stderr } = wasmelt(['run', at('add.wasm')]);
    expect(code).toBe(1);
    expect(stderr).toContain('it exports no _start');
  });
  it('passes a signal on, and ends by it', async () => {
    const child = spawn(process.execPath, [CLI, 'run', at('loop.wasm')], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.once('data', () => child.kill('SIGTERM'));
    const signal = await new Promise((resolve) => child.once('close', (_, s) => resolve(s)));
    expect(signal).toBe('SIGTERM');
  });
});

describe('wasmelt inspect', () => {
  it('prints a report, JSON or a function', () => {
    expect(wasmelt(['inspect', at('add.wasm')]).stdout).toContain('"add"');
    expect(JSON.parse(wasmelt(['inspect', at('add.wasm'), '--json']).stdout).exports[0].name).toBe('add');
    expect(wasmelt(['inspect', '-', '--func', 'add'], { input: ADD }).stdout).toContain('  i32.add\n');
  });
  it('is quiet when its reader goes away', () => {
    const command = `"${process.execPath}" "${CLI}" inspect "${at('add.wasm')}" | true`;
    expect(spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stderr).toBe('');
  });
});

describe('help and version', () => {
  it('go to standard output with code 0', () => {
    const help = wasmelt(['--help']);
    expect([help.code, help.stderr]).toEqual([0, '']);
    for (const word of ['--traps', 'out of bounds', 'Examples:', 'inspect', '--backend'])
      expect(help.stdout).toContain(word);
    expect(wasmelt(['run', '--help']).stdout).toContain('--dir');
    expect(wasmelt(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
