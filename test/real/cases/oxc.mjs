/** The oxc parser through napi-rs on WASI threads: SIMD, atomics, shared memory, passive data. */
import { packageFile, require } from '../support.mjs';

export async function run() {
  process.env.NAPI_RS_FORCE_WASI = '1';
  const { parseSync } = require(packageFile('@oxc-parser/binding-wasm32-wasi/parser.wasi.cjs'));
  const source = 'export const x:number=1;class A<T>{#q=2n;async *m(){for await(const z of y)yield z?.b??1}}';
  return parseSync('a.ts', source).program;
}
