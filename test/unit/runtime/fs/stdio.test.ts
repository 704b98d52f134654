/** Streams made of JavaScript values, inherited descriptors, and error numbers. */
import * as fs from 'node:fs';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Errno, errno_number } from '../../../../runtime/fs/errno.ts';
import { inherited_fd, LineSink, Source, source_of } from '../../../../runtime/fs/stdio.ts';
import { Rights } from '../../../../runtime/fs/types.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function read(fd: { read(b: Uint8Array[]): number }, size: number): string {
  const into = new Uint8Array(size);
  return new TextDecoder().decode(into.subarray(0, fd.read([into])));
}

describe('Source', () => {
  it('gives bytes to their end', () => {
    const s = source_of(bytes('hello'));
    expect([read(s, 2), read(s, 10), read(s, 10), read(s, 10)]).toEqual(['he', 'llo', '', '']);
  });
  it('asks for no more than one chunk per read', () => {
    const chunks = ['ab', 'cd'];
    const s = new Source(() => (chunks.length > 0 ? bytes(chunks.shift() ?? '') : undefined));
    const [one, two] = [new Uint8Array(1), new Uint8Array(9)];
    expect(s.read([one, two])).toBe(2);
    expect(chunks).toEqual(['cd']);
    expect(s.read([new Uint8Array(0)])).toBe(0);
    expect([read(s, 9), read(s, 9)]).toEqual(['cd', '']);
  });
  it('cannot be written', () => expect(() => source_of(bytes('')).write([bytes('x')])).toThrow('ENOTSUP'));
});

it('LineSink prints whole lines, characters in one piece, and the rest at the end', () => {
  const lines: string[] = [];
  const s = new LineSink((line) => lines.push(line));
  const text = bytes('ä1\nä2\n\nend');
  for (const byte of text) expect(s.write([Uint8Array.of(byte)])).toBe(1);
  expect(lines).toEqual(['ä1', 'ä2', '']);
  s.close();
  s.close();
  expect(lines).toEqual(['ä1', 'ä2', '', 'end']);
});

describe('an inherited descriptor', () => {
  const open = (content: string, flags: string) => {
    const dir = mkdtempSync(join(tmpdir(), 'wasmelt-stdio-'));
    const path = join(dir, 'f');
    writeFileSync(path, content);
    const fd = openSync(path, flags);
    onTestFinished(() => {
      closeSync(fd);
      rmSync(dir, { recursive: true });
    });
    return { fd, path };
  };
  it('goes on where the kernel stands until it is moved', () => {
    const { fd } = open('0123456789', 'r');
    readSync(fd, new Uint8Array(3), 0, 3, null);
    const f = inherited_fd(fs, fd, () => false);
    expect(read(f, 2)).toBe('34');
    expect(f.seek(-1, 'current')).toBe(4);
    expect(read(f, 2)).toBe('45');
    expect(f.seek(0, 'end')).toBe(10);
    expect(f.seek(0, 'start')).toBe(0);
    expect(read(f, 3)).toBe('012');
    f.close();
    expect(fs.fstatSync(fd).isFile()).toBe(true);
  });
  it('leaves the position with the kernel when only asked for it', () => {
    const { fd, path } = open('', 'w');
    writeSync(fd, 'head,');
    const f = inherited_fd(fs, fd, () => false);
    expect(f.seek(0, 'current')).toBe(5);
    f.write([bytes('guest,')]);
    writeSync(fd, 'tail');
    expect(readFileSync(path, 'utf8')).toBe('head,guest,tail');
  });
  it('is a terminal only if the host says so', () => {
    const null_fd = openSync('/dev/null', 'r+');
    onTestFinished(() => closeSync(null_fd));
    const seeks = Rights.fd_seek | Rights.fd_tell;
    expect(inherited_fd(fs, null_fd, () => true).rights & seeks).toBe(0);
    const other = inherited_fd(fs, null_fd, () => false);
    expect(other.rights & seeks).toBe(seeks);
    expect(other.filetype).toBe(2);
    expect(() => other.seek(0, 'current')).toThrow('ESPIPE');
  });
});

describe('error numbers', () => {
  it.each([
    [new Errno('EBADF'), 8],
    [new Errno('ENOTCAPABLE'), 76],
    [Object.assign(new Error('x'), { code: 'ENOTEMPTY' }), 55],
    [Object.assign(new Error('x'), { code: 'EOPNOTSUPP' }), 58],
    [Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_VALUE' }), 28],
    [Object.assign(new Error('x'), { code: 'UNHEARD' }), 29],
    [new TypeError('a bug'), undefined],
    ['not even an error', undefined],
  ])('%s is %s', (error, number) => expect(errno_number(error)).toBe(number));
});
