/**
 * Side modules as files of node, found as a system's loader finds libraries: a name with a slash is a path, any other is looked
 * for in the folders of WASMELT_LIBRARY_PATH, in those that the library which needs it names, and beside the program. The
 * ending is that of the translated file. ES modules are loaded by `require`, which node 20.19 and newer do.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dl_fail } from './errors.ts';
import { is_side, type SideModule } from './side.ts';
import { type Resolver, stem_of } from './sources.ts';

const ENDINGS = ['.mjs', '.cjs', '.js'];

/** A resolver for the program whose file has this URL. */
export function node_files(url: string): Resolver {
  const home = dirname(fileURLToPath(url));
  const require = createRequire(url);
  return (name, from) => {
    for (const folder of name.includes('/') ? [dirname(resolve(name))] : folders(home, from)) {
      for (const ending of ENDINGS) {
        const file = join(folder, stem_of(name) + ending);
        if (existsSync(file)) return load(require, file);
      }
    }
    return undefined;
  };
}

function folders(home: string, from: SideModule | undefined): string[] {
  const own = (process.env.WASMELT_LIBRARY_PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const named = from?.dylink.runtimePath ?? [];
  return [...own, ...named.map((path) => path.replace(/^\$ORIGIN/, home)), home].map((folder) =>
    isAbsolute(folder) ? folder : resolve(folder),
  );
}

function load(require: NodeJS.Require, file: string): SideModule {
  let found: { readonly side?: unknown };
  try {
    found = require(file) as typeof found;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const hint =
      code === 'ERR_REQUIRE_ESM' ? 'this node cannot require ES modules: translate it with --format cjs' : message;
    dl_fail(`${file}: it cannot be loaded: ${hint}`);
  }
  return is_side(found.side) ? found.side : dl_fail(`${file}: it is no side module`);
}
