/**
 * Run by `npm run build` on the modules that tsc has left in `dist/`: packs the runtime for outputs, then makes a few files of
 * the modules. Hundreds of small ones take Node longer to load than most modules take to be translated.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { makePack } from './6-link/runtime/make.ts';
import { PACK } from './6-link/runtime/pack.ts';
import { pathOf } from './package.ts';

/** What `package.json` names, and what threads start from. */
const ENTRIES = ['src/cli.js', 'src/index.js', 'src/register/index.js', 'src/jobs/worker.js', 'runtime/index.js'];

const home = pathOf('.');
const pack = JSON.stringify(makePack());
const { outputFiles } = await build({
  absWorkingDir: home,
  entryPoints: ENTRIES,
  outbase: '.',
  outdir: '.',
  chunkNames: 'src/chunks/[hash]',
  bundle: true,
  splitting: true,
  write: false,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  target: 'es2022',
  charset: 'utf8',
  logLevel: 'warning',
});
for (const file of readdirSync(home, { recursive: true, encoding: 'utf8' }))
  if (file.endsWith('.js')) rmSync(join(home, file));
rmSync(pathOf('src/build.d.ts'));
for (const { path, contents } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents, { mode: path === pathOf('src/cli.js') ? 0o755 : 0o644 });
}
writeFileSync(pathOf(PACK), pack);
