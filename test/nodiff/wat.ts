/** WebAssembly text → binary for fixtures, by the assembler that test/spec has installed. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** A function that loads the assembler when first called. */
export function assembler(): (text: string) => Promise<Uint8Array> {
  let parse: Promise<(text: string) => Promise<Uint8Array>> | undefined;
  return async (text) => {
    parse ??= load();
    return (await parse)(text);
  };
}

async function load(): Promise<(text: string) => Promise<Uint8Array>> {
  const require = createRequire(new URL('../spec/package.json', import.meta.url));
  let path: string;
  try {
    path = require.resolve('@bytecodealliance/jco-transpile/wasm-tools');
  } catch (cause) {
    throw new Error('the assembler is not installed: run `node test/support/install.mjs spec`', { cause });
  }
  return ((await import(pathToFileURL(path).href)) as { parse(text: string): Promise<Uint8Array> }).parse;
}
