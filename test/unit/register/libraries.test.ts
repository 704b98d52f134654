/** Side modules as .wasm files, translated when they are first opened; what cannot be is an error of dlopen. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sideCompiler } from '../../../src/register/compile.ts';
import { wasmFiles } from '../../../src/register/libraries.ts';
import { guest } from '../runtime/dynlink/engines.ts';
import { MAIN, started } from '../runtime/dynlink/texts.ts';

const folder = mkdtempSync(join(tmpdir(), 'wasmelt-libraries-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NOTE = `(func (export "note") (param i32))`;

it('are found in folders and by path, and translated once', async () => {
  writeFileSync(join(folder, 'libbeta.wasm'), guest('libbeta.wasm'));
  const said: string[] = [];
  const log = (line: string): void => void said.push(line);
  const compile = sideCompiler({ options: { backend: 'wamr' }, folder: join(folder, 'cache'), log });
  const { open, symbol, close, exports } = await started('wamr', MAIN(NOTE), [], {
    resolvers: [wasmFiles(compile, ['/nowhere', folder])],
  });
  const beta = open('libbeta.so');
  expect(exports.call!(symbol(beta, 'beta_data') === 0 ? 0 : 1)).toBe(7);
  close(beta);
  open('libbeta.so');
  expect(open(join(folder, 'libbeta.so.1')).path).toBe('libbeta.so');
  expect(said.map((line) => line.replace(/\d+ ms/, 'n ms'))).toEqual(['841 bytes, wamr: translated in n ms']);
});

it('are refused by name where they are corrupt', async () => {
  const bytes = guest('libbeta.wasm');
  writeFileSync(join(folder, 'libcut.wasm'), bytes.subarray(0, 300));
  writeFileSync(join(folder, 'libtext.wasm'), 'no module');
  const plain = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  writeFileSync(join(folder, 'libplain.wasm'), plain);
  const compile = sideCompiler({ options: {}, folder: undefined });
  const { open } = await started('wavm', MAIN(NOTE), [], { resolvers: [wasmFiles(compile, [folder])] });
  expect(() => open('libcut.so')).toThrow(/libcut\.wasm: .*at 0x/);
  expect(() => open('libtext.so')).toThrow(/libtext\.wasm: .*not a WebAssembly module/);
  expect(() => open('libplain.so')).toThrow('libplain.wasm: it is no side module');
  expect(() => open('libnone.so')).toThrow('libnone.so: not found');
});
