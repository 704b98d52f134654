/** AssemblyScript's SHA-256 of @chainsafe/as-sha256, with SIMD. */
import { require, sampleBytes } from '../support.mjs';

export async function run() {
  const { digest } = require('@chainsafe/as-sha256');
  let block = sampleBytes(64);
  for (let i = 0; i < 3000; i++) block = digest(block);
  return Buffer.from(block).toString('hex');
}
