/**
 * Run by `npm run build` on the modules that tsc has left in `dist/`: packs the runtime for outputs, then makes a few files of
 * the modules. Hundreds of small ones take Node longer to load than most modules take to be translated.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { rolldown } from 'rolldown';
import { makePack } from './6-link/runtime/make.ts';
import { PACK } from './6-link/runtime/pack.ts';
import { pathOf } from './package.ts';

/** What `package.json` names, and what threads start from. */
const ENTRIES = ['src/cli', 'src/index', 'src/register/index', 'src/jobs/worker', 'runtime/index'];

const pack = JSON.stringify(makePack());
const bundle = await rolldown({
  input: Object.fromEntries(ENTRIES.map((entry) => [entry, pathOf(`${entry}.js`)])),
  platform: 'node',
  external: (id) => !id.startsWith('.') && !isAbsolute(id),
  logLevel: 'warn',
});
const { output } = await bundle.generate({
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'src/chunks/[hash].js',
});
await bundle.close();

for (const file of readdirSync(pathOf('.'), { recursive: true, encoding: 'utf8' }))
  if (file.endsWith('.js')) rmSync(pathOf(file));
rmSync(pathOf('src/build.d.ts'));
mkdirSync(pathOf('src/chunks'));
for (const part of output) {
  if (part.type !== 'chunk') throw new Error(`wasmelt bug: ${part.fileName} is no module`);
  writeFileSync(pathOf(part.fileName), part.code, { mode: part.name === 'src/cli' ? 0o755 : 0o644 });
}
writeFileSync(pathOf(PACK), pack);
