/**
 * The engines that the benchmark compares. An engine turns a module into a file (`translate`, its time and memory
 * measured; none for engines that read the module itself) and makes exports from that file (`load`).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { wideImports } from './wide-imports.mjs';

const require = createRequire(import.meta.url);

/**
 * @typedef {object} Engine
 * @property {boolean} ours results that differ from native's fail the run
 * @property {boolean} [cached] the translator's version is pinned: keep its output between runs
 * @property {(wasm: string, out: string, options: { minify: boolean }) => Promise<void> | void} [translate]
 * @property {(file: string) => Promise<(imports: object) => object>} load gives the instantiating function
 */

/** @type {Record<string, Engine>} */
export const ENGINES = {
  native: { ours: false, load: async (file) => webassembly(WebAssembly, file) },
  wasm2js: { ours: false, cached: true, translate: wasm2js, load: importFactory },
  polywasm: {
    ours: false,
    load: async (file) => webassembly((await import('polywasm')).WebAssembly, file),
  },
  wamr: { ours: true, translate: wasmelt('wamr'), load: importFactory },
  wavm: { ours: true, translate: wasmelt('wavm'), load: importFactory },
};

function webassembly(implementation, file) {
  const module = new implementation.Module(readFileSync(file));
  return (imports) => new implementation.Instance(module, imports).exports;
}

async function importFactory(file) {
  const { instantiate } = await import(pathToFileURL(file).href);
  return (imports) => instantiate(imports).exports;
}

function wasmelt(backend) {
  return async (wasm, out, { minify }) => {
    const { transpile } = await import('../../dist/src/index.js');
    const bundle = await transpile(readFileSync(wasm), { backend, format: 'esm', minify });
    writeFileSync(out, bundle.code);
  };
}

/**
 * Binaryen's wasm2js -O3. Saturating i64 conversions, which it cannot read, are lowered by wasm-opt before. It has no
 * option to minify: esbuild does that, as a user would.
 */
async function wasm2js(wasm, out, { minify }) {
  const raw = `${out}.raw`;
  try {
    binaryen('wasm2js', ['-all', '-O3', wasm, '-o', raw]);
  } catch {
    const lowered = `${out}.wasm`;
    binaryen('wasm-opt', ['-all', '--llvm-nontrapping-fptoint-lowering', wasm, '-o', lowered]);
    binaryen('wasm2js', ['-all', '-O3', lowered, '-o', raw]);
    rmSync(lowered);
  }
  const factory = asFactory(readFileSync(raw, 'utf8'), wideImports(readFileSync(wasm)));
  rmSync(raw);
  writeFileSync(out, minify ? (await transform(factory, { minify: true })).code : factory);
}

function binaryen(tool, args) {
  const script = join(dirname(require.resolve('binaryen/package.json')), 'bin', tool);
  execFileSync(process.execPath, [script, ...args], { stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 28 });
}

/**
 * Makes a factory of wasm2js's ES module, which imports its host functions by bare specifiers and instantiates at
 * once. The generated code itself stays untouched, at the top level of the module, and still runs once. Host functions
 * with i64 parameters get them as BigInt.
 */
function asFactory(text, wide) {
  const at = text.indexOf('\nvar retasmFunc = asmFunc({');
  const end = text.indexOf('});', at) + 3;
  const bindings = [];
  const body = text.slice(0, at).replace(/^import \* as (\S+) from '(.*)';$/gm, (_, local, name) => {
    const key = JSON.stringify(name);
    bindings.push(`  const ${local} = widen(imports[${key}], ${JSON.stringify(wide[name] ?? {})});\n`);
    return '';
  });
  const call = text.slice(at + 1, end);
  return `${body}
${widen}
export function instantiate(imports) {
${bindings.join('')}  ${call}
  return { exports: retasmFunc };
}
`;
}

/** Printed into the factory: joins the halves of i64 parameters. */
function widen(functions, positions) {
  const wrapped = { ...functions };
  for (const [name, places] of Object.entries(positions)) {
    wrapped[name] = (...args) => {
      const joined = (at) => BigInt.asIntN(64, (BigInt(args[at + 1]) << 32n) | BigInt(args[at] >>> 0));
      for (const at of places) args.splice(at, 2, joined(at));
      return functions[name](...args);
    };
  }
  return wrapped;
}
