/** Reads the input module, from a file or standard input. What the bytes are is the decoder's to judge. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileError } from './report.ts';

export interface Input {
  /** As given on the command line, for messages. */
  readonly label: string;
  /** Without folders, for the header of the output: the same bytes wherever the file lies. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** `path` is a file, or `-` for standard input. Throws FileError. */
export async function readInput(path: string): Promise<Input> {
  const label = path === '-' ? '<stdin>' : path;
  const bytes = await read(path).catch((error: unknown) => {
    throw fileError(label, error);
  });
  return { label, name: path === '-' ? 'stdin.wasm' : basename(path), bytes };
}

async function read(path: string): Promise<Uint8Array> {
  if (path !== '-') return readFile(path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
