/** The lexer of ES modules: clang, a few SIMD operators. */
import { init, parse } from 'es-module-lexer';
import { packageText } from '../support.mjs';

export async function run() {
  await init;
  const found = [];
  for (const file of ['undici/index.js', 'source-map/source-map.js', 'hash-wasm/dist/index.esm.js']) {
    try {
      found.push(parse(packageText(file)));
    } catch (error) {
      found.push(String(error.message));
    }
  }
  return JSON.stringify(found);
}
