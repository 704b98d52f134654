/** What the package knows of itself: its version, and where its files are. It runs as TypeScript, and as the build leaves it. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const MANIFEST = 'wasmelt/package.json';

export const { version: VERSION } = require(MANIFEST) as { version: string };

export const IS_SOURCE = import.meta.url.endsWith('.ts');
/** Of the files in `src/` and `runtime/`. */
export const EXTENSION = IS_SOURCE ? '.ts' : '.js';
/** The path of what lies beside `src/` and `runtime/`, or in them: both are the package's, or those in `dist/`. */
export const pathOf = (file: string): string => join(require.resolve(MANIFEST), '..', IS_SOURCE ? '' : 'dist', file);
