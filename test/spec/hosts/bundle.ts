/**
 * The executor and the compiler as one script for shells of JavaScript engines, which have no modules of Node: those that
 * code on the way to translated scripts imports are replaced by stand-ins, and all others are empty.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** `vm.Script` compiles with the engine's own eval, in the global scope as it does. */
const STAND_INS: Readonly<Record<string, string>> = {
  'node:vm': `export class Script {
    constructor(code) { this.code = code; }
    runInThisContext() { return (0, eval)(this.code); }
  }`,
  'node:module': `export const createRequire = () => () => ({ version: 'shell' });`,
};

const standIns: Plugin = {
  name: 'stand-ins',
  setup(build) {
    build.onResolve({ filter: /^(node:|esbuild$)/ }, ({ path }) => ({ path, namespace: 'stand-in' }));
    build.onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path }) => {
      const contents = STAND_INS[path];
      return contents === undefined ? { contents: 'module.exports = {};', loader: 'js' } : { contents, loader: 'js' };
    });
  },
};

/** Bundles the script; returns its path, in a folder of its own that the caller removes. */
export async function bundleShell(): Promise<{ folder: string; script: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'wasmelt-shell-'));
  const script = join(folder, 'spec.js');
  await build({
    entryPoints: [fileURLToPath(new URL('shell.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    format: 'iife',
    platform: 'neutral',
    target: 'es2022',
    define: { 'import.meta.url': '"file:///spec.js"' },
    plugins: [standIns],
    logLevel: 'error',
  });
  return { folder, script };
}
