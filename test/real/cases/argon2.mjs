/** Argon2id of argon2-browser: memory-hard, i64. */
import { packageFile, require, withoutFetch } from '../support.mjs';

export async function run() {
  withoutFetch();
  const { hash } = require(packageFile('argon2-browser/lib/argon2.js'));
  const { hashHex } = await hash({ pass: 'p', salt: 'somesalt', time: 2, mem: 1024, type: 2 });
  return hashHex;
}
