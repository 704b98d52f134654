/**
 * Finds the suite, converts each file, and keeps the result on disk by a hash of the file and of this converter, so that
 * a second run reads JSON only.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assembleCommands, loadAssembler } from './assemble.ts';
import type { Command, Script } from './commands.ts';
import { parseScript } from './script.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const packageDir = join(here, '..');
const cacheDir = join(packageDir, 'node_modules', '.cache', 'wast');
const repository = join(packageDir, '..', '..');

export const MISSING_SUITE =
  'the specification tests are absent: set WASM_SPEC to a folder that holds the test/ folders of ' +
  'https://github.com/WebAssembly/spec (core, legacy, custom …) or to their wast.tar.xz';

/** The folder with `core` and its siblings, or undefined where no suite is at hand. Throws when one cannot be unpacked. */
export function findSuite(): string | undefined {
  const set = process.env.WASM_SPEC;
  const places = set === undefined ? [join(repository, '..', 'shared', 'spec')] : [resolve(set)];
  for (const place of places) {
    if (existsSync(join(place, 'core'))) return place;
    if (existsSync(join(place, 'test', 'core'))) return join(place, 'test');
    const archive = place.endsWith('.tar.xz') ? place : join(place, 'wast.tar.xz');
    if (existsSync(archive)) return unpack(archive);
  }
  return undefined;
}

function sha(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 24);
}

function unpack(archive: string): string {
  const target = join(cacheDir, `suite-${sha(readFileSync(archive))}`);
  if (existsSync(target)) return target;
  const partial = `${target}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    execFileSync('tar', ['-xJf', archive, '-C', partial], { stdio: ['ignore', 'ignore', 'pipe'] });
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (existsSync(target)) return target;
    const said = String((error as { stderr?: unknown }).stderr ?? (error as Error).message).trim();
    throw new Error(`cannot unpack ${archive} with tar and xz (Debian package xz-utils): ${said}`);
  }
  return target;
}

function wastFiles(root: string): string[] {
  if (!existsSync(root)) return [];
  if (statSync(root).isFile()) return root.endsWith('.wast') ? [root] : [];
  return readdirSync(root)
    .sort()
    .flatMap((entry) => wastFiles(join(root, entry)));
}

/** Which folders of the suite are read, so that a checkout of the whole specification serves as well. */
const FOLDERS = ['core', 'legacy', 'custom', 'threads', 'wide-arithmetic'];

/** A script that is not read yet. */
export interface ScriptFile {
  readonly folder: string;
  readonly path: string;
  readonly file: string;
}

/** The scripts of the suite whose path contains one of `patterns`; all without any. */
export function listScripts(suite: string, patterns: readonly string[] = []): ScriptFile[] {
  return FOLDERS.flatMap((folder) => wastFiles(join(suite, folder)))
    .map((file) => ({ file, path: relative(suite, file).replace(/\.wast$/, '') }))
    .filter(({ path }) => patterns.length === 0 || patterns.some((p) => path.includes(p)))
    .map(({ file, path }) => ({ file, path, folder: dirname(path) }));
}

/** What the cached form depends on besides the file: the converter's own sources and the assemblers' versions. */
function converterHash(): string {
  const sources = readdirSync(here).sort();
  return sha(...sources.map((f) => readFileSync(join(here, f))), readFileSync(join(packageDir, 'package.json')));
}

/** A function that converts scripts where no earlier run has, and gives the file that holds their commands as JSON. */
export function scriptConverter(): (script: ScriptFile) => Promise<string> {
  const version = converterHash();
  let assembler: ReturnType<typeof loadAssembler> | undefined;
  return async ({ path, file }) => {
    const bytes = readFileSync(file);
    const cached = join(cacheDir, `${sha(version, bytes)}.json`);
    if (existsSync(cached)) return cached;
    assembler ??= loadAssembler(join(packageDir, 'package.json'));
    try {
      const commands = await assembleCommands(parseScript(bytes.toString('latin1')), await assembler);
      mkdirSync(cacheDir, { recursive: true });
      writeFileSync(`${cached}.${process.pid}`, JSON.stringify(commands));
      renameSync(`${cached}.${process.pid}`, cached);
      return cached;
    } catch (error) {
      throw new Error(`${path}.wast: ${(error as Error).message}`);
    }
  };
}

/** A function that reads scripts, converted at need. */
export function scriptLoader(): (script: ScriptFile) => Promise<Script> {
  const convert = scriptConverter();
  return async (script) => {
    const { folder, path } = script;
    return { folder, path, commands: JSON.parse(readFileSync(await convert(script), 'utf8')) as Command[] };
  };
}
