/** Random bytes from the host's generator for cryptography. */
import { syscall } from './syscall.ts';

/** The most that getRandomValues gives at a time. */
const MOST_BYTES = 65536;

export const random_get = /* @__PURE__ */ syscall('ii:i', (vm, buffer, length) => {
  const bytes = vm.wasi.memory.bytes(buffer, length);
  for (let at = 0; at < bytes.length; at += MOST_BYTES) {
    // By way of a buffer of ours: browsers fill no shared memory.
    const part = new Uint8Array(Math.min(MOST_BYTES, bytes.length - at));
    bytes.set(crypto.getRandomValues(part), at);
  }
});
