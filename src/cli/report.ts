/** How an error reaches the user: one line on standard error and an exit code, a stack only under WASMELT_DEBUG=1. */
import { CommanderError } from 'commander';
import pc from 'picocolors';
import { CompileError } from '../errors.ts';

/** A failure that concerns one file: `error: app.wasm: no such file`. */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly file: string;

  constructor(file: string, reason: string, cause?: unknown) {
    super(reason, { cause });
    this.file = file;
  }
}

/** The command line itself is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What the user should know though the work is done. */
export function warn(file: string, text: string): void {
  process.stderr.write(`${colors().yellow('warning:')} ${file}: ${oneLine(text)}\n`);
}

function colors(): ReturnType<typeof pc.createColors> {
  return pc.createColors(process.stderr.isTTY === true && pc.isColorSupported);
}

/** Prints the error and returns the exit code: 2 for wrong usage, 1 for all else. */
export function report(error: unknown): number {
  const { text, code } = describe(error);
  process.stderr.write(`${colors().red('error:')} ${oneLine(text)}\n`);
  if (process.env.WASMELT_DEBUG === '1') process.stderr.write(`${stacks(error)}\n`);
  return code;
}

function describe(error: unknown): { text: string; code: number } {
  if (error instanceof CommanderError) {
    return { text: `${error.message.replace(/^error: /, '')} (see wasmelt --help)`, code: 2 };
  }
  if (error instanceof UsageError) return { text: `${error.message} (see wasmelt --help)`, code: 2 };
  if (error instanceof FileError) return { text: `${error.file}: ${error.message}`, code: 1 };
  return { text: bug(error), code: 1 };
}

/** Runs `work` on the input `file`, so that every error it throws names the file. */
export async function about<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FileError || error instanceof UsageError) throw error;
    if (error instanceof CompileError) {
      if (error.code === 'usage') throw new UsageError(error.message, { cause: error });
      throw new FileError(file, error.message, error);
    }
    throw new FileError(file, bug(error), error);
  }
}

function bug(error: unknown): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `internal error, please report it: ${message}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}

function stacks(error: unknown): string {
  const parts: string[] = [];
  for (let e = error; e instanceof Error; e = e.cause) parts.push(e.stack ?? e.message);
  return parts.join('\ncaused by ');
}

const ERRNO_TEXT: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOSPC: 'no space left on the device',
  EROFS: 'the file system is read-only',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  ERR_FS_FILE_TOO_LARGE: 'the file is too large (2 GiB and more)',
};

/** An error of node:fs as a FileError. */
export function fileError(file: string, error: unknown): FileError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new FileError(file, ERRNO_TEXT[code ?? ''] ?? message ?? String(error), error);
}
