/** Reads the input module, from a file or standard input, and says plainly what it is when it is not a core module. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { FileError, fileError } from './report.ts';

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
  const problem = notAModule(bytes);
  if (problem !== undefined) throw new FileError(label, problem);
  return { label, name: path === '-' ? 'stdin.wasm' : basename(path), bytes };
}

async function read(path: string): Promise<Uint8Array> {
  if (path !== '-') return readFile(path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/** Why these bytes are no core module, as far as the first eight tell; the decoder judges the rest. */
export function notAModule(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'the file is empty';
  if (MAGIC.some((byte, i) => i < bytes.length && bytes[i] !== byte)) {
    return looksLikeText(bytes)
      ? 'this is WebAssembly text, not binary: assemble it first, for example with wat2wasm or wasm-as'
      : 'not a WebAssembly module (it does not start with \\0asm)';
  }
  if (bytes.length < 8) return `truncated: ${bytes.length} bytes are too few for a WebAssembly module`;
  const version = bytes[4]! | (bytes[5]! << 8);
  const layer = bytes[6]! | (bytes[7]! << 8);
  if (layer === 1) return 'a WebAssembly component (layer 1), which wasmelt does not translate: give it a core module';
  if (version !== 1 || layer !== 0) return `unknown WebAssembly version ${version}, layer ${layer}`;
  return undefined;
}

function looksLikeText(bytes: Uint8Array): boolean {
  const head = new TextDecoder().decode(bytes.subarray(0, 4096));
  const code = head.replace(/^\uFEFF/, '').replace(/^(?:\s|;;[^\n]*(?:\n|$)|\(;[\s\S]*?;\))*/, '');
  return /^\(\s*(?:module|component|type|import|func|memory|table|global|export|data|elem)\b/.test(code);
}
