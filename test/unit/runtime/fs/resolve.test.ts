/** Paths: where they lead, and that none leads out. */
import * as fs from 'node:fs';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LastLink } from '../../../../runtime/fs/resolve.ts';
import { host_path, resolve } from '../../../../runtime/fs/resolve.ts';

let base = '';
let root = '';

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'wasmelt-resolve-')));
  root = join(base, 'root');
  mkdirSync(join(root, 'sub/deep'), { recursive: true });
  mkdirSync(join(base, 'out'));
  for (const name of ['secret', 'out/secret', 'root/file', 'root/sub/file']) writeFileSync(join(base, name), name);
  const links: [target: string, name: string][] = [
    ['file', 'link'],
    ['nowhere', 'dangling'],
    ['sub', 'to-sub'],
    ['sub/', 'to-sub-slash'],
    ['link/', 'file-slash'],
    ['../file', 'sub/up-file'],
    ['../../root/file', 'sub/deep-out'],
    ['../secret', 'up'],
    ['../out', 'out'],
    ['up', 'chain'],
    [join(base, 'secret'), 'absolute'],
    [join(root, 'file'), 'absolute-inside'],
    ['loop2', 'loop1'],
    ['loop1', 'loop2'],
    ['.', 'self'],
    ['self/self/self/self/self/self/self/self/self/self', 'self10'],
    ['self10/self10/self10/self10/self10', 'self50'],
  ];
  for (const [target, name] of links) symlinkSync(target, join(root, name));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** The path within the root that `path` leads to, with what it is; or the error's code. */
function place(path: string, last: LastLink = 'follow', from: string[] = []): string {
  try {
    const at = resolve(fs, { root, parts: from }, path, last);
    expect(at.path).toBe(host_path(at));
    const kind = at.stats === undefined ? '?' : at.stats.isDirectory() ? 'd' : at.stats.isSymbolicLink() ? 'l' : 'f';
    return `${kind} ${relative(root, at.path)}`;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('a path', () => {
  it.each([
    ['file', 'f file'],
    ['./sub//../sub/./file', 'f sub/file'],
    ['.', 'd '],
    ['sub/..', 'd '],
    ['sub/', 'd sub'],
    ['sub/.', 'd sub'],
    ['new', '? new'],
    ['new/', '? new'],
    ['new/.', 'ENOENT'],
    ['new/file', 'ENOENT'],
    ['file/', 'ENOTDIR'],
    ['file/.', 'ENOTDIR'],
    ['file/..', 'ENOTDIR'],
    ['file/x', 'ENOTDIR'],
    ['', 'ENOENT'],
    ['a\0b', 'EINVAL'],
    ['..', 'ENOTCAPABLE'],
    ['sub/../..', 'ENOTCAPABLE'],
    ['../root/file', 'ENOTCAPABLE'],
    ['/', 'ENOTCAPABLE'],
    ['//file', 'ENOTCAPABLE'],
  ])('%j leads to %s', (path, expected) => expect(place(path)).toBe(expected));

  it('stays below where it starts', () => {
    expect(place('deep/../file', 'follow', ['sub'])).toBe('f sub/file');
    expect(place('../file', 'follow', ['sub'])).toBe('ENOTCAPABLE');
    expect(place('up-file', 'follow', ['sub'])).toBe('ENOTCAPABLE');
    expect(place('deep/../../file', 'follow', ['sub'])).toBe('ENOTCAPABLE');
  });
});

describe('a link', () => {
  it.each<[string, string, string, string]>([
    // path, follow, nofollow, entry
    ['link', 'f file', 'l link', 'l link'],
    ['link/', 'ENOTDIR', 'ENOTDIR', 'ENOTDIR'],
    ['dangling', '? nowhere', 'l dangling', 'l dangling'],
    ['to-sub', 'd sub', 'l to-sub', 'l to-sub'],
    ['to-sub/', 'd sub', 'd sub', 'ENOTDIR'],
    ['to-sub-slash', 'd sub', 'l to-sub-slash', 'l to-sub-slash'],
    ['to-sub/file', 'f sub/file', 'f sub/file', 'f sub/file'],
    ['file-slash', 'ENOTDIR', 'l file-slash', 'l file-slash'],
    ['sub/up-file', 'f file', 'l sub/up-file', 'l sub/up-file'],
    ['up', 'ENOTCAPABLE', 'l up', 'l up'],
    ['chain', 'ENOTCAPABLE', 'l chain', 'l chain'],
    ['out/secret', 'ENOTCAPABLE', 'ENOTCAPABLE', 'ENOTCAPABLE'],
    ['out/', 'ENOTCAPABLE', 'ENOTCAPABLE', 'ENOTDIR'],
    ['out/..', 'ENOTCAPABLE', 'ENOTCAPABLE', 'ENOTCAPABLE'],
    ['absolute', 'ENOTCAPABLE', 'l absolute', 'l absolute'],
    ['absolute-inside', 'ENOTCAPABLE', 'l absolute-inside', 'l absolute-inside'],
    ['sub/deep-out', 'ENOTCAPABLE', 'l sub/deep-out', 'l sub/deep-out'],
    ['loop1', 'ELOOP', 'l loop1', 'l loop1'],
    ['loop1/x', 'ELOOP', 'ELOOP', 'ELOOP'],
    ['self10/file', 'f file', 'f file', 'f file'],
    ['self50/file', 'ELOOP', 'ELOOP', 'ELOOP'],
  ])('%s', (path, ...expected) => {
    expect((['follow', 'nofollow', 'entry'] as const).map((last) => place(path, last))).toEqual(expected);
  });
});

it('never leaves the root, whatever the path', () => {
  const names = [
    'file',
    'link',
    'to-sub',
    'sub',
    'deep',
    'out',
    'up',
    'self',
    'dangling',
    '..',
    '..',
    '.',
    '',
    'absolute',
  ];
  let state = 1;
  const random = (n: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % n;
  };
  let inside = 0;
  for (let i = 0; i < 3000; i++) {
    const path = Array.from({ length: 1 + random(5) }, () => names[random(names.length)]).join('/');
    for (const last of ['follow', 'nofollow', 'entry'] as const) {
      let at: string;
      try {
        at = resolve(fs, { root, parts: [] }, path, last).path;
      } catch {
        continue;
      }
      // No link is left in what the host will be given, but for the last name where it is not to be followed.
      const real = at === root ? at : realpathSync(dirname(at));
      expect(`${real}/`.startsWith(`${root}/`), path).toBe(true);
      if (last === 'follow' && fs.existsSync(at)) expect(realpathSync(at), path).toBe(at);
      inside++;
    }
  }
  expect(inside).toBeGreaterThan(1000);
});
