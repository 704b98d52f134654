/** Twenty-two hash modules, heavy in i64. */
import { require, sampleBytes } from '../support.mjs';

const PLAIN = [
  ...['md5', 'sha1', 'sha256', 'sha512', 'sha3', 'blake2b', 'blake2s', 'blake3', 'crc32', 'crc64'],
  ...['xxhash32', 'xxhash64', 'xxhash3', 'xxhash128', 'ripemd160', 'sm3', 'whirlpool', 'adler32', 'keccak', 'md4'],
];

export async function run() {
  const hashes = require('hash-wasm');
  const data = sampleBytes(300_000);
  const found = [];
  for (const name of PLAIN) found.push(await hashes[name](data));
  const secret = { password: 'p', salt: sampleBytes(16), outputType: 'hex' };
  found.push(
    await hashes.argon2id({ ...secret, parallelism: 1, iterations: 2, memorySize: 512, hashLength: 32 }),
    await hashes.bcrypt({ ...secret, costFactor: 5 }),
    await hashes.scrypt({ ...secret, costFactor: 256, blockSize: 8, parallelism: 1, hashLength: 32 }),
  );
  return found.join();
}
