/**
 * Random modules by binaryen's fuzzer (`wasm-opt -ttf` turns bytes into a valid module): Debian's wasm-opt where it is
 * installed, at 10 ms each, else npm's at 100 (`wasm-opt-server.mjs`). The seed gives the bytes and the passes that are run over the module,
 * so that optimised shapes come up as well as raw ones.
 */
import { type ChildProcess, execFile, type ForkOptions, fork, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Random } from './random.ts';

const FEATURES = [
  '--mvp-features',
  '--enable-sign-ext',
  '--enable-nontrapping-float-to-int',
  '--enable-bulk-memory',
  '--enable-multivalue',
  '--enable-mutable-globals',
];
/** Features that may be asked for, and what makes wasm-opt use them; those of `QUICK` Debian's knows too. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  simd: ['--enable-simd'],
  threads: ['--enable-threads'],
  'tail-call': ['--enable-tail-call'],
  'relaxed-simd': ['--enable-simd', '--enable-relaxed-simd'],
  exceptions: ['--enable-exception-handling', '--enable-reference-types', '--translate-to-exnref', '--emit-exnref'],
  gc: ['--enable-reference-types', '--enable-gc'],
  memory64: ['--enable-memory64'],
  'multi-memory': ['--enable-multimemory'],
};
const QUICK: readonly string[] = ['simd', 'threads', 'tail-call'];
/** All of Wasm 3.0 but wide arithmetic, which no oracle has, and relaxed SIMD, whose results engines may choose. */
const ALL = ['simd', 'threads', 'tail-call', 'exceptions', 'gc', 'memory64', 'multi-memory'];

export const FEATURE_NAMES: readonly string[] = [...Object.keys(MORE), 'all'];
/** Passes by seed. `--denan` keeps NaNs out of memory, where their bits may differ. */
const VARIANTS = [
  [],
  ['--denan'],
  ['-O2'],
  ['--denan', '--fuzz-passes'],
  ['--fuzz-passes'],
  ['--denan', '-O3', '--flatten'],
];

export interface ModuleMaker {
  /** What makes the modules, and its version. */
  readonly name: string;
  make(seed: number): Promise<Uint8Array>;
  /** The same module, but that every NaN an instruction gives becomes 0; if the maker can do that. */
  withoutNaNs?(bytes: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

/**
 * Debian's wasm-opt, or npm's where that is absent, lacks one of the features, or `packagedOnly`; undefined where there is
 * none.
 */
export function moduleMaker(features: readonly string[] = [], packagedOnly = false): ModuleMaker | undefined {
  const wanted = features.includes('all') ? ALL : features;
  const flags = wanted.flatMap((name) => MORE[name]!);
  const packaged = fileURLToPath(new URL('node_modules/binaryen/bin/wasm-opt', import.meta.url));
  for (const [quick, command, ...first] of [
    [true, 'wasm-opt'],
    [false, process.execPath, packaged],
  ] as const) {
    if (quick && (packagedOnly || !wanted.every((name) => QUICK.includes(name)))) continue;
    const version = spawnSync(command, [...first, '--version'], { encoding: 'utf8' });
    if (version.status !== 0) continue;
    const name = version.stdout.trim();
    if (!quick) return maker(name, new Server(packaged), flags);
    const run = promisify(execFile);
    return maker(name, { run: (args) => run(command, args), close: () => {} }, flags);
  }
  return undefined;
}

/** A wasm-opt: `run` throws where it fails. */
interface WasmOpt {
  run(args: readonly string[]): Promise<unknown>;
  close(): void;
}

/** The packaged one in a process that stays, one call after another. */
class Server implements WasmOpt {
  private readonly child: ChildProcess;
  private last: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    // What it has to say about passes that fail is of no interest.
    const options = { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] as ForkOptions['stdio'] };
    this.child = fork(fileURLToPath(new URL('wasm-opt-server.mjs', import.meta.url)), [file], options);
    this.child.unref();
    this.child.channel?.unref();
  }
  run(args: readonly string[]): Promise<void> {
    const call = this.last.then(() => this.call(args));
    this.last = call.catch(() => {});
    return call;
  }
  private call(args: readonly string[]): Promise<void> {
    const { child } = this;
    child.channel?.ref();
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('wasm-opt ended'));
      child.once('exit', ended);
      child.once('message', (code) => {
        child.off('exit', ended);
        child.channel?.unref();
        if (code === 0) resolve();
        else reject(new Error(`wasm-opt: exit code ${code}`));
      });
      child.send(args);
    });
  }
  close(): void {
    this.child.kill();
  }
}

function maker(name: string, tool: WasmOpt, features: readonly string[]): ModuleMaker {
  const folder = mkdtempSync(join(tmpdir(), 'wasmelt-fuzz-'));
  return {
    name,
    async make(seed) {
      const random = new Random(seed);
      const input = join(folder, `${seed}.bin`);
      const output = join(folder, `${seed}.wasm`);
      writeFileSync(input, random.bytes(256 << random.below(9)));
      const passes = VARIANTS[seed % VARIANTS.length]!;
      const base = ['-ttf', input, ...FEATURES, ...features];
      // Some passes do not know some features: then the module goes as it is.
      await tool.run([...base, ...passes, '-o', output]).catch(() => tool.run([...base, '-o', output]));
      const bytes = Uint8Array.from(readFileSync(output));
      rmSync(input);
      rmSync(output);
      return bytes;
    },
    async withoutNaNs(bytes) {
      const file = join(folder, 'nan.wasm');
      writeFileSync(file, bytes);
      await tool.run([file, ...FEATURES, ...features, '--denan', '-o', file]);
      return Uint8Array.from(readFileSync(file));
    },
    close() {
      tool.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
