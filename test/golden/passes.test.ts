/**
 * For each pass a few lines that it does something to: in `fixtures/passes/<pass>`, the text of a module, and the IR of its
 * first function before and after that pass, where all passes before it have run. `UPDATE=1` rewrites the IR; then read the
 * diff. What the module does is compared with native WebAssembly too.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { irText } from '../../src/3-lower/text.ts';
import { verify } from '../../src/3-lower/verify.ts';
import { PASSES } from '../../src/4-optimise/index.ts';
import { loadEngine } from '../spec/engines.ts';
import { assemble, contextOf, lowered, typedOf } from '../support/func-ir.ts';
import { behaviour, reference } from './behaviour.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/passes/', import.meta.url));
const names = [...new Set(PASSES.map((p) => p.name))];
const source = (name: string): string => readFileSync(`${FOLDER}${name}/input.wat`, 'utf8');

/** The IR around the first run of the pass that changes it. */
async function pair(name: string): Promise<{ before: string; after: string }> {
  const typed = await typedOf(source(name));
  const ir = lowered(typed);
  const context = contextOf(typed);
  for (const pass of PASSES) {
    const before = irText(ir);
    pass.run(ir, context);
    verify(ir, pass.name);
    const after = irText(ir);
    if (pass.name === name && after !== before) return { before, after };
  }
  throw new Error(`the pass ${name} changes nothing in fixtures/passes/${name}`);
}

it('every pass has a pair, and every pair a pass', () => {
  expect(readdirSync(FOLDER).sort()).toEqual([...names].sort());
});

describe.each(names)('%s', (name) => {
  it('makes of one IR the other', async () => {
    const made = await pair(name);
    for (const [which, text] of Object.entries(made)) {
      const path = `${FOLDER}${name}/${which}.txt`;
      if (process.env.UPDATE === '1') writeFileSync(path, text);
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
    expect(made.after.length).toBeLessThan(4000);
  });
  it('leaves what the module does', async () => {
    const bytes = await assemble(source(name));
    const native = behaviour(await reference(bytes), bytes);
    expect(native.length).toBeGreaterThan(1);
    expect(behaviour(await loadEngine('wavm'), bytes)).toEqual(native);
  });
});
