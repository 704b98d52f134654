/**
 * Runs TypeScript from source: `node --import ./test/support/ts.mjs file.ts`. A Node that strips types itself needs
 * nothing; for older ones this registers module hooks (ts-hooks.mjs) that do it with esbuild, so that a run starts in well
 * under a second and needs no build.
 */
import { register } from 'node:module';

if (!process.features.typescript) register('./ts-hooks.mjs', import.meta.url);
