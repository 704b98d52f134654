/**
 * Commands (WASI: a module that exports `_start`) become programs: text that runs the factory when the output is loaded, with
 * just the host functions that the guest imports.
 */
import { HOST_MODULES, needs_loader, needs_preopens } from '../../runtime/registry.ts';
import type { TypedModule } from '../2-validate/typed.ts';
import { CompileError } from '../errors.ts';
import type { Settings } from '../options.ts';
import type { BundleKind } from './bundle.ts';
import type { Runner } from './formats.ts';
import type { RuntimeName } from './runtime/index.ts';
import { quote } from './scope.ts';

/** A command exports `_start` and imports nothing but functions that the host has; a side module has its section. */
export function kindOf(typed: TypedModule, settings: Settings): { kind: BundleKind; warnings: string[] } {
  const { module } = typed;
  if (settings.side || module.dylink !== undefined) return { kind: 'side', warnings: [] };
  if (settings.library) return { kind: 'library', warnings: [] };
  const start = module.exports.find((e) => e.name === '_start' && e.kind === 'func');
  if (start === undefined || typed.plainKey(module.funcs[start.index]!.type) !== ':') {
    return { kind: 'library', warnings: [] };
  }
  const foreign = module.imports.filter(({ name, kind, index }) => {
    const types = HOST_MODULES[name.module]?.types;
    if (kind !== 'func' || types === undefined || !Object.hasOwn(types, name.field)) return true;
    return types[name.field] !== typed.plainKey(module.funcs[index]!.type);
  });
  if (foreign.length === 0) return { kind: 'command', warnings: [] };
  const { module: from, field } = foreign[0]!.name;
  const warning = `exports _start but imports ${quote(from)} ${quote(field)}, which WASI does not have: it becomes a library`;
  return { kind: 'library', warnings: [warning] };
}

/** What runs a command. */
export function runner(typed: TypedModule, settings: Settings): Runner {
  const loads = needs_loader(typed.module.imports.filter(({ name }) => name.module === 'env').map((i) => i.name.field));
  const groups = hostGroups(typed, loads);
  const names: RuntimeName[] = groups.flatMap(({ functions }) => functions);
  const add = (file: string, name: string): string => {
    names.push({ file, name, as: name });
    return name;
  };
  const run = add('wasi/command.ts', 'run_command');
  const anywhere = settings.format === 'iife';
  const process = anywhere ? add('wasi/process.ts', 'any_process') : add('wasi/node-process.ts', 'node_process');
  const preopens = needs_preopens(names.map(({ name }) => name));
  const open = preopens ? add('fs/directory.ts', 'open_preopen') : undefined;
  const attach = loads ? attachment(settings, add) : undefined;
  return {
    names,
    before: attach?.before ?? '',
    text(variable) {
      const functions = groups.map(({ module, functions }) => {
        const items = functions.map(({ name, as }) => `${name}: ${variable(as)}`);
        return `  ${quote(module)}: { ${items.join(', ')} },\n`;
      });
      const dirs = settings.dirs.map(({ host, guest }) => `{ host: ${quote(host)}, guest: ${quote(guest)} }`);
      const config = [
        `name: ${quote(settings.name)}`,
        `process: ${variable(process)}${anywhere ? '()' : ''}`,
        ...(open === undefined ? [] : [`preopens: { open: ${variable(open)}, dirs: [${dirs.join(', ')}] }`]),
        ...(attach === undefined ? [] : [`attach: ${attach.text(variable)}`]),
      ];
      return `${variable(run)}(instantiate, {\n${functions.join('')}}, { ${config.join(', ')} });`;
    },
  };
}

/**
 * The loader of a command that opens libraries: those it is linked with are imported before all else, others are looked for
 * beside the output, where that is a file of node.
 */
function attachment(settings: Settings, add: (file: string, name: string) => string) {
  const { libraries, format } = settings;
  const attach = add('dynlink/attach.ts', 'attach_loader');
  const files = format === 'iife' ? undefined : add('dynlink/node-files.ts', 'node_files');
  if (format === 'iife' && libraries.length > 0) {
    throw new CompileError('usage', 'a script imports no libraries: give --link with --format esm or cjs');
  }
  const load = ({ file }: (typeof libraries)[number], i: number): string =>
    format === 'esm'
      ? `import * as library_${i} from ${quote(file)};\n`
      : `const library_${i} = require(${quote(file)});\n`;
  const url = format === 'esm' ? 'import.meta.url' : 'require("node:url").pathToFileURL(__filename).href';
  return {
    before: libraries.map(load).join(''),
    text(variable: (name: string) => string): string {
      const registry = libraries.map(({ name }, i) => `${quote(name)}: library_${i}`).join(', ');
      const resolver = files === undefined ? 'undefined' : `${variable(files)}(${url})`;
      return `(vm, imports) => ${variable(attach)}(vm, imports, { ${registry} }, ${resolver})`;
    },
  };
}

/**
 * The host functions that the guest imports, by module; each has a name of its own in the bundle. Libraries that it opens may
 * import any: then all are there.
 */
function hostGroups(typed: TypedModule, all: boolean): { module: string; functions: RuntimeName[] }[] {
  const groups = new Map<string, Set<string>>();
  for (const module of all ? ['env', 'wasi_snapshot_preview1'] : []) {
    groups.set(module, new Set(Object.keys(HOST_MODULES[module]!.types)));
  }
  for (const { name } of typed.module.imports) {
    const fields = groups.get(name.module);
    if (fields === undefined) groups.set(name.module, new Set([name.field]));
    else fields.add(name.field);
  }
  return [...groups].map(([module, fields], i) => {
    const { file } = HOST_MODULES[module]!;
    return { module, functions: [...fields].sort().map((name) => ({ file, name, as: `host_${i}_${name}` })) };
  });
}
