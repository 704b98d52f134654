/** Calls on files and directories, on a real directory of the host. */
import { existsSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL, ERRNO, type Guest, guest, OUT, temporary } from './harness.ts';

const CREAT = 1;
const DIRECTORY = 2;
const EXCL = 4;
const TRUNC = 8;
const READ = 2n;
const WRITE = 64n;
const PATH_OPEN = 1n << 13n;

function setup(): { root: string; g: Guest } {
  const root = temporary();
  return { root, g: guest({ root }) };
}

const write = (g: Guest, fd: number, text: string) => g.call('fd_write', fd, ...g.iovs(g.text(text)), OUT);
function read(g: Guest, fd: number, length = 100): string {
  expect(g.call('fd_read', fd, ...g.iovs([40_000, length]), OUT)).toBe(0);
  return new TextDecoder().decode(g.bytes.subarray(40_000, 40_000 + g.view.getUint32(OUT, true)));
}
const try_open = (g: Guest, path: string | Uint8Array, oflags = 0, follow = 1, rights = READ) =>
  g.call('path_open', 3, follow, ...g.text(path), oflags, rights, 0n, 0, OUT);

describe('the preopen', () => {
  it('tells its name', () => {
    const { g } = setup();
    expect(g.call('fd_prestat_get', 3, OUT)).toBe(0);
    expect([g.view.getUint8(OUT), g.view.getUint32(OUT + 4, true)]).toEqual([0, 1]);
    expect(g.call('fd_prestat_dir_name', 3, OUT, 1)).toBe(0);
    expect(g.view.getUint8(OUT)).toBe('/'.charCodeAt(0));
    expect(g.call('fd_prestat_dir_name', 3, OUT, 0)).toBe(ERRNO.ENAMETOOLONG);
    expect(g.call('fd_prestat_get', 4, OUT)).toBe(ERRNO.EBADF);
  });
  it('is a directory, and no file', () => {
    const { g } = setup();
    expect(g.call('fd_fdstat_get', 3, OUT)).toBe(0);
    expect(g.view.getUint8(OUT)).toBe(3);
    expect(g.call('fd_read', 3, ...g.iovs([200, 2]), OUT)).toBe(ERRNO.ENOTCAPABLE);
  });
});

describe('opening', () => {
  it('obeys its flags', () => {
    const { root, g } = setup();
    expect(try_open(g, 'a')).toBe(ERRNO.ENOENT);
    expect(try_open(g, 'a', CREAT)).toBe(0);
    expect(try_open(g, 'a', CREAT | EXCL)).toBe(ERRNO.EEXIST);
    expect(try_open(g, 'a', DIRECTORY)).toBe(ERRNO.ENOTDIR);
    expect(try_open(g, '.', DIRECTORY)).toBe(0);
    expect(try_open(g, '.', CREAT)).toBe(ERRNO.EISDIR);
    expect(try_open(g, '.', 0, 1, READ | WRITE)).toBe(ERRNO.EISDIR);
    expect(try_open(g, '.', DIRECTORY, 1, READ | WRITE)).toBe(ERRNO.EISDIR);
    expect(try_open(g, 'b', CREAT | DIRECTORY)).toBe(ERRNO.EINVAL);
    expect(try_open(g, 'a', 16)).toBe(ERRNO.EINVAL);
    expect(try_open(g, 'a', 0, 2)).toBe(ERRNO.EINVAL);
    writeFileSync(join(root, 'full'), 'text');
    expect(try_open(g, 'full', TRUNC, 1, WRITE)).toBe(0);
    expect(readFileSync(join(root, 'full'), 'utf8')).toBe('');
  });
  it('refuses bad names', () => {
    const { g } = setup();
    expect(try_open(g, '')).toBe(ERRNO.ENOENT);
    expect(try_open(g, 'a\0b')).toBe(ERRNO.EINVAL);
    expect(try_open(g, new Uint8Array([0x61, 0xff]))).toBe(ERRNO.EILSEQ);
    expect(try_open(g, 'x'.repeat(300))).toBe(ERRNO.ENAMETOOLONG);
    expect(g.call('path_open', 3, 1, 65530, 7, 0, READ, 0n, 0, OUT)).toBe(ERRNO.EFAULT);
    expect(g.call('path_open', 3, 1, ...g.text('new'), CREAT, READ, 0n, 0, 65533)).toBe(ERRNO.EFAULT);
    expect(try_open(g, 'new')).toBe(ERRNO.ENOENT);
  });
  it('gives the rights asked for, and no more than the directory has', () => {
    const { g } = setup();
    const fd = g.open('a', CREAT, 0, WRITE);
    expect(write(g, fd, 'x')).toBe(0);
    expect(g.call('fd_read', fd, ...g.iovs([200, 2]), OUT)).toBe(ERRNO.ENOTCAPABLE);
    expect(g.call('fd_fdstat_set_rights', 3, PATH_OPEN, READ)).toBe(0);
    expect(try_open(g, 'a', 0, 1, WRITE)).toBe(ERRNO.ENOTCAPABLE);
    expect(try_open(g, 'a')).toBe(0);
  });
  it('takes the lowest free descriptor', () => {
    const { g } = setup();
    expect([g.open('a', CREAT), g.open('b', CREAT), g.open('c', CREAT)]).toEqual([4, 5, 6]);
    expect(g.call('fd_close', 5)).toBe(0);
    expect(g.open('b')).toBe(5);
  });
});

