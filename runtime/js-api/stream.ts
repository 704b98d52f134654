/**
 * Bytes of a fetched module (WebAssembly Web API, section 2): the checks of `compileStreaming`. Translation starts when
 * the whole body has arrived.
 */

/** What is used of a Fetch `Response`. */
interface ResponseLike {
  readonly ok: boolean;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

const WASM_TYPE = 'application/wasm';

/** @throws TypeError (as a rejection) if it is no Response, was not successful or has another MIME type. */
export async function responseBytes(source: unknown): Promise<ArrayBuffer> {
  const response = await source;
  if (!isResponse(response)) {
    throw new TypeError(
      `The "source" argument must be an instance of Response or an Promise resolving to Response. Received ${typeof response}`,
    );
  }
  const type = response.headers.get('Content-Type') ?? '';
  if (type.trim().toLowerCase() !== WASM_TYPE) {
    throw new TypeError(`WebAssembly response has unsupported MIME type '${type}'`);
  }
  if (!response.ok) throw new TypeError('WebAssembly response has status code that is not successful');
  return response.arrayBuffer();
}

// By its tag: npm's undici brings a class of its own.
function isResponse(value: unknown): value is ResponseLike {
  return Object.prototype.toString.call(value) === '[object Response]';
}
