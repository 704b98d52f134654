/**
 * A process that ends when the first export of a module can be called: how long it takes is what starting costs.
 *   node start.mjs native|module FILE IMPORTS EXPORT
 * FILE is a module, or what it was translated to; IMPORTS a list of functions in JSON, each `[module, name]`.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [kind, file, list, name] = process.argv.slice(2);
const imports = {};
for (const [module, field] of JSON.parse(list)) (imports[module] ??= {})[field] = () => 0;
const { exports } = kind === 'native' ? await native() : (await import(pathToFileURL(file).href)).instantiate(imports);
if (typeof exports[name] !== 'function') throw new Error(`no function ${name}`);

async function native() {
  const { instance } = await WebAssembly.instantiate(readFileSync(file), imports);
  return instance;
}
