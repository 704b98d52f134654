/** Names of the name section as identifiers of the text format, made unique, for wasmparser's printer. */
import wasmparser from 'wasmparser';
import type { WasmModule } from '../wasm/module.ts';

type Names = ReadonlyMap<number, string>;

/** Falls back to wasmparser's own names (`$func3`, `$var0`) where the module gives none. */
export function watNames(module: WasmModule): wasmparser.DefaultNameResolver {
  const { names } = module;
  const funcs = identifiers(names.funcs);
  const globals = identifiers(names.globals);
  const tables = identifiers(names.tables);
  const locals = new Map<number, Names>();
  const localsOf = (func: number): Names => {
    const known = locals.get(func) ?? identifiers(names.locals.get(func) ?? new Map());
    locals.set(func, known);
    return known;
  };
  class Resolver extends wasmparser.DefaultNameResolver {
    override getFunctionName(index: number, isImport: boolean, isRef: boolean): string {
      return named(funcs.get(index), index, isRef) ?? super.getFunctionName(index, isImport, isRef);
    }
    override getVariableName(func: number, index: number, isRef: boolean): string {
      return named(localsOf(func).get(index), index, isRef) ?? super.getVariableName(func, index, isRef);
    }
    override getGlobalName(index: number, isRef: boolean): string {
      return named(globals.get(index), index, isRef) ?? super.getGlobalName(index, isRef);
    }
    override getTableName(index: number, isRef: boolean): string {
      return named(tables.get(index), index, isRef) ?? super.getTableName(index, isRef);
    }
  }
  return new Resolver();
}

/** A definition shows its index in a comment, as wasmparser's own names do. */
function named(name: string | undefined, index: number, isRef: boolean): string | undefined {
  return name === undefined || isRef ? name : `${name} (;${index};)`;
}

const PLAIN = /^[0-9A-Za-z!#$%&'*+\-./:<=>?@\\^_`|~]+$/;

function identifiers(names: Names): Names {
  const taken = new Set<string>();
  const result = new Map<number, string>();
  for (const [index, name] of names) {
    const unique = taken.has(name) ? `${name}#${index}` : name;
    taken.add(unique);
    result.set(index, PLAIN.test(unique) ? `$${unique}` : `$${JSON.stringify(unique)}`);
  }
  return result;
}
