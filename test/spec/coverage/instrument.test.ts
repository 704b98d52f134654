/** Instrumented modules do what they did, and count exactly what they execute. */
import { expect, it } from 'vitest';
import { OPS } from '../../../src/wasm/opcodes.ts';
import { translatedWebAssembly } from '../../support/translated.ts';
import { GLOBALS, instrument } from './instrument.ts';

// (func (export "f") (param i32) (result i32) (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.clz (i32.const 2)))))
const MODULE = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0],
  ...[10, 15, 1, 13, 0, 0x20, 0, 0x04, 0x7f, 0x41, 1, 0x05, 0x41, 2, 0x67, 0x0b, 0x0b],
]);

function executed(argument: number): { result: unknown; names: string[] } {
  const wasm = translatedWebAssembly('wamr');
  const { exports } = new wasm.Instance(new wasm.Module(instrument(MODULE))) as {
    exports: Record<string, { value: bigint } & ((n: number) => unknown)>;
  };
  const result = exports.f!(argument);
  const isSet = (op: number): boolean => ((exports[GLOBALS[op >> 6]!]!.value >> BigInt(op & 63)) & 1n) === 1n;
  return { result, names: OPS.filter(({ op }) => isSet(op)).map((o) => o.name) };
}

it('counts one arm of an if', () => {
  expect(executed(1)).toEqual({ result: 1, names: ['if', 'end', 'local.get', 'i32.const'] });
});
it('counts the other arm', () => {
  const { result, names } = executed(0);
  expect(result).toBe(30);
  expect(new Set(names)).toEqual(new Set(['if', 'else', 'end', 'local.get', 'i32.const', 'i32.clz']));
});
it('leaves what is no module alone', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  expect(instrument(bytes)).toBe(bytes);
});