describe('files', () => {
  it('seek by preview1 order of whence', () => {
    const { g } = setup();
    const fd = g.open('a', CREAT);
    write(g, fd, '0123456789');
    const seek = (offset: bigint, whence: number) => [
      g.call('fd_seek', fd, offset, whence, OUT),
      g.view.getBigUint64(OUT, true),
    ];
    expect(seek(3n, 0)).toEqual([0, 3n]);
    expect(seek(2n, 1)).toEqual([0, 5n]);
    expect(seek(-1n, 2)).toEqual([0, 9n]);
    expect(seek(-11n, 2)).toEqual([ERRNO.EINVAL, 9n]);
    expect(seek(0n, 3)).toEqual([ERRNO.EINVAL, 9n]);
    expect(seek(1n << 62n, 0)).toEqual([ERRNO.EOVERFLOW, 9n]);
    expect(g.call('fd_tell', fd, OUT)).toBe(0);
    expect(read(g, fd)).toBe('9');
    expect(seek(5_000_000_000n, 0)).toEqual([0, 5_000_000_000n]);
  });
  it('seek by the older order in wasi_unstable', () => {
    const g = guest({ root: temporary(), version: 'unstable' });
    const fd = g.open('a', CREAT);
    write(g, fd, '0123456789');
    const seek = (offset: bigint, whence: number) => {
      expect(g.call('fd_seek', fd, offset, whence, OUT)).toBe(0);
      return g.view.getBigUint64(OUT, true);
    };
    expect([seek(3n, 2), seek(2n, 0), seek(-1n, 1)]).toEqual([3n, 5n, 9n]);
  });
  it('read and write at a place without moving', () => {
    const { g } = setup();
    const fd = g.open('a', CREAT);
    write(g, fd, '0123456789');
    expect(g.call('fd_pwrite', fd, ...g.iovs(g.text('AB'), g.text('C')), 4n, OUT)).toBe(0);
    expect(g.call('fd_pread', fd, ...g.iovs([200, 2], [300, 2]), 3n, OUT)).toBe(0);
    expect(new TextDecoder().decode(g.bytes.subarray(200, 202))).toBe('3A');
    expect(new TextDecoder().decode(g.bytes.subarray(300, 302))).toBe('BC');
    expect(g.call('fd_pread', fd, ...g.iovs([200, 2]), 1n << 60n, OUT)).toBe(ERRNO.EFBIG);
    g.call('fd_tell', fd, OUT);
    expect(g.view.getBigUint64(OUT, true)).toBe(10n);
  });
  it('append, and stop appending', () => {
    const { root, g } = setup();
    writeFileSync(join(root, 'log'), 'one,');
    const fd = g.open('log', 0, 1);
    expect(write(g, fd, 'two,')).toBe(0);
    g.call('fd_seek', fd, 0n, 0, OUT);
    expect(write(g, fd, 'three')).toBe(0);
    expect(g.call('fd_fdstat_set_flags', fd, 0)).toBe(0);
    g.call('fd_seek', fd, 0n, 0, OUT);
    expect(write(g, fd, 'ONE')).toBe(0);
    expect(g.call('fd_fdstat_set_flags', fd, 1)).toBe(0);
    expect(write(g, fd, '!')).toBe(0);
    expect(readFileSync(join(root, 'log'), 'utf8')).toBe('ONE,two,three!');
    expect(g.call('fd_fdstat_set_flags', fd, 16)).toBe(ERRNO.ENOTSUP);
    expect(g.call('fd_fdstat_set_flags', fd, 32)).toBe(ERRNO.EINVAL);
  });
  it('change size', () => {
    const { root, g } = setup();
    const fd = g.open('a', CREAT);
    expect(g.call('fd_filestat_set_size', fd, 10n)).toBe(0);
    expect(g.call('fd_allocate', fd, 5n, 3n)).toBe(0);
    expect(statSync(join(root, 'a')).size).toBe(10);
    expect(g.call('fd_allocate', fd, 15n, 3n)).toBe(0);
    expect(statSync(join(root, 'a')).size).toBe(18);
    expect(g.call('fd_allocate', fd, 15n, 0n)).toBe(ERRNO.EINVAL);
    expect(g.call('fd_filestat_set_size', fd, 1n << 60n)).toBe(ERRNO.EFBIG);
    expect([g.call('fd_sync', fd), g.call('fd_datasync', fd), g.call('fd_sync', 3)]).toEqual([0, 0, 0]);
    expect([g.call('fd_advise', fd, 0n, 0n, 5), g.call('fd_advise', fd, 0n, 0n, 6)]).toEqual([0, ERRNO.EINVAL]);
  });
});

