/**
 * Checks source files against the house rules, on their syntax trees (oxc-parser). Every check returns complaints, one
 * line each, so that the test can show all at once and be tested itself on bad samples.
 */
import { posix } from 'node:path';
import { parseSync } from 'oxc-parser';
import { MAX_LINES, type Part } from './rules.ts';

/** `path` from the root of the project, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}
export interface Import {
  readonly from: string;
  readonly type: boolean;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** All nodes of a tree, parents first. */
function* walk(node: unknown): Generator<Node> {
  if (Array.isArray(node)) for (const child of node) yield* walk(child);
  else if (typeof node === 'object' && node !== null) {
    if (typeof (node as Node).type === 'string') yield node as Node;
    for (const key in node) if (key !== 'parent') yield* walk((node as Node)[key]);
  }
}

/** Every module that a file names: imports, re-exports, `import()` and `typeof import()`. */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  for (const node of walk(parseSync(file.path, file.text).program)) {
    const source = (node.source as { value?: unknown } | null | undefined)?.value;
    if (typeof source === 'string') found.push({ from: source, type: isTypeOnly(node) });
  }
  return found;
}

function isTypeOnly(node: Node): boolean {
  if (node.type === 'TSImportType') return true;
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = node.specifiers as { importKind?: string; exportKind?: string }[] | undefined;
  if (specifiers === undefined || specifiers.length === 0) return false;
  return specifiers.every((s) => s.importKind === 'type' || s.exportKind === 'type');
}

/** The part a file belongs to. */
export function partOf(path: string, parts: readonly Part[]): Part | undefined {
  return parts
    .filter((p) => path === p.path || path.startsWith(`${p.path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
}

const within = (path: string, allowed: readonly string[] | undefined): boolean =>
  allowed?.some((a) => path === a || path.startsWith(`${a}/`)) ?? false;

/** Import rules: parts, packages, Node's modules, unregistered files, missing targets. */
export function checkImports(files: readonly SourceFile[], parts: readonly Part[]): string[] {
  const known = new Set(files.map((f) => f.path));
  return files.flatMap((file) => {
    const part = partOf(file.path, parts);
    if (part === undefined) return [`${file.path}: belongs to no part of test/house/rules.ts`];
    return importsOf(file).flatMap((i) => {
      const problem = judge(file.path, i, part, known);
      return problem === undefined ? [] : [`${file.path}: ${problem}`];
    });
  });
}

function judge(path: string, i: Import, part: Part, known: ReadonlySet<string>): string | undefined {
  if (i.from.startsWith('node:')) {
    const ok = part.node === true || within(i.from.slice(5), part.node);
    return ok ? undefined : `${part.path} may not import ${i.from}`;
  }
  if (!i.from.startsWith('.')) {
    return within(i.from, part.packages) ? undefined : `${part.path} may not import the package ${i.from}`;
  }
  const target = posix.join(posix.dirname(path), i.from);
  if (!known.has(target)) return `imports ${i.from}, which is no source file`;
  if (within(target, [part.path]) || within(target, part.may)) return undefined;
  if (within(target, part.mayType)) return i.type ? undefined : `may import only types from ${target}`;
  return `${part.path} may not import ${target}`;
}

/** Circles of imports between files, each told once. Types may refer to each other in circles: they are erased. */
export function checkCycles(files: readonly SourceFile[]): string[] {
  const known = new Map(files.map((f) => [f.path, f]));
  const state = new Map<string, 'open' | 'done'>();
  const complaints: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      complaints.push(`circle of imports: ${[...trail.slice(trail.indexOf(path)), path].join(' -> ')}`);
      return;
    }
    state.set(path, 'open');
    for (const { from, type } of importsOf(known.get(path)!)) {
      const target = posix.join(posix.dirname(path), from);
      if (!type && from.startsWith('.') && known.has(target)) visit(target, [...trail, path]);
    }
    state.set(path, 'done');
  };
  for (const file of files) visit(file.path, []);
  return complaints;
}

/** What differs between kinds of files. */
export interface Form {
  /** Folders between the root and the file, at most. */
  readonly depth: number;
  /** Files that are tables, and may be long. */
  readonly tables: readonly string[];
  /** May run code made from text, which the compiler and its output must not. */
  readonly runsText: boolean;
}

/** Size, depth, and the constructs that the norms exclude. */
export function checkForm(file: SourceFile, form: Form): string[] {
  const { program, comments, errors } = parseSync(file.path, file.text);
  const found = errors.map((e) => `does not parse: ${e.message}`);
  const lines = file.text.split('\n').length - 1;
  if (lines > MAX_LINES && !form.tables.includes(file.path)) found.push(`${lines} lines, more than ${MAX_LINES}`);
  if (file.path.split('/').length - 1 > form.depth) found.push(`deeper than ${form.depth} folders`);
  if (!/^(?:#![^\n]*\n)?\/[/*]/.test(file.text)) found.push('does not open with a comment that says what it is');
  for (const { value } of comments) {
    const bad = /\b(?:TODO|FIXME|XXX)\b|@ts-(?:ignore|expect-error|nocheck)|biome-ignore|eslint-disable/.exec(value);
    if (bad) found.push(`has the comment ${bad[0]}`);
  }
  for (const node of walk(program)) {
    const bad = excluded(node) ?? (form.runsText ? undefined : runsText(node));
    if (bad !== undefined) found.push(`line ${lineAt(file.text, node.start)}: ${bad}`);
  }
  return found.map((complaint) => `${file.path}: ${complaint}`);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

const TEST_FUNCTIONS = new Set(['it', 'test', 'describe', 'suite']);

function excluded(node: Node): string | undefined {
  switch (node.type) {
    case 'ExportDefaultDeclaration':
      return 'default export';
    case 'TSEnumDeclaration':
      return node.const === true ? 'const enum' : undefined;
    case 'TSParameterProperty':
      return 'parameter property';
    case 'MemberExpression': {
      const object = (node.object as { name?: string }).name ?? '';
      const property = (node.property as { name?: string }).name ?? '';
      if (TEST_FUNCTIONS.has(object) && /^(?:skip|only|todo|fails)$/.test(property)) return `${object}.${property}`;
      return undefined;
    }
    default:
      return undefined;
  }
}

function runsText(node: Node): string | undefined {
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return undefined;
  const name = (node.callee as { name?: string }).name;
  return name === 'eval' || name === 'Function' ? `code made from text at run time (${name})` : undefined;
}
