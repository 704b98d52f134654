/**
 * What the benchmark runs: every module in fixtures/guests/bench (class = folder) and the workloads of the programs in
 * programs/ (class = program). Adding a kernel is adding a C file there, or a workload: nothing is registered.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAMS } from './programs/index.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
export const GUESTS = fileURLToPath(new URL('../../fixtures/guests/', import.meta.url));
/** @returns {{ id: string, class: string, wasm: string, program?: string, workload?: string }[]} in the order of the report */
export function listKernels() {
  const folder = join(GUESTS, 'bench');
  const kernels = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => kernelsOf(join(folder, entry.name), entry.name));
  const workloads = Object.entries(PROGRAMS).flatMap(([program, { wasm, WORKLOADS }]) =>
    Object.keys(WORKLOADS).map((workload) => ({
      id: `${program}/${workload}`,
      class: program,
      wasm: wasm(),
      program,
      workload,
    })),
  );
  return [...kernels, ...workloads];
}

function kernelsOf(folder, name) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.wasm'))
    .sort()
    .map((file) => ({ id: `${name}/${file.slice(0, -5)}`, class: name, wasm: join(folder, file) }));
}

/** Ten real modules for the translation table, in C, C++, Rust and Go; `name` is what the table shows. */
export function realModules() {
  const of = (path) => join(HERE, 'node_modules', path);
  return [
    { name: 'quickjs', wasm: PROGRAMS.quickjs.wasm() },
    { name: 'sql.js', wasm: PROGRAMS.sqlite.wasm() },
    { name: 'brotli', wasm: of('brotli-wasm/pkg.node/brotli_wasm_bg.wasm') },
    { name: 'oniguruma', wasm: of('vscode-oniguruma/release/onig.wasm') },
    { name: 'zstd', wasm: of('@bokuweb/zstd-wasm/dist/common/zstd.wasm') },
    { name: 'lua (wasmoon)', wasm: PROGRAMS.lua.wasm() },
    { name: 'gofmt', wasm: of('@wasm-fmt/gofmt/gofmt.wasm') },
    { name: 'draco', wasm: of('draco3d/draco_decoder.wasm') },
    { name: 'box2d', wasm: of('box2d-wasm/dist/es/Box2D.wasm') },
    { name: 'tree-sitter', wasm: of('web-tree-sitter/web-tree-sitter.wasm') },
  ];
}
