/** The house rules as data: which part of the project may import which, and what each may use from outside. */

/** A part of the source: a folder with all below it, or a file. A file belongs to the longest `path` it starts with. */
export interface Part {
  readonly path: string;
  /** Parts it may import from. Its own files always. */
  readonly may: readonly string[];
  /** Parts whose types it may import, besides. */
  readonly mayType?: readonly string[];
  /** npm packages. */
  readonly packages?: readonly string[];
  /** Modules of Node, without `node:`; true for all. */
  readonly node?: readonly string[] | true;
}

const nouns = ['src/wasm', 'src/errors.ts', 'src/options.ts', 'src/dump.ts', 'src/notes.ts', 'src/scratch.ts'];
const frontEnd = [...nouns, 'src/1-decode', 'src/2-validate'];

export const SOURCE: readonly Part[] = [
  { path: 'src/wasm', may: [], mayType: [] },
  { path: 'src/errors.ts', may: ['src/wasm'] },
  { path: 'src/options.ts', may: [] },
  { path: 'src/dump.ts', may: ['src/options.ts', 'src/wasm'] },
  { path: 'src/notes.ts', may: [] },
  { path: 'src/package.ts', may: [], node: ['module', 'path'] },
  { path: 'src/scratch.ts', may: [] },
  { path: 'src/1-decode', may: nouns },
  { path: 'src/2-validate', may: [...nouns, 'src/1-decode'] },
  { path: 'src/3-lower', may: frontEnd },
  {
    path: 'src/4-optimise',
    may: [...nouns, 'src/3-lower', 'src/2-validate/payloads/carried.ts'],
    mayType: ['src/2-validate'],
  },
  // What both generators share, the facts about a module included. It knows the runtime's libcalls by their types alone.
  {
    path: 'src/5-emit/js',
    may: [...nouns, 'src/3-lower/facts.ts', 'src/2-validate/payloads/carried.ts'],
    mayType: ['src/2-validate', 'runtime/core'],
  },
  // What a function of wavm becomes, decided before anything is printed.
  {
    path: 'src/5-emit/form',
    may: [...nouns, 'src/3-lower', 'src/4-optimise', 'src/5-emit/js', 'src/5-emit/terms'],
  },
  // Lines as they are printed, and what is found out from their texts alone.
  { path: 'src/5-emit/lines', may: [...nouns, 'src/3-lower'] },
  {
    path: 'src/5-emit/tree',
    may: [
      ...frontEnd,
      'src/3-lower',
      'src/4-optimise',
      'src/5-emit/form',
      'src/5-emit/js',
      'src/5-emit/large',
      'src/5-emit/lines',
      'src/5-emit/terms',
      'runtime/abi.ts',
    ],
  },
  {
    path: 'src/5-emit/large',
    may: [...nouns, 'src/3-lower'],
    mayType: ['src/5-emit/form', 'src/5-emit/js'],
  },
  { path: 'src/5-emit/terms', may: [...frontEnd, 'src/3-lower', 'src/5-emit/js'], mayType: ['src/5-emit/tree'] },
  { path: 'src/5-emit/direct', may: [...frontEnd, 'src/5-emit/js'] },
  {
    path: 'src/6-link',
    may: [...frontEnd, 'src/5-emit/js', 'src/package.ts', 'runtime/abi.ts', 'runtime/registry.ts'],
    mayType: ['runtime/core', 'runtime/vm', 'runtime/dynlink/side.ts'],
    packages: ['esbuild', 'oxc-parser'],
    node: true,
  },
  { path: 'src/backends.ts', may: [...nouns, 'src/5-emit'], mayType: ['src/2-validate'] },
  { path: 'src/explain', may: [...frontEnd, 'src/3-lower/facts.ts'], mayType: ['src/5-emit/js'] },
  {
    path: 'src/jobs',
    may: [...frontEnd, 'src/backends.ts', 'src/package.ts', 'src/5-emit/js'],
    node: ['worker_threads', 'os'],
  },
  { path: 'src/index.ts', may: [...frontEnd, 'src/explain', 'src/jobs', 'src/5-emit/js', 'src/6-link'] },
  { path: 'src/inspect', may: frontEnd, packages: ['wasmparser'] },
  {
    path: 'src/cli',
    may: ['src/index.ts', 'src/errors.ts', 'src/options.ts', 'src/dump.ts', 'src/inspect'],
    packages: ['commander', 'picocolors', 'yocto-spinner'],
    node: true,
  },
  { path: 'src/cli.ts', may: ['src/cli', 'src/package.ts'], packages: ['commander'], node: ['v8'] },
  { path: 'src/build.ts', may: ['src/6-link', 'src/package.ts'], packages: ['rolldown'], node: ['fs', 'path'] },
  // The load-time mode joins the compiler and the runtime: that is its purpose.
  {
    path: 'src/register',
    may: [
      'src/index.ts',
      'src/errors.ts',
      'src/options.ts',
      'src/package.ts',
      'runtime/core',
      'runtime/vm',
      'runtime/dynlink',
      'runtime/js-api',
    ],
    node: true,
  },

  // runtime: core <- vm <- {fs, snapshot, state} <- {wasi, env, dynlink, threads} <- {chain, openmp, mpi} <- js-api
  { path: 'runtime/abi.ts', may: [] },
  { path: 'runtime/core', may: ['runtime/abi.ts'], mayType: ['runtime/vm'] },
  { path: 'runtime/vm', may: ['runtime/abi.ts', 'runtime/core'] },
  { path: 'runtime/host.ts', may: ['runtime/abi.ts', 'runtime/core', 'runtime/vm'] },
  { path: 'runtime/fs', may: ['runtime/abi.ts', 'runtime/core', 'runtime/vm'], node: ['fs', 'path'] },
  {
    path: 'runtime/wasi',
    may: ['runtime/abi.ts', 'runtime/host.ts', 'runtime/core', 'runtime/vm', 'runtime/fs'],
    node: ['fs', 'path', 'process', 'crypto', 'url', 'tty'],
  },
  {
    path: 'runtime/dynlink',
    may: ['runtime/abi.ts', 'runtime/host.ts', 'runtime/core', 'runtime/vm'],
    node: ['fs', 'module', 'path', 'url'],
  },
  { path: 'runtime/ffi', may: ['runtime/abi.ts', 'runtime/host.ts', 'runtime/core', 'runtime/vm', 'runtime/dynlink'] },
  { path: 'runtime/env', may: ['runtime/dynlink', 'runtime/ffi'] },
  {
    path: 'runtime/js-api',
    may: ['runtime/abi.ts', 'runtime/host.ts', 'runtime/core', 'runtime/vm', 'runtime/wasi'],
    mayType: ['runtime/dynlink/side.ts'],
  },
  {
    path: 'runtime/registry.ts',
    may: ['runtime/abi.ts', 'runtime/host.ts', 'runtime/wasi'],
    mayType: ['runtime/env'],
  },
  {
    path: 'runtime/index.ts',
    may: [
      'runtime/abi.ts',
      'runtime/host.ts',
      'runtime/core',
      'runtime/vm',
      'runtime/fs',
      'runtime/wasi',
      'runtime/dynlink',
      'runtime/ffi',
      'runtime/js-api',
    ],
  },
];

/** Lines of a file, but for the tables. */
export const MAX_LINES = 400;
const TABLES: readonly string[] = [];
/** Folders between the root and a file, at most: tests mirror the source two folders down. */
export const SOURCE_FORM = { depth: 3, tables: TABLES, runsText: false };
export const TEST_FORM = { depth: 4, tables: TABLES, runsText: true };
