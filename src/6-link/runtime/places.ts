/** Where the runtime lies, as TypeScript or compiled. */
import { fileURLToPath } from 'node:url';

/** The folder around src/ and runtime/, and the extension of the files in both: this runs as TypeScript and compiled. */
export const HOME = fileURLToPath(new URL('../../../', import.meta.url));
export const IS_SOURCE = import.meta.url.endsWith('.ts');
export const EXTENSION = IS_SOURCE ? '.ts' : '.js';
/** The file in which the build leaves the pack. */
export const PACK = `${HOME}runtime.json`;
