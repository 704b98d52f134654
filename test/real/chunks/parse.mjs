/** What the case treesitterchunks does in each engine: the same trees from modules that are ready made. */
import { Language, Parser } from 'web-tree-sitter';
import { packageText } from '../support.mjs';

export const GRAMMARS = [
  ['tree-sitter-javascript/tree-sitter-javascript.wasm', packageText('sql.js/dist/sql-asm.js').slice(0, 6000)],
  ['@vscode/tree-sitter-wasm/wasm/tree-sitter-css.wasm', 'a > b:hover{color:#fff;margin:0 1px}\n@media x{.q{}}'],
  [
    '@vscode/tree-sitter-wasm/wasm/tree-sitter-typescript.wasm',
    'abstract class A<T extends B = C> implements D { private x?: readonly [a: string, ...b: T[]] = <any>y satisfies Z; }',
  ],
  ['@vscode/tree-sitter-wasm/wasm/tree-sitter-regex.wasm', '(a|b)*[^c-d]{2,3}?'],
];

/** `module` gives the module of a package's file, in the namespace `namespace`. */
export async function parseAll(namespace, module, main) {
  const own = await module(main);
  await Parser.init({
    instantiateWasm(imports, receive) {
      const instance = new namespace.Instance(own, imports);
      receive(instance, own);
      return instance.exports;
    },
  });
  const found = [];
  for (const [name, source] of GRAMMARS) {
    const parser = new Parser();
    parser.setLanguage(Language.loadSync(await module(name)));
    found.push(parser.parse(source).rootNode.toString());
  }
  return found.join('\n');
}
