/** The cache on disk: what is read back, what counts as absent, what the key depends on. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cacheFolder, cacheKey, readCache, writeCache } from '../../../src/register/cache.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wasmelt-cache-test-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const bytes = new Uint8Array([0, 97, 115, 109]);
const key = cacheKey(bytes, ['1', 'wavm']);
const entry = { meta: { names: ['é', 'b'] }, body: 'line 1\nline "2"\n' };

test('an entry is read back as written, from a folder made on demand', () => {
  const folder = join(root, 'deep', 'er');
  expect(readCache(folder, key)).toBeUndefined();
  writeCache(folder, key, entry);
  expect(readCache(folder, key)).toEqual(entry);
  expect(readdirSync(folder)).toEqual([key]);
});

test('a damaged entry counts as absent', () => {
  writeCache(root, key, entry);
  const file = join(root, key);
  const text = readFileSync(file, 'utf8');
  for (const damaged of [
    '',
    '{',
    'null\n',
    text.slice(0, -1),
    text.replace('line 1', 'line 7'),
    text.replace('é', 'e'),
  ]) {
    writeFileSync(file, damaged);
    expect(readCache(root, key)).toBeUndefined();
  }
  writeFileSync(file, text);
  expect(readCache(root, key)).toEqual(entry);
});

test('a folder that cannot be written is no error', () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  writeCache(file, key, entry);
  expect(readCache(file, key)).toBeUndefined();
  expect(readFileSync(file, 'utf8')).toBe('');
});

test('the key depends on the bytes and on each setting', () => {
  const keys = [
    key,
    cacheKey(new Uint8Array([0, 97, 115, 110]), ['1', 'wavm']),
    cacheKey(bytes, ['2', 'wavm']),
    cacheKey(bytes, ['1', 'wamr']),
    cacheKey(bytes, ['1wavm']),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(cacheKey(bytes.slice(), ['1', 'wavm'])).toBe(key);
});

test('the folder: WASMELT_CACHE, where empty means none, else one of the user', () => {
  expect(cacheFolder({ WASMELT_CACHE: '/x' })).toBe('/x');
  expect(cacheFolder({ WASMELT_CACHE: '' })).toBeUndefined();
  expect(cacheFolder({ XDG_CACHE_HOME: '/c' })).toBe('/c/wasmelt');
  expect(cacheFolder({})).toMatch(/[/\\]\.cache[/\\]wasmelt$/);
});
