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
