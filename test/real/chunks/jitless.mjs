/** Runs tree-sitter from the chunks in a folder, where the engine has no WebAssembly: prints the trees. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createWebAssembly, sideModule } from '../../../dist/runtime/index.js';

const [folder, main] = process.argv.slice(2);
if (globalThis.WebAssembly !== undefined) throw new Error('this engine has WebAssembly');
const namespace = createWebAssembly(() => {
  throw new Error('nothing is compiled here');
});
globalThis.WebAssembly = namespace;
const { parseAll } = await import('./parse.mjs');

const chunk = async (name) => {
  const file = join(folder, name.replace(/^.*\//, '').replace('.wasm', '.mjs'));
  return sideModule(namespace, (await import(pathToFileURL(file).href)).side);
};
writeSync(1, await parseAll(namespace, chunk, main));
