/**
 * What both generators make of the cases in fixtures/golden: `input.wat` → `ir.txt` as lowered, `opt.txt` after the
 * passes, and the functions' JavaScript, `wavm.js` and `wamr.js`. `UPDATE=1` rewrites them; then read the diff.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { transpile } from '../../src/index.ts';
import type { BackendName, DumpStage } from '../../src/options.ts';
import { assembler } from '../nodiff/wat.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/golden/', import.meta.url));
const assemble = assembler();

function dump(bytes: Uint8Array, backend: BackendName, stage: DumpStage): string {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  transpile(bytes, { backend, verify: true, dump: { what: new Set([stage]), write } });
  return text.replace(/^;; /gm, stage === 'js' ? '// ' : ';; ');
}

const STAGES = [
  ['ir.txt', 'wavm', 'ir'],
  ['opt.txt', 'wavm', 'opt'],
  ['wavm.js', 'wavm', 'js'],
  ['wamr.js', 'wamr', 'js'],
] as const;

const cases = readdirSync(FOLDER).sort();

it('has cases', () => expect(cases.length).toBeGreaterThan(5));

describe.each(cases)('%s', (name) => {
  it.each(STAGES)('%s', async (file, backend, stage) => {
    const path = `${FOLDER}${name}/${file}`;
    const bytes = await assemble(readFileSync(`${FOLDER}${name}/input.wat`, 'utf8'));
    const text = dump(bytes, backend, stage);
    if (process.env.UPDATE === '1') writeFileSync(path, text);
    expect(existsSync(path) ? readFileSync(path, 'utf8') : 'no such file: run with UPDATE=1').toBe(text);
  });
});
