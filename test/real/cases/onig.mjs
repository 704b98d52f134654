/** Oniguruma's regular expressions as editors use them: back references, Unicode classes, named groups. */
import { readFileSync } from 'node:fs';
import { packageFile, require, sampleWords } from '../support.mjs';

const PATTERNS = [
  '\\b(function|const|let)\\b',
  '(?<q>["\'`]).*?\\k<q>',
  '\\d+(?=\\s)',
  '(?i)RETURN',
  '[\\p{L}_$][\\w$]*',
];

export async function run() {
  const onig = require('vscode-oniguruma');
  const file = readFileSync(packageFile('vscode-oniguruma/release/onig.wasm'));
  await onig.loadWASM(new Uint8Array(file).buffer);
  const scanner = new onig.OnigScanner(PATTERNS);
  const text = new onig.OnigString(sampleWords(4000));
  const found = [];
  let at = 0;
  for (;;) {
    const match = scanner.findNextMatchSync(text, at);
    if (!match) return JSON.stringify(found);
    const { start, end } = match.captureIndices[0];
    found.push(match.index, start);
    at = Math.max(end, at + 1);
  }
}
