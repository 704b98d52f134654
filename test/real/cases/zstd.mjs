/** Zstandard at four levels, there and back. */
import { require, sampleBytes, sampleScript, sha1 } from '../support.mjs';

export async function run() {
  const zstd = require('@bokuweb/zstd-wasm');
  await zstd.init();
  const data = Buffer.concat([Buffer.from(sampleScript()), sampleBytes(20_000)]);
  const found = [];
  for (const level of [1, 5, 12, 19]) {
    const packed = zstd.compress(data, level);
    found.push(sha1(packed), packed.length, Buffer.compare(Buffer.from(zstd.decompress(packed)), data));
  }
  return found.join();
}
