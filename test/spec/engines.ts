/**
 * What the scripts run on, each in the shape of the JavaScript API's namespace: native WebAssembly, and the namespace
 * over modules translated by either code generator.
 */
import type { Translator } from '../support/translated.ts';

export type EngineName = 'native' | Translator;

type ErrorClass = new (...args: never[]) => Error;
export interface Instance {
  readonly exports: Readonly<Record<string, unknown>>;
}
/** The part of the `WebAssembly` object that scripts need. */
export interface Namespace {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => Instance;
  /** Ours makes memories of what threads sent. */
  readonly Memory: (new (type: object) => { readonly buffer: ArrayBufferLike }) & { from?(handle: unknown): object };
  readonly Table: new (type: object) => object;
  readonly Global: new (type: object, value?: unknown) => { value: unknown };
  readonly RuntimeError: ErrorClass;
  readonly LinkError: ErrorClass;
  readonly CompileError: ErrorClass;
  /** Absent where the engine has no exceptions. */
  readonly Exception?: ErrorClass;
}

export async function loadEngine(name: EngineName): Promise<Namespace> {
  if (name === 'native') return (globalThis as unknown as { WebAssembly: Namespace }).WebAssembly;
  const { translatedWebAssembly } = await import('../support/translated.ts');
  return translatedWebAssembly(name) as unknown as Namespace;
}
