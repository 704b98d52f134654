/** C programs that load libraries: each prints what is beside it as .expected, on native WebAssembly and both generators. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENGINES, runProgram } from './engines.ts';

const PROGRAMS = ['basic', 'scopes', 'shapes', 'errors', 'ffimore', 'visitor'];
const expected = (name: string): string =>
  readFileSync(new URL(`../../../../fixtures/guests/dynlink/${name}.expected`, import.meta.url), 'utf8');
/**
 * A native program does not tell the types of its functions: what is wrong is then said by the engine. And payloads of NaNs do
 * not survive the way through JavaScript.
 */
const comparable = (text: string): string =>
  text.replace(/^dlopen libwrongtype.*$/m, '').replace(/^(float|double|closure) [0-9a-f]{8,}$/gm, '');

describe.each(ENGINES)('on %s', (engine) => {
  it.each(PROGRAMS)('%s', (name) => {
    const { code, stdout } = runProgram(engine, `${name}.wasm`);
    const text = engine === 'native' ? comparable : (t: string) => t;
    expect({ code, stdout: text(stdout) }).toEqual({ code: 0, stdout: text(expected(name)) });
  });
  it('a pointer into a closed library traps', () => {
    expect(() => runProgram(engine, 'stale.wasm')).toThrow('null function or function signature mismatch');
  });
  it('a function that never comes is named when it is called', () => {
    expect(() => runProgram(engine, 'never.wasm')).toThrow('undefined symbol nowhere, called in libunresolved.so');
  });
  // Written by fixtures/guests/dynlink/ffi.gen.mjs; what is expected was printed by a native program on libffi itself.
  it.each(['ffi', 'ffirandom'])('%s: functions called directly, by libffi and through closures', (name) => {
    const { stdout } = runProgram(engine, `${name}.wasm`);
    expect(stdout.split('\n').length).toBe(name === 'ffi' ? 61 : 121);
    expect(stdout).not.toContain('WRONG');
    expect(stdout).toBe(expected(name));
  });
  it('a call by libffi traps where an indirect call would', () => {
    const run = (arg: string) => () => runProgram(engine, 'ffimore.wasm', {}, [arg]);
    expect(run('null')).toThrow('null function or function signature mismatch');
    expect(run('out of bounds')).toThrow('memory access out of bounds');
    // Natively the number of parameters is all that is known.
    if (engine !== 'native') expect(run('double')).toThrow('null function or function signature mismatch');
  });
});
