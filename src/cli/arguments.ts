/** Options that subcommands share, and the checks that turn their texts into the compiler's options. */
import { basename } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DUMP_STAGES } from '../dump.ts';
import {
  type AsyncOptions,
  type BackendName,
  type DumpStage,
  ENGINES,
  type Engine,
  type Format,
  type Goal,
  type Options,
  type TrapMode,
} from '../options.ts';
import { ENGINE_HELP, OPTIMIZE_HELP, TRAPS_HELP } from './help.ts';

type Preopen = NonNullable<Options['dirs']>[number];

/** What commander parses from `compilerOptions`. */
export interface CompilerFlags {
  readonly backend: BackendName;
  readonly traps: TrapMode;
  readonly optimize: Goal;
  readonly engine: Engine;
  readonly dir: readonly Preopen[];
  readonly link: readonly Linked[];
  readonly verify?: true;
  readonly quiet?: true;
  readonly jobs?: number;
}
export interface OutputFlags {
  readonly format: Format;
  readonly side?: true;
  readonly library?: true;
  readonly minify?: true;
  readonly data?: string;
  readonly globalName?: string;
}

/** The options of both `wasmelt` and `wasmelt run`. */
export function addCompilerOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--backend <name>', 'wavm optimises; wamr translates in one quick pass')
        .choices(['wavm', 'wamr'])
        .default('wavm'),
    )
    .addOption(new Option('--optimize <goal>', OPTIMIZE_HELP).choices(['speed', 'size']).default('speed'))
    .addOption(new Option('--engine <kind>', ENGINE_HELP).choices(ENGINES).default('jit'))
    .addOption(new Option('--traps <mode>', TRAPS_HELP).choices(['exact', 'none']).default('exact'))
    .addOption(
      new Option('--dir <host::guest>', 'a folder that a WASI program may use, and its name there; repeatable')
        .argParser(preopen)
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '-j, --jobs <n>',
        'threads that compile functions (default: one for each core, fewer for small modules)',
      ).argParser(jobCount),
    )
    .addOption(
      new Option('--link <[name=]file>', 'a library for dlopen: a translated side module, or its .wasm; repeatable')
        .argParser(linked)
        .default([], 'none'),
    )
    .option('--verify', 'check the compiler’s inner form after each pass')
    .option('-q, --quiet', 'no progress line, no warnings');
}

export function addOutputOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <kind>', 'an ES module, a CommonJS module, or a script')
        .choices(['esm', 'cjs', 'iife'])
        .default('esm'),
    )
    .addOption(
      new Option('--global-name <name>', 'for --format iife: the global variable (default: wasmModule)').argParser(
        globalName,
      ),
    )
    .option('--minify', 'shortest output')
    .option('--library', 'export instantiate() also from a WASI command, instead of running it')
    .option('--side', 'refuse what is no side module (dylink.0, dylink)')
    .addOption(
      new Option('--data <file>', 'put data segments in this file beside the output, not inline').argParser(dataFile),
    );
}

export function jobCount(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('Give a number from 1 to 999.');
  return Number(text);
}

/** `host::guest`; a path alone is both. */
export function preopen(text: string, before: readonly Preopen[] = []): Preopen[] {
  const at = text.indexOf('::');
  const host = at < 0 ? text : text.slice(0, at);
  const guest = at < 0 ? text : text.slice(at + 2);
  if (host === '' || guest === '') throw new InvalidArgumentError('Write HOST::GUEST, for example ./data::/data.');
  return [...before, { host, guest }];
}

/** A library to link, and the name by which the program opens it. */
export interface Linked {
  readonly name: string;
  readonly file: string;
}

/** `name=file`; a path alone is named by its last part. */
export function linked(text: string, before: readonly Linked[] = []): Linked[] {
  const [, name, file] = /^(?:([^=]*)=)?(.*)$/s.exec(text)!;
  if (name === '' || file === '' || !/\.(?:wasm|[mc]?js)$/.test(file!)) {
    throw new InvalidArgumentError('Write NAME=FILE or FILE, a .wasm, .mjs, .cjs or .js.');
  }
  return [...before, { name: name ?? basename(file!), file: file! }];
}

function globalName(text: string): string {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text)) throw new InvalidArgumentError('It is no JavaScript name.');
  return text;
}

function dataFile(text: string): string {
  if (/[/\\]/.test(text) || text === '' || text === '.' || text === '..') {
    throw new InvalidArgumentError('Give a file name without folders: it lies beside the output.');
  }
  return text;
}

export function dumpStages(text: string): ReadonlySet<DumpStage> {
  const stages = text.split(',').map((part) => part.trim());
  for (const stage of stages) {
    if (!(DUMP_STAGES as readonly string[]).includes(stage)) {
      throw new InvalidArgumentError(`Stages are ${DUMP_STAGES.join(', ')}, separated by commas.`);
    }
  }
  return new Set(stages as DumpStage[]);
}

/** Functions to explain; an empty text stands for the option without a value. */
export function explained(text: string, before: readonly string[] = []): string[] {
  return text === '' ? [...before] : [...before, text];
}

export function passNames(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').map((part) => part.trim())];
}

/** The compiler's options out of the shared flags. */
export function compilerOptions(name: string, flags: CompilerFlags): AsyncOptions {
  const { backend, traps, optimize, engine, dir, verify, jobs } = flags;
  const chosen = { name, backend, traps, optimize, engine, dirs: dir, verify: verify === true };
  return jobs === undefined ? chosen : { ...chosen, jobs };
}
