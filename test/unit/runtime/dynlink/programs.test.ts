/** C programs that load libraries: each prints what is beside it as .expected, on native WebAssembly and both generators. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENGINES, runProgram } from './engines.ts';

const PROGRAMS = ['basic'];
const expected = (name: string): string =>
  readFileSync(new URL(`../../../../fixtures/guests/dynlink/${name}.expected`, import.meta.url), 'utf8');

describe.each(ENGINES)('on %s', (engine) => {
  it.each(PROGRAMS)('%s', (name) => {
    expect(runProgram(engine, `${name}.wasm`)).toEqual({ code: 0, stdout: expected(name) });
  });
});
