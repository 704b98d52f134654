/** libsodium: secret box, hash, signature, scalar multiplication; heavy in i64. */
import { require, sampleBytes } from '../support.mjs';

export async function run() {
  const sodium = require('libsodium-wrappers');
  await sodium.ready;
  const key = new Uint8Array(32).fill(7);
  const nonce = new Uint8Array(24).fill(9);
  const message = sampleBytes(100_000);
  const sealed = sodium.crypto_secretbox_easy(message, nonce, key);
  const pair = sodium.crypto_sign_seed_keypair(key);
  const signature = sodium.crypto_sign_detached(message, pair.privateKey);
  return [
    sodium.to_hex(sodium.crypto_generichash(64, sealed)),
    sodium.to_hex(signature),
    sodium.crypto_sign_verify_detached(signature, message, pair.publicKey),
    sodium.to_hex(sodium.crypto_scalarmult_base(key)),
  ].join();
}
