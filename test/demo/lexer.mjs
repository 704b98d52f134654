/**
 * npm's cjs-module-lexer at work: finds the exports of CommonJS files. The package carries its module inside its
 * glue, so `globalThis.WebAssembly` decides what runs it.
 *   node lexer.mjs native            by Node's own WebAssembly
 *   node lexer.mjs OUT.mjs           by a translation of the module
 *   node lexer.mjs extract FILE      writes the module and does nothing else
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROUNDS = 60;
const require = createRequire(import.meta.url);
const [how, file] = process.argv.slice(2);

if (how !== 'native' && how !== 'extract') {
  const { instantiate } = await import(pathToFileURL(resolve(how)).href);
  globalThis.WebAssembly = standIn((imports) => instantiate(imports).exports);
}
if (how === 'extract') {
  const Module = WebAssembly.Module;
  WebAssembly.Module = function extract(bytes) {
    writeFileSync(file, bytes);
    return new Module(bytes);
  };
}
const { initSync, parse } = await import('cjs-module-lexer');
initSync();
if (how !== 'extract') work();

/** As much of the JS API as the package's glue asks for. */
function standIn(instantiate) {
  return {
    Module: class Module {},
    Instance: class Instance {
      constructor(_module, imports) {
        this.exports = instantiate(imports);
      }
    },
  };
}

function work() {
  const sources = ['esbuild', 'commander', 'picocolors'].map((name) => readFileSync(require.resolve(name), 'utf8'));
  let found = [];
  for (let i = 0; i < ROUNDS; i++) found = sources.map((source) => [...parse(source).exports].sort());
  console.log(`exports: ${found.map((names) => names.length).join(' + ')}`);
  for (const names of found) console.log(names.join(' '));
}
