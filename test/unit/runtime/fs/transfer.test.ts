/** Reading and writing over hosts that give little at a time, or say "not now". */
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NodeFs } from '../../../../runtime/fs/node-fs.ts';
import { read_once, write_all } from '../../../../runtime/fs/transfer.ts';

const failure = (code: string) => Object.assign(new Error(code), { code });

/** A host whose calls take their results (bytes moved, or an error code) from a list. */
function scripted(steps: (number | string)[]) {
  const taken: { bytes: number[]; position: unknown }[] = [];
  const step = (buffers: Uint8Array[], position: unknown): number => {
    const next = steps.shift() ?? 'EIO';
    if (typeof next === 'string') throw failure(next);
    taken.push({ bytes: buffers.flatMap((b) => [...b]).slice(0, next), position });
    return next;
  };
  const one = (_fd: number, b: Uint8Array, offset: number, length: number, position: unknown) =>
    step([b.subarray(offset, offset + length)], position);
  const many = (_fd: number, b: Uint8Array[], position: unknown) => step(b, position);
  const host = { ...fs, readSync: one, writeSync: one, readvSync: many, writevSync: many } as unknown as NodeFs;
  return { host, taken };
}

const parts = [Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.of(4, 5)];

describe('write_all', () => {
  it('goes on after short writes and EAGAIN', () => {
    const { host, taken } = scripted([2, 'EAGAIN', 2, 1]);
    expect(write_all(host, 1, parts, null, false)).toBe(5);
    expect(taken.flatMap((t) => t.bytes)).toEqual([1, 2, 3, 4, 5]);
  });
  it('moves the position along', () => {
    const { host, taken } = scripted([4, 1]);
    expect(write_all(host, 1, parts, 100, false)).toBe(5);
    expect(taken.map((t) => t.position)).toEqual([100, 104]);
  });
  it('tells what was written before an error, or the error', () => {
    expect(write_all(scripted([4, 'EPIPE']).host, 1, parts, null, false)).toBe(4);
    expect(() => write_all(scripted(['EPIPE']).host, 1, parts, null, false)).toThrow('EPIPE');
  });
  it('does not wait in non-blocking mode', () => {
    expect(write_all(scripted([4, 'EAGAIN']).host, 1, parts, null, true)).toBe(4);
    expect(() => write_all(scripted(['EAGAIN']).host, 1, parts, null, true)).toThrow('EAGAIN');
  });
  it('writes nothing without calling the host', () => {
    expect(write_all(scripted([]).host, 1, [new Uint8Array(0)], null, false)).toBe(0);
  });
});

describe('read_once', () => {
  it('waits for input', () => expect(read_once(scripted(['EAGAIN', 'EAGAIN', 3]).host, 0, parts, null, false)).toBe(3));
  it('does not in non-blocking mode', () => {
    expect(() => read_once(scripted(['EAGAIN']).host, 0, parts, null, true)).toThrow('EAGAIN');
  });
  it('takes EOF for the end', () => expect(read_once(scripted(['EOF']).host, 0, parts, null, false)).toBe(0));
  it('passes other errors on', () => {
    expect(() => read_once(scripted(['EISDIR']).host, 0, parts, null, false)).toThrow('EISDIR');
  });
});
