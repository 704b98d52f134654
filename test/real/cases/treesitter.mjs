/** tree-sitter: a main module that loads four `dylink.0` side modules (GOT imports, shared memory and table). */
import { basename } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import { packageFile, sampleScript } from '../support.mjs';

const script = sampleScript();
const GRAMMARS = [
  ['tree-sitter-javascript/tree-sitter-javascript.wasm', script],
  [
    '@vscode/tree-sitter-wasm/wasm/tree-sitter-css.wasm',
    'a > b:hover{color:#fff;margin:0 1px}\n@media x{.q{}}'.repeat(80),
  ],
  ['@vscode/tree-sitter-wasm/wasm/tree-sitter-typescript.wasm', script.slice(0, 20_000)],
  ['@vscode/tree-sitter-wasm/wasm/tree-sitter-regex.wasm', '(a|b)*[^c-d]{2,3}?'],
];

export async function run() {
  await Parser.init();
  const found = [];
  for (const [name, source] of GRAMMARS) {
    const file = packageFile(name);
    try {
      const language = await Language.load(file);
      const parser = new Parser();
      parser.setLanguage(language);
      found.push(parser.parse(source).rootNode.toString());
    } catch (error) {
      found.push(`ERR ${basename(file)} ${error.message}`);
    }
  }
  return found.join('\n');
}
