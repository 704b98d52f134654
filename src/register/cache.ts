/**
 * Translations on disk, one file each, found by a hash of everything that decides their content. A file is its header
 * (one line of JSON with the body's hash) and its body; it appears whole, by rename, and is checked when read, so a
 * damaged one counts as absent. A cache that cannot be written is no error: the next run translates again.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface CacheEntry {
  /** Any JSON value. */
  readonly meta: unknown;
  readonly body: string;
}

/** `WASMELT_CACHE`, where empty means none; else a folder of the user's own, which no one else may write to. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.WASMELT_CACHE !== undefined) return env.WASMELT_CACHE || undefined;
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'wasmelt');
}

/** A file name for a translation: SHA-256 of the module and of all that its translation depends on. */
export function cacheKey(bytes: Uint8Array, settings: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(settings)).update('\0').update(bytes).digest('hex');
}

export function readCache(folder: string, key: string): CacheEntry | undefined {
  try {
    const text = readFileSync(join(folder, key), 'utf8');
    const end = text.indexOf('\n');
    const { hash, meta } = JSON.parse(text.slice(0, end)) as { hash: string; meta: unknown };
    const body = text.slice(end + 1);
    return hash === hashOf(meta, body) ? { meta, body } : undefined;
  } catch {
    return undefined;
  }
}

export function writeCache(folder: string, key: string, { meta, body }: CacheEntry): void {
  const temporary = join(folder, `.${key}.${process.pid}.${randomBytes(4).toString('hex')}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(temporary, `${JSON.stringify({ hash: hashOf(meta, body), meta })}\n${body}`, { mode: 0o600 });
    renameSync(temporary, join(folder, key));
  } catch {
    remove(temporary);
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Its folder is none (ENOTDIR): there is nothing to remove.
  }
}

function hashOf(meta: unknown, body: string): string {
  return createHash('sha256').update(JSON.stringify(meta)).update('\n').update(body).digest('hex');
}
