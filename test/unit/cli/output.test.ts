/** Output files: whole or not at all. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sameFile, writeOutputs } from '../../../src/cli/output.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wasmelt-output-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const text = (name: string) => readFileSync(at(name), 'utf8');

describe('writeOutputs', () => {
  it('writes texts and bytes, over what was there, and leaves nothing else', async () => {
    writeFileSync(at('a.mjs'), 'old');
    await writeOutputs([
      { path: at('a.mjs'), contents: 'new' },
      { path: at('a.data'), contents: new Uint8Array([1, 2, 255]) },
    ]);
    expect(text('a.mjs')).toBe('new');
    expect([...readFileSync(at('a.data'))]).toEqual([1, 2, 255]);
    expect(readdirSync(folder).sort()).toEqual(['a.data', 'a.mjs']);
  });
  it('changes no file when one of them cannot be written', async () => {
    writeFileSync(at('a.mjs'), 'old');
    mkdirSync(at('a.data'));
    const files = [
      { path: at('a.mjs'), contents: 'new' },
      { path: at('a.data'), contents: 'x' },
    ];
    await expect(writeOutputs(files)).rejects.toThrow('is a directory');
    expect(text('a.mjs')).toBe('old');
    expect(readdirSync(folder).sort()).toEqual(['a.data', 'a.mjs']);
  });
  it('names a missing folder', async () => {
    await expect(writeOutputs([{ path: at('no/a.mjs'), contents: '' }])).rejects.toThrow(
      `the directory ${at('no')} does not exist`,
    );
    writeFileSync(at('file'), '');
    await expect(writeOutputs([{ path: at('file/a.mjs'), contents: '' }])).rejects.toThrow('is not a directory');
  });
  it('follows a link to the file it stands for', async () => {
    writeFileSync(at('real.mjs'), 'old');
    symlinkSync('real.mjs', at('link.mjs'));
    await writeOutputs([{ path: at('link.mjs'), contents: 'new' }]);
    expect(text('real.mjs')).toBe('new');
  });
  it('writes to a device as it is', async () => {
    await writeOutputs([{ path: '/dev/null', contents: 'x' }]);
    expect(readFileSync('/dev/null', 'utf8')).toBe('');
  });
  it('leaves no listener behind', async () => {
    const before = process.listenerCount('SIGINT');
    await writeOutputs([{ path: at('a.mjs'), contents: 'x' }]);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});

describe('sameFile', () => {
  it('sees through links', () => {
    writeFileSync(at('a'), '');
    writeFileSync(at('b'), '');
    symlinkSync('a', at('link'));
    expect(sameFile(at('a'), at('link'))).toBe(true);
    expect(sameFile(at('a'), at('b'))).toBe(false);
    expect(sameFile(at('a'), at('absent'))).toBe(false);
  });
});
