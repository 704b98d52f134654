/** `responseBytes`: which responses are accepted, against the running engine's own `compileStreaming`. */
import { expect, test } from 'vitest';
import { responseBytes } from '../../../../runtime/js-api/stream.ts';

const EMPTY_MODULE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
const wasm = (type: string, status = 200): Response =>
  new Response(EMPTY_MODULE, { status, headers: { 'Content-Type': type } });

/** Name of the error that a promise rejects with, or `ok`. */
async function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'ok',
    (error: Error) => error.name,
  );
}

const SOURCES: Record<string, () => unknown> = {
  'the right type': () => wasm('application/wasm'),
  'a promise': () => Promise.resolve(wasm('application/wasm')),
  'a parameter': () => wasm('application/wasm;charset=utf-8'),
  'another type': () => wasm('text/plain'),
  'no type': () => new Response(EMPTY_MODULE),
  'status 404': () => wasm('application/wasm', 404),
  'a number': () => 3,
  'a buffer': () => EMPTY_MODULE,
  'a rejected promise': () => Promise.reject(new RangeError('no')),
};

test.each(Object.keys(SOURCES))('%s', async (name) => {
  const native = Reflect.get(globalThis, 'WebAssembly') as { compileStreaming(source: unknown): Promise<unknown> };
  expect(await outcome(responseBytes(SOURCES[name]!()))).toBe(await outcome(native.compileStreaming(SOURCES[name]!())));
});

test('the bytes are the body', async () => {
  expect(new Uint8Array(await responseBytes(wasm('application/wasm')))).toEqual(EMPTY_MODULE);
});

test('the type is compared without case, as the Web API says (Node does not)', async () => {
  expect(await outcome(responseBytes(wasm('Application/WASM')))).toBe('ok');
});
