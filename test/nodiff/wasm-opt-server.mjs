/**
 * The wasm-opt of the npm package `binaryen`, run many times in one process: it is a script with its WebAssembly inside, which
 * takes a second to compile. Compiled once, and optimised by V8 as it runs, a call takes a tenth of that.
 *
 * Each message is a list of arguments; the answer is the exit code.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import vm from 'node:vm';

const [file] = process.argv.slice(2);
const text = readFileSync(file, 'utf8').replace(/^#!.*/, '');
const names = 'Module, process, require, __filename, __dirname, WebAssembly';
const script = vm.runInThisContext(`(function (${names}) {${text}\n})`, { filename: file });

let compiled;
const cached = Object.create(WebAssembly, {
  instantiate: {
    async value(binary, imports) {
      compiled ??= await WebAssembly.compile(binary);
      return { module: compiled, instance: await WebAssembly.instantiate(compiled, imports) };
    },
  },
});

let fail;
process.on('unhandledRejection', () => fail?.());
process.on('message', async (args) => process.send(await run(args)));

function run(args) {
  return new Promise((resolve) => {
    fail = () => resolve(1);
    const own = Object.create(process, {
      argv: { value: [process.argv[0], file, ...args] },
      exitCode: { value: 0, writable: true },
    });
    const silent = () => {};
    const Module = { print: silent, printErr: silent, onAbort: fail, postRun: [() => resolve(own.exitCode)] };
    script(Module, own, createRequire(file), file, dirname(file), cached);
  });
}