describe('filestat', () => {
  it.each(['preview1', 'unstable'] as const)('is laid out as in %s', (version) => {
    const root = temporary();
    const g = guest({ root, version });
    writeFileSync(join(root, 'a'), 'twelve bytes');
    const real = lstatSync(join(root, 'a'), { bigint: true });
    const old = version === 'unstable';
    const check = () => {
      expect(g.view.getBigUint64(OUT, true)).toBe(real.dev);
      expect(g.view.getBigUint64(OUT + 8, true)).toBe(real.ino);
      expect(g.view.getUint8(OUT + 16)).toBe(4);
      expect(old ? g.view.getUint32(OUT + 20, true) : Number(g.view.getBigUint64(OUT + 24, true))).toBe(1);
      const rest = [0, 8, 16, 24].map((n) => g.view.getBigUint64(OUT + (old ? 24 : 32) + n, true));
      expect(rest).toEqual([12n, real.atimeNs, real.mtimeNs, real.ctimeNs]);
      expect(g.view.getUint8(OUT + (old ? 56 : 64))).toBe(0xee);
    };
    g.bytes.fill(0xee, OUT, OUT + 80);
    expect(g.call('path_filestat_get', 3, 1, ...g.text('a'), OUT)).toBe(0);
    check();
    const fd = g.open('a');
    g.bytes.fill(0xee, OUT, OUT + 80);
    expect(g.call('fd_filestat_get', fd, OUT)).toBe(0);
    check();
  });
  it('takes new times', () => {
    const { root, g } = setup();
    const fd = g.open('a', CREAT);
    expect(g.call('fd_filestat_set_times', fd, 1_000_000_000_500_000_000n, 2_000_000_000n, 1 | 4)).toBe(0);
    let real = statSync(join(root, 'a'), { bigint: true });
    expect([real.atimeNs, real.mtimeNs]).toEqual([1_000_000_000_500_000_000n, 2_000_000_000n]);
    expect(g.call('path_filestat_set_times', 3, 1, ...g.text('a'), 5n, 3_000_000_000n, 4)).toBe(0);
    real = statSync(join(root, 'a'), { bigint: true });
    expect([real.atimeNs, real.mtimeNs]).toEqual([1_000_000_000_500_000_000n, 3_000_000_000n]);
    expect(g.call('path_filestat_set_times', 3, 1, ...g.text('a'), 0n, 0n, 2)).toBe(0);
    expect(Math.abs(statSync(join(root, 'a')).atimeMs - Date.now())).toBeLessThan(60_000);
    expect(g.call('fd_filestat_set_times', fd, 0n, 0n, 3)).toBe(ERRNO.EINVAL);
    expect(g.call('fd_filestat_set_times', fd, 0n, 0n, 16)).toBe(ERRNO.EINVAL);
  });
});

