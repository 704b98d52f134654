/** Runs one case in a process of its own, on native WebAssembly or through wasmelt/register. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
/** URL of the wasmelt/register under test. */
export const register = process.env.WASMELT_REGISTER
  ? pathToFileURL(process.env.WASMELT_REGISTER).href
  : new URL('../../dist/src/register/index.js', import.meta.url).href;
const CASE_TIMEOUT_MS = 600_000;

/**
 * Runs a case in a child process: `{ digest, ms, error, stderr, translation }`, times in milliseconds.
 * `engine` is native, wamr or wavm; `preload` are modules to import first.
 */
export async function runCase(name, engine, { env = {}, preload = engine === 'native' ? [] : [register] } = {}) {
  const cache = mkdtempSync(join(tmpdir(), 'wasmelt-real-'));
  const flags = preload.flatMap((url) => ['--import', url]);
  const child = spawn(process.execPath, [...flags, join(here, 'run-case.mjs'), name], {
    cwd: here,
    env: { ...process.env, WASMELT_BACKEND: engine, WASMELT_CACHE: cache, WASMELT_TIME: '1', ...env },
    timeout: CASE_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const [stdout, stderr, ended] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`))),
  ]);
  rmSync(cache, { recursive: true, force: true });
  const times = [...stderr.matchAll(/^wasmelt: .* translated in (\d+) ms$/gm)].map((m) => Number(m[1]));
  const translation = times.reduce((a, b) => a + b, 0);
  return { error: `no result: ${ended}\n${stderr}`, ...lastJson(stdout), stderr, translation };
}

async function text(stream) {
  let all = '';
  for await (const chunk of stream.setEncoding('utf8')) all += chunk;
  return all;
}

function lastJson(stdout) {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) return {};
  const result = JSON.parse(line);
  return result.error === undefined ? { error: undefined, ...result } : result;
}
