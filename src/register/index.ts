/**
 * `node --import wasmelt/register app.js`: replaces `globalThis.WebAssembly` by a namespace that translates modules to
 * JavaScript when they are compiled. It needs no WebAssembly of the engine: Node is without it under `--jitless`, and modules
 * are then translated for an interpreter. Environment:
 *
 * - `WASMELT_BACKEND`: `wavm` (default: optimises) or `wamr` (translates fast);
 * - `WASMELT_CACHE`: folder of finished translations, empty for none; default `~/.cache/wasmelt`;
 * - `WASMELT_TIME`: if set, a line on stderr for each module.
 *
 * Worker threads started from files have it too. Under Node 20.19 or newer `--require` does the same, and also reaches
 * workers started from text. What Node itself made of the native namespace before, it keeps.
 */
import type { Resolver } from '../../runtime/dynlink/sources.ts';
import { createWebAssembly, type WebAssemblyNamespace } from '../../runtime/js-api/namespace.ts';
import { cacheFolder } from './cache.ts';
import { type CompilerOptions, compiler, sideCompiler } from './compile.ts';
import { wasmFiles } from './libraries.ts';

const { WASMELT_BACKEND: backend = 'wavm', WASMELT_TIME: time } = process.env;
if (backend !== 'wavm' && backend !== 'wamr') {
  throw new Error(`WASMELT_BACKEND must be wavm or wamr, not ${JSON.stringify(backend)}`);
}

const options: CompilerOptions = {
  options: { backend, engine: 'WebAssembly' in globalThis ? 'jit' : 'interpreter' },
  folder: cacheFolder(),
  log: time ? (line) => process.stderr.write(`wasmelt: ${line}\n`) : undefined,
};

/** For `createDynlink`: finds side modules as .wasm files in these folders, and translates them when they are first opened. */
export const wasmLibraries = (...folders: string[]): Resolver => wasmFiles(sideCompiler(options), folders);

/** The namespace that is now `globalThis.WebAssembly`. */
export const WebAssembly: WebAssemblyNamespace = createWebAssembly(compiler(options));

Object.defineProperty(globalThis, 'WebAssembly', { value: WebAssembly, writable: true, configurable: true });
