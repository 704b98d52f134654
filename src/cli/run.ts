/** `wasmelt run IN.wasm -- ARGS`: translates to a temporary file and runs it in a child Node with this process's stdio. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Options } from '../options.ts';
import { addCompilerOptions, type CompilerFlags, compilerOptions } from './arguments.ts';
import { compile } from './compile.ts';
import { RUN_EXAMPLES } from './help.ts';
import { type Input, readInput } from './input.ts';
import { translateLibraries } from './libraries.ts';
import { writeOutputs } from './output.ts';
import { FileError } from './report.ts';

export function runCommand(): Command {
  const command = new Command('run')
    .description('translate a WASI command and run it')
    .argument('<input>', 'a WebAssembly module that exports _start, or - for standard input')
    .argument('[args...]', 'arguments of the program, after --');
  return addCompilerOptions(command).addHelpText('after', RUN_EXAMPLES).action(run);
}

async function run(path: string, args: readonly string[], flags: CompilerFlags): Promise<void> {
  const input = await readInput(path);
  const options: Options = { ...compilerOptions(input.name, flags), format: 'esm' };
  const folder = mkdtempSync(join(tmpdir(), 'wasmelt-'));
  try {
    const file = join(folder, `${input.name.replace(/\.wasm$/, '')}.mjs`);
    const { libraries, files } = await translateLibraries(flags.link, file, options, flags.quiet === true);
    await writeOutputs([
      { path: file, contents: await program(input, { ...options, libraries }, flags.quiet) },
      ...files,
    ]);
    await passOn(await execute([file, ...args]), folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function program(input: Input, options: Options, quiet: boolean | undefined): Promise<string> {
  const bundle = await compile(input, options, quiet);
  if (bundle.kind !== 'command') {
    throw new FileError(
      input.label,
      'it exports no _start, so there is no program to run: translate it with -o instead',
    );
  }
  return bundle.code;
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const;

/** The child decides what a signal does: we stay until it ends. */
function execute(args: readonly string[]): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, ...args], { stdio: 'inherit' });
    const forward = (signal: NodeJS.Signals) => void child.kill(signal);
    for (const s of FORWARDED) process.on(s, forward);
    const finish = () => {
      for (const s of FORWARDED) process.removeListener(s, forward);
    };
    child.once('error', (error) => {
      finish();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      finish();
      resolve({ code, signal });
    });
  });
}

async function passOn({ code, signal }: Ending, folder: string): Promise<void> {
  if (signal === null) {
    process.exitCode = code ?? 1;
    return;
  }
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = 128 + constants.signals[signal];
  process.kill(process.pid, signal);
  // The signal arrives on a turn of the event loop; one that does not end this process leaves the code above.
  await new Promise((resolve) => setTimeout(resolve, 50));
}
