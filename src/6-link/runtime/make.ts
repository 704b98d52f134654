/**
 * Makes the pack, when wasmelt is built: esbuild puts the whole runtime into one scope, and
 * oxc-parser tells which statement declares and refers to what.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as oxc from 'oxc-parser';
import { EXTENSION, pathOf } from '../../package.ts';
import { bundle } from './esbuild.ts';
import { exportLines, splitExports } from './exports.ts';
import type { RuntimeName } from './index.ts';
import type { Pack, PackImport, PackStatement } from './pack.ts';

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export function makePack(): Pack {
  const names = exportedNames();
  const { outputFiles } = bundle({ text: exportLines(names) });
  const { code, variable } = splitExports(outputFiles[0]!.text);
  const files: Record<string, Record<string, string>> = {};
  for (const { file, name, as } of names) {
    files[file] ??= {};
    files[file][name] = variable.get(as)!;
  }
  return { ...cut(code), files };
}

/** What an output never takes from: the library as a whole, and its part for pages without WebAssembly. */
const APART = /^(index\.|js-api\b)/;

/** All that the files of the runtime export, each under a name of its own. */
function exportedNames(): RuntimeName[] {
  const files = readdirSync(pathOf('runtime'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(EXTENSION) && !file.endsWith('.d.ts') && !APART.test(file))
    .sort();
  const { metafile } = bundle({ files: files.map((file) => `./runtime/${file}`) }, { metafile: true });
  const names: RuntimeName[] = [];
  for (const { entryPoint, exports } of Object.values(metafile!.outputs)) {
    const file = entryPoint!.replace(/^runtime\//, '').replace(/\.js$/, '.ts');
    for (const name of exports) names.push({ file, name, as: `e${names.length}` });
  }
  return names;
}

function cut(code: string): Pick<Pack, 'statements' | 'imports'> {
  const { parseSync } = createRequire(import.meta.url)('oxc-parser') as typeof oxc;
  const body = parseSync('runtime.js', code).program.body as unknown as readonly Node[];
  const imports = body.filter((s) => s.type === 'ImportDeclaration').flatMap(importsOf);
  const statements = body
    .filter((s) => s.type !== 'ImportDeclaration')
    .map((s) => ({ text: code.slice(s.start, s.end), ...declaredBy(s), names: namesIn(s) }));
  const known = new Set([...imports.map((i) => i.declares), ...statements.flatMap((s) => s.declares)]);
  return {
    imports,
    statements: statements.map(({ text, declares, names }): PackStatement => {
      const refers = [...names].filter((name) => known.has(name) && !declares.includes(name)).sort();
      const completed = statements.filter((s) => s.completes !== undefined && declares.includes(s.completes));
      return { text, declares, refers: [...refers, ...completed.flatMap((s) => s.declares)] };
    }),
  };
}

interface Declaration {
  readonly declares: readonly string[];
  /** A variable declared before, which needs this statement besides. */
  readonly completes?: string;
}

/**
 * What a statement declares. One that completes something has a name of its own, that no variable can have: esbuild sets
 * private names of classes so (`_x = new WeakMap()`), and fills namespaces (`__export(x, { ... })`).
 * @throws Error for any other: what it does would be lost where it is left out
 */
function declaredBy(statement: Node): Declaration {
  const { type, start } = statement;
  if (type === 'FunctionDeclaration' || type === 'ClassDeclaration') return { declares: [nameOf(statement.id)] };
  if (type === 'VariableDeclaration') {
    return { declares: (statement.declarations as Node[]).flatMap((d) => [...namesIn(d.id)]) };
  }
  if (type === 'ExpressionStatement') {
    const { left, arguments: args } = statement.expression as { left?: Node; arguments?: Node[] };
    const target = left ?? args?.[0];
    if (target?.type === 'Identifier') return { declares: [`#${start}`], completes: nameOf(target) };
  }
  throw new Error(`wasmelt bug: the runtime has a ${type} at top level, at ${start} of its bundle`);
}

function importsOf(statement: Node): PackImport[] {
  const from = (statement.source as { value: string }).value;
  return (statement.specifiers as Node[]).map(({ type, local, imported }) => {
    const declares = nameOf(local);
    if (type === 'ImportNamespaceSpecifier') return { from, text: `* as ${declares}`, declares };
    const name = type === 'ImportDefaultSpecifier' ? 'default' : nameOf(imported);
    return { from, text: name === declares ? name : `${name} as ${declares}`, declares };
  });
}

const nameOf = (identifier: unknown): string => (identifier as { name: string }).name;

/** The identifiers of a tree that can be variables. esbuild gives inner variables names that none at top level has. */
function namesIn(tree: unknown, names = new Set<string>()): Set<string> {
  if (typeof tree !== 'object' || tree === null) return names;
  const node = tree as Node;
  if (node.type === 'Identifier') return names.add(nameOf(node));
  const label = node.computed === false ? (node.type === 'MemberExpression' ? 'property' : 'key') : undefined;
  for (const key in node) if (key !== label && key !== 'parent') namesIn(node[key], names);
  return names;
}
