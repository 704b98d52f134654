/**
 * What both generators make of the cases in fixtures/golden: `input.wat` → `ir.txt` as lowered, `opt.txt` after the
 * passes, and the functions' JavaScript, `wavm.js` and `wamr.js`; where a case has a `script.js`, also the whole module in
 * the linker's form for the same process. `UPDATE=1` rewrites them; then read the diff.
 *
 * A text that is as expected may still be wrong, so what it does is compared with native WebAssembly too.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { transpile, transpileScript } from '../../src/index.ts';
import type { BackendName, DumpStage } from '../../src/options.ts';
import { assembler } from '../nodiff/wat.ts';
import { loadEngine } from '../spec/engines.ts';
import { TRANSLATORS } from '../support/translated.ts';
import { behaviour, reference } from './behaviour.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/golden/', import.meta.url));
const assemble = assembler();
const binary = (name: string): Promise<Uint8Array> => assemble(readFileSync(`${FOLDER}${name}/input.wat`, 'utf8'));

function dump(bytes: Uint8Array, backend: BackendName, stage: DumpStage): string {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  transpile(bytes, { backend, verify: true, dump: { what: new Set([stage]), write } });
  return text.replace(/^;; /gm, stage === 'js' ? '// ' : ';; ');
}

const STAGES: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  'ir.txt': (bytes) => dump(bytes, 'wavm', 'ir'),
  'opt.txt': (bytes) => dump(bytes, 'wavm', 'opt'),
  'wavm.js': (bytes) => dump(bytes, 'wavm', 'js'),
  'wamr.js': (bytes) => dump(bytes, 'wamr', 'js'),
};
/** Only where the file is there. */
const script = (bytes: Uint8Array): string => `${transpileScript(bytes).code}\n`;

function compare(path: string, text: string): void {
  if (process.env.UPDATE === '1') writeFileSync(path, text);
  expect(existsSync(path) ? readFileSync(path, 'utf8') : 'no such file: run with UPDATE=1').toBe(text);
}

const cases = readdirSync(FOLDER).sort();

it('has cases', () => expect(cases.length).toBeGreaterThan(15));

describe.each(cases)('%s', (name) => {
  it.each(Object.entries(STAGES))('%s', async (file, make) => {
    compare(`${FOLDER}${name}/${file}`, make(await binary(name)));
  });
  if (existsSync(`${FOLDER}${name}/script.js`)) {
    it('script.js', async () => compare(`${FOLDER}${name}/script.js`, script(await binary(name))));
  }
  it.each(TRANSLATORS)('%s does what native WebAssembly does', async (backend) => {
    const bytes = await binary(name);
    const native = behaviour(await reference(bytes), bytes);
    expect(native.length).toBeGreaterThan(3);
    expect(behaviour(await loadEngine(backend), bytes)).toEqual(native);
  });
});
