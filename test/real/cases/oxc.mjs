/**
 * The oxc parser through napi-rs on WASI threads: SIMD, atomics, shared memory, passive data. Its WASI is the one in
 * JavaScript that its glue has for browsers: Node's own takes native memories only.
 */
import { createRequire } from 'node:module';
import { packageFile } from '../support.mjs';

export async function run() {
  process.env.NAPI_RS_FORCE_WASI = '1';
  const file = packageFile('@oxc-parser/binding-wasm32-wasi/parser.wasi.cjs');
  const require = createRequire(file);
  const { WASI } = createRequire(require.resolve('@napi-rs/wasm-runtime'))('@tybys/wasm-util');
  const fs = require('node:fs');
  require('node:wasi').WASI = class extends WASI {
    constructor(options) {
      super({ ...options, preopens: {}, fs });
    }
  };
  const { parseSync } = require(file);
  const source = 'export const x:number=1;class A<T>{#q=2n;async *m(){for await(const z of y)yield z?.b??1}}';
  return parseSync('a.ts', source).program;
}
