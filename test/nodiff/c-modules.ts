/**
 * Random C programs (Debian package csmith) compiled by clang: shapes that compilers give real code, with loops, 64-bit
 * arithmetic, pointers and floats. The checksum of all variables goes to an imported printf, which the driver logs.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ModuleMaker } from './modules.ts';
import { Random } from './random.ts';

const GENERATE = ['--no-packed-struct', '--no-bitfields', '--max-funcs', '6', '--max-block-depth', '4'];
const COMPILE = ['--target=wasm32-wasi', '-w', '-I/usr/include/csmith', '-nostdlib'];
const LINK = ['-Wl,--no-entry,--allow-undefined,--export=__main_argc_argv'];
const LEVELS = ['-O0', '-O1', '-O2', '-O3', '-Os'];
const FEATURES = [[], ['-mbulk-memory', '-msign-ext', '-mnontrapping-fptoint'], ['-mmultivalue']];

/** Undefined where csmith or clang is missing. */
export function cModuleMaker(): ModuleMaker | undefined {
  const versions = ['csmith', 'clang-14'].map((tool) => spawnSync(tool, ['--version'], { encoding: 'utf8' }));
  if (versions.some((v) => v.status !== 0)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'wasmelt-csmith-'));
  const run = promisify(execFile);
  return {
    name: versions.map((v) => v.stdout.split('\n')[0]).join(', '),
    async make(seed) {
      const random = new Random(seed, 3);
      const source = join(folder, `${seed}.c`);
      const output = join(folder, `${seed}.wasm`);
      const floats = seed % 2 === 0 ? ['--float'] : [];
      await run('csmith', ['--seed', String(seed), ...GENERATE, ...floats, '-o', source]);
      const flags = [random.pick(LEVELS), ...random.pick(FEATURES)];
      await run('clang-14', [...COMPILE, ...flags, ...LINK, source, '-o', output]);
      const bytes = Uint8Array.from(readFileSync(output));
      rmSync(source);
      rmSync(output);
      return bytes;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