/** Reads a directory to its end with a buffer of `size` bytes, as wasi-libc does. */
function list(g: Guest, fd: number, size: number): { name: string; type: number; next: bigint; ino: bigint }[] {
  const all: { name: string; type: number; next: bigint; ino: bigint }[] = [];
  for (let cookie = 0n; ; ) {
    expect(g.call('fd_readdir', fd, 8192, size, cookie, OUT)).toBe(0);
    const used = g.view.getUint32(OUT, true);
    let at = 8192;
    const end = at + used;
    while (at + 24 <= end) {
      const length = g.view.getUint32(at + 16, true);
      if (at + 24 + length > end) break;
      const name = new TextDecoder().decode(g.bytes.subarray(at + 24, at + 24 + length));
      cookie = g.view.getBigUint64(at, true);
      all.push({ name, type: g.view.getUint8(at + 20), next: cookie, ino: g.view.getBigUint64(at + 8, true) });
      at += 24 + length;
    }
    if (used < size) return all;
  }
}

describe('reading a directory', () => {
  it('gives every entry with its type and inode, whatever the size of the buffer', () => {
    const { root, g } = setup();
    mkdirSync(join(root, 'dir'));
    symlinkSync('dir', join(root, 'link'));
    for (let i = 0; i < 20; i++) writeFileSync(join(root, `ä${i}`), '');
    const entries = list(g, 3, 4096);
    expect(entries.map((e) => e.name).sort()).toEqual(
      ['.', '..', 'dir', 'link', ...Array.from({ length: 20 }, (_, i) => `ä${i}`)].sort(),
    );
    const type = (name: string) => entries.find((e) => e.name === name)?.type;
    expect([type('.'), type('dir'), type('link'), type('ä3')]).toEqual([3, 3, 7, 4]);
    expect(entries.find((e) => e.name === 'dir')?.ino).toBe(statSync(join(root, 'dir'), { bigint: true }).ino);
    expect(list(g, 3, 64)).toEqual(entries);
  });
  it('goes on from a cookie though entries vanish, and starts anew from 0', () => {
    const { root, g } = setup();
    for (let i = 0; i < 10; i++) writeFileSync(join(root, `${i}`), '');
    const before = list(g, 3, 4096);
    const third = before[3];
    for (let i = 0; i < 10; i++) expect(g.call('path_unlink_file', 3, ...g.text(`${i}`))).toBe(0);
    expect(g.call('fd_readdir', 3, 8192, 4096, third?.next ?? 0n, OUT)).toBe(0);
    expect(g.view.getUint32(OUT, true)).toBe(8 * 25);
    expect(list(g, 3, 4096).map((e) => e.name)).toEqual(['.', '..']);
    expect(g.call('fd_readdir', 3, 8192, 4096, 10_000n, OUT)).toBe(0);
    expect(g.view.getUint32(OUT, true)).toBe(0);
  });
});

