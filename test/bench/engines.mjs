/**
 * The engines that the benchmark compares. An engine turns a module into a file (`translate`, its time and memory
 * measured; none for engines that read the module itself) and makes exports from that file (`load`).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { wasm2js } from './wasm2js.mjs';

/**
 * @typedef {object} Engine
 * @property {boolean} ours results that differ from native's fail the run
 * @property {boolean} [needsJit] cannot run where there is no JIT compiler
 * @property {boolean} [onRequest] measured only where `--engines` names it
 * @property {boolean} [cached] the translator's version is pinned: keep its output between runs
 * @property {(wasm: string, out: string, options: { minify: boolean }) => Promise<void> | void} [translate]
 * @property {() => Promise<void>} [global] makes `globalThis.WebAssembly` that of the engine, for what a program's glue compiles
 * @property {(file: string) => Promise<(imports: object) => object>} load gives the instantiating function
 */

const OURS = {
  ours: true,
  global: async () => {
    process.env.WASMELT_CACHE = '';
    await import('../../dist/src/register/index.js');
  },
  load: importFactory,
};

/** @type {Record<string, Engine>} */
export const ENGINES = {
  native: { ours: false, needsJit: true, load: async (file) => webassembly(WebAssembly, file) },
  wasm2js: { ours: false, cached: true, translate: wasm2js, load: importFactory },
  polywasm: {
    ours: false,
    needsJit: true,
    global: async () => {
      globalThis.WebAssembly = (await import('polywasm')).WebAssembly;
    },
    load: async (file) => webassembly((await import('polywasm')).WebAssembly, file),
  },
  wamr: { ...OURS, translate: wasmelt({ backend: 'wamr' }) },
  wavm: { ...OURS, translate: wasmelt({ backend: 'wavm' }) },
  'wavm-size': {
    ...OURS,
    onRequest: true,
    translate: wasmelt({ backend: 'wavm', optimize: 'size' }),
  },
  'wavm-unchecked': {
    ...OURS,
    onRequest: true,
    translate: wasmelt({ backend: 'wavm', traps: 'none' }),
  },
};

/** The bytes are copied: polywasm misreads f64 constants of a module that does not start its ArrayBuffer. */
function webassembly(implementation, file) {
  const module = new implementation.Module(new Uint8Array(readFileSync(file)));
  return (imports) => new implementation.Instance(module, imports).exports;
}

async function importFactory(file) {
  const { instantiate } = await import(pathToFileURL(file).href);
  return (imports) => instantiate(imports).exports;
}

/** For the kind of engine that `BENCH_ENGINE` names. @param {import('../../dist/src/index.js').TranspileOptions} options */
function wasmelt(options) {
  return async (wasm, out, { minify }) => {
    const { transpile } = await import('../../dist/src/index.js');
    const engine = process.env.BENCH_ENGINE;
    const bundle = await transpile(readFileSync(wasm), { ...options, engine, format: 'esm', minify });
    writeFileSync(out, bundle.code);
  };
}
