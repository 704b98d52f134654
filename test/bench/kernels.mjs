/**
 * What the benchmark runs: every module in fixtures/guests/bench (class = folder) and the SQLite workloads. Adding a
 * kernel is adding a C file there, or a workload in sqlite.mjs: nothing is registered.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WORKLOADS } from './sqlite.mjs';

const require = createRequire(import.meta.url);
export const GUESTS = fileURLToPath(new URL('../../fixtures/guests/', import.meta.url));
/** SQLite as npm's sql.js ships it. */
export const SQLITE = () => require.resolve('sql.js/dist/sql-wasm.wasm');

/** @returns {{ id: string, class: string, wasm: string, workload?: string }[]} in the order of the report */
export function listKernels() {
  const folder = join(GUESTS, 'bench');
  const kernels = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => kernelsOf(join(folder, entry.name), entry.name));
  const sqlite = Object.keys(WORKLOADS).map((workload) => ({
    id: `sqlite/${workload}`,
    class: 'sqlite',
    wasm: SQLITE(),
    workload,
  }));
  return [...kernels, ...sqlite];
}

function kernelsOf(folder, name) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.wasm'))
    .sort()
    .map((file) => ({ id: `${name}/${file.slice(0, -5)}`, class: name, wasm: join(folder, file) }));
}

/** Real modules for the translation table; `name` is what the table shows. */
export function realModules() {
  return [
    { name: 'sha512 (C)', wasm: join(GUESTS, 'bench/int64/sha512.wasm') },
    { name: 'vm400 (C)', wasm: join(GUESTS, 'bench/interp/vm400.wasm') },
    { name: 'quickjs', wasm: require.resolve('@jitl/quickjs-wasmfile-release-sync/wasm') },
    { name: 'sql.js', wasm: SQLITE() },
    { name: 'brotli (Rust)', wasm: join(require.resolve('brotli-wasm'), '../pkg.node/brotli_wasm_bg.wasm') },
  ];
}
