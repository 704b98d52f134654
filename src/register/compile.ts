/**
 * The compiler behind the load-time namespace: bytes to a CompiledModule, by the pipeline's script form or from the cache.
 * Scripts are compiled under a name of their own, so that stack traces say which module a frame is of.
 */
import { Script } from 'node:vm';
import * as core from '../../runtime/core/index.ts';
import type { SideModule } from '../../runtime/dynlink/side.ts';
import type { Compile, CompiledModule, ExternKind } from '../../runtime/js-api/module.ts';
import { Global, Memory, Table } from '../../runtime/js-api/objects.ts';
import * as vm from '../../runtime/vm/index.ts';
import { CompileError, type Options, sideInfo, transpileScript } from '../index.ts';
import { VERSION } from '../package.ts';
import { cacheKey, readCache, writeCache } from './cache.ts';

/** What scripts take names from. The namespace's own classes make what instances export. */
const RUNTIME = { ...core, ...vm, Global, Memory, Table };

/** What the JS API tells of a module: names, and where the contents of its custom sections lie. */
interface Description {
  readonly imports: CompiledModule['imports'];
  readonly exports: CompiledModule['exports'];
  readonly customs: readonly { readonly name: string; readonly start: number; readonly end: number }[];
}
interface Translation<D> {
  readonly code: string;
  readonly description: D;
}
type TypedModule = ReturnType<typeof transpileScript>['typed'];

export interface CompilerOptions {
  readonly options: Options;
  /** Folder of the cache; undefined for none. */
  readonly folder: string | undefined;
  /** Told how each translation came about, in one line. */
  readonly log?: ((line: string) => void) | undefined;
}

/** A compiler for `createWebAssembly`. */
export function compiler(options: CompilerOptions): Compile {
  return (bytes) => {
    const { make, description } = load(bytes, options, describe);
    return {
      imports: description.imports,
      exports: description.exports,
      customs: description.customs.map(({ name, start, end }) => ({ name, bytes: bytes.slice(start, end) })),
      instantiate: make,
    };
  };
}

/**
 * A compiler of side modules, for the loader of `runtime/dynlink`; `name` is the file's.
 * Throws CompileError for what cannot be translated and for what is no side module.
 */
export function sideCompiler(options: CompilerOptions): (bytes: Uint8Array, name: string) => SideModule {
  return (bytes, name) => {
    const { make, description } = load(bytes, options, (typed) => sideInfo(typed, name), name);
    return { ...description, instantiate: make as SideModule['instantiate'] };
  };
}

/** A module ready to make instances, and what `describe` told of it when it was translated. */
function load<D>(
  bytes: Uint8Array,
  { options, folder, log }: CompilerOptions,
  describe: (typed: TypedModule) => D,
  side = '',
): { make: CompiledModule['instantiate']; description: D } {
  const key = cacheKey(bytes, [VERSION, JSON.stringify(options), side]);
  const { code, description } = find();
  const script = new Script(code, { filename: `wasmelt/${key.slice(0, 12)}.js` });
  const make = script.runInThisContext() as (runtime: object) => CompiledModule['instantiate'];
  return { make: make(RUNTIME), description };

  function find(): Translation<D> {
    const start = performance.now();
    const say = (what: string): void =>
      log?.(`${bytes.length} bytes, ${options.backend}: ${what} in ${Math.round(performance.now() - start)} ms`);
    const entry = folder === undefined ? undefined : readCache(folder, key);
    if (entry !== undefined) {
      say('read from the cache');
      return { code: entry.body, description: entry.meta as D };
    }
    const made = translate(say);
    if (folder !== undefined) writeCache(folder, key, { meta: made.description, body: made.code });
    say('translated');
    return made;
  }

  function translate(say: (what: string) => void): Translation<D> {
    try {
      const { code, typed } = transpileScript(bytes, options);
      return { code, description: describe(typed) };
    } catch (error) {
      if (error instanceof CompileError) say(`refused (${error.message})`);
      throw error;
    }
  }
}

function describe({ module }: TypedModule): Description {
  return {
    imports: module.imports.map(({ name, kind }) => ({ module: name.module, name: name.field, kind: kindName(kind) })),
    exports: module.exports.map(({ name, kind }) => ({ name, kind: kindName(kind) })),
    customs: module.customs.map(({ name, start, end }) => ({ name, start, end })),
  };
}

/** The JS API's word. */
function kindName(kind: 'func' | Exclude<ExternKind, 'function'>): ExternKind {
  return kind === 'func' ? 'function' : kind;
}
