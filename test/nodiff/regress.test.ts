/**
 * Modules that once gave a difference, or that hold a case worth keeping: each must do what native WebAssembly does, by
 * both generators, for speed and for size.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { TRANSLATORS } from '../support/translated.ts';
import { describeDifference, Engines } from './nodiff.ts';
import { assembler } from './wat.ts';

const folder = new URL('../../fixtures/regress/', import.meta.url);
const engines = new Engines(TRANSLATORS);
afterAll(() => engines.close());

const assemble = assembler();
const files = readdirSync(fileURLToPath(folder)).filter((f) => /\.wa(sm|t)$/.test(f));

describe('fixtures/regress', () => {
  it.each(files)('%s', async (file) => {
    const source = readFileSync(new URL(file, folder));
    const bytes = file.endsWith('.wat') ? await assemble(source.toString()) : Uint8Array.from(source);
    const found: string[] = [];
    for (const seed of [1, 2, 3]) {
      const result = await engines.nodiff(bytes, seed);
      found.push(...result.unsupported, ...result.differences.map(describeDifference));
      expect(result.lines).toBeGreaterThan(1);
    }
    expect(found).toEqual([]);
  });
});
