/** Texts of `--help` that are longer than an option's line. */

export const EXAMPLES = `
Examples:
  wasmelt app.wasm -o app.mjs && node app.mjs a b     a WASI command becomes a program
  wasmelt lib.wasm -o lib.mjs                         a library: import { instantiate } from './lib.mjs'
  wasmelt lib.wasm -o lib.js --format iife --global-name Lib --minify
  wasmelt app.wasm -o app.mjs --dir ./data::/data     the program sees ./data as /data
  wasmelt app.wasm -o app.mjs --link libfoo.wasm      dlopen("libfoo.so") finds the side module libfoo.wasm
  cat app.wasm | wasmelt - -o - --backend wamr        through a pipe, with the quick generator
  wasmelt run app.wasm --dir . -- --verbose in.txt    translate and run at once
  wasmelt inspect app.wasm --func main                what is in a module; a function as text
  wasmelt app.wasm --dump ir,opt,js --func main       how one function is compiled
  wasmelt app.wasm --explain main                     what was done to it, and why not more

Exit codes: 0 done, 1 the input cannot be read or translated, 2 wrong usage.
With WASMELT_DEBUG=1 an error shows its stack.
`;

export const RUN_EXAMPLES = `
Example:
  wasmelt run app.wasm --dir ./data::/data -- --verbose in.txt

Whatever follows -- goes to the program. Its exit code, or the signal that ends it, is passed on.
`;

export const INSPECT_EXAMPLES = `
Examples:
  wasmelt inspect app.wasm                 sections, imports, exports, features, largest functions
  wasmelt inspect app.wasm --func 12       function 12 in the text format
  wasmelt inspect app.wasm --json | jq .imports
`;

export const OPTIMIZE_HELP =
  'speed: the fastest code. size: the smallest; memory accesses become calls, and it runs slower';

export const ENGINE_HELP =
  'what will run the output, which runs in all: jit, an engine with a compiler. jsc: that of JavaScriptCore (Safari, Bun), ' +
  'which is slow on DataViews; the output is larger. interpreter: one without a compiler ' +
  '(node --jitless, Hermes, QuickJS); fewer steps, but slower where there is one';

export const TRAPS_HELP =
  'exact: every trap of the specification. none: memory accesses out of bounds, integer divisions by zero or with ' +
  'overflow, and float-to-integer conversions out of range may give any value instead of a trap, and an access ' +
  'at an address less aligned than it promises reads or writes other bytes; an indirect call is of whatever function is there; ' +
  'unreachable, tables and bulk operations keep their traps';
