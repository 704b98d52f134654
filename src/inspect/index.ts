/** What is in a module, as plain data: the report behind `wasmelt inspect`. */
import { decode } from '../1-decode/index.ts';
import { validate } from '../2-validate/index.ts';
import { CompileError } from '../errors.ts';
import type { ExternKind, ImportName, WasmModule } from '../wasm/module.ts';
import { type Limits, typeName } from '../wasm/types.ts';
import { type Section, sectionsOf } from './sections.ts';
import { funcTypeText, globalTypeText, limitsText } from './types.ts';
import { findFunction, functionText } from './wat.ts';

export interface Report {
  /** Bytes of the module. */
  readonly size: number;
  /** The module's own name, from the name section. */
  readonly name?: string;
  /** Why it is not valid, where it is not. */
  readonly invalid?: string;
  readonly sections: readonly Section[];
  readonly counts: Readonly<Record<string, number>>;
  readonly imports: readonly { module: string; name: string; kind: ExternKind; type: string }[];
  readonly exports: readonly { name: string; kind: ExternKind; index: number; type: string }[];
  readonly memories: readonly Sized[];
  readonly tables: readonly Sized[];
  /** Index of the start function. */
  readonly start?: number;
  /** Features of the specification and its proposals that the module uses; none where it is not valid. */
  readonly features: readonly string[];
  /** The `target_features` section. */
  readonly targetFeatures: readonly string[];
  readonly producers: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Functions by size of their bodies in bytes, largest first. */
  readonly largest: readonly { index: number; name?: string; size: number; type: string }[];
}

interface Sized {
  readonly index: number;
  readonly imported: boolean;
  /** Pages or elements, as decimal text where a number would not be exact. */
  readonly min: number | string;
  readonly max?: number | string;
  readonly type: string;
}

const LARGEST = 10;

/** Throws CompileError where the bytes cannot even be decoded; a module that is not valid is described none the less. */
export function inspect(bytes: Uint8Array): Report {
  const module = decode(bytes);
  const { features, invalid } = judge(module);
  return {
    size: bytes.length,
    ...(module.names.module !== undefined && { name: module.names.module }),
    ...(invalid !== undefined && { invalid }),
    sections: sectionsOf(bytes).map(({ name, offset, size }) => ({ name, offset, size })),
    counts: counts(module),
    imports: module.imports.map(({ name, kind, index }) => ({
      module: name.module,
      name: name.field,
      kind,
      type: externType(module, kind, index),
    })),
    exports: module.exports.map(({ name, kind, index }) => ({
      name,
      kind,
      index,
      type: externType(module, kind, index),
    })),
    memories: module.memories.map((m, index) =>
      sized(index, m.import, m.type.limits, externType(module, 'memory', index)),
    ),
    tables: module.tables.map((t, index) => sized(index, t.import, t.type.limits, externType(module, 'table', index))),
    ...(module.start !== undefined && { start: module.start }),
    features,
    targetFeatures: module.targetFeatures,
    producers: Object.fromEntries([...module.producers].map(([field, values]) => [field, Object.fromEntries(values)])),
    largest: largest(module),
  };
}

/**
 * One function in the text format; `wanted` is its index or name. Throws CompileError: `usage` where there is no such
 * function, `unsupported` where it cannot be printed faithfully.
 */
export function inspectFunction(bytes: Uint8Array, wanted: string): string {
  const module = decode(bytes);
  return functionText(module, findFunction(module, wanted));
}

function judge(module: WasmModule): { features: string[]; invalid?: string } {
  try {
    return { features: [...validate(module).features].sort() };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return { features: [], invalid: error.message };
  }
}

function counts(m: WasmModule): Record<string, number> {
  const all = {
    types: m.types.length,
    'functions imported': m.importedFuncs,
    'functions defined': m.funcs.length - m.importedFuncs,
    globals: m.globals.length,
    tags: m.tags.length,
    'element segments': m.elements.length,
    'data segments': m.datas.length,
  };
  return Object.fromEntries(Object.entries(all).filter(([, n]) => n > 0));
}

function externType(m: WasmModule, kind: ExternKind, index: number): string {
  switch (kind) {
    case 'func':
      return funcTypeText(m, m.funcs[index]?.type);
    case 'tag':
      return funcTypeText(m, m.tags[index]?.type);
    case 'global': {
      const type = m.globals[index]?.type;
      return type === undefined ? '?' : globalTypeText(type);
    }
    case 'table': {
      const type = m.tables[index]?.type;
      return type === undefined ? '?' : `${type.is64 ? 'i64 ' : ''}${limitsText(type.limits)} ${typeName(type.ref)}`;
    }
    case 'memory': {
      const type = m.memories[index]?.type;
      if (type === undefined) return '?';
      const page = type.pageSizeLog2 === 16 ? '' : ` (pages of ${2 ** type.pageSizeLog2} bytes)`;
      return `${type.is64 ? 'i64 ' : ''}${limitsText(type.limits)}${type.shared ? ' shared' : ''}${page}`;
    }
  }
}

function sized(index: number, from: ImportName | undefined, limits: Limits, type: string): Sized {
  const exact = (n: bigint) => (n <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(n) : String(n));
  const max = limits.max === undefined ? {} : { max: exact(limits.max) };
  return { index, imported: from !== undefined, min: exact(limits.min), ...max, type };
}

function largest(m: WasmModule): Report['largest'] {
  return m.funcs
    .slice(m.importedFuncs)
    .sort((a, b) => b.end - b.start - (a.end - a.start) || a.index - b.index)
    .slice(0, LARGEST)
    .map((f) => {
      const name = m.names.funcs.get(f.index);
      return {
        index: f.index,
        ...(name !== undefined && { name }),
        size: f.end - f.start,
        type: funcTypeText(m, f.type),
      };
    });
}
