/** Conversions of arguments as Web IDL defines them, with V8's messages. */

/** A view of a BufferSource's bytes, not a copy. Shared buffers are accepted, as V8 does. */
export function bufferSource(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (isBuffer(value)) return new Uint8Array(value);
  return undefined;
}

// By its tag: a buffer may come from another realm (vm contexts, test runners).
function isBuffer(value: unknown): value is ArrayBufferLike {
  const tag = Object.prototype.toString.call(value);
  return tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]';
}

export function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/**
 * `[EnforceRange] unsigned long`: an integer from 0 to `max`, after ToNumber and truncation.
 * @throws TypeError naming `what`, such as `WebAssembly.Memory.grow(): Argument 0`.
 */
export function enforceRange(value: unknown, what: string, max = 0xffff_ffff): number {
  const number = Math.trunc(Number(value));
  if (!Number.isFinite(number)) throw new TypeError(`${what} must be convertible to a valid number`);
  if (number < 0) throw new TypeError(`${what} must be non-negative`);
  if (number > max) throw new TypeError(`${what} must be in the unsigned long range`);
  return number + 0;
}

/**
 * `AddressValue`: with i64 addresses an integer of 64 bits as a BigInt, else one of 32 bits as a number.
 * @throws TypeError naming `what`.
 */
export function addressValue(value: unknown, is64: boolean, what: string): number | bigint {
  if (!is64) return enforceRange(value, what);
  // What is no BigInt is converted, or refused, as ToBigInt does.
  const whole = BigInt.asIntN(256, value as bigint);
  if (whole < 0n || whole >= 2n ** 64n) throw new TypeError(`${what} must be in u64 range`);
  return whole;
}
