/**
 * Runs TypeScript from source: `node --import ./test/support/ts.mjs file.ts`. Registers module hooks (ts-hooks.mjs)
 * that strip types with esbuild, so that a run starts in well under a second and needs no build.
 */
import { register } from 'node:module';

register('./ts-hooks.mjs', import.meta.url);
