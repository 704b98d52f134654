/** Side modules as .wasm files, translated when a program first opens them, through the cache. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DlError } from '../../runtime/dynlink/errors.ts';
import type { SideModule } from '../../runtime/dynlink/side.ts';
import { type Resolver, stem_of } from '../../runtime/dynlink/sources.ts';
import { CompileError } from '../index.ts';

/**
 * A resolver for the loader: `libfoo.so` is `libfoo.wasm` in one of the folders, a name with a slash is a path whose ending may
 * differ. What cannot be translated is an error of dlopen.
 */
export function wasmFiles(
  compile: (bytes: Uint8Array, name: string) => SideModule,
  folders: readonly string[],
): Resolver {
  const loaded = new Map<string, SideModule>();
  return (name) => {
    const file = `${stem_of(name)}.wasm`;
    const paths = name.includes('/') ? [name.replace(/[^/]*$/, file)] : folders.map((folder) => join(folder, file));
    for (const path of paths) {
      const known = loaded.get(path);
      if (known !== undefined) return known;
      const bytes = read(path);
      if (bytes === undefined) continue;
      const side = translated(path, () => compile(bytes, file));
      loaded.set(path, side);
      return side;
    }
    return undefined;
  };
}

function read(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new DlError(`${path}: ${(error as Error).message}`);
  }
}
function translated(path: string, run: () => SideModule): SideModule {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    throw new DlError(`${path}: ${error.message}`);
  }
}
