/**
 * tree-sitter and its grammars translated at build time, a chunk each, in a node without JIT and without WebAssembly. Where this
 * case runs natively it does the same with the modules themselves.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GRAMMARS, parseAll } from '../chunks/parse.mjs';
import { packageFile } from '../support.mjs';

const MAIN = 'web-tree-sitter/web-tree-sitter.wasm';

export async function run() {
  const backend = process.env.WASMELT_BACKEND;
  if (backend === 'native')
    return parseAll(WebAssembly, async (name) => new WebAssembly.Module(readFileSync(packageFile(name))), MAIN);
  const { transpile } = await import('../../../dist/src/index.js');
  const folder = mkdtempSync(join(tmpdir(), 'wasmelt-chunks-'));
  try {
    for (const name of [MAIN, ...GRAMMARS.map(([file]) => file)]) {
      const file = name.replace(/^.*\//, '');
      const { kind, code } = transpile(readFileSync(packageFile(name)), { name: file, backend });
      if (kind !== 'side') throw new Error(`${name} is no side module`);
      writeFileSync(join(folder, file.replace('.wasm', '.mjs')), code);
    }
    const child = fileURLToPath(new URL('../chunks/jitless.mjs', import.meta.url));
    return execFileSync(process.execPath, ['--jitless', child, folder, MAIN], { encoding: 'utf8', env: {} });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
