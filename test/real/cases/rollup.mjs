/** Rollup's parser: Rust through wasm-bindgen, with externref tables. */
import { require } from '../support.mjs';

const SOURCES = {
  a: "import {x,f} from 'b';console.log(f(x));export const z=[1,2].map(a=>a*2);",
  b: 'export const x=1;export const un=2;export class Q{#p=1};export async function* f(a){for await(const q of a)yield q?.b??1n}',
};

export async function run() {
  const { rollup, VERSION } = require('@rollup/wasm-node');
  const virtual = { resolveId: (id) => id, load: (id) => SOURCES[id] };
  const bundle = await rollup({ input: 'a', plugins: [virtual], onwarn() {} });
  const { output } = await bundle.generate({ format: 'es' });
  return output[0].code + VERSION;
}
