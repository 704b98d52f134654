/**
 * A `WebAssembly` namespace whose modules are translated by one of the code generators and run in this process: the
 * linker's script form, compiled as a Script with a name of its own, so that stack traces say which module. `without` are
 * passes of wavm to leave out.
 */
import { Script } from 'node:vm';
import * as runtime from '../../runtime/index.ts';
import { createWebAssembly } from '../../runtime/js-api/namespace.ts';
import * as objects from '../../runtime/js-api/objects.ts';
import { transpileScript } from '../../src/index.ts';
import type { BackendName, Options } from '../../src/options.ts';
import { leftOut } from './without.ts';

type Instantiate = (imports: object | undefined) => { readonly exports: object };

type Variant = 'size' | 'jsc' | 'interpreter';
/** A generator, at its default, with `--optimize size` and names as in minified output, or for another `--engine`. */
export type Translator = BackendName | `${BackendName}-${Variant}`;
export const TRANSLATORS: readonly Translator[] = [
  'wamr',
  'wavm',
  'wamr-size',
  'wavm-size',
  'wamr-jsc',
  'wavm-jsc',
  'wamr-interpreter',
  'wavm-interpreter',
];

function optionsOf(name: Translator, without: readonly string[]): Options {
  const [backend, variant] = name.split('-') as [BackendName, Variant?];
  const optimize = variant === 'size' ? 'size' : 'speed';
  const engine = variant === undefined || variant === 'size' ? 'jit' : variant;
  return {
    backend,
    optimize,
    engine,
    minify: optimize === 'size',
    verify: true,
    without: backend === 'wavm' ? without : [],
  };
}

export function translatedWebAssembly(
  name: Translator,
  without: readonly string[] = leftOut(),
): ReturnType<typeof createWebAssembly> {
  let count = 0;
  return createWebAssembly((bytes) => {
    const { code, typed } = transpileScript(bytes, optionsOf(name, without));
    const filename = `${name}-${count++}.js`;
    const make = new Script(code, { filename }).runInThisContext() as (names: object) => Instantiate;
    const kind = (k: string) => (k === 'func' ? 'function' : k) as 'function';
    const { imports, exports, customs } = typed.module;
    return {
      imports: imports.map((i) => ({ module: i.name.module, name: i.name.field, kind: kind(i.kind) })),
      exports: exports.map((e) => ({ name: e.name, kind: kind(e.kind) })),
      customs: customs.map((c) => ({ name: c.name, bytes: bytes.slice(c.start, c.end) })),
      instantiate: make({ ...runtime, ...objects }),
    };
  });
}
