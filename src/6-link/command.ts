/**
 * Commands (WASI: a module that exports `_start`) become programs: text that runs the factory when the output is loaded, with
 * just the host functions that the guest imports.
 */
import { HOST_MODULES, needs_preopens } from '../../runtime/registry.ts';
import type { TypedModule } from '../2-validate/typed.ts';
import type { Settings } from '../options.ts';
import type { BundleKind } from './bundle.ts';
import type { Runner } from './formats.ts';
import type { RuntimeName } from './runtime.ts';
import { quote } from './scope.ts';

/** A command exports `_start` and imports nothing but functions that the host has. */
export function kindOf(typed: TypedModule): { kind: BundleKind; warnings: string[] } {
  const { module } = typed;
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
  const groups = hostGroups(typed);
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
  return {
    names,
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
      ];
      return `${variable(run)}(instantiate, {\n${functions.join('')}}, { ${config.join(', ')} });`;
    },
  };
}

/** The host functions that the guest imports, by module; each has a name of its own in the bundle. */
function hostGroups(typed: TypedModule): { module: string; functions: RuntimeName[] }[] {
  const groups = new Map<string, Set<string>>();
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
