/**
 * `createWebAssembly`: an object with the shape and behaviour of `globalThis.WebAssembly` (JS API, section 5) whose
 * modules are translated by the given compiler. Compilation happens on the calling thread; promises only order it.
 */
import { bufferSource, isObject } from './convert.ts';
import { CompileError, LinkError, RuntimeError } from './errors.ts';
import { Exception, JSTag, Tag } from './exceptions.ts';
import { type Compile, Instance, isModule, type Module, moduleClass, moduleOf, translate } from './module.ts';
import { Global, Memory, Table } from './objects.ts';
import { responseBytes } from './stream.ts';

export interface InstantiatedSource {
  readonly module: Module;
  readonly instance: Instance;
}

/** The namespace; its parts are those of the JS API, so generic glue accepts it for the native one. */
export type WebAssemblyNamespace = ReturnType<typeof createWebAssembly>;

export function createWebAssembly(compile: Compile) {
  const Module = moduleClass(compile);

  // A copy: the caller may change the bytes before the promise job runs.
  const snapshot = (source: unknown, where: string, expected = 'a buffer source'): Uint8Array => {
    const bytes = bufferSource(source);
    if (bytes === undefined) throw new TypeError(`${where}: Argument 0 must be ${expected}`);
    return bytes.slice();
  };
  const checkImports = (imports: unknown, where: string): void => {
    if (imports !== undefined && !isObject(imports)) throw new TypeError(`${where}: Argument 1 must be an object`);
  };
  const compileLater = async (bytes: Uint8Array, where: string): Promise<Module> => {
    await undefined;
    return moduleOf(Module, translate(compile, bytes, where));
  };
  const instantiateLater = async (bytes: Uint8Array, imports: unknown, where: string): Promise<InstantiatedSource> => {
    const module = await compileLater(bytes, where);
    return { module, instance: new Instance(module, imports) };
  };

  const functions = {
    async compile(bytes: unknown): Promise<Module> {
      return compileLater(snapshot(bytes, 'WebAssembly.compile()'), 'WebAssembly.compile()');
    },
    validate(bytes: unknown): boolean {
      const source = bufferSource(bytes);
      if (source === undefined) throw new TypeError('WebAssembly.validate(): Argument 0 must be a buffer source');
      try {
        translate(compile, source, 'WebAssembly.validate()');
        return true;
      } catch (error) {
        if (error instanceof CompileError) return false;
        throw error;
      }
    },
    async instantiate(source: unknown, imports: unknown = undefined): Promise<InstantiatedSource | Instance> {
      const where = 'WebAssembly.instantiate()';
      checkImports(imports, where);
      if (isModule(source)) {
        await undefined;
        return new Instance(source, imports);
      }
      return instantiateLater(
        snapshot(source, where, 'a buffer source or a WebAssembly.Module object'),
        imports,
        where,
      );
    },
    async compileStreaming(source: unknown): Promise<Module> {
      return compileLater(new Uint8Array(await responseBytes(source)), 'WebAssembly.compileStreaming()');
    },
    async instantiateStreaming(source: unknown, imports: unknown = undefined): Promise<InstantiatedSource> {
      const where = 'WebAssembly.instantiateStreaming()';
      checkImports(imports, where);
      return instantiateLater(new Uint8Array(await responseBytes(source)), imports, where);
    },
  };
  const classes = {
    ...{ Module, Instance, Table, Memory, Global, Tag, Exception },
    ...{ CompileError, LinkError, RuntimeError },
  };
  const namespace = { ...functions } as typeof functions & typeof classes & { readonly JSTag: Tag };
  for (const [name, value] of Object.entries(classes)) {
    Object.defineProperty(namespace, name, { value, writable: true, configurable: true });
  }
  Object.defineProperty(namespace, 'JSTag', { value: JSTag, configurable: true });
  Object.defineProperty(namespace, Symbol.toStringTag, { value: 'WebAssembly', configurable: true });
  return namespace;
}
