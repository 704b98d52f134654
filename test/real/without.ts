/** `WebAssembly` by wavm without the passes that `WASMELT_WITHOUT` names, translated from source. */
import { translatedWebAssembly } from '../support/translated.ts';

Object.defineProperty(globalThis, 'WebAssembly', { value: translatedWebAssembly('wavm'), configurable: true });
