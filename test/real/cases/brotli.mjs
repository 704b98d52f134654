/** Brotli at three levels, there and back: Rust, wasm-bindgen, 1 MB. */
import { require, sampleScript, sha1 } from '../support.mjs';

export async function run() {
  const brotli = require('brotli-wasm');
  const text = sampleScript();
  const found = [];
  for (const quality of [1, 5, 11]) {
    const packed = brotli.compress(Buffer.from(text), { quality });
    found.push(sha1(packed), Buffer.from(brotli.decompress(packed)).toString() === text);
  }
  return found.join();
}
