/** What a caller may ask of the compiler. Every field has a default; the same input and options give the same bytes. */

export type BackendName = 'wavm' | 'wamr';
export type Format = 'esm' | 'cjs' | 'iife';
/** `exact`: every trap of the specification. `none`: those of accesses, arithmetic and signatures are dropped. */
export type TrapMode = 'exact' | 'none';

/** What the optimising generator strives for: time, or bytes of output where that costs time. */
export type Goal = 'speed' | 'size';

/** What will run the output: an engine with a compiler, JavaScriptCore's, or one that interprets (`node --jitless`, Hermes, QuickJS). */
export const ENGINES = ['jit', 'jsc', 'interpreter'] as const;
export type Engine = (typeof ENGINES)[number];

export interface Options {
  /** Name of the module in messages and in the output's header; default `module.wasm`. */
  readonly name?: string;
  readonly backend?: BackendName;
  readonly format?: Format;
  readonly traps?: TrapMode;
  /** Default `speed`. With `size`, memory accesses are calls, and passes that make code longer are left out. */
  readonly optimize?: Goal;
  /** Default `jit`. The output runs anywhere; with `interpreter` it has the forms that take an interpreter the fewest steps. */
  readonly engine?: Engine;
  readonly minify?: boolean;
  /** File name of the data segments beside the output, instead of inline text. */
  readonly data?: string;
  /** For `--format iife`: the global variable that receives the module; default `wasmModule`. */
  readonly globalName?: string;
  /** WASI preopens baked into a command: guest path by host path. */
  readonly dirs?: readonly { readonly host: string; readonly guest: string }[];
  /** The module must be a side module (`dylink.0`, `dylink`): others are refused. Side modules are told without it, too. */
  readonly side?: boolean;
  /** A WASI command, too, exports `instantiate` instead of running when it is loaded: its user runs it (`createWasi`). */
  readonly library?: boolean;
  /** Libraries of a command that calls dlopen: the files that define them, from the output, by the names it opens. */
  readonly libraries?: readonly { readonly name: string; readonly file: string }[];
  /** Verify the IR after each pass. */
  readonly verify?: boolean;
  /** What to print of the compiler's inner state, and where to (see dump.ts). */
  readonly dump?: DumpOptions;
  /** What to explain of how functions were optimised, and where to (see explain/). */
  readonly explain?: ExplainOptions;
  /** Passes of wavm to leave out, by name: to find the one to blame, and for tests. */
  readonly without?: readonly string[];
  /** Called as functions are compiled. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Called with the milliseconds each phase took (see `timed` in dump.ts); `runs` is how often, where that is not once. */
  readonly onPhase?: (phase: string, ms: number, runs?: number) => void;
}

/** What a translation on several threads may be asked besides. */
export interface AsyncOptions extends Options {
  /**
   * On how many threads functions are compiled, the caller's own included: a positive integer. Default: as many as the machine
   * runs at once and the module gives work to; 1 starts no thread. The output is the same whatever it is.
   */
  readonly jobs?: number;
}

/** The IR as lowered, the IR after the passes, the emitted JavaScript. */
export type DumpStage = 'ir' | 'opt' | 'js';

export interface DumpOptions {
  readonly what: ReadonlySet<DumpStage>;
  /** Only functions whose index or name is this. */
  readonly func?: string;
  readonly write: (text: string) => void;
}

export interface ExplainOptions {
  /** Functions by index or name, also several in one text, by commas; without any, the module as a whole. */
  readonly funcs: readonly string[];
  readonly write: (text: string) => void;
}

/** Options with all defaults filled in. */
export interface Settings {
  readonly name: string;
  readonly backend: BackendName;
  readonly format: Format;
  readonly traps: TrapMode;
  readonly optimize: Goal;
  readonly engine: Engine;
  readonly minify: boolean;
  readonly data: string | undefined;
  readonly globalName: string;
  readonly dirs: readonly { readonly host: string; readonly guest: string }[];
  readonly side: boolean;
  readonly library: boolean;
  readonly libraries: readonly { readonly name: string; readonly file: string }[];
  readonly verify: boolean;
  readonly dump: DumpOptions | undefined;
  readonly explain: ExplainOptions | undefined;
  readonly without: readonly string[];
  readonly onProgress: ((done: number, total: number) => void) | undefined;
  readonly onPhase: Options['onPhase'] | undefined;
}

export function settings(o: Options = {}): Settings {
  return {
    name: o.name ?? 'module.wasm',
    backend: o.backend ?? 'wavm',
    format: o.format ?? 'esm',
    traps: o.traps ?? 'exact',
    optimize: o.optimize ?? 'speed',
    engine: o.engine ?? 'jit',
    minify: o.minify ?? false,
    data: o.data,
    globalName: o.globalName ?? 'wasmModule',
    dirs: o.dirs ?? [],
    side: o.side ?? false,
    library: o.library ?? false,
    libraries: o.libraries ?? [],
    verify: o.verify ?? false,
    dump: o.dump,
    explain: o.explain,
    without: o.without ?? [],
    onProgress: o.onProgress,
    onPhase: o.onPhase,
  };
}
