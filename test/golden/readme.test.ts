/**
 * Holds the walk in src/README.md to what the compiler does: each fenced block that says `text=`, `dump=` or `bytes=` is
 * generated again from fixtures/guests/walk/sum.wasm and compared. `UPDATE=1` rewrites the blocks.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PASSES } from '../../src/4-optimise/index.ts';
import { transpile } from '../../src/index.ts';
import { inspectFunction } from '../../src/inspect/index.ts';
import type { BackendName, DumpStage } from '../../src/options.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const README = `${ROOT}src/README.md`;
const SAMPLE = new Uint8Array(readFileSync(`${ROOT}fixtures/guests/walk/sum.wasm`));

const BLOCK = /^```(\w+) (source|text|dump)=(\w+)(?: backend=(\w+))?\n([\s\S]*?)^```$/gm;

function regenerate(kind: string, what: string, backend: string | undefined): string {
  if (kind === 'source') {
    const text = readFileSync(`${ROOT}fixtures/guests/walk/${what}.c`, 'utf8');
    return text.slice(text.indexOf('\n') + 1);
  }
  if (kind === 'text') return inspectFunction(SAMPLE, what);
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  transpile(SAMPLE, {
    backend: (backend ?? 'wavm') as BackendName,
    dump: { what: new Set([what as DumpStage]), write },
  });
  return `${text.slice(text.indexOf('\n') + 1).trimEnd()}\n`;
}

it('shows what the compiler does', () => {
  const before = readFileSync(README, 'utf8');
  let blocks = 0;
  const after = before.replace(BLOCK, (all, language, kind, what, backend) => {
    blocks++;
    return `${all.slice(0, all.indexOf('\n') + 1)}${regenerate(kind, what, backend)}\`\`\``.replace(
      /^```\w+/,
      `\`\`\`${language}`,
    );
  });
  expect(blocks).toBe(6);
  if (process.env.UPDATE === '1') writeFileSync(README, after);
  else expect(before).toBe(after);
});

it('names the passes in order, required ones in bold', () => {
  const text = readFileSync(README, 'utf8');
  const table = text.slice(text.indexOf('| pass | what it does |'), text.indexOf('\nThen `5-emit/tree/`'));
  const rows = [...table.matchAll(/^\| (\S+) \| \S/gm)].slice(1).map(([, name]) => name);
  expect(rows).toEqual(PASSES.map(({ name, required }) => (required ? `**\`${name}\`**` : `\`${name}\``)));
});