describe('changing a directory', () => {
  const call2 = (g: Guest, name: string, path: string) => g.call(name, 3, ...g.text(path));
  it('makes and removes', () => {
    const { root, g } = setup();
    expect(call2(g, 'path_create_directory', 'd')).toBe(0);
    expect(call2(g, 'path_create_directory', 'd')).toBe(ERRNO.EEXIST);
    expect(call2(g, 'path_create_directory', 'd/e/')).toBe(0);
    expect(call2(g, 'path_create_directory', 'no/e')).toBe(ERRNO.ENOENT);
    expect(call2(g, 'path_create_directory', '.')).toBe(ERRNO.EEXIST);
    expect(call2(g, 'path_remove_directory', 'd')).toBe(ERRNO.ENOTEMPTY);
    expect(call2(g, 'path_remove_directory', 'd/e/')).toBe(0);
    writeFileSync(join(root, 'f'), '');
    expect(call2(g, 'path_remove_directory', 'f')).toBe(ERRNO.ENOTDIR);
    expect(call2(g, 'path_unlink_file', 'd')).toBe(ERRNO.EISDIR);
    expect(call2(g, 'path_unlink_file', 'f/')).toBe(ERRNO.ENOTDIR);
    expect(call2(g, 'path_unlink_file', 'f')).toBe(0);
    expect(call2(g, 'path_unlink_file', 'f')).toBe(ERRNO.ENOENT);
    expect(call2(g, 'path_remove_directory', '.')).toBe(ERRNO.EINVAL);
    expect(call2(g, 'path_remove_directory', 'd/..')).toBe(ERRNO.EINVAL);
    expect(call2(g, 'path_remove_directory', 'd')).toBe(0);
  });
  it('renames, and open directories below move along', () => {
    const { root, g } = setup();
    mkdirSync(join(root, 'a/b'), { recursive: true });
    const b = g.open('a/b', DIRECTORY, 0, ALL & ~WRITE);
    const rename = (from: string, to: string) => g.call('path_rename', 3, ...g.text(from), 3, ...g.text(to));
    expect(rename('a', 'c')).toBe(0);
    expect(g.call('path_create_directory', b, ...g.text('new'))).toBe(0);
    expect(existsSync(join(root, 'c/b/new'))).toBe(true);
    writeFileSync(join(root, 'f'), '');
    expect(rename('f', 'g/')).toBe(ERRNO.ENOTDIR);
    expect(rename('f/', 'g')).toBe(ERRNO.ENOTDIR);
    expect(rename('f', 'c')).toBe(ERRNO.EISDIR);
    expect(rename('none', 'g')).toBe(ERRNO.ENOENT);
    expect(rename('.', 'g')).toBe(ERRNO.EINVAL);
    expect(rename('c/', 'd/')).toBe(0);
  });
  it('links', () => {
    const { root, g } = setup();
    writeFileSync(join(root, 'f'), 'x');
    symlinkSync('f', join(root, 's'));
    const link = (flags: number, from: string, to: string) =>
      g.call('path_link', 3, flags, ...g.text(from), 3, ...g.text(to));
    expect(link(0, 'f', 'h')).toBe(0);
    expect(statSync(join(root, 'h')).nlink).toBe(2);
    expect(link(0, 'f', 'h')).toBe(ERRNO.EEXIST);
    expect(link(0, '.', 'd')).toBe(ERRNO.EPERM);
    expect(link(0, 's', 't')).toBe(0);
    expect(lstatSync(join(root, 't')).isSymbolicLink()).toBe(true);
    expect(link(1, 's', 'u')).toBe(0);
    expect(lstatSync(join(root, 'u')).isFile()).toBe(true);
  });
  it('makes and reads symbolic links', () => {
    const { g } = setup();
    const symlink = (target: string, path: string) => g.call('path_symlink', ...g.text(target), 3, ...g.text(path));
    expect(symlink('target', 's')).toBe(0);
    expect(symlink('target', 's')).toBe(ERRNO.EEXIST);
    expect(symlink('/etc/passwd', 'p')).toBe(ERRNO.ENOTCAPABLE);
    const readlink = (path: string, room: number) => [
      g.call('path_readlink', 3, ...g.text(path), 200, room, OUT),
      new TextDecoder().decode(g.bytes.subarray(200, 200 + g.view.getUint32(OUT, true))),
    ];
    expect(readlink('s', 100)).toEqual([0, 'target']);
    expect(readlink('s', 3)).toEqual([0, 'tar']);
    expect(readlink('.', 3)[0]).toBe(ERRNO.EINVAL);
    expect(try_open(g, 's', 0, 0)).toBe(ERRNO.ELOOP);
    expect(try_open(g, 's', CREAT | EXCL)).toBe(ERRNO.EEXIST);
    expect(try_open(g, 's', CREAT)).toBe(0);
    expect(try_open(g, 'target')).toBe(0);
  });
});
