/**
 * Writes output files whole or not at all: each goes to a temporary file in its own folder, and only when all are
 * complete are they renamed. On an error or a signal the temporary files are removed.
 */
import { randomBytes } from 'node:crypto';
import { rmSync, type Stats, statSync } from 'node:fs';
import { realpath, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileError, fileError } from './report.ts';

export interface OutputFile {
  readonly path: string;
  readonly contents: string | Uint8Array;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Throws FileError; then no output has changed. */
export async function writeOutputs(files: readonly OutputFile[]): Promise<void> {
  const temporary: string[] = [];
  const removeAll = () => {
    for (const path of temporary) rmSync(path, { force: true });
  };
  const onSignal = (signal: NodeJS.Signals) => {
    removeAll();
    for (const s of SIGNALS) process.removeListener(s, onSignal);
    process.kill(process.pid, signal);
  };
  for (const s of SIGNALS) process.on(s, onSignal);
  try {
    const renames: { from: string; to: string; file: string }[] = [];
    for (const file of files) {
      const to = await target(file.path);
      if (to === undefined) await writeDirectly(file);
      else {
        const from = join(dirname(to), `.${basename(to).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
        temporary.push(from);
        await writeFile(from, file.contents, { flag: 'wx' }).catch((error: unknown) => {
          throw fileError(file.path, error);
        });
        renames.push({ from, to, file: file.path });
      }
    }
    for (const { from, to, file } of renames) {
      await rename(from, to).catch((error: unknown) => {
        throw fileError(file, error);
      });
    }
  } finally {
    removeAll();
    for (const s of SIGNALS) process.removeListener(s, onSignal);
  }
}

/** The real path to replace, links followed; undefined for a device or a pipe, which is written to as it is. */
async function target(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new FileError(path, 'is a directory');
  if (found !== undefined) return found.isFile() ? realpath(path) : undefined;
  const folder = dirname(path);
  const parent = await stat(folder).catch(() => undefined);
  if (parent === undefined) throw new FileError(path, `the directory ${folder} does not exist`);
  if (!parent.isDirectory()) throw new FileError(path, `${folder} is not a directory`);
  return path;
}

async function writeDirectly(file: OutputFile): Promise<void> {
  await writeFile(file.path, file.contents).catch((error: unknown) => {
    throw fileError(file.path, error);
  });
}

/** True if both paths lead to one existing file, through whatever links. */
export function sameFile(a: string, b: string): boolean {
  const [x, y] = [a, b].map(look);
  return x !== undefined && y !== undefined && x.isFile() && x.dev === y.dev && x.ino === y.ino;
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
