/**
 * Holds the walks in src/README.md to what the compiler does: each fenced block that says `source=`, `text=`, `dump=` or
 * `pass=` is generated again from the guests in fixtures/guests/walk, and compared. `UPDATE=1` rewrites the blocks.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { decode } from '../../src/1-decode/index.ts';
import { validate } from '../../src/2-validate/index.ts';
import { irText } from '../../src/3-lower/text.ts';
import { PASSES } from '../../src/4-optimise/index.ts';
import { transpile } from '../../src/index.ts';
import { inspectFunction } from '../../src/inspect/index.ts';
import type { BackendName, DumpStage } from '../../src/options.ts';
import { contextOf, lowered } from '../support/func-ir.ts';
import { diff } from './diff.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const README = `${ROOT}src/README.md`;
const GUESTS = `${ROOT}fixtures/guests/walk/`;
const sample = (name: string): Uint8Array => new Uint8Array(readFileSync(`${GUESTS}${name}.wasm`));

const BLOCK = /^```(\w+) (source|text|dump|pass)=([\w-]+)((?: \w+=\w+)*)\n([\s\S]*?)^```$/gm;

/** A run of a pass that changes the function: its name, the number of the run, and what changes. */
interface Change {
  readonly pass: string;
  readonly run: number;
  readonly text: string;
}

function changes(name: string): Change[] {
  const typed = validate(decode(sample(name)));
  const ir = lowered(typed);
  const context = contextOf(typed);
  const runs = new Map<string, number>();
  const found: Change[] = [];
  for (const { name: pass, run } of PASSES) {
    runs.set(pass, (runs.get(pass) ?? 0) + 1);
    const before = irText(ir);
    run(ir, context);
    const after = irText(ir);
    if (after !== before) found.push({ pass, run: runs.get(pass)!, text: diff(before, after) });
  }
  return found;
}

function regenerate(kind: string, what: string, settings: Readonly<Record<string, string>>): string {
  const { of = 'sum', backend = 'wavm', run = '1' } = settings;
  if (kind === 'source') {
    const text = readFileSync(`${GUESTS}${what}.c`, 'utf8');
    return text.slice(text.indexOf('\n') + 1);
  }
  if (kind === 'text') return inspectFunction(sample(what), what);
  if (kind === 'pass') {
    const change = changes(of).find((c) => c.pass === what && c.run === Number(run));
    return change?.text ?? `run ${run} of ${what} changes nothing\n`;
  }
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  transpile(sample(of), { backend: backend as BackendName, dump: { what: new Set([what as DumpStage]), write } });
  return `${text.slice(text.indexOf('\n') + 1).trimEnd()}\n`;
}

const settingsOf = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/(\w+)=(\w+)/g)].map(([, key, value]) => [key, value]));

it('shows what the compiler does', () => {
  const before = readFileSync(README, 'utf8');
  let blocks = 0;
  const after = before.replace(BLOCK, (all, _language, kind, what, more) => {
    blocks++;
    return `${all.slice(0, all.indexOf('\n') + 1)}${regenerate(kind, what, settingsOf(more))}\`\`\``;
  });
  expect(blocks).toBeGreaterThan(14);
  if (process.env.UPDATE === '1') writeFileSync(README, after);
  else expect(before).toBe(after);
});

it('shows each pass that changes the hot loop, in order', () => {
  const shown = [...readFileSync(README, 'utf8').matchAll(BLOCK)]
    .filter(([, , kind]) => kind === 'pass')
    .map(([, , , pass, more]) => `${pass} ${settingsOf(more!).run ?? 1}`);
  expect(shown).toEqual(changes('blend').map(({ pass, run }) => `${pass} ${run}`));
});

it('names the passes in order, required ones in bold', () => {
  const text = readFileSync(README, 'utf8');
  const table = text.slice(text.indexOf('| pass | what it does | worth |'), text.indexOf('\nThen `5-emit/`'));
  const rows = [...table.matchAll(/^\| (\S+) \| \S/gm)].slice(1).map(([, name]) => name);
  expect(rows).toEqual(PASSES.map(({ name, required }) => (required ? `**\`${name}\`**` : `\`${name}\``)));
});
