/** `wasmelt IN.wasm -o OUT`: one module to one JavaScript file, and perhaps a data file beside it. */
import { dirname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { PhaseTimes } from '../dump.ts';
import type { Bundle } from '../index.ts';
import type { AsyncOptions, DumpOptions, DumpStage } from '../options.ts';
import {
  addCompilerOptions,
  addOutputOptions,
  type CompilerFlags,
  compilerOptions,
  dumpStages,
  explained,
  type OutputFlags,
  passNames,
} from './arguments.ts';
import { compile } from './compile.ts';
import { readInput } from './input.ts';
import { translateLibraries } from './libraries.ts';
import { type OutputFile, sameFile, writeOutputs } from './output.ts';
import { UsageError } from './report.ts';

interface Flags extends CompilerFlags, OutputFlags {
  readonly output?: string;
  readonly dump?: ReadonlySet<DumpStage>;
  readonly func?: string;
  readonly explain?: readonly string[];
  readonly without?: readonly string[];
  readonly time?: true;
}

export function translateCommand(command: Command): Command {
  command
    .argument('<input>', 'a WebAssembly module, or - for standard input')
    .optionsGroup('Output:')
    .option('-o, --output <file>', 'where the JavaScript goes, or - for standard output');
  addOutputOptions(command).optionsGroup('Translation:');
  return addCompilerOptions(command)
    .optionsGroup('Looking inside:')
    .addOption(
      new Option('--dump <stages>', 'print ir (as lowered), opt (optimised) and js (emitted) of functions').argParser(
        dumpStages,
      ),
    )
    .option('--func <index|name>', 'dump this function only')
    .addOption(
      new Option(
        '--explain [index|name]',
        'what was done to these functions and why not more; repeatable, or by commas; without any, for the whole module',
      )
        .preset('')
        .argParser(explained),
    )
    .option('--without <passes>', 'leave out passes, by commas: to find the one to blame', passNames)
    .option('--time', 'print how long each phase took')
    .action(translate);
}

async function translate(path: string, flags: Flags): Promise<void> {
  check(path, flags);
  const input = await readInput(path);
  const total = performance.now();
  const times = new PhaseTimes();
  const dump = dumpOptions(flags);
  const options: AsyncOptions = {
    ...compilerOptions(input.name, flags),
    format: flags.format,
    minify: flags.minify === true,
    ...(flags.data !== undefined && { data: flags.data }),
    ...(flags.globalName !== undefined && { globalName: flags.globalName }),
    ...(dump !== undefined && { dump: dump.options }),
    ...(flags.explain !== undefined && {
      explain: { funcs: flags.explain, write: (text) => stream(flags).write(text) },
    }),
    ...(flags.without !== undefined && { without: flags.without }),
    ...(flags.time && { onPhase: times.add }),
  };
  const { libraries, files } = await translateLibraries(
    flags.link,
    flags.output === '-' ? undefined : flags.output,
    options,
    flags.quiet === true,
  );
  const bundle = await compile(
    input,
    { ...options, libraries, side: flags.side === true, library: flags.library === true },
    flags.quiet,
  );
  if (libraries.length > 0 && bundle.kind !== 'command') {
    throw new UsageError(
      '--link is for WASI commands that run: who makes instances gives the libraries to createDynlink',
    );
  }
  if (dump !== undefined && flags.func !== undefined && dump.count() === 0) {
    throw new UsageError(`--func ${flags.func}: no function of ${input.label} has this index or name`);
  }
  if (flags.output === '-') process.stdout.write(bundle.code);
  else if (flags.output !== undefined) await writeOutputs([...outputs(flags.output, bundle), ...files]);
  if (flags.time) process.stderr.write(`${times.table(performance.now() - total)}\n`);
}

function check(path: string, flags: Flags): void {
  const { output } = flags;
  const looks = flags.dump ?? flags.explain ?? flags.time ?? flags.verify;
  if (output === undefined && looks === undefined) {
    throw new UsageError('say where the output goes: -o FILE, or -o - for standard output');
  }
  if (flags.func !== undefined && flags.dump === undefined) throw new UsageError('--func goes with --dump');
  if (flags.globalName !== undefined && flags.format !== 'iife') {
    throw new UsageError('--global-name goes with --format iife');
  }
  if (output === '-' && flags.link.some(({ file }) => file.endsWith('.wasm'))) {
    throw new UsageError('--link of a .wasm needs an output file to lie beside');
  }
  if (output === undefined || output === '-') {
    if (flags.data !== undefined) throw new UsageError('--data needs an output file to lie beside');
    return;
  }
  const written = [output, ...(flags.data === undefined ? [] : [join(dirname(output), flags.data)])].map((file) =>
    resolve(file),
  );
  if (new Set(written).size < written.length) throw new UsageError('the output and --data are one file');
  if (path !== '-' && written.some((file) => sameFile(file, path))) {
    throw new UsageError('the output would overwrite the input');
  }
}

/** Where dumps and explanations go: standard output, or standard error where the JavaScript goes to standard output. */
function stream({ output }: Flags): NodeJS.WritableStream {
  return output === '-' ? process.stderr : process.stdout;
}

function dumpOptions(flags: Flags): { options: DumpOptions; count: () => number } | undefined {
  if (flags.dump === undefined) return undefined;
  let count = 0;
  const write = (text: string) => {
    count++;
    stream(flags).write(text);
  };
  const options = { what: flags.dump, write, ...(flags.func !== undefined && { func: flags.func }) };
  return { options, count: () => count };
}

function outputs(path: string, bundle: Bundle): OutputFile[] {
  const files: OutputFile[] = [{ path, contents: bundle.code }];
  for (const { name, contents } of bundle.files) files.push({ path: join(dirname(path), name), contents });
  return files;
}
