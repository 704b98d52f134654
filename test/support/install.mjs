/**
 * Installs the packages that only tests use: `node test/support/install.mjs [FOLDER...]` for test/FOLDER, or for every
 * test/<folder> with a package.json. What is already there, by its lock file, is left alone. One line for each.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Versions by path in node_modules, of a lock file; those that may be missing are marked. */
function lockedPackages(file) {
  if (!existsSync(file)) return undefined;
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  const entries = Object.entries(packages).filter(([path]) => path !== '');
  return new Map(entries.map(([path, { version, optional = false }]) => [path, { version, optional }]));
}

function isInstalled(folder) {
  const wanted = lockedPackages(join(folder, 'package-lock.json'));
  const found = lockedPackages(join(folder, 'node_modules', '.package-lock.json'));
  if (found === undefined) return false;
  return [...(wanted ?? [])].every(([path, { version, optional }]) => {
    const there = found.get(path);
    return there === undefined ? optional : there.version === version;
  });
}

function install(name) {
  const folder = join(root, name);
  if (isInstalled(folder)) {
    console.log(`test/${name}: installed`);
    return true;
  }
  const command = existsSync(join(folder, 'package-lock.json')) ? 'ci' : 'install';
  const start = Date.now();
  const args = [command, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  if (npm.status !== 0) {
    console.log(`test/${name}: npm ${command} failed: ${(npm.stderr || String(npm.error ?? '')).trim()}`);
    return false;
  }
  console.log(`test/${name}: npm ${command} done in ${Math.round((Date.now() - start) / 1000)} s`);
  return true;
}

const names = process.argv.slice(2);
const folders = readdirSync(root).filter((name) => existsSync(join(root, name, 'package.json')));
const unknown = names.find((name) => !folders.includes(name));
if (unknown !== undefined) {
  console.error(`error: test/${unknown} has no package.json; there are ${folders.join(', ')}`);
  process.exit(1);
}
const results = (names.length > 0 ? names : folders).map(install);
process.exitCode = results.every(Boolean) ? 0 : 1;
