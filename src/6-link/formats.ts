/**
 * The file around the factory, for each format: the runtime's part, `instantiate`, and what makes it reachable. All are
 * strict code in a scope of their own.
 */
import type { SideInfo } from '../../runtime/dynlink/side.ts';
import type { Settings } from '../options.ts';
import { shortened, withoutMath } from './names.ts';
import { minify, type RuntimeName, type RuntimeText, runtimeText } from './runtime/index.ts';
import type { LinkScope } from './scope.ts';
import { INSTANCES, quote } from './scope.ts';

/** What follows the factory in a command: text that runs it, and the runtime names that text uses. */
export interface Runner {
  readonly names: readonly RuntimeName[];
  /** Statements that import what is not part of the runtime. */
  readonly before: string;
  /** `variable` gives the variable that holds a name. */
  text(variable: (name: string) => string): string;
}

/**
 * The function `instantiate`, over variables of the names it uses. In parentheses: V8 takes that as a sign that it is about
 * to be called, and does not parse megabytes once more than it must.
 */
function factoryText(scope: LinkScope, before = '', body = bodyText(scope)): string {
  return `(function instantiate(imports = {}, options = {}) {\n${before}${body}\n})`;
}
/**
 * The lines of the body. They are added one to another, which engines put off until the text is written: joined, they would be
 * copied once more.
 */
function bodyText({ lines }: LinkScope): string {
  let text = lines[0]!;
  for (let i = 1; i < lines.length; i++) text += `\n${lines[i]}`;
  return text;
}
function counterText(scope: LinkScope): string {
  return scope.uses.views.size === 0 ? '' : `let ${INSTANCES} = 0;\n`;
}

/** The names that the factory takes from the runtime, sorted: the output must not depend on the order of functions. */
function factoryNames(scope: LinkScope): RuntimeName[] {
  const names = (set: ReadonlySet<string>, file: string): RuntimeName[] =>
    [...set].sort().map((name) => ({ file, name, as: name }));
  return [...names(scope.uses.libcalls, 'core/index.ts'), ...names(scope.vm, 'vm/index.ts')];
}

/** The text of the output file. */
export function outputText(
  scope: LinkScope,
  settings: Settings,
  header: string,
  runner: Runner | undefined,
  side?: SideInfo,
): string {
  const names = factoryNames(scope);
  const runtime = runtimeText([...names, ...(runner?.names ?? [])], settings.minify);
  const variable = (name: string): string => runtime.variable.get(name)!;
  const run = runner && { before: runner.before, text: runner.text(variable) };
  const around = (factory: string): string => {
    const exported = {
      instantiate: `const instantiate = ${factory};`,
      ...(side !== undefined && { side: `const side = ${sideText(side)};` }),
    };
    return wrap(settings, runtime, counterText(scope), exported, run);
  };
  if (settings.minify) {
    const small = settings.optimize === 'size';
    const factory = minifiedFactory(scope, new Map(names.map(({ as }) => [as, variable(as)])), small);
    return header + minify(around(FACTORY)).replace(FACTORY, () => factory);
  }
  // A name that two files of the runtime use is a numbered variable for one of them.
  const renamed = names.filter(({ as }) => variable(as) !== as);
  return header + around(factoryText(scope, renamed.map(({ as }) => `const ${as} = ${variable(as)};\n`).join('')));
}

/** Stands for the factory, which is minified apart. */
const FACTORY = '$factory$';

/** @param runtime the variables that hold what the factory takes from the runtime, by name */
function minifiedFactory(scope: LinkScope, runtime: ReadonlyMap<string, string>, small: boolean): string {
  const text = minify(`${FACTORY} = ${shortFactory(scope, runtime, small)};`);
  return `(${text.slice(text.indexOf('=') + 1).replace(/;\s*$/, '')})`;
}
function shortFactory(scope: LinkScope, runtime: ReadonlyMap<string, string>, small: boolean): string {
  const body = bodyText(scope);
  const { text, declarations } = small ? withoutMath(body) : { text: body, declarations: '' };
  const ours = new Set([...scope.uses.accessors.keys(), 'imports', 'options', 'exports_', 'data_bytes']);
  return shortened(factoryText(scope, declarations, text), ours, new Map([...runtime, [INSTANCES, INSTANCES]]));
}

/** `exported`: the declarations of what a library exports, by name. */
function wrap(
  settings: Settings,
  { code: libs }: RuntimeText,
  count: string,
  exported: Readonly<Record<string, string>>,
  run: { readonly before: string; readonly text: string } | undefined,
): string {
  const code = `${libs}${count}`;
  const declared = Object.values(exported);
  if (settings.format === 'esm') {
    const read = readsFile(settings) ? 'import { readFileSync as read_data_file } from "node:fs";\n' : '';
    if (run !== undefined) return `${run.before}${read}${code}${declared.join('\n')}\n${run.text}\n`;
    return `${read}${code}${declared.map((text) => `export ${text}\n`).join('')}`;
  }
  const body = `"use strict";\n${run?.before ?? ''}${withRequire(code)}${declared.join('\n')}\n`;
  if (run !== undefined) return `(() => {\n${body}${run.text}\n})();\n`;
  const names = Object.keys(exported);
  if (settings.format === 'iife')
    return `var ${settings.globalName} = (() => {\n${body}return { ${names.join(', ')} };\n})();\n`;
  if (names.length === 1) return `exports.instantiate = (() => {\n${body}return instantiate;\n})();\n`;
  return `(() => {\n${body}${names.map((name) => `exports.${name} = ${name};\n`).join('')}})();\n`;
}

/** The object that describes a side module. */
function sideText(side: SideInfo): string {
  const fields = Object.entries(side).map(([key, value]) => `${key}: ${quote(value)},\n`);
  return `{\n${fields.join('')}instantiate,\n}`;
}

/** Static imports, as esbuild prints them, become calls of `require`; only Node's own modules are imported. */
function withRequire(code: string): string {
  return code
    .replace(/^import \* as (\S+) from ("[^"]+");$/gm, 'const $1 = require($2);')
    .replace(/^import \{ ([^}]*) \} from ("[^"]+");$/gm, (_, names: string, from: string) => {
      return `const { ${names.replace(/ as /g, ': ')} } = require(${from});`;
    });
}

function readsFile(settings: Settings): boolean {
  return settings.data !== undefined;
}

/** An expression that reads the data file from beside the output. */
export function dataFileText(settings: Settings): string | undefined {
  const { data, format } = settings;
  if (data === undefined) return undefined;
  if (format === 'esm') {
    const url = data.split('/').map(encodeURIComponent).join('/');
    return `read_data_file(new URL(${quote(`./${url}`)}, import.meta.url))`;
  }
  if (format === 'cjs') return `require("node:fs").readFileSync(require("node:path").join(__dirname, ${quote(data)}))`;
  return `(() => { throw new TypeError("options.data is required: the contents of " + ${quote(quote(data))}); })()`;
}

/**
 * The module as an expression for use at once: a function that takes the runtime's namespace and returns `instantiate`. No
 * bundler is involved: `short` shortens names, as under `--optimize size`.
 */
export function scriptText(scope: LinkScope, short = false): string {
  const names = factoryNames(scope).map(({ name }) => name);
  const factory = short ? shortFactory(scope, new Map(names.map((name) => [name, name])), true) : factoryText(scope);
  return `(function (runtime) {\n"use strict";\nconst { ${names.join(', ')} } = runtime;\n${counterText(scope)}return ${factory};\n})`;
}
