/** What the compiler and the runtime use of a browser's globals, for engines' shells that lack them. */
const globals = globalThis as Record<string, unknown>;

class Utf8Decoder {
  private readonly fatal: boolean;

  constructor(_label?: string, options?: { fatal?: boolean }) {
    this.fatal = options?.fatal ?? false;
  }

  decode(bytes: Uint8Array): string {
    let text = '';
    for (const byte of bytes) text += `%${byte.toString(16).padStart(2, '0')}`;
    try {
      return decodeURIComponent(text);
    } catch (error) {
      if (this.fatal) throw new TypeError('not UTF-8', { cause: error });
      // Only messages show such text.
      return unescape(text);
    }
  }
}

class Utf8Encoder {
  encode(text: string): Uint8Array {
    const bytes: number[] = [];
    const escaped = encodeURIComponent(text);
    for (let i = 0; i < escaped.length; i++) {
      if (escaped[i] !== '%') bytes.push(escaped.charCodeAt(i));
      else {
        bytes.push(Number.parseInt(escaped.slice(i + 1, i + 3), 16));
        i += 2;
      }
    }
    return Uint8Array.from(bytes);
  }
}

globals.TextDecoder ??= Utf8Decoder;
globals.TextEncoder ??= Utf8Encoder;
globals.performance ??= { now: () => Date.now() };

/** The linker's use of Node's Buffer: bytes to base64. */
function toBase64(bytes: Uint8Array): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const three = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const count = Math.min(bytes.length - i, 3) + 1;
    for (let k = 0; k < count; k++) text += alphabet[(three >> (18 - 6 * k)) & 63];
  }
  return text;
}
globals.Buffer ??= { from: (bytes: Uint8Array) => ({ toString: () => toBase64(bytes) }) };
