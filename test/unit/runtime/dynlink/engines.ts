/**
 * Programs that load libraries, on native WebAssembly and on both generators: the same loader over instances of each. What
 * differs between the engines is then the translation's.
 */
import { existsSync, readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import { createDynlink, type Dynlink } from '../../../../runtime/dynlink/create.ts';
import type { LoaderOptions } from '../../../../runtime/dynlink/loader.ts';
import type { SideModule } from '../../../../runtime/dynlink/side.ts';
import { createFfi } from '../../../../runtime/ffi/index.ts';
import * as runtime from '../../../../runtime/index.ts';
import { createWasi } from '../../../../runtime/wasi/create.ts';
import { decode } from '../../../../src/1-decode/index.ts';
import { validate } from '../../../../src/2-validate/index.ts';
import { sideInfo } from '../../../../src/6-link/side.ts';
import { transpileScript } from '../../../../src/index.ts';
import type { BackendName } from '../../../../src/options.ts';

export type EngineName = 'native' | BackendName;
export const ENGINES: readonly EngineName[] = ['native', 'wavm', 'wamr'];
export const TRANSLATED: readonly BackendName[] = ['wavm', 'wamr'];

const GUESTS = new URL('../../../../fixtures/guests/dynlink/', import.meta.url);
export const guest = (file: string): Uint8Array => readFileSync(new URL(file, GUESTS));

type Classes = NonNullable<LoaderOptions['classes']>;

interface Native {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> };
}
const native = (globalThis as unknown as { readonly WebAssembly: Native & Classes }).WebAssembly;

const nativeClasses: Classes = (({ Global, Memory, Table, Tag }) => ({ Global, Memory, Table, Tag }))(native);

type Instantiate = (imports: object, options?: object) => { readonly exports: object };

/** How an engine makes instances of a module. */
export function factory(engine: EngineName, bytes: Uint8Array): Instantiate {
  if (engine === 'native') {
    const module = new native.Module(bytes);
    return (imports) => new native.Instance(module, imports);
  }
  const { code } = transpileScript(bytes, { backend: engine, verify: true });
  return (runInThisContext(code) as (names: object) => Instantiate)(runtime);
}
/** A side module of an engine. */
export function side(engine: EngineName, name: string, bytes: Uint8Array = guest(name)): SideModule {
  return { ...sideInfo(validate(decode(bytes)), name), instantiate: factory(engine, bytes) };
}

/** Finds all guests of the folder by `libNAME.so` and `libNAME.wasm`, each translated once for a loader. */
export function folder(engine: EngineName): NonNullable<LoaderOptions['resolvers']>[number] {
  const made = new Map<string, SideModule>();
  return (name) => {
    const file = name.replace(/\.so$/, '.wasm');
    if (file.startsWith('/') || !existsSync(new URL(file, GUESTS))) return undefined;
    const module = made.get(file) ?? side(engine, file);
    made.set(file, module);
    return module;
  };
}

export interface Run {
  readonly code: number;
  readonly stdout: string;
}

export const classesOf = (engine: EngineName): Pick<LoaderOptions, 'classes'> =>
  engine === 'native' ? { classes: { ...nativeClasses, wrap } } : {};

const CODES: Readonly<Record<string, number>> = { i: 0x7f, I: 0x7e, f: 0x7d, F: 0x7c };

/** A native function of a host function: what a module exports that imports it. */
function wrap(func: (...args: unknown[]) => unknown, type: string): (...args: unknown[]) => unknown {
  const types = type.split(':').map((letters) => [letters.length, ...[...letters].map((l) => CODES[l]!)]);
  const signature = [1, 0x60, ...types.flat()];
  const bytes = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, signature.length, ...signature],
    ...[2, 7, 1, 1, 0x65, 1, 0x66, 0, 0],
    ...[7, 5, 1, 1, 0x67, 0, 0],
  ];
  const { exports } = new native.Instance(new native.Module(new Uint8Array(bytes)), { e: { f: func } });
  return exports.g as (...args: unknown[]) => unknown;
}

/** Runs a program of the folder to its end. */
export function runProgram(engine: EngineName, file: string, options: LoaderOptions = {}, args: string[] = []): Run {
  const out: Uint8Array[] = [];
  const stdout = (bytes: Uint8Array): void => void out.push(bytes.slice());
  const wasi = createWasi({ args: [file, ...args], stdout, stderr: stdout });
  const dynlink = linker(engine, { host: wasi.imports, ...options });
  const { exports } = factory(engine, guest(file))({ ...wasi.imports, env: { ...dynlink.env, ...createFfi(dynlink) } });
  dynlink.start(exports);
  const code = wasi.start(exports);
  return { code, stdout: Buffer.concat(out).toString() };
}

/** A loader over the folder. */
export function linker(engine: EngineName, options: LoaderOptions = {}): Dynlink {
  return createDynlink({ resolvers: [folder(engine)], ...classesOf(engine), ...options });
}
