/** `WebAssembly.Module` and `WebAssembly.Instance` (JS API, sections 5.1 and 5.2) over translated modules. */
import { bufferSource, isObject } from './convert.ts';
import { CompileError } from './errors.ts';

export type ExternKind = 'function' | 'table' | 'memory' | 'global' | 'tag';

export interface ImportDescriptor {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternKind;
}
export interface ExportDescriptor {
  readonly name: string;
  readonly kind: ExternKind;
}

/** A translated module, as the compiler hands it to the namespace. */
export interface CompiledModule {
  readonly imports: readonly ImportDescriptor[];
  readonly exports: readonly ExportDescriptor[];
  /** In order of the module; names may repeat. */
  readonly customs: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /**
   * Makes an instance; `imports` is undefined only where the module has none.
   * @throws LinkError or TypeError for an import that does not fit, RuntimeError for a trap of the start function.
   */
  instantiate(imports: object | undefined): { readonly exports: object };
}

/**
 * Translates a module. It must not keep `bytes`, which the caller may change.
 * @throws an error whose `name` is CompileError for a module that is not valid or not supported.
 */
export type Compile = (bytes: Uint8Array) => CompiledModule;

export interface ModuleClass {
  new (bytes: unknown): Module;
  readonly prototype: Module;
  imports(module: unknown): ImportDescriptor[];
  exports(module: unknown): ExportDescriptor[];
  customSections(module: unknown, name: unknown): ArrayBuffer[];
}
/** An opaque handle; `WebAssembly.Module`'s static functions look inside. */
export interface Module {
  readonly [Symbol.toStringTag]: string;
}

const translations = /* @__PURE__ */ new WeakMap<object, CompiledModule>();

/** The `Module` class whose constructor translates with `compile`. */
export function moduleClass(compile: Compile): ModuleClass {
  class Module {
    declare readonly [Symbol.toStringTag]: string;

    constructor(bytes: unknown) {
      const source = bufferSource(bytes);
      if (source === undefined) throw new TypeError('WebAssembly.Module(): Argument 0 must be a buffer source');
      translations.set(this, translate(compile, source, 'WebAssembly.Module()'));
    }
    static imports(module: unknown): ImportDescriptor[] {
      const { imports } = translation(module, 'WebAssembly.Module.imports()');
      return imports.map((i) => ({ module: i.module, name: i.name, kind: i.kind }));
    }
    static exports(module: unknown): ExportDescriptor[] {
      const { exports } = translation(module, 'WebAssembly.Module.exports()');
      return exports.map((e) => ({ name: e.name, kind: e.kind }));
    }
    static customSections(module: unknown, name: unknown): ArrayBuffer[] {
      const { customs } = translation(module, 'WebAssembly.Module.customSections()');
      if (name === undefined) throw new TypeError('WebAssembly.Module.customSections(): Argument 1 is required');
      const wanted = String(name);
      return customs.filter((c) => c.name === wanted).map((c) => new Uint8Array(c.bytes).buffer);
    }
  }
  tag(Module, 'WebAssembly.Module');
  return Module;
}

/** Runs the compiler; its CompileErrors become the namespace's. */
export function translate(compile: Compile, bytes: Uint8Array, where: string): CompiledModule {
  try {
    return compile(bytes);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'CompileError' || error instanceof CompileError) throw error;
    throw new CompileError(`${where}: ${error.message}`, { cause: error });
  }
}

/** A Module made from what the compiler returned, without running the constructor. */
export function moduleOf(Module: ModuleClass, compiled: CompiledModule): Module {
  const module = Object.create(Module.prototype) as Module;
  translations.set(module, compiled);
  return module;
}

export function isModule(value: unknown): boolean {
  return isObject(value) && translations.has(value);
}

/** @throws TypeError if `module` is not one of our Modules. */
export function translation(module: unknown, where: string): CompiledModule {
  const found = isObject(module) ? translations.get(module) : undefined;
  if (found === undefined) throw new TypeError(`${where}: Argument 0 must be a WebAssembly.Module`);
  return found;
}

/** An instance of a translated module; `exports` is frozen and has no prototype. */
export class Instance {
  readonly #exports: object;

  constructor(module: unknown, imports: unknown = undefined) {
    this.#exports = link(translation(module, 'WebAssembly.Instance()'), imports, 'WebAssembly.Instance()');
  }
  get exports(): object {
    return this.#exports;
  }
}
tag(Instance, 'WebAssembly.Instance');
Object.defineProperty(Instance.prototype, 'exports', { enumerable: true });

/** Instantiates after the checks of the import object itself. */
function link(compiled: CompiledModule, imports: unknown, where: string): object {
  if (imports !== undefined && !isObject(imports)) throw new TypeError(`${where}: Argument 1 must be an object`);
  if (imports === undefined && compiled.imports.length > 0) {
    throw new TypeError(`${where}: Imports argument must be present and must be an object`);
  }
  return compiled.instantiate(imports).exports;
}

/** Gives a class the string tag that the JS API requires. */
export function tag(type: { readonly prototype: object }, name: string): void {
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: name, configurable: true });
}
